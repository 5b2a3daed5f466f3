"""Reads about decisions after excursions that are at work on doses. A snapshot from before tells none."""

from __future__ import annotations

from collections.abc import Iterable

from campaign.dose_marks import Mark, by_pair, restriction_of
from campaign.stock_places import MarkedDoses, Store
from warehouse.reads_places import has
from warehouse.snapshot import Snapshots
from warehouse.sqlfiles import sql

STORE = ("code", "level", "area", "district", "site", "recipient")
OWN = ("lot", "decision_id", "kind", "usable_until", "actor", "decided_at", "equipment_id", "of_store", "started_at")


def marks(snapshots: Snapshots, version: int, *, store: str = "", lot: str = "") -> tuple[Mark, ...]:
    """Of one store or lot, or all; the newest first. Raises SnapshotUnavailable."""
    if not has(snapshots, version, "stock_mark"):
        return ()
    rows = snapshots.rows(version, sql("reads/stock_marks"), {"store": store, "lot": lot})
    return tuple(Mark(**row) for row in rows)


def bound(found: Iterable[Mark]) -> dict[str, list[object]]:
    """As queries about stock take them in, so that they need no table that an older snapshot has not."""
    pairs = {pair: restriction_of(own) for pair, own in by_pair(found).items()}
    return {
        "mark_stores": [store for store, _ in pairs],
        "mark_lots": [lot for _, lot in pairs],
        "mark_holds": [item.on_hold for item in pairs.values()],
        "mark_days": [item.usable_until for item in pairs.values()],
    }


def marked(snapshots: Snapshots, version: int) -> tuple[MarkedDoses, ...]:
    """Every store and lot with a decision at work, and how many doses of it are there."""
    if not has(snapshots, version, "stock_mark", "store", "stock_by_lot"):
        return ()
    return tuple(
        MarkedDoses(
            store=Store(**{name: row[name] for name in STORE}),
            product=row["product"],
            doses=row["doses"],
            mark=Mark(store=row["code"], **{name: row[name] for name in OWN}),
        )
        for row in snapshots.rows(version, sql("stores/marked"))
    )
