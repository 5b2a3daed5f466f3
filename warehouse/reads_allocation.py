"""Reads about decisions on allocation: what was decided, what came of it, and what areas did with what they got."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from campaign.allocation import Decision, Line
from campaign.usage import Account, Round, Usage, usage_by_area
from warehouse import reads
from warehouse.reads_places import has
from warehouse.snapshot import Snapshots
from warehouse.sqlfiles import sql

TABLES = ("allocation_decision", "allocation_line", "allocation_change", "store", "lot", "stock_by_lot")
# Stores that pass doses on to others: what a decision names them for is nobody's allocation.
PASSING = frozenset({"national", "regional"})

Key = tuple[str, str]
"""Area and product."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A field of a decision, or of a line of it (store not ''), before and after it was changed."""

    changed_at: datetime
    field: str
    store: str
    product: str
    lot: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocated:
    """All decisions with their lines. accounts: the ledger by area and product; extra: doses that vials may have
    yielded beyond their label there; central: doses of central units that it may have given. told: the snapshot tells
    of decisions at all."""

    now: datetime
    today: date
    decisions: Mapping[int, Decision]
    lines: tuple[Line, ...]
    accounts: Mapping[Key, Account]
    extra: Mapping[Key, int]
    central: Mapping[Key, int]
    told: bool


def allocated(snapshots: Snapshots, version: int, *, zone: ZoneInfo, most_per_vial: Mapping[str, int]) -> Allocated:
    """Raises SnapshotUnavailable."""
    now = reads.info(snapshots, version).as_of.astimezone(zone)
    bound = {"products": list(most_per_vial), "most": list(most_per_vial.values())}
    if not has(snapshots, version, "stock_by_lot", "store", "lot"):
        return Allocated(
            now=now, today=now.date(), decisions={}, lines=(), accounts={}, extra={}, central={}, told=False
        )
    accounts: dict[Key, Account] = {}
    extra: dict[Key, int] = {}
    for row in snapshots.rows(version, sql("allocation/accounts"), bound):
        key = (row.pop("area"), row.pop("product"))
        extra[key] = row.pop("extra")
        accounts[key] = Account(**row)
    central = snapshots.rows(version, sql("allocation/central"), bound)
    told = has(snapshots, version, *TABLES)
    decisions = snapshots.rows(version, sql("allocation/decisions")) if told else []
    lines = snapshots.rows(version, sql("allocation/lines")) if told else []
    return Allocated(
        now=now,
        today=now.date(),
        decisions={row["decision_id"]: Decision(**row) for row in decisions},
        lines=tuple(Line(**row) for row in lines),
        accounts=accounts,
        extra=extra,
        central={(row["area"], row["product"]): row["central"] for row in central},
        told=told,
    )


def usage(snapshots: Snapshots, version: int, *, zone: ZoneInfo, settled_days: int) -> dict[str, Usage]:
    """Of each area that has a ledger, over the rounds that it received at least `settled_days` ago. None of a snapshot
    without a ledger. Raises SnapshotUnavailable."""
    found = allocated(snapshots, version, zone=zone, most_per_vial={})
    return usage_by_area(rounds_of(found), found.accounts, today=found.today, settled_days=settled_days)


def changes(snapshots: Snapshots, version: int, *, decision_id: int) -> tuple[Changed, ...]:
    """The newest first."""
    rows = snapshots.rows(version, sql("allocation/changes"), {"decision": decision_id})
    return tuple(Changed(**row) for row in rows)


def rounds_of(found: Allocated) -> dict[Key, list[Round]]:
    """What each decision in force gives each area of each product. Of one withdrawn only what came all the same; what
    movements name that nobody entered allocates nothing, and what came of it came."""
    parts: defaultdict[tuple[str, str, int], list[Line]] = defaultdict(list)
    for line in found.lines:
        if line.level not in PASSING:
            parts[line.area, line.product, line.decision_id].append(line)
    rounds: defaultdict[Key, list[Round]] = defaultdict(list)
    for (area, product, decision_id), lines in parts.items():
        withdrawn = found.decisions[decision_id].withdrawn
        rounds[area, product].append(
            Round(
                decision_id=decision_id,
                allocated=0 if withdrawn else sum(line.planned for line in lines),
                received=sum(line.came for line in lines),
                received_on=min((line.came_on for line in lines if line.came_on is not None), default=None),
            )
        )
    return dict(rounds)
