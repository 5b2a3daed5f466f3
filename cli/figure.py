"""`app.py figure confirm | explain | list`: what a named person of a province says of its figures of a day."""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from campaign.statements import Kind
from cli.registry_command import answering
from operations import decisions, statements
from settings import Settings
from warehouse.snapshot import Snapshots

Commands = Any


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    printed = argparse.ArgumentParser(add_help=False)
    printed.add_argument("--json", action="store_true", help="one compact JSON object on standard output")
    about = argparse.ArgumentParser(add_help=False)
    about.add_argument("area", metavar="AREA", help="code of the province")
    about.add_argument("day", metavar="YYYY-MM-DD", type=date.fromisoformat, help="the reporting day")
    about.add_argument("--actor", required=True, metavar="NAME", help="who says it; kept in the action log")
    figure = commands.add_parser("figure", help="confirm or explain a province's figures of a day, or list that")
    parts = figure.add_subparsers(dest="part", required=True, metavar="WHAT")
    confirm = parts.add_parser("confirm", parents=[common, printed, about], help="they are right, as of now")
    confirm.add_argument("--text", default="", help="a note that stands beside it")
    confirm.set_defaults(handler=answering(_say), withdraw=False)
    explain = parts.add_parser("explain", parents=[common, printed, about], help="why they are as they are")
    explain.add_argument("--text", required=True, help="the explanation, or why it is withdrawn")
    explain.add_argument("--withdraw", action="store_true", help="take back the explanation that there is")
    explain.set_defaults(handler=answering(_say))
    listed = parts.add_parser("list", parents=[common, printed], help="everything that was said, oldest first")
    listed.add_argument("--area", default="", metavar="CODE")
    listed.add_argument("--since", type=date.fromisoformat, default=date.min, metavar="YYYY-MM-DD")
    listed.set_defaults(handler=answering(_list))


def _say(chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    kind = Kind.CONFIRMED if chosen.part == "confirm" else Kind.WITHDRAWN if chosen.withdraw else Kind.EXPLAINED
    campaign = settings.campaign
    with closing(Snapshots(settings.snapshot_dir)) as snapshots:
        made = decisions.state_figure(
            url,
            snapshots,
            day=chosen.day,
            area=chosen.area,
            kind=kind,
            text=chosen.text,
            rule=decisions.Day(
                cutoff_hour=campaign.cutoff_hour, timezone=campaign.timezone, denominator=campaign.denominator
            ),
            by=decisions.Actor(name=chosen.actor, origin="command", now=datetime.now(UTC)),
        )
    return asdict(made), f"{_line(made)}; the next refresh shows it"


def _list(chosen: argparse.Namespace, _settings: Settings, url: str) -> tuple[object, str]:
    found = statements.statements(url, since=chosen.since, area=chosen.area)
    return [asdict(item) for item in found], "\n".join(_line(item) for item in found) or "nothing was said"


def _line(item: statements.Statement) -> str:
    text = f"  {item.said}" if item.said else ""
    return f"{item.reporting_day}  {item.area_code}  {item.kind}  {item.doses:,} doses  {item.actor}{text}"
