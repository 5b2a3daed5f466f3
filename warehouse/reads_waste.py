"""Reads about wastage: by place and product, and by reason. A snapshot from before, and a source that has no ledger of
lots, tell nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from campaign.wastage import Wastage, WastedFor
from warehouse.reads_places import has
from warehouse.snapshot import Snapshots
from warehouse.sqlfiles import sql

TABLES = ("store", "lot", "stock_by_lot", "stock_waste")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waste:
    """parts: by place and product. reasons: of all of them together, the most doses first."""

    parts: Mapping[tuple[str, str], Wastage]
    reasons: tuple[WastedFor, ...]


def waste(
    snapshots: Snapshots,
    version: int,
    *,
    area: str = "",
    store: str = "",
    by_store: bool = False,
    most_per_vial: Mapping[str, int],
) -> Waste | None:
    """Of the nation, an area or a store; its places are areas, or stores where `by_store`. None: not told."""
    if not has(snapshots, version, *TABLES):
        return None
    bound = {"area": area, "store": store}
    vials = {"by_store": by_store, "products": list(most_per_vial), "most": list(most_per_vial.values())}
    rows = snapshots.rows(version, sql("stores/waste"), bound | vials)
    return Waste(
        parts={(row.pop("place"), row.pop("product")): Wastage(**row) for row in rows},
        reasons=tuple(WastedFor(**row) for row in snapshots.rows(version, sql("stores/waste_reasons"), bound)),
    )
