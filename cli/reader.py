"""`app.py reader …`: machines that read figures by the API. A token is shown once."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from cli.account_options import add_where, chosen_scope, decided
from cli.registry_command import DONE, answering, with_registry
from operations import readers
from operations.action_log import ActRefused
from settings import Settings

Commands = Any
Told = tuple[object, str]
ADDRESS = "/api/v1/openapi.json"


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    reader = commands.add_parser("reader", help="machines that read figures by /api/v1, and their tokens")
    parts = reader.add_subparsers(dest="part", required=True, metavar="WHAT")
    add = parts.add_parser("add", parents=[common, decided()], help="a new reader and its token, shown this once")
    add.add_argument("name", metavar="NAME")
    add_where(add)
    add.add_argument("--days", type=int, metavar="N", help="how long the token is good; default and most: config.yaml")
    add.set_defaults(handler=answering(_add))
    withdraw = parts.add_parser("withdraw", parents=[common, decided()], help="its token opens nothing any more")
    withdraw.add_argument("name", metavar="NAME")
    withdraw.set_defaults(handler=answering(_withdraw))
    listing = parts.add_parser("list", parents=[common], help="every reader that has a token")
    listing.add_argument("--json", action="store_true", help="one compact JSON object a line on standard output")
    listing.set_defaults(handler=run_list)


def run_list(chosen: argparse.Namespace, settings: Settings) -> int:
    found = with_registry(settings, readers.readers)
    if isinstance(found, int):
        return found
    now = datetime.now(UTC)
    if chosen.json:
        for item in found:
            told = {"reader": item.name, "scope": item.scope.key, "made_by": item.made_by, "made_at": item.made_at}
            told |= {"expires_at": item.expires_at, "ended": item.expires_at <= now, "used_at": item.used_at}
            sys.stdout.buffer.write(orjson.dumps(told) + b"\n")
        return DONE
    table = Table(title=f"{len(found)} readers")
    for heading in ("name", "scope", "token made", "by", "good until", "last used"):
        table.add_column(heading)
    for item in found:
        used = f"{item.used_at:%Y-%m-%d %H:%M}" if item.used_at else "never"
        until = f"{item.expires_at:%Y-%m-%d %H:%M}{' (over)' if item.expires_at <= now else ''}"
        table.add_row(item.name, item.scope.key, f"{item.made_at:%Y-%m-%d %H:%M}", item.made_by, until, used)
    Console().print(table)
    return DONE


def _add(chosen: argparse.Namespace, settings: Settings, url: str) -> Told:
    """Raises ActRefused."""
    most = settings.api.good_days_most
    days = settings.api.good_days if chosen.days is None else chosen.days
    if not 1 <= days <= most:
        raise ActRefused(f"--days: {days} is not between 1 and {most} (api.good_days_most)")
    scope = chosen_scope(chosen, settings)
    token, until = readers.add(url, name=chosen.name, scope=scope, days=days, actor=chosen.actor, now=datetime.now(UTC))
    host = f"http://{settings.web.host}:{settings.web.port}" if settings.on_loopback else "https://<this host>"
    line = (
        f"{chosen.name}: ask {host}/api/v1/… with 'Authorization: Bearer {token}' until {until:%Y-%m-%d}; the token is "
        f"not shown again. {host}{ADDRESS} says what may be asked"
    )
    told = {"reader": chosen.name.strip(), "token": token, "scope": scope.key, "expires_at": until}
    return {**told, "document": host + ADDRESS}, line


def _withdraw(chosen: argparse.Namespace, _settings: Settings, url: str) -> Told:
    readers.withdraw(url, name=chosen.name, actor=chosen.actor, now=datetime.now(UTC))
    return {"reader": chosen.name.strip(), "withdrawn": True}, f"{chosen.name}: the token opens nothing any more"
