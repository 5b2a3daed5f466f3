"""`app.py repair | release | lock`: what a named person decides about the figures, written down with who and why."""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from campaign.coverage import NATION
from cli.registry_command import answering
from etl.feeds.registry import FEEDS
from operations import acts, decisions
from settings import Settings
from warehouse.snapshot import Snapshots

Commands = Any


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    said = argparse.ArgumentParser(add_help=False)
    said.add_argument("--actor", required=True, metavar="NAME", help="who decides; kept in the action log")
    said.add_argument("--json", action="store_true", help="one compact JSON object on standard output")
    mend = commands.add_parser("repair", parents=[common, said], help="put right a value of a record set aside")
    mend.add_argument("feed", metavar="FEED")
    mend.add_argument("key", metavar="KEY", help="the record's key, as the quarantine shows it")
    mend.add_argument("--set", required=True, type=_assignment, metavar="FIELD=VALUE")
    mend.add_argument("--reason", required=True, metavar="TEXT")
    mend.set_defaults(handler=answering(_repair))
    free = commands.add_parser("release", parents=[common, said], help="let the held reading of a feed pass, once")
    free.add_argument("feed", metavar="FEED")
    free.add_argument("--reason", required=True, metavar="TEXT")
    free.set_defaults(handler=answering(_release))
    fix = commands.add_parser("lock", parents=[common, said], help="declare the figures of a reporting day official")
    fix.add_argument("day", type=date.fromisoformat, metavar="YYYY-MM-DD")
    fix.add_argument("--scope", choices=(NATION,), default=NATION)
    fix.add_argument("--early", action="store_true", help="before the day has closed; needs a reason")
    fix.add_argument("--reason", default="", metavar="TEXT")
    fix.set_defaults(handler=answering(_lock))


def _repair(chosen: argparse.Namespace, _settings: Settings, url: str) -> tuple[object, str]:
    field, value = chosen.set
    made = acts.repair(
        url,
        feed=chosen.feed,
        record_key=chosen.key,
        field=field,
        value=value,
        reason=chosen.reason,
        actor=chosen.actor,
        now=datetime.now(UTC),
        key_field=next((feed.key for feed in FEEDS if feed.name == chosen.feed), ""),
    )
    what = f"{made.feed} {made.record_key}, {made.field} = {made.value}"
    return asdict(made), f"repair {made.repair_id}: {what}; the next refresh tries it"


def _release(chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    with closing(Snapshots(settings.snapshot_dir)) as snapshots:
        made = decisions.release(url, snapshots, feed=chosen.feed, reason=chosen.reason, by=_by(chosen))
    return asdict(made), f"release {made.release_id}: the held reading of {made.feed} passes at the next refresh"


def _lock(chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    campaign = settings.campaign
    rule = decisions.Day(cutoff_hour=campaign.cutoff_hour, timezone=campaign.timezone, denominator=campaign.denominator)
    with closing(Snapshots(settings.snapshot_dir)) as snapshots:
        made = decisions.lock(
            url,
            snapshots,
            settings.snapshot_dir,
            day=chosen.day,
            rule=rule,
            early=chosen.early,
            reason=chosen.reason,
            by=_by(chosen),
        )
    told = f"{made.reporting_day} ({made.scope}) locked from snapshot {made.snapshot_version}: {made.doses} doses"
    return asdict(made), told


def _by(chosen: argparse.Namespace) -> decisions.Actor:
    return decisions.Actor(name=chosen.actor, origin="command", now=datetime.now(UTC))


def _assignment(text: str) -> tuple[str, str]:
    field, sign, value = text.partition("=")
    if not (sign and field.strip()):
        raise argparse.ArgumentTypeError(f"'{text}' is not FIELD=VALUE")
    return field.strip(), value
