"""Reads of what is known besides people by day: first doses by product, and vaccine on its way, of the nation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from campaign.coverage import PopulationGroup
from campaign.projection import Floats
from campaign.supply_ahead import Supply, SupplyRules
from warehouse import reads
from warehouse.reads_places import has
from warehouse.snapshot import Snapshots
from warehouse.sqlfiles import sql

ADULT_BANDS = ("18_49", "50_64", "65plus")
BANDS = {
    PopulationGroup.ADULTS: ADULT_BANDS,
    PopulationGroup.ALL: ("0_4", "5_11", "12_17", *ADULT_BANDS, "unknown"),
}
Shares = tuple[tuple[int, ...], Floats]
"""Days of waiting, and wait x day: the share of each in the first doses of that day."""


def wait_shares(
    snapshots: Snapshots,
    version: int,
    group: PopulationGroup,
    *,
    usual_waits: Mapping[str, int],
    first_day: date,
    days: int,
) -> Shares | None:
    """Of the nation, by days from a product's first dose to the one that completes its series. None where the source
    tells no product. Raises SnapshotUnavailable."""
    if group not in BANDS or not usual_waits or not has(snapshots, version, "dose_cube"):
        return None
    waits = tuple(sorted(set(usual_waits.values())))
    counts = np.zeros((len(waits), days))
    for row in snapshots.rows(version, sql("reads/first_doses_by_product"), {"bands": list(BANDS[group])}):
        place = (row["day"] - first_day).days
        if 0 <= place < days and row["product"] in usual_waits:
            counts[waits.index(usual_waits[row["product"]]), place] += row["doses"]
    total = counts.sum(axis=0)
    if not total.any():
        return None
    # A day without a first dose that tells its product is as the days around it: as all of them together.
    whole = counts.sum(axis=1, keepdims=True) / total.sum()
    return waits, np.where(total > 0, counts / np.maximum(total, 1.0), whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """Doses given for each on record, by whole day, by what provinces declared of it: of the nation, never below 1, and
    of each area that declared. One area's figure may be below 1: a declaration errs both ways, and summed over areas
    and days only both ways together say the truth."""

    nation: Floats
    by_area: Mapping[str, Floats]


def declared_shares(
    snapshots: Snapshots, version: int, *, first_day: date, expected: Floats, most_raised: float
) -> Declared:
    """Where nobody declared a day the nation's share is as `expected`, and an area's is the nation's. No share is above
    `most_raised`, nor an area's below its inverse. Raises SnapshotUnavailable."""
    count = len(expected)
    found: dict[str, tuple[Floats, Floats]] = {}
    if has(snapshots, version, "declared_gap"):
        for row in snapshots.rows(version, sql("reads/declared_days")):
            places = np.array(row["days"]) - first_day.toordinal()
            inside = (places >= 0) & (places < count)
            sums = np.zeros((2, count))
            sums[:, places[inside]] = np.array([row["declared"], row["recorded"]])[:, inside]
            found[row["area_code"]] = (sums[0], sums[1])
    declared = sum((one for one, _ in found.values()), np.zeros(count))
    recorded = sum((other for _, other in found.values()), np.zeros(count))
    nation = np.clip(declared / np.maximum(recorded, 1.0), 1.0, most_raised)
    nation = np.where(recorded > 0, nation, expected)
    return Declared(
        nation=nation,
        by_area={
            code: np.where(
                (told > 0) & (known > 0), np.clip(told / np.maximum(known, 1.0), 1 / most_raised, most_raised), nation
            )
            for code, (told, known) in found.items()
        },
    )


def supply(snapshots: Snapshots, version: int, *, first_day: date, share: Floats) -> Supply | None:
    """Of the nation, in the unit of the snapshot's people. share: by whole day, doses expected for each on record. None
    where the source has no lots or decisions. Raises SnapshotUnavailable."""
    tables = ("lot", "lot_state", "store", "allocation_decision", "allocation_line")
    if not has(snapshots, version, *tables):
        return None
    one_in = reads.info(snapshots, version).one_in
    lots = snapshots.rows(version, sql("reads/lot_arrivals"), {"waiting_days": SupplyRules().waiting_days})
    lines = snapshots.rows(version, sql("reads/allocated_days"))
    if not lots or not lines:
        return None
    given = np.zeros(len(share))
    for row in snapshots.rows(version, sql("reads/doses_given")):
        place = (row["day"] - first_day).days
        if 0 <= place < len(given):
            given[place] += row["doses"]

    def days(found: Sequence[date | None]) -> Floats:
        return np.array([np.inf if day is None else (day - first_day).days for day in found], dtype=np.float64)

    return Supply(
        given=given * share,
        arrived_on=days([row["arrived_on"] for row in lots]),
        usable_until=days([row["stopped_on"] for row in lots]),
        arrived=np.array([row["doses"] for row in lots], dtype=np.float64) / one_in,
        decided_on=days([row["decided_on"] for row in lines]),
        planned_on=days([row["planned_on"] for row in lines]),
        allocated=np.array([row["doses"] for row in lines], dtype=np.float64) / one_in,
    )
