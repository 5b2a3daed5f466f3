"""People's own records: residence, year of birth, sex, groups."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from warehouse.engine.codes import Codes
from warehouse.engine.dense import Array
from warehouse.engine.people import ATTRIBUTES, FIRST_YEAR, KNOWN, Attributes, People
from warehouse.engine.places import district_code
from warehouse.engine.query import arrays
from warehouse.engine.resolve import Resolved, newest
from warehouse.sqlfiles import sql

Numbers = npt.NDArray[np.int64]
SEX = {"": 0, "f": 1, "m": 2}
NEVER_KNOWN = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChange:
    """Records newer than what is held, by person number, ascending."""

    numbers: Numbers
    version: Numbers
    attributes: Attributes


def change_persons(
    connection: duckdb.DuckDBPyConnection, people: People, codes: Codes, rows: pl.DataFrame, numbers: Numbers
) -> PersonChange:
    """`numbers` are those of the people of `rows`, which has the columns of the feed."""
    version = rows["version"].to_numpy()
    chosen = newest(numbers, version)
    chosen = chosen[version[chosen] > _held_versions(connection, people, numbers[chosen])]
    rows = rows[chosen.tolist()] if len(chosen) < len(rows) or len(rows) > 1 else rows
    bits = rows["group_bits"].fill_null(0).to_numpy().astype(np.int64)
    born = rows["birth_year"].fill_null(FIRST_YEAR).to_numpy().astype(np.int64) - FIRST_YEAR
    sex = rows["sex"].fill_null("").replace_strict(SEX, default=0, return_dtype=pl.UInt8)
    return PersonChange(
        numbers=numbers[chosen],
        version=version[chosen],
        attributes=Attributes(
            district=codes.numbers("district", district_code(rows["province_code"], rows["district_code"])).astype(
                np.uint16
            ),
            sex=sex.to_numpy(),
            born=np.clip(born, 0, 255).astype(np.uint8),
            # Groups count from 1 in the decision that names them; bit 0 is theirs.
            groups=((bits >> 1) & 0xFFFF).astype(np.uint16),
            flags=np.full(len(chosen), KNOWN, dtype=np.uint8),
        ),
    )


def overlaid(held: Attributes, numbers: Numbers, change: PersonChange) -> Attributes:
    """`held` of `numbers` as it will be with `change`. The bookkeeping bits of the flags stay."""
    at = np.searchsorted(change.numbers, numbers)
    at[at == len(change.numbers)] = 0
    hit = change.numbers[at] == numbers if len(change.numbers) else np.zeros(len(numbers), dtype=np.bool_)
    fresh = {}
    for name in ATTRIBUTES:
        old = getattr(held, name)
        new = getattr(change.attributes, name)[at[hit]]
        values = old.copy()
        values[hit] = old[hit] | new if name == "flags" else new
        fresh[name] = values
    return Attributes(**fresh)


def save_persons(
    connection: duckdb.DuckDBPyConnection, change: PersonChange, resolved: Resolved, *, sequence: int
) -> None:
    """Inside the transaction: what a restart needs to know again."""
    if len(resolved.new_numbers):
        _insert(
            connection,
            "key_log",
            {"person": resolved.new_numbers, "key": resolved.new_key, "rest": resolved.new_rest},
            sequence,
        )
    if len(change.numbers):
        columns = {"person": change.numbers, "version": change.version}
        columns |= {name: getattr(change.attributes, name) for name in ATTRIBUTES if name != "flags"}
        _insert(connection, "person_log", columns, sequence)


def _insert(connection: duckdb.DuckDBPyConnection, table: str, columns: dict[str, Array], sequence: int) -> None:
    connection.register("added", pa.table(columns))
    connection.execute(f"INSERT INTO core.{table} BY NAME SELECT *, {int(sequence)} AS sequence FROM added")
    connection.unregister("added")


def _held_versions(connection: duckdb.DuckDBPyConnection, people: People, numbers: Numbers) -> Numbers:
    """Version of the record held of each person; NEVER_KNOWN where there is none. `numbers` ascending."""
    held = np.full(len(numbers), NEVER_KNOWN, dtype=np.int64)
    if len(numbers) == 0:
        return held
    if people.segment is not None:
        folded = numbers < len(people.keys)
        held[folded] = people.segment.take("version", numbers[folded])
    connection.register("asked", pa.table({"asked": numbers}))
    logged = arrays(connection, sql("engine/person_versions"))
    connection.unregister("asked")
    held[np.searchsorted(numbers, logged["person"])] = logged["version"]
    return held
