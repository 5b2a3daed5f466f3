"""Denominators: people by area, group and version, each figure in force from a date on.

A version is a whole series of revisions. The portal changed its figures in mid-campaign, so a ratio names
both the version and the day on which it was read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, cast

from geo.rows import Row, load_rows, one_of

PopulationGroup = Literal["all", "18plus"]
PopulationVersion = Literal["portal_2021", "est_2021"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """One figure of one denominator version; `value` is None where the source has no figure."""

    area_code: str
    population_group: PopulationGroup
    version: PopulationVersion
    value: int | None
    valid_from: date
    source: str
    note: str


def load_populations(folder: Path) -> tuple[Population, ...]:
    """All denominator rows: area x group x version x valid-from."""
    return load_rows(folder / "populations.csv", _population)


def population_on(
    rows: Iterable[Population],
    *,
    area_code: str,
    group: PopulationGroup,
    version: PopulationVersion,
    day: date,
) -> int | None:
    """The people of one area in one version as it stood on `day`; None where no figure was in force."""
    in_force = [
        row
        for row in rows
        if (row.area_code, row.population_group, row.version) == (area_code, group, version) and row.valid_from <= day
    ]
    return max(in_force, key=lambda row: row.valid_from).value if in_force else None


def _population(row: Row) -> Population:
    return Population(
        area_code=row["area_code"],
        population_group=cast(PopulationGroup, one_of(row["population_group"], "all", "18plus")),
        version=cast(PopulationVersion, one_of(row["version"], "portal_2021", "est_2021")),
        value=int(row["value"]) if row["value"] else None,
        valid_from=date.fromisoformat(row["valid_from"]),
        source=row["source"],
        note=row["note"],
    )
