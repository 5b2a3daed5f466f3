"""`app.py user …`: accounts and their roles. A password is typed or read from a file, never an argument."""

from __future__ import annotations

import argparse
import getpass
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from campaign.access import Grant, Role
from cli import user_link
from cli.account_options import add_where, chosen_scope, decided
from cli.registry_command import DONE, Act, answering, with_registry
from operations import accounts
from operations.action_log import ActRefused
from operations.passwords import Passwords
from settings import Settings

Commands = Any
Told = tuple[object, str]
GENERATED_BYTES = 18


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    user = commands.add_parser("user", help="accounts, their roles and their locks")
    parts = user.add_subparsers(dest="part", required=True, metavar="WHAT")
    both: list[argparse.ArgumentParser] = [common, decided()]
    role = argparse.ArgumentParser(add_help=False)
    role.add_argument("--role", required=True, choices=[item.value for item in Role])
    add_where(role)
    secret = argparse.ArgumentParser(add_help=False)
    way = secret.add_mutually_exclusive_group()
    way.add_argument(
        "--password-file", type=Path, metavar="FILE", help="its first line; default: typed, or read from a pipe"
    )
    way.add_argument("--generate", action="store_true", help="a random one, shown this once")

    # No short forms: `--password SECRET` must not pass as --password-file, its value told back in an error.
    add = parts.add_parser("add", parents=[*both, role, secret], allow_abbrev=False, help="a new account with one role")
    add.add_argument("login", metavar="LOGIN")
    add.add_argument("--name", metavar="TEXT", help="as it is shown (default: the login)")
    add.add_argument(
        "--no-password", action="store_true", help="none: to be signed in by the provider, see `user link`"
    )
    add.set_defaults(handler=answering(_add))
    _part(parts, "password", _password, [*both, secret], "set a new password; open sessions end")
    _part(parts, "grant", _grant, [*both, role], "give one more role")
    take = _part(parts, "withdraw", _withdraw, both, "take a role away; it counts from the next request")
    take.add_argument("--role", required=True, choices=[item.value for item in Role])
    _part(parts, "disable", _disable, both, "nobody signs in as this account; open sessions end")
    _part(parts, "enable", _enable, both, "take that back")
    _part(parts, "unlock", _unlock, both, "forget failed tries to sign in")
    user_link.register(parts, both)
    listing = parts.add_parser("list", parents=[common], help="every account with its roles")
    listing.add_argument("--json", action="store_true", help="one compact JSON object a line on standard output")
    listing.set_defaults(handler=run_list)


def _part(
    parts: Commands, name: str, act: Act, parents: list[argparse.ArgumentParser], told: str
) -> argparse.ArgumentParser:
    part: argparse.ArgumentParser = parts.add_parser(name, parents=parents, allow_abbrev=False, help=told)
    part.add_argument("login", metavar="LOGIN")
    part.set_defaults(handler=answering(act))
    return part


def run_list(chosen: argparse.Namespace, settings: Settings) -> int:
    found = with_registry(settings, accounts.accounts)
    if isinstance(found, int):
        return found
    if chosen.json:
        for account in found:
            sys.stdout.buffer.write(orjson.dumps(_as_json(account)) + b"\n")
        return DONE
    table = Table(title=f"{len(found)} accounts")
    for heading in ("login", "name", "roles", "signs in by", "provider's subject", "open sessions"):
        table.add_column(heading)
    for account in found:
        roles = ", ".join(f"{grant.role.value} ({grant.scope.key})" for grant in account.grants) or "-"
        ways = ["password"] * account.has_password + ["provider"] * (account.provider_subject is not None)
        state = "disabled" if account.disabled_at else " or ".join(ways) or "no way in"
        sessions, subject = str(account.open_sessions), account.provider_subject or "-"
        table.add_row(account.login, account.display_name, roles, state, subject, sessions)
    Console().print(table)
    return DONE


def _add(chosen: argparse.Namespace, settings: Settings, url: str) -> Told:
    grant = _wanted(chosen, settings)
    password = _no_secret(chosen) if chosen.no_password else _secret(chosen)
    login = accounts.clean_login(chosen.login)
    accounts.add(
        url,
        login=login,
        name=chosen.name or login,
        password=password,
        passwords=_passwords(settings),
        grants=[grant],
        actor=chosen.actor,
        now=datetime.now(UTC),
    )
    line = f"{login} may sign in as {grant.role.value} ({grant.scope.key})"
    if password is None:
        line = f"{login} is {grant.role.value} ({grant.scope.key}) and signs in once it is linked: `user link {login}`"
    return _shown({"login": login, "role": grant.role.value, "scope": grant.scope.key}, line, chosen, password)


