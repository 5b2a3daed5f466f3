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
from etl.coldchain_intake import ems_intake
from operations import ems_clock, senders
from operations.action_log import connect
from operations.decisions import Actor
from operations.instants import offset_of
from settings import Settings

Commands = Any
Told = tuple[object, str]
ADDRESS = "/api/ems"
MINUTES = "%Y-%m-%d %H:%M"


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
    clock = parts.add_parser("clocks", parents=[common], help="records of machines whose clock was wrong, by serial")
    clock.add_argument("--json", action="store_true", help="compact JSON on standard output")
    clock.set_defaults(handler=answering(_clocks))
    for name, told in (
        ("accept-clock", "take them in, each instant moved by --offset"),
        ("reject-clock", "they are never taken in; kept until the nightly job forgets them"),
    ):
        part = parts.add_parser(name, parents=[common], help=told)
        part.add_argument("serial", metavar="SERIAL")
        part.add_argument("--actor", required=True, metavar="NAME", help="who decides; kept in the audit")
        part.add_argument("--json", action="store_true", help="one compact JSON object on standard output")
        part.add_argument("--reason", required=True, metavar="TEXT")
        if name == "accept-clock":
            part.add_argument("--offset", required=True, metavar="[+-][DAYSd]HH:MM[:SS]", help="such as +18628d07:00")
        part.set_defaults(handler=answering(_settle_clock), offset=None)
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


def _clocks(_chosen: argparse.Namespace, _settings: Settings, url: str) -> Told:
    found = ems_clock.clocks(url)
    lines = [
        f"{item.serial}  {item.records} records in {item.messages} messages, its clock says {item.first_at:{MINUTES}} "
        f"to {item.last_at:{MINUTES}} UTC; the latest came {item.kept_at:{MINUTES}} UTC"
        for item in found
    ]
    return found, "\n".join(lines) or "no records wait for a clock"


def _settle_clock(chosen: argparse.Namespace, settings: Settings, url: str) -> Told:
    """Raises ActRefused."""
    offset = None if chosen.offset is None else offset_of(chosen.offset)
    with connect(url) as connection:
        intake = ems_intake(settings, connection)
    by = Actor(name=chosen.actor, origin="command", now=datetime.now(UTC))
    made = ems_clock.settle(url, chosen.serial, offset=offset, reason=chosen.reason, intake=intake, by=by)
    told = f"{made.added} new readings of {made.equipment_id}" if offset is not None else "nothing of it is taken in"
    return made, f"{made.serial}: {made.records} records {made.verdict}; {told}"


def _withdraw(chosen: argparse.Namespace, _settings: Settings, url: str) -> Told:
    senders.withdraw(url, name=chosen.name, actor=chosen.actor, now=datetime.now(UTC))
    return {"sender": chosen.name.strip(), "withdrawn": True}, f"{chosen.name}: the token opens nothing any more"
