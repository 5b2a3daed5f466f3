"""Reads about deliveries that were not received, or short, or over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from campaign.delivery_tables import OpenDelivery
from campaign.stock_places import Store
from warehouse.snapshot import Snapshots
from warehouse.sqlfiles import sql

STORE = ("code", "level", "area", "district", "site", "recipient")


def open_deliveries(
    snapshots: Snapshots, version: int, *, areas: Sequence[str], late: datetime
) -> tuple[OpenDelivery, ...]:
    """Of the `areas`, the largest difference first. late: what was sent before it should have come."""
    rows = snapshots.rows(version, sql("stores/deliveries"), {"areas": list(areas), "late": late})
    return tuple(OpenDelivery(store=Store(**{name: row.pop(name) for name in STORE}), **row) for row in rows)
