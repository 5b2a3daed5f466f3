"""Reads about consumables and the vials' own monitors. A snapshot from before has neither: nothing is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from campaign.stock_places import Store
from campaign.vial_monitors import ReadLot
from warehouse.reads_places import has
from warehouse.snapshot import Snapshots
from warehouse.sqlfiles import sql

Pieces = Mapping[str, Mapping[str, int]]
"""By place and item. A place that keeps no books of consumables is not there: it has not none, nobody told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VialsRead:
    """lots: the worst first. stores: those they lie in, by code."""

    lots: tuple[ReadLot, ...]
    stores: Mapping[str, Store]


def supplies(snapshots: Snapshots, version: int, *, area: str = "", store: str = "", by_store: bool = False) -> Pieces:
    """Of the nation, an area or a store; its places are areas, or stores where `by_store`."""
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    if has(snapshots, version, "supply_by_store", "store"):
        bound = {"area": area, "store": store, "by_store": by_store}
        for row in snapshots.rows(version, sql("stores/supplies"), bound):
            found[row["place"]][row["item"]] = row["pieces"]
    return dict(found)


def vials(snapshots: Snapshots, version: int, *, area: str = "", store: str = "") -> VialsRead:
    if not has(snapshots, version, "vial_monitor", "store"):
        return VialsRead(lots=(), stores={})
    lots: list[ReadLot] = []
    stores: dict[str, Store] = {}
    of_store = ("level", "district", "site", "recipient")
    for row in snapshots.rows(version, sql("stores/vials"), {"area": area, "store": store}):
        place = {name: row.pop(name) for name in of_store}
        stores[row["store"]] = Store(code=row["store"], area=row["area"], **place)
        lots.append(ReadLot(**row))
    return VialsRead(lots=tuple(lots), stores=stores)


def lot_discards(snapshots: Snapshots, version: int, *, lot: str) -> dict[str, int]:
    """By store: doses of a lot at or past the discard point of their monitors."""
    if not has(snapshots, version, "vial_monitor"):
        return {}
    rows = snapshots.rows(version, sql("stores/lot_discards"), {"lot": lot})
    return {row["store"]: row["discard"] for row in rows}
