"""`app.py wall …`: screens that only look. A token is shown once, as an address to open on the screen."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from campaign.access import Grant, Role
from cli.account_options import add_where, chosen_scope, decided
from cli.registry_command import DONE, answering, with_registry
from operations import accounts, walls
from operations.passwords import Passwords
from settings import Settings

Commands = Any
Told = tuple[object, str]


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    wall = commands.add_parser("wall", help="screens that only look, and their tokens")
    parts = wall.add_subparsers(dest="part", required=True, metavar="WHAT")
    both = [common, decided()]
    add = parts.add_parser("add", parents=both, help="a new screen and its token, shown this once")
    add.add_argument("login", metavar="NAME")
    add.add_argument("--name", metavar="TEXT", help="as it is shown (default: NAME)")
    add_where(add)
    add.set_defaults(handler=answering(_add))
    for name, act, told in (
        ("renew", _renew, "another token, shown this once; the one before and its sessions end"),
        ("withdraw", _withdraw, "the token opens nothing any more; its sessions end"),
    ):
        part = parts.add_parser(name, parents=both, help=told)
        part.add_argument("login", metavar="NAME")
        part.set_defaults(handler=answering(act))
    listing = parts.add_parser("list", parents=[common], help="every screen that has a token")
    listing.add_argument("--json", action="store_true", help="one compact JSON object a line on standard output")
    listing.set_defaults(handler=run_list)


def run_list(chosen: argparse.Namespace, settings: Settings) -> int:
    found = with_registry(settings, walls.walls)
    if isinstance(found, int):
        return found
    if chosen.json:
        for wall in found:
            scopes = [grant.scope.key for grant in wall.grants]
            told = {"login": wall.login, "name": wall.name, "made_by": wall.made_by, "made_at": wall.made_at}
            sys.stdout.buffer.write(orjson.dumps({**told, "used_at": wall.used_at, "scopes": scopes}) + b"\n")
        return DONE
    table = Table(title=f"{len(found)} screens")
    for heading in ("name", "shown as", "scope", "token made", "last used"):
        table.add_column(heading)
    for wall in found:
        used = f"{wall.used_at:%Y-%m-%d %H:%M}" if wall.used_at else "never"
        scope = ", ".join(grant.scope.key for grant in wall.grants) or "-"
        table.add_row(wall.login, wall.name, scope, f"{wall.made_at:%Y-%m-%d %H:%M}", used)
    Console().print(table)
    return DONE


def _add(chosen: argparse.Namespace, settings: Settings, url: str) -> Told:
    scope = chosen_scope(chosen, settings)
    now = datetime.now(UTC)
    login = accounts.clean_login(chosen.login)
    accounts.add(
        url,
        login=login,
        name=chosen.name or login,
        password=None,
        passwords=Passwords(min_length=settings.access.password_min_length),
        grants=[Grant(role=Role.WALL, scope=scope)],
        actor=chosen.actor,
        now=now,
    )
    return _shown(settings, login, walls.give_token(url, login=login, actor=chosen.actor, now=now))


def _renew(chosen: argparse.Namespace, settings: Settings, url: str) -> Told:
    token = walls.give_token(url, login=chosen.login, actor=chosen.actor, now=datetime.now(UTC))
    return _shown(settings, accounts.clean_login(chosen.login), token)


def _withdraw(chosen: argparse.Namespace, _settings: Settings, url: str) -> Told:
    walls.withdraw_token(url, login=chosen.login, actor=chosen.actor, now=datetime.now(UTC))
    return {"login": chosen.login, "withdrawn": True}, f"{chosen.login}: the token opens nothing any more"


def _shown(settings: Settings, login: str, token: str) -> Told:
    """What follows # stays in the browser: it is in no log of a server or proxy."""
    address = f"http://{settings.web.host}:{settings.web.port}" if settings.on_loopback else "https://<this host>"
    place = f"{address}/wall/enter#{token}"
    line = f"{login}: open this address on the screen, once; it is not shown again\n{place}"
    return {"login": login, "token": token, "address": place}, line
