"""The common set: aggregates that SQL can state without the series rules, hence ones that every peer can be held to.

Doses by place, day, product and dose number; by site and day; by place, day of recording and lag; by place and identity
status; and people with at least one dose by residence. Ours does these and ten more, among them the series states.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from bench.batch import Batch
from bench.history import words_of
from bench.registry_rows import ZONE
from etl.refresh import Refresher
from warehouse.engine.codes import SEPARATOR
from warehouse.engine.cubes import Lookups
from warehouse.engine.engine import Engine
from warehouse.engine.slots import FIRST_DAY, IDENTITY

Cells = Mapping[str, pl.DataFrame]
AGGREGATES = {
    "doses": ("place", "day", "product", "number"),
    "site_day": ("site", "day"),
    "recorded": ("place", "day", "bucket"),
    "identity": ("place", "identity"),
    "people": ("area",),
}
DOSE_COLUMNS = ("dose_id", "person", "site", "injected_on", "recorded_on", "product", "number", "identity", "voided")
ROWS = 2_000_000
OURS = {
    "doses": "SELECT place, day, product, number, sum(n)::BIGINT AS n FROM cube.dose GROUP BY ALL",
    "site_day": "SELECT site, day, sum(n)::BIGINT AS n FROM cube.site_day GROUP BY ALL",
    "recorded": "SELECT place, day, bucket, sum(n)::BIGINT AS n FROM cube.recorded GROUP BY ALL",
    "identity": "SELECT place, identity, sum(n)::BIGINT AS n FROM cube.identity GROUP BY ALL",
    "people": "SELECT residence_area AS area, sum(n)::BIGINT AS n FROM cube.people_day WHERE step = 1 GROUP BY ALL",
}


class CellsDiffer(Exception):
    """A peer's figures are not ours: whatever it took, the comparison is worth nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A batch in the peers' columns. doses: DOSE_COLUMNS. people: person, area; each once."""

    doses: pl.DataFrame
    people: pl.DataFrame


def history_doses(engine: Engine) -> Iterator[pl.DataFrame]:
    """Every dose held, in DOSE_COLUMNS, a piece at a time."""
    for chunk in engine.doses.chunks(DOSE_COLUMNS, ROWS):
        yield pl.DataFrame({name: chunk[name] for name in DOSE_COLUMNS})


def history_people(engine: Engine) -> pl.DataFrame:
    """Everybody's residence: person, area."""
    people = engine.people
    area = Lookups.of(engine.codes).area_of_district[people.attributes["district"].part(0, people.count)]
    return pl.DataFrame({"person": np.arange(people.count, dtype=np.int32), "area": area})


def sites(engine: Engine) -> pl.DataFrame:
    return pl.DataFrame({"site": np.arange(len(engine.sites.place)), "place": engine.sites.place})


def our_cells(refresher: Refresher) -> Cells:
    connection = refresher.warehouse.connection
    return {name: tidy(name, pl.DataFrame(connection.sql(query).to_arrow_table())) for name, query in OURS.items()}


def changed(batch: Batch, engine: Engine, secret: bytes) -> Changed:
    """After our own refresh, which has given new people their numbers."""
    codes = engine.codes
    day = (pl.col("injected_at").dt.convert_time_zone(str(ZONE)).dt.date() - FIRST_DAY).dt.total_days()
    recorded = (pl.col("recorded_at").dt.convert_time_zone(str(ZONE)).dt.date() - FIRST_DAY).dt.total_days()
    doses = batch.doses.select(
        "dose_id",
        person_numbers(engine, batch.doses["person_id"], secret).alias("person"),
        pl.Series("site", codes.numbers("site", batch.doses["site_code"])),
        day.alias("injected_on"),
        recorded.alias("recorded_on"),
        pl.Series("product", codes.numbers("product", batch.doses["product_code"])),
        pl.col("dose_number").alias("number"),
        pl.col("identity_status").replace_strict({name: at for at, name in enumerate(IDENTITY)}).alias("identity"),
        pl.col("voided_at").is_not_null().cast(pl.Int16).alias("voided"),
    )
    district = batch.people["province_code"] + SEPARATOR + batch.people["district_code"]
    areas = Lookups.of(codes).area_of_district[codes.numbers("district", district)]
    number = person_numbers(engine, batch.people["person_id"], secret)
    return Changed(doses=doses, people=pl.DataFrame({"person": number, "area": areas}))


def person_numbers(engine: Engine, person_ids: pl.Series, secret: bytes) -> pl.Series:
    key, rest = words_of(person_ids.to_list(), secret)
    order = np.argsort(key)
    numbers: npt.NDArray[np.int64] = np.empty(len(key), dtype=np.int64)
    numbers[order] = engine.people.find(key[order], rest[order])
    return pl.Series(numbers)


def tidy(name: str, cells: pl.DataFrame) -> pl.DataFrame:
    """Cells that count something, in order, whole numbers throughout."""
    keys = list(AGGREGATES[name])
    wanted = cells.filter(pl.col("n") != 0).select(*keys, "n").cast(pl.Int64)
    return wanted.sort(keys)


def hold_to(ours: Cells, theirs: Cells, peer: str) -> None:
    """Raises CellsDiffer where one cell of the common set differs."""
    for name, cells in ours.items():
        if not cells.equals(theirs[name]):
            raise CellsDiffer(f"{peer}: {name} has cells that are not ours ({len(theirs[name])} beside {len(cells)})")