def _password(chosen: argparse.Namespace, settings: Settings, url: str) -> Told:
    password = _secret(chosen)
    accounts.set_password(
        url,
        login=chosen.login,
        password=password,
        passwords=_passwords(settings),
        actor=chosen.actor,
        now=datetime.now(UTC),
    )
    line = f"{chosen.login} has a new password; open sessions ended"
    return _shown({"login": chosen.login}, line, chosen, password)


def _grant(chosen: argparse.Namespace, settings: Settings, url: str) -> Told:
    grant = _wanted(chosen, settings)
    accounts.give(url, login=chosen.login, grant=grant, actor=chosen.actor, now=datetime.now(UTC))
    made = {"login": chosen.login, "role": grant.role.value, "scope": grant.scope.key}
    return made, f"{chosen.login} holds {grant.role.value} ({grant.scope.key})"


def _withdraw(chosen: argparse.Namespace, _settings: Settings, url: str) -> Told:
    role = Role(chosen.role)
    ended = accounts.withdraw(url, login=chosen.login, role=role, actor=chosen.actor, now=datetime.now(UTC))
    return {
        "login": chosen.login,
        "role": role.value,
        "grants_ended": ended,
    }, f"{chosen.login} is no {role.value} any more"


def _disable(chosen: argparse.Namespace, _settings: Settings, url: str) -> Told:
    accounts.disable(url, login=chosen.login, actor=chosen.actor, now=datetime.now(UTC))
    return {"login": chosen.login, "disabled": True}, f"{chosen.login} is disabled; open sessions ended"


def _enable(chosen: argparse.Namespace, _settings: Settings, url: str) -> Told:
    accounts.disable(url, login=chosen.login, actor=chosen.actor, now=datetime.now(UTC), enable=True)
    return {"login": chosen.login, "disabled": False}, f"{chosen.login} may sign in again"


def _unlock(chosen: argparse.Namespace, _settings: Settings, url: str) -> Told:
    accounts.unlock(url, login=chosen.login, actor=chosen.actor, now=datetime.now(UTC))
    return {"login": chosen.login, "locked": False}, f"{chosen.login}: failed tries forgotten"


def _wanted(chosen: argparse.Namespace, settings: Settings) -> Grant:
    return Grant(role=Role(chosen.role), scope=chosen_scope(chosen, settings))


def _secret(chosen: argparse.Namespace) -> str:
    """Generated, or the first line of a file or a pipe, or typed twice. Raises ActRefused."""
    if chosen.generate:
        return secrets.token_urlsafe(GENERATED_BYTES)
    if chosen.password_file is not None:
        try:
            return _first_line(chosen.password_file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise ActRefused(f"--password-file {chosen.password_file}: cannot be read as text: {error}") from error
    if not sys.stdin.isatty():
        return _first_line(sys.stdin.readline())
    typed = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != typed:
        raise ActRefused("the two passwords differ")
    return typed


def _no_secret(chosen: argparse.Namespace) -> None:
    if chosen.generate or chosen.password_file is not None:
        raise ActRefused("--no-password does not go with --generate or --password-file")


def _first_line(text: str) -> str:
    line = text.split("\n", 1)[0].rstrip("\r")
    if not line:
        raise ActRefused("the password is empty: type one, pipe one line, or give --password-file or --generate")
    return line


def _shown(made: dict[str, object], line: str, chosen: argparse.Namespace, password: str | None) -> Told:
    """A generated password is told here and nowhere else."""
    if not chosen.generate:
        return made, line
    return {**made, "password": password}, f"{line}\npassword: {password}"


def _passwords(settings: Settings) -> Passwords:
    return Passwords(min_length=settings.access.password_min_length)


def _as_json(account: accounts.Account) -> dict[str, object]:
    return {
        "login": account.login,
        "name": account.display_name,
        "created_at": account.created_at,
        "disabled_at": account.disabled_at,
        "has_password": account.has_password,
        "provider_issuer": account.provider_issuer,
        "provider_subject": account.provider_subject,
        "open_sessions": account.open_sessions,
        "roles": [{"role": grant.role.value, "scope": grant.scope.key} for grant in account.grants],
    }
