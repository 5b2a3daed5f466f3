"""Reads about reallocation plans as they stood when the snapshot was made."""

from __future__ import annotations

from dataclasses import dataclass

from campaign.plan_state import PlanState
from campaign.reallocation import ToldLine, ToldPlan
from warehouse.reads_places import has
from warehouse.snapshot import Snapshots
from warehouse.sqlfiles import sql

TABLES = ("reallocation", "reallocation_line", "store")


@dataclass(frozen=True, slots=True, kw_only=True)
class StorePlace:
    """What a store is called by: its level and where it is; district, site: '' where it is of none."""

    level: str
    area: str
    district: str
    site: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Approved plans with all their lines, and the stores that these name, of those that the snapshot knows."""

    plans: tuple[ToldPlan, ...]
    lines: tuple[ToldLine, ...]
    stores: dict[str, StorePlace]


def moved(snapshots: Snapshots, version: int) -> Moved | None:
    """None of a snapshot that does not tell: one from before, one that was published without asking the registry, one
    without stores. Raises SnapshotUnavailable."""
    if not has(snapshots, version, *TABLES) or not snapshots.rows(version, "SELECT 1 FROM store LIMIT 1"):
        return None
    return Moved(
        plans=tuple(
            ToldPlan(state=PlanState(row.pop("state")), **row)
            for row in snapshots.rows(version, sql("reallocations/plans"))
        ),
        lines=tuple(ToldLine(**row) for row in snapshots.rows(version, sql("reallocations/lines"))),
        stores={row.pop("code"): StorePlace(**row) for row in snapshots.rows(version, sql("reallocations/stores"))},
    )
