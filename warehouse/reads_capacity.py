"""What fits into the cold storage of stores, as one snapshot tells it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from campaign.cold_capacity import Capacity, CapacityRules, Load, capacity
from warehouse.reads_coldchain import ColdChain, cold_chain
from warehouse.reads_places import has
from warehouse.reads_stores import TABLES
from warehouse.snapshot import Snapshots
from warehouse.sqlfiles import sql


def cold_capacity(
    snapshots: Snapshots, version: int, *, zone: ZoneInfo, rules: CapacityRules, chain: ColdChain | None = None
) -> Capacity | None:
    """None of a snapshot, or a source, without devices or a ledger of lots. chain: where it was read already. Raises
    SnapshotUnavailable."""
    found = chain or cold_chain(snapshots, version)
    if not found.told or not has(snapshots, version, *TABLES):
        return None
    loads = [Load(**row) for row in snapshots.rows(version, sql("reads/capacity_loads"))]
    return capacity(found.devices, loads, rules, today=found.now.astimezone(zone).date())
