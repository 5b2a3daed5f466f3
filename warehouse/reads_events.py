"""Reads about adverse events beside the doses given: by product, of the nation, an area or a lot."""

from __future__ import annotations

from campaign.event_tables import ProductEvents
from warehouse.reads_places import has
from warehouse.snapshot import Snapshots
from warehouse.sqlfiles import sql


def product_events(snapshots: Snapshots, version: int, *, area: str) -> tuple[ProductEvents, ...] | None:
    """By product, of an area; '' is the nation. None of a snapshot that does not tell events."""
    if not has(snapshots, version, "event_by_lot", "doses_by_day"):
        return None
    rows = snapshots.rows(version, sql("stores/events"), {"area": area})
    return tuple(ProductEvents(**row) for row in rows)


def lot_events(snapshots: Snapshots, version: int, *, lot: str) -> tuple[ProductEvents, ...] | None:
    """Of one lot: one row, none for a lot that nobody knows. None of a snapshot that does not tell events."""
    if not has(snapshots, version, "event_by_lot", "stock_by_lot", "lot"):
        return None
    rows = snapshots.rows(version, sql("stores/lot_events"), {"lot": lot})
    return tuple(ProductEvents(**row) for row in rows)
