"""`app.py allocation`: decisions on allocation, planned against actual; one of them by its number; usage by round."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from campaign.allocation import Judged
from campaign.allocation_board import Exceeding, Summary, exceeding, judged, matching, summaries
from campaign.allocation_tables import number_of
from campaign.coverage import NATION
from campaign.usage import Usage, Way, usage_by_area
from cli.registry_command import DONE, REFUSED, tell
from settings import Settings
from warehouse.reads_allocation import Changed, allocated, changes, rounds_of
from warehouse.reference import load_most_per_vial
from warehouse.snapshot import Snapshots

Commands = Any
# Decisions and recipients that the terminal lists; --json has all of them.
LISTED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the snapshot tells, judged: all decisions, or those of one number. usage, exceeding: of all."""

    version: int
    decisions: Sequence[Summary]
    lines: Sequence[Judged]
    changes: Sequence[tuple[int, Changed]]
    usage: dict[str, Usage]
    exceeding: Sequence[Exceeding]
    settled_days: int


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    command = commands.add_parser(
        "allocation", parents=[common], help="decisions on allocation: planned, shipped, received, used"
    )
    command.add_argument("number", nargs="?", default="", metavar="NUMBER", help="of one decision, or part of it")
    command.add_argument("--json", action="store_true", help="compact JSON, one object a line, on standard output")
    command.set_defaults(handler=run)


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Exit code 4 where no decision has the number."""
    with closing(Snapshots(settings.snapshot_dir)) as snapshots:
        found = _found(snapshots, settings, chosen.number)
    if found is None:
        return tell("this snapshot tells of no decisions; the next refresh makes one", REFUSED)
    if chosen.number and not found.decisions:
        return tell(f"no decision has the number {chosen.number}", REFUSED)
    if chosen.json:
        for item in as_json(found, whole=not chosen.number):
            sys.stdout.buffer.write(orjson.dumps(item) + b"\n")
    else:
        print("\n".join(as_lines(found, whole=not chosen.number)))
    return DONE


def _found(snapshots: Snapshots, settings: Settings, number: str) -> Found | None:
    version = snapshots.current()
    zone, most = ZoneInfo(settings.campaign.timezone), load_most_per_vial(settings.reference_dir)
    told = allocated(snapshots, version, zone=zone, most_per_vial=most)
    if not told.told:
        return None
    rounds, stock = rounds_of(told), settings.stock
    lines = judged(told.lines, told.decisions, rounds, told.accounts, today=told.today, wait_days=stock.allocation_days)
    wanted = {code: item for code, item in told.decisions.items() if matching(item, number)}
    own = [item for item in lines if item.line.decision_id in wanted]
    return Found(
        version=version,
        decisions=summaries(own, wanted),
        lines=own,
        changes=[(code, item) for code in wanted for item in changes(snapshots, version, decision_id=code)]
        if number
        else [],
        usage=usage_by_area(rounds, told.accounts, today=told.today, settled_days=stock.settled_days),
        exceeding=exceeding(rounds, told.accounts, told.extra, told.central),
        settled_days=stock.settled_days,
    )


def as_json(found: Found, *, whole: bool) -> Iterator[dict[str, object]]:
    """The shape that scripts rely on: `kind` tells what an object is. Doses are full size."""
    for item in found.decisions:
        yield {"kind": "decision", "snapshot": found.version, **_decision(item)}
    if not whole:
        yield from ({"kind": "line", **_line(item)} for item in found.lines)
        yield from ({"kind": "change", "decision": code, **_change(item)} for code, item in found.changes)
        return
    nation = sum(found.usage.values(), Usage())
    for area, usage in [(NATION, nation), *found.usage.items()]:
        yield {"kind": "usage", "area": area, "settled_days": found.settled_days, **_usage(usage)}
    for item in found.exceeding:
        names = ("area", "product", "given", "allocated", "extra", "unallocated", "central")
        own = {name: getattr(item, name) for name in names}
        yield {"kind": "exceeding", **own, "left": item.left, "cause": item.cause.value}


def _decision(item: Summary) -> dict[str, object]:
    decision = item.decision
    return {
        "decision": decision.decision_id,
        "number": decision.number,
        "round": decision.round,
        "decided_on": decision.decided_on,
        "signed_by": decision.signed_by,
        "source": decision.source,
        "earmark": decision.earmark,
        "known": decision.known,
        "stage": item.stage.value,
        "products": item.products,
        "recipients": item.recipients,
        "planned": item.planned,
        "sent": item.sent,
        "received": item.received,
        "in_transit": item.in_transit,
        "used": item.used,
        "missing": item.missing,
        "over": item.over,
        "late": item.late,
        "expected_on": item.expected_on,
    }


def _line(item: Judged) -> dict[str, object]:
    line = item.line
    return {
        "decision": line.decision_id,
        "area": line.area,
        "store": line.store,
        "product": line.product,
        "lot": line.lot,
        "lots": line.lots,
        "planned": line.planned,
        "expected_on": line.planned_on,
        "sent": line.sent,
        "received": line.came,
        "in_transit": line.in_transit,
        "used": item.used,
        "stage": item.stage.value,
        "gap": item.gap.value if item.gap else None,
        "difference": item.difference if item.gap else 0,
        "days_late": item.days_late,
        "sent_on": line.left_on,
        "received_on": line.came_on,
    }


def _change(item: Changed) -> dict[str, object]:
    names = ("changed_at", "field", "store", "product", "lot", "before", "after")
    return {name: getattr(item, name) for name in names}


def _usage(item: Usage) -> dict[str, object]:
    return {
        "given": item.given,
        **{way.value: item.below(way) for way in Way},
        **{f"of_{way.value}": item.ratio(way) for way in Way},
        "rounds": len(item.rounds),
        "newer": len(item.newer),
    }


def as_lines(found: Found, *, whole: bool) -> list[str]:
    lines: list[str] = []
    for item in found.decisions[:LISTED]:
        decision = item.decision
        day = f"{decision.decided_on:%d/%m/%Y}" if decision.decided_on else "nobody entered it"
        by = f", {decision.signed_by}" if decision.signed_by else ""
        lines.append(
            f"{number_of(decision)} ({day}{by}): {item.stage.value}; "
            f"planned {item.planned:,}, received {item.received:,}, in transit {item.in_transit:,}, "
            f"used {item.used:,}; missing {item.missing:,}, late {item.late}"
        )
    lines += _rest(len(found.decisions), "decisions")
    if whole:
        return [*lines, *_usage_lines(found)]
    for item in found.lines[:LISTED]:
        line = item.line
        gap = f"  {item.gap.value} {item.difference:+,} (lots {line.lots or '-'})" if item.gap else ""
        lines.append(
            f"  {line.store:<16} {line.product:<12} planned {line.planned:>9,}  sent {line.sent:>9,}  "
            f"received {line.came:>9,}  {item.stage.value}{gap}"
        )
    lines += _rest(len(found.lines), "recipients")
    return lines + [
        f"  changed {item.changed_at:%d/%m/%Y %H:%M}: {item.store} {item.field} "
        f"{item.before or '-'} -> {item.after or '-'}"
        for _, item in found.changes
    ]


def _usage_lines(found: Found) -> list[str]:
    nation = sum(found.usage.values(), Usage())
    told = ", ".join(
        f"{way.value} {nation.below(way):,}" + (f" ({ratio:.1%})" if (ratio := nation.ratio(way)) is not None else "")
        for way in Way
    )
    return [
        f"usage over {len(nation.rounds)} decisions received at least {found.settled_days} days ago: "
        f"given {nation.given:,} of {told}",
        *(
            f"  {item.area} {item.product}: {item.beyond:,} doses more given than allocated: {item.cause.value}"
            for item in found.exceeding[:LISTED]
        ),
    ]


def _rest(count: int, what: str) -> list[str]:
    return [f"  and {count - LISTED:,} more {what}: --json has all"] if count > LISTED else []
