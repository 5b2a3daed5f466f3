"""`app.py repair | release | lock`: what a named person decides about the figures, written down with who and why."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

from campaign.coverage import NATION
from campaign.readings import SnapshotInfo
from cli.registry_command import answering
from etl.feeds.registry import FEEDS
from operations import acts, locks
from operations.action_log import ActRefused
from settings import Settings
from warehouse import reads
from warehouse.files import SnapshotUnavailable, versions
from warehouse.snapshot import Snapshots

Commands = Any

# What a reading can be released from. In any other state a release would lie in wait for a fault nobody has seen yet.
STOPPED = frozenset({"held", "failed"})


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
    shown = _statuses(settings)
    state, held = shown.get(chosen.feed, ("", ""))
    if state and state not in STOPPED:
        raise ActRefused(f"{chosen.feed} is not held: its state is {state}")
    made = acts.release(
        url, feed=chosen.feed, reason=chosen.reason, actor=chosen.actor, now=datetime.now(UTC), held=held, known=shown
    )
    return asdict(made), f"release {made.release_id}: the held reading of {made.feed} passes at the next refresh"


def _lock(chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    if chosen.early and not chosen.reason.strip():
        raise ActRefused("--early needs a --reason: why the day is locked before it has closed")
    snapshots = Snapshots(settings.snapshot_dir)
    about, through = _moment(chosen.day, snapshots, settings, early=chosen.early)
    found = reads.headline(snapshots, about.version, denominator=settings.campaign.denominator)
    made = locks.lock(
        url,
        reporting_day=chosen.day,
        scope=chosen.scope,
        snapshot_version=about.version,
        figures=locks.Figures(
            doses=found.doses, dose1_people=found.dose1_people, full_people=found.full_people, through=through
        ),
        reason=chosen.reason.strip() or "the reporting day has closed",
        actor=chosen.actor,
        now=datetime.now(UTC),
    )
    return asdict(made), f"{made.reporting_day} ({made.scope}) locked from snapshot {about.version}: {made.doses} doses"


def _moment(day: date, snapshots: Snapshots, settings: Settings, *, early: bool) -> tuple[SnapshotInfo, datetime]:
    """Which snapshot tells the figures of `day`, and the campaign instant up to which the day had run in it.

    The current one until the next reporting day closes too; later the first one kept from after the closing.
    """
    opened, closed, next_closed = (
        locks.closing(
            day + timedelta(shift), cutoff_hour=settings.campaign.cutoff_hour, timezone=settings.campaign.timezone
        )
        for shift in (-1, 0, 1)
    )
    about = reads.info(snapshots, snapshots.current())
    if about.as_of >= next_closed:
        return _kept(day, snapshots, settings, closed, next_closed), closed
    if about.as_of >= closed:
        return about, closed
    when = f"snapshot {about.version} is as of {about.as_of.astimezone(closed.tzinfo):%Y-%m-%d %H:%M}"
    if about.as_of < opened:
        raise ActRefused(f"{day} has not begun: {when}")
    if not early:
        raise ActRefused(f"{day} closes at {closed:%H:%M} and {when}: wait, or say --early with a reason")
    return about, about.as_of


def _kept(day: date, snapshots: Snapshots, settings: Settings, since: datetime, before: datetime) -> SnapshotInfo:
    for version in versions(settings.snapshot_dir):
        about = reads.info(snapshots, version)
        if since <= about.as_of < before:
            return about
    raise ActRefused(
        f"{day} cannot be locked any more: no snapshot is kept from between its closing and the next day's"
    )


def _statuses(settings: Settings) -> dict[str, tuple[str, str]]:
    """State and message of each feed in the current snapshot; nothing before the first publication."""
    snapshots = Snapshots(settings.snapshot_dir)
    try:
        found = reads.feed_statuses(snapshots, snapshots.current())
    except SnapshotUnavailable:
        return {}
    finally:
        snapshots.close()
    return {feed.name: (feed.state, feed.message) for feed in found}


def _assignment(text: str) -> tuple[str, str]:
    field, sign, value = text.partition("=")
    if not (sign and field.strip()):
        raise argparse.ArgumentTypeError(f"'{text}' is not FIELD=VALUE")
    return field.strip(), value
