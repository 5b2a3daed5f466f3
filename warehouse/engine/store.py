"""What a start reads: the segments of the last fold and the logs of what came since."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from warehouse.engine.codes import Codes
from warehouse.engine.facts import Facts
from warehouse.engine.merges import known_numbers, read_merges
from warehouse.engine.people import KNOWN, MANY, Attributes, People, Ragged
from warehouse.engine.places import CENTRAL, SiteMap, read_sites
from warehouse.engine.query import arrays
from warehouse.sqlfiles import sql

Numbers = npt.NDArray[np.int64]
PEOPLE = "people"


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """The state as the last committed transaction left it."""

    codes: Codes
    people: People
    doses: Facts
    registrations: Facts
    sequence: int
    generation: str
    sites: SiteMap

    @classmethod
    def open(
        cls, connection: duckdb.DuckDBPyConnection, folder: Path, *, products: list[str], places: tuple[str, ...] = ()
    ) -> Store:
        """`folder` holds the segments, one folder a fold."""
        sequence, generation = connection.execute("SELECT sequence, generation FROM core.engine").fetchall()[0]
        folded = folder / generation if generation else None
        codes = Codes(connection)
        codes.seed("product", products)
        codes.seed("place", [CENTRAL, *sorted(places)])
        people = People.load(folded / PEOPLE if folded else None)
        replay_logs(connection, people)
        merges = read_merges(connection)
        people.set_merges(merges.alias(known_numbers(people, merges.keys())))
        return cls(
            codes=codes,
            people=people,
            doses=Facts(connection, "dose", folded / "dose" if folded else None),
            registrations=Facts(connection, "registration", folded / "registration" if folded else None),
            sequence=int(sequence),
            generation=generation,
            sites=read_sites(connection, codes),
        )


def replay_logs(connection: duckdb.DuckDBPyConnection, people: People) -> None:
    """Bring people from the last fold to now."""
    keys = arrays(connection, "SELECT person, key, rest FROM core.key_log ORDER BY person")
    people.add(keys["key"], keys["rest"], keys["person"].astype(np.int64))
    rows = arrays(connection, sql("engine/newest_persons"))
    numbers = rows["person"].astype(np.int64)
    flags = people.attributes["flags"].take(numbers) & MANY
    people.set_attributes(
        numbers,
        Attributes(
            district=rows["district"], sex=rows["sex"], born=rows["born"], groups=rows["groups"],
            flags=(flags | KNOWN).astype(np.uint8),
        ),
    )  # fmt: skip
    logged = connection.sql(sql("engine/newest_slots")).to_arrow_table().combine_chunks()
    if logged.num_rows:
        slots = logged["slots"].combine_chunks()
        lengths = pl.Series(slots).list.len().to_numpy()
        doses = Ragged(
            owner=np.repeat(np.arange(len(lengths)), lengths), slot=slots.flatten().to_numpy(zero_copy_only=False)
        )
        people.set_doses(logged["person"].to_numpy().astype(np.int64), doses)


def log_doses(connection: duckdb.DuckDBPyConnection, numbers: Numbers, doses: Ragged, *, sequence: int) -> None:
    """Inside the transaction: the doses of some people as they now are."""
    if len(numbers) == 0:
        return
    count = np.bincount(doses.owner, minlength=len(numbers))
    offsets = np.concatenate([[0], np.cumsum(count)]).astype(np.int32)
    rows = pa.table(
        {"person": numbers.astype(np.uint32), "slots": pa.ListArray.from_arrays(offsets, pa.array(doses.slot))}
    )
    connection.register("added", rows)
    connection.execute(f"INSERT INTO core.slot_log BY NAME SELECT *, {int(sequence)} AS sequence FROM added")
    connection.unregister("added")
