"""`app.py user link | unlink`: which of the provider's people signs in as which account."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import Any

from cli.registry_command import answering
from operations import links
from operations.accounts import clean_login
from operations.action_log import ActRefused
from settings import Settings

Told = tuple[object, str]
HOW = (
    "SUB is what the provider calls the person for good: the value of oidc.subject_claim in its id tokens. It is in "
    "the provider's own list of people, or in the audit (page /nhat-ky), where a sign-in that was refused as "
    "`not_linked` names it; make sure whose it is before you link it. No name or mail address is matched by itself."
)


def register(parts: Any, both: list[argparse.ArgumentParser]) -> None:  # noqa: ANN401 - argparse has no name for it
    link = parts.add_parser(
        "link",
        parents=both,
        allow_abbrev=False,
        help="a person of the provider (oidc in config.yaml) signs in as this account",
        description=HOW,
    )
    link.add_argument("login", metavar="LOGIN")
    link.add_argument(
        "--subject", required=True, metavar="SUB", help="the provider's own, unchanging name of the person"
    )
    link.add_argument("--issuer", metavar="URL", help="the provider (default: oidc.issuer of config.yaml)")
    link.add_argument(
        "--drop-password", action="store_true", help="take the password away: the provider is then the only way in"
    )
    link.set_defaults(handler=answering(_link))
    unlink = parts.add_parser(
        "unlink", parents=both, allow_abbrev=False, help="take that back; open sessions of the account end"
    )
    unlink.add_argument("login", metavar="LOGIN")
    unlink.set_defaults(handler=answering(_unlink))


def _link(chosen: argparse.Namespace, settings: Settings, url: str) -> Told:
    issuer = chosen.issuer or settings.oidc.issuer
    if not issuer:
        raise ActRefused("no provider is set: set oidc.issuer in config.yaml (docs/DEPLOYMENT.md), or give --issuer")
    login = clean_login(chosen.login)
    links.link(
        url,
        login=login,
        issuer=issuer,
        subject=chosen.subject,
        drop_password=chosen.drop_password,
        actor=chosen.actor,
        now=datetime.now(UTC),
    )
    made = {"login": login, "issuer": issuer, "subject": chosen.subject, "password_dropped": chosen.drop_password}
    only = ", and by no password" if chosen.drop_password else ""
    return made, f"{login} is signed in by {issuer}{only}"


def _unlink(chosen: argparse.Namespace, _settings: Settings, url: str) -> Told:
    login = clean_login(chosen.login)
    has_password = links.unlink(url, login=login, actor=chosen.actor, now=datetime.now(UTC))
    left = "its password is left" if has_password else f"nobody can sign in as it: `user password {login}`"
    return {
        "login": login,
        "has_password": has_password,
    }, f"{login} is not linked any more; open sessions ended; {left}"
