"""`app.py alerts`: what fires, one incident a line; and what a named person does about one of them."""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from campaign.incident_view import Board, IncidentRow, stores_of, with_inside
from campaign.incidents import Closing, Work
from cli.incident_log import incident_log
from cli.registry_command import answering
from operations import incidents
from operations.decisions import Actor
from operations.incident_board import board
from settings import Settings
from warehouse.files import SnapshotUnavailable
from warehouse.reads_stores import inside
from warehouse.snapshot import Snapshots

Commands = Any


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    printed = argparse.ArgumentParser(add_help=False)
    printed.add_argument("--json", action="store_true", help="compact JSON on standard output")
    said = argparse.ArgumentParser(add_help=False)
    said.add_argument("incident", type=int, metavar="ID", help="its number, as the list and the page show it")
    said.add_argument("--actor", required=True, metavar="NAME", help="who acts; kept in the incident and the audit")
    alerts = commands.add_parser(
        "alerts",
        parents=[common, printed],
        help="list what fires, by incident; acknowledge, take, close or snooze one",
        description="List what fires. doses_at_risk: what the stores of its devices hold; null where nobody can tell.",
    )
    alerts.add_argument("--all", action="store_true", help="also what is over and waits to be closed")
    alerts.add_argument("--log", action="store_true", help="incidents of the last weeks and times of response by rule")
    alerts.set_defaults(handler=answering(_list))
    parts = alerts.add_subparsers(dest="part", metavar="[WHAT]")

    def part(name: str, text: str, *, silent: bool = False) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = parts.add_parser(name, parents=[common, printed, said], help=text)
        made.add_argument("--comment", required=not silent, default="", metavar="TEXT")
        return made

    part("acknowledge", "say that you handle it").set_defaults(handler=answering(_acknowledge))
    take = part("take", "answer for it from now on, or have an account answer", silent=True)
    take.add_argument("--to", default="", metavar="LOGIN", help="by default whoever acts")
    take.set_defaults(handler=answering(_take))
    snooze = part("snooze", "put it off; it returns by itself")
    snooze.add_argument("--hours", type=int, default=1, metavar="N", help="at most alerts.snooze_max_hours; default 1")
    snooze.set_defaults(handler=answering(_snooze))
    close = part("close", "say what it was, once it is over")
    close.add_argument("--as", dest="closing", default=Closing.HANDLED.value, choices=[item.value for item in Closing])
    close.set_defaults(handler=answering(_close))


def _list(chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    if chosen.log:
        return incident_log(settings, url, now=datetime.now(UTC))
    rows = [
        row
        for row in _with_doses(settings, board(url)).incidents
        if row.incident.state is not Work.CLOSED and (chosen.all or row.incident.fires)
    ]
    return [as_json(row) for row in rows], "\n".join(_line(row) for row in rows) or "nothing fires"


def _with_doses(settings: Settings, told: Board) -> Board:
    """By the newest snapshot, where there is one."""
    with closing(Snapshots(settings.snapshot_dir)) as snapshots:
        try:
            return with_inside(told, inside(snapshots, snapshots.current(), stores=stores_of(told)))
        except SnapshotUnavailable:
            return told


def as_json(row: IncidentRow) -> dict[str, object]:
    """The shape that scripts rely on. `members`: how many things fired in it; `since`: wall time."""
    incident = row.incident
    return {
        "id": row.incident_id,
        "key": row.key,
        "rule": row.rule,
        "severity": incident.severity.value,
        "since": incident.opened_at.isoformat(),
        "state": incident.state.value,
        "owner": incident.owner,
        "labels": dict(row.labels),
        "members": incident.members,
        "doses_at_risk": row.inside.doses if row.inside else None,
    }


def _line(row: IncidentRow) -> str:
    incident = row.incident
    state = incident.state.value if incident.fires else f"{incident.state.value}, over"
    owner = f" by {incident.owner}" if incident.owner else ""
    since = f"{incident.opened_at:%Y-%m-%d %H:%M} UTC"
    return f"{row.incident_id}  {incident.severity}  {row.key}  {state}{owner}  {incident.members} since {since}"


def _acknowledge(chosen: argparse.Namespace, _settings: Settings, url: str) -> tuple[object, str]:
    return _told(incidents.acknowledge(url, chosen.incident, comment=chosen.comment, by=_by(chosen)))


def _take(chosen: argparse.Namespace, _settings: Settings, url: str) -> tuple[object, str]:
    return _told(incidents.take(url, chosen.incident, by=_by(chosen), to=chosen.to, comment=chosen.comment))


def _snooze(chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    longest = timedelta(hours=settings.alerts.snooze_max_hours)
    made = incidents.snooze(
        url, chosen.incident, hours=chosen.hours, longest=longest, comment=chosen.comment, by=_by(chosen)
    )
    return _told(made)


def _close(chosen: argparse.Namespace, _settings: Settings, url: str) -> tuple[object, str]:
    return _told(incidents.close(url, chosen.incident, comment=chosen.comment, by=_by(chosen), closing=chosen.closing))


def _told(made: incidents.Done) -> tuple[object, str]:
    return asdict(made), f"incident {made.incident_id} {made.what}: {made.state}, owner {made.owner or 'nobody'}"


def _by(chosen: argparse.Namespace) -> Actor:
    return Actor(name=chosen.actor, origin="command", now=datetime.now(UTC))
