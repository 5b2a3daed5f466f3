"""What is exchanged with DHIS2: counts of one period from one snapshot, and the codes that stand for them."""

from __future__ import annotations

from pathlib import Path

from campaign.dhis2 import Codes, Count, Element, Period
from warehouse.reference import read_csv
from warehouse.snapshot import Snapshots
from warehouse.sqlfiles import sql


def exchanged(snapshots: Snapshots, version: int, period: Period) -> tuple[Count, ...]:
    """Of every area. Raises SnapshotUnavailable."""
    rows = snapshots.rows(version, sql("reads/exchanged"), {"first": period.first, "last": period.last})
    return tuple(Count(**row) for row in rows)


def load_codes(folder: Path) -> Codes:
    """Of data/reference; the last row of a measure and part, or of an area, counts. KeyError for a missing column."""
    return Codes(
        elements={
            (row["measure"], row["part"]): Element(
                data_element=row["data_element"], category_option_combo=row["category_option_combo"]
            )
            for row in read_csv(folder / "dhis2_data_values.csv")
        },
        org_units={row["area_code"]: row["org_unit"] for row in read_csv(folder / "dhis2_org_units.csv")},
    )
