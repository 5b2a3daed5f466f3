"""The small aggregates: each a table of signed counts to which a refresh only adds rows.

What a cube says is the sum over its rows. Adding is cheap and never looks at what is there; reading sums up; and when a
cube has grown by half it is written anew, summed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from warehouse.engine.codes import Codes
from warehouse.engine.hours import kept_after
from warehouse.engine.places import province_numbers
from warehouse.engine.segments import Array
from warehouse.sqlfiles import sql

# By the signed rows that they are counted from. Each has a file in sql/cubes.
CUBES = {
    "person": ("people_state", "people_day", "people_due", "people_group", "group_member"),
    "slot": ("dose", "flow", "dose_group"),
    "dose": ("district_day", "site_day", "site_hour", "recorded", "delay", "identity"),
    "registration": ("registration", "registration_open", "registration_wait", "registration_course"),
}
ALL_CUBES = tuple(cube for cubes in CUBES.values() for cube in cubes)
GROUP_BITS = 16
# Rows that a cube may have grown by before it is summed, at the least.
LEAST_GROWTH = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookups:
    """area_of_district: number of the residence area by number of the district. first_group: by set of groups, the one
    that takes precedence (the decision numbers them in order of precedence), 0 for none."""

    area_of_district: npt.NDArray[np.uint16]
    first_group: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, codes: Codes) -> Lookups:
        return cls(area_of_district=province_numbers(codes), first_group=first_groups())

    def add(self, rows: Mapping[str, Array]) -> dict[str, Array]:
        """With the columns that several cubes count by."""
        found = dict(rows)
        for name in ("district", "residence"):
            if name in rows and "groups" in rows:
                found["residence_area"] = self.area_of_district[rows[name]]
        if "groups" in rows:
            found["first_group"] = self.first_group[rows["groups"]]
        return found


def add_to_cubes(
    connection: duckdb.DuckDBPyConnection,
    kind: str,
    rows: Mapping[str, Array],
    lookups: Lookups,
    *,
    schema: str = "cube",
) -> None:
    """Inside a transaction: add signed rows of one kind to every cube that counts them."""
    if len(rows["sign"]) == 0:
        return
    connection.register("signed", pa.table(lookups.add(rows)))
    for cube in CUBES[kind]:
        connection.execute(f"INSERT INTO {schema}.{cube} BY NAME {sql(f'cubes/{cube}')}")
    connection.unregister("signed")


def compact(connection: duckdb.DuckDBPyConnection, *, hour_days: int) -> tuple[str, ...]:
    """Inside a transaction: sum up the cubes that have grown by half since they were last summed. Returns which."""
    sizes = dict(connection.execute("SELECT cube, rows FROM core.cube_size").fetchall())
    done: list[str] = []
    for cube in ALL_CUBES:
        rows = int(connection.execute(f"SELECT count(*) FROM cube.{cube}").fetchall()[0][0])
        summed = int(sizes.get(cube, 0))
        if rows - summed > max(LEAST_GROWTH, summed // 2):
            sum_up(connection, cube, hour_days=hour_days)
            done.append(cube)
    return tuple(done)


def sum_up(connection: duckdb.DuckDBPyConnection, cube: str, *, hour_days: int, schema: str = "cube") -> None:
    """Write one cube anew with one row a cell, in order of its columns so that it is small and read in ranges."""
    keys = [name for name in columns_of(connection, cube, schema) if name != "n"]
    recent = ""
    if cube == "site_hour":
        recent = f"WHERE day > {kept_after(connection, hour_days=hour_days)}"
    names = ", ".join(keys)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE summed AS SELECT {names}, sum(n)::BIGINT AS n FROM {schema}.{cube} {recent} "
        f"GROUP BY {names} HAVING sum(n) <> 0 ORDER BY {names}"
    )
    connection.execute(f"DELETE FROM {schema}.{cube}")
    connection.execute(f"INSERT INTO {schema}.{cube} BY NAME FROM temp.summed")
    connection.execute("DROP TABLE temp.summed")
    if schema == "cube":
        note_written(connection, cube)


def note_written(connection: duckdb.DuckDBPyConnection, cube: str) -> None:
    """In the transaction that has written a cube anew: its size, and a token that no copy of it knows."""
    connection.execute("DELETE FROM core.cube_size WHERE cube = ?", [cube])
    size = f"SELECT ? AS cube, count(*) AS rows FROM cube.{cube}"
    connection.execute(f"INSERT INTO core.cube_size BY NAME {size}", [cube])


def columns_of(connection: duckdb.DuckDBPyConnection, cube: str, schema: str = "cube") -> list[str]:
    query = (
        "SELECT column_name FROM duckdb_columns() WHERE schema_name = $schema AND table_name = $cube "
        "ORDER BY column_index"
    )
    return [row[0] for row in connection.execute(query, {"schema": schema, "cube": cube}).fetchall()]


def first_groups() -> npt.NDArray[np.uint8]:
    sets = np.arange(1 << GROUP_BITS, dtype=np.uint32)
    first = np.zeros(len(sets), dtype=np.uint8)
    for group in range(GROUP_BITS, 0, -1):
        first[(sets >> np.uint32(group - 1)) & np.uint32(1) == 1] = group
    return first
