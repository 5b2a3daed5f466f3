"""`app.py sender …`: machines that send what equipment monitors. A token is shown once."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from cli.account_options import decided
from cli.registry_command import DONE, answering, with_registry
from operations import senders
from settings import Settings

Commands = Any
Told = tuple[object, str]
ADDRESS = "/api/ems"


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    sender = commands.add_parser("sender", help="machines that send monitoring messages, and their tokens")
    parts = sender.add_subparsers(dest="part", required=True, metavar="WHAT")
    for name, act, told in (
        ("add", _add, "a new sender and its token, shown this once"),
        ("withdraw", _withdraw, "its token opens nothing any more"),
    ):
        part = parts.add_parser(name, parents=[common, decided()], help=told)
        part.add_argument("name", metavar="NAME")
        part.set_defaults(handler=answering(act))
    listing = parts.add_parser("list", parents=[common], help="every sender that has a token")
    listing.add_argument("--json", action="store_true", help="one compact JSON object a line on standard output")
    listing.set_defaults(handler=run_list)


def run_list(chosen: argparse.Namespace, settings: Settings) -> int:
    found = with_registry(settings, senders.senders)
    if isinstance(found, int):
        return found
    if chosen.json:
        for sender in found:
            sys.stdout.buffer.write(orjson.dumps(sender) + b"\n")
        return DONE
    table = Table(title=f"{len(found)} senders")
    for heading in ("name", "token made", "by", "last used", "messages", "kept aside"):
        table.add_column(heading)
    for sender in found:
        used = f"{sender.used_at:%Y-%m-%d %H:%M}" if sender.used_at else "never"
        made = f"{sender.made_at:%Y-%m-%d %H:%M}"
        table.add_row(sender.name, made, sender.made_by, used, str(sender.messages), str(sender.kept))
    Console().print(table)
    return DONE


def _add(chosen: argparse.Namespace, settings: Settings, url: str) -> Told:
    token = senders.add(url, name=chosen.name, actor=chosen.actor, now=datetime.now(UTC))
    host = f"http://{settings.web.host}:{settings.web.port}" if settings.on_loopback else "https://<this host>"
    line = f"{chosen.name}: POST {host}{ADDRESS} with 'Authorization: Bearer {token}'; it is not shown again"
    return {"sender": chosen.name.strip(), "token": token, "address": host + ADDRESS}, line


def _withdraw(chosen: argparse.Namespace, _settings: Settings, url: str) -> Told:
    senders.withdraw(url, name=chosen.name, actor=chosen.actor, now=datetime.now(UTC))
    return {"sender": chosen.name.strip(), "withdrawn": True}, f"{chosen.name}: the token opens nothing any more"
