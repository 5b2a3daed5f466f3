"""`app.py tickets`: citizens' correction tickets: the backlog by province, the queue, and what is done with one."""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from campaign.tickets import Closing, Limits, Ticket
from cli.registry_command import answering
from operations import thresholds, tickets
from operations.decisions import Actor
from operations.ticket_queue import queue
from settings import Settings
from settings.tunable import tuned
from warehouse import reads
from warehouse.files import SnapshotUnavailable
from warehouse.snapshot import Snapshots

Commands = Any


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    printed = argparse.ArgumentParser(add_help=False)
    printed.add_argument("--json", action="store_true", help="compact JSON on standard output")
    signed = argparse.ArgumentParser(add_help=False)
    signed.add_argument("number", metavar="NUMBER", help="of the ticket, as the citizen has it")
    signed.add_argument("--actor", required=True, metavar="NAME", help="who acts; kept in the audit")
    found = commands.add_parser(
        "tickets", parents=[common, printed], help="citizens' correction tickets: list, work on"
    )
    found.set_defaults(handler=answering(_list), area="", overdue=False, limit=50, after="")
    parts = found.add_subparsers(dest="part", metavar="[WHAT]")
    listed = parts.add_parser("list", parents=[common, printed], help="open ones, the oldest first")
    listed.add_argument("--area", default="", metavar="CODE", help="province; by default all")
    listed.add_argument("--overdue", action="store_true", help="only those past their limit")
    listed.add_argument("--after", default="", metavar="NUMBER", help="the ticket that the page before ended with")
    listed.add_argument("--limit", type=int, default=50, metavar="N")
    listed.set_defaults(handler=answering(_list))
    parts.add_parser("backlog", parents=[common, printed], help="open and overdue, by province").set_defaults(
        handler=answering(_backlog)
    )
    assign = parts.add_parser("assign", parents=[common, printed, signed], help="take it, or have an account take it")
    assign.add_argument("--to", default="", metavar="LOGIN", help="by default whoever acts")
    assign.add_argument("--note", default="", metavar="TEXT")
    assign.set_defaults(handler=answering(_assign))
    answer = parts.add_parser("answer", parents=[common, printed, signed], help="what the citizen is told")
    answer.add_argument("--text", required=True, metavar="TEXT")
    answer.set_defaults(handler=answering(_answer))
    close = parts.add_parser("close", parents=[common, printed, signed], help="with a reason")
    close.add_argument("--as", dest="closing", required=True, choices=[item.value for item in Closing])
    close.add_argument("--dose", type=int, metavar="ID", help="the dose record that corrects it, for corrected")
    close.add_argument("--reason", required=True, metavar="TEXT")
    close.set_defaults(handler=answering(_close))


def _list(chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    now, limits = _now(settings), _limits(settings, url)
    areas = [chosen.area] if chosen.area else None
    found = queue(
        url,
        now=now,
        limits=limits,
        areas=areas,
        overdue=chosen.overdue,
        limit=max(chosen.limit, 0),
        closed=0,
        after=tickets.number_of(url, chosen.after) if chosen.after else 0,
        counted=False,
    ).tickets
    lines = [_line(item, now, limits) for item in found]
    return [as_json(item, now, limits) for item in found], "\n".join(lines) or "no open tickets"


def _backlog(_chosen: argparse.Namespace, settings: Settings, url: str) -> tuple[object, str]:
    now = _now(settings)
    found = queue(url, now=now, limits=_limits(settings, url), limit=0, closed=0).backlog
    lines = [
        f"{item.area or '-'}  {item.open} open, {item.overdue} overdue, {item.fresh} untouched, "
        f"oldest {item.oldest:%Y-%m-%d %H:%M} UTC"
        for item in found
    ]
    return [asdict(item) for item in found], "\n".join(lines) or "no open tickets"


def _assign(chosen: argparse.Namespace, _settings: Settings, url: str) -> tuple[object, str]:
    number = tickets.number_of(url, chosen.number)
    return _told(tickets.assign(url, number, to=chosen.to, note=chosen.note, by=_by(chosen)))


def _answer(chosen: argparse.Namespace, _settings: Settings, url: str) -> tuple[object, str]:
    return _told(tickets.answer(url, tickets.number_of(url, chosen.number), text=chosen.text, by=_by(chosen)))


def _close(chosen: argparse.Namespace, _settings: Settings, url: str) -> tuple[object, str]:
    number = tickets.number_of(url, chosen.number)
    made = tickets.close(url, number, closing=chosen.closing, reason=chosen.reason, dose=chosen.dose, by=_by(chosen))
    return _told(made)


def as_json(item: Ticket, now: datetime, limits: Limits) -> dict[str, object]:
    """The shape that scripts rely on. `person`: the keyed hash of the feeds; instants are campaign time."""
    due = limits.due(item)
    return {
        "number": item.number,
        "kind": item.kind.value,
        "area": item.area,
        "site": item.site,
        "product": item.product,
        "injected_on": item.injected_on,
        "filed_at": item.filed_at.isoformat(),
        "due_at": due.isoformat(),
        "overdue": now > due,
        "state": item.state.value,
        "owner": item.owner,
        "answer": item.answer,
        "person": item.person,
    }


def _line(item: Ticket, now: datetime, limits: Limits) -> str:
    due = limits.due(item)
    late = "  OVERDUE" if now > due else ""
    owner = f" by {item.owner}" if item.owner else ""
    where = " ".join(part for part in (item.area, item.site) if part) or "-"
    return f"{item.number}  {item.kind}  {where}  {item.state}{owner}  due {due:%Y-%m-%d %H:%M} UTC{late}"


def _now(settings: Settings) -> datetime:
    """Campaign time of the newest snapshot; the wall's before there is one."""
    with closing(Snapshots(settings.snapshot_dir)) as snapshots:
        try:
            return reads.info(snapshots, snapshots.current()).as_of
        except SnapshotUnavailable:
            return datetime.now(UTC)


def _limits(settings: Settings, url: str) -> Limits:
    """As people set them."""
    return tuned(settings, thresholds.in_force(url))[0].tickets.limits


def _told(made: tickets.Done) -> tuple[object, str]:
    return asdict(made), f"ticket {made.number} {made.what}: {made.state}, owner {made.owner or 'nobody'}"


def _by(chosen: argparse.Namespace) -> Actor:
    return Actor(name=chosen.actor, origin="command", now=datetime.now(UTC))
