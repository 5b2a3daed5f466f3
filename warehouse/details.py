"""The detailed cells of a snapshot: carried over from the one before, where its cubes have only been added to since.

At national scale the cells are two thirds of what a publication writes, and of a refresh of ten thousand records they
change one part in a hundred. A cube is a table of signed rows to which a refresh adds; what a snapshot lacks of it are
the rows behind the ones that it has. `core.cube_size.token` is another once a cube is written anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from warehouse.sqlfiles import sql

# Published table of cells: the cube that it is a copy of.
CUBE_OF = {
    "dose_cell": "dose",
    "dose_group_cell": "dose_group",
    "district_day_cell": "district_day",
    "site_day_cell": "site_day",
}
# Whose meaning the cells' part of the content hash depends on.
NAMES = ("name_place", "name_area", "name_district", "name_product", "name_site", "name_band", "name_sex")
# Identity of a file as the operating system tells it: node, size, time of the last change in nanoseconds.
Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a snapshot holds of one cube: its first `rows` rows as of `token`, those after day `floor` only (0: of all
    days). total: the rows' part of the content hash, which is linear in them."""

    token: str
    rows: int
    floor: int
    total: int


# A file that goes on and on grows, since freed room is not all used again: beyond this it is written whole once.
MOST_GROWTH = 1.2
# Of a small one a few blocks would be that much.
SMALL_BYTES = 16 << 20


@dataclass(slots=True)
class Carry:
    """What this process published last. It is not kept on disk: a new process writes its first snapshot whole."""

    parts: dict[str, Part] = field(default_factory=dict[str, Part])
    _path: Path | None = None
    _stamp: Stamp | None = None
    _whole_bytes: int = 0

    def base(self) -> Path | None:
        """The snapshot to go on from; None where there is none, where it is not as this process left it, and where it
        has grown too far beyond the last one that was written whole."""
        if self._path is None or self._stamp is None or stamp_of(self._path) != self._stamp:
            return None
        return self._path if self._stamp[1] <= max(self._whole_bytes * MOST_GROWTH, SMALL_BYTES) else None

    def keep(self, path: Path, parts: Mapping[str, Part], *, whole: bool) -> None:
        """`path` has been published and holds `parts`. whole: it did not go on from another."""
        self._path, self._stamp, self.parts = path, stamp_of(path), dict(parts)
        if whole and self._stamp is not None:
            self._whole_bytes = self._stamp[1]

    def forget(self) -> None:
        self._path, self._stamp, self.parts = None, None, {}


def stamp_of(path: Path) -> Stamp | None:
    """None where there is no such file."""
    try:
        told = path.stat()
    except FileNotFoundError:
        return None
    return told.st_ino, told.st_size, told.st_mtime_ns


def keep_details_only(connection: duckdb.DuckDBPyConnection) -> None:
    """Empty the copy of a snapshot that is attached as `outgoing` of all but its cells."""
    names = [
        row[0]
        for row in connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'outgoing' ORDER BY table_name"
        ).fetchall()
    ]
    for name in names:
        if name not in CUBE_OF:
            connection.execute(f'DROP TABLE outgoing."{name}"')
    # Only then is the room that they took free for the tables to come.
    connection.execute("CHECKPOINT outgoing")


def names_unchanged(connection: duckdb.DuckDBPyConnection) -> bool:
    """True where every number in the snapshot attached as `outgoing` still means the same."""
    changed = " UNION ALL ".join(f"SELECT 1 FROM (FROM outgoing.{name} EXCEPT FROM temp.{name})" for name in NAMES)
    return not connection.execute(f"SELECT 1 FROM ({changed}) LIMIT 1").fetchall()


def fill_details(
    connection: duckdb.DuckDBPyConnection, table: str, held: Part | None, values: Mapping[str, object]
) -> Part:
    """Bring one table of cells of `outgoing` up to its cube; `held` is what it has of it already, None for nothing.

    `values` of the settings, by name. What is carried is held against its cube: where they disagree, and where the cube
    has been written anew, the table is written whole."""
    cube = CUBE_OF[table]
    wanted = _standing(connection, cube, values)
    if held is not None and (held.token, held.floor) == (wanted.token, wanted.floor) and held.rows <= wanted.rows:
        added = add_rows(connection, table, wanted, after=held.rows)
        if _agrees(connection, table, wanted.floor):
            return Part(token=wanted.token, rows=wanted.rows, floor=wanted.floor, total=held.total + added)
    connection.execute(f"DELETE FROM outgoing.{table}")
    total = add_rows(connection, table, wanted, after=0)
    return Part(token=wanted.token, rows=wanted.rows, floor=wanted.floor, total=total)


def hash_of(connection: duckdb.DuckDBPyConnection, schema: str, table: str, *, cells: str) -> int:
    """Part of the content hash of the rows of `cells`, which have the columns of `table`; `schema` has the names."""
    query = sql(f"publish/hash_{table}").replace("{schema}", schema).replace("{cells}", cells)
    return int(connection.execute(query).fetchall()[0][0])


def _standing(connection: duckdb.DuckDBPyConnection, cube: str, values: Mapping[str, object]) -> Part:
    """How far the cube is now; its total is not known yet."""
    query = f"SELECT (SELECT token::VARCHAR FROM core.cube_size WHERE cube = $cube), (SELECT count(*) FROM cube.{cube})"
    token, rows = connection.execute(query, {"cube": cube}).fetchall()[0]
    floor = 0
    if cube == "site_day":
        newest = connection.execute(sql("publish/newest_day")).fetchall()[0][0]
        floor = max(0, int(newest or 0) - int(str(values["site_days"])))
    return Part(token=token or "", rows=int(rows), floor=floor, total=0)


def add_rows(connection: duckdb.DuckDBPyConnection, table: str, wanted: Part, *, after: int) -> int:
    """Insert the rows behind the first `after`, in the order of the cube. Returns their part of the content hash."""
    cube = CUBE_OF[table]
    rows = f"(FROM cube.{cube} OFFSET {int(after)})" if after else f"cube.{cube}"
    query = sql(f"publish/{table}").replace("{rows}", rows).replace("{floor}", str(wanted.floor))
    if not after:
        connection.execute(f"INSERT INTO outgoing.{table} BY NAME {query}")
        return hash_of(connection, "outgoing", table, cells=f"outgoing.{table}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE added_{table} AS {query}")
    connection.execute(f"INSERT INTO outgoing.{table} BY NAME FROM temp.added_{table}")
    added = hash_of(connection, "outgoing", table, cells=f"temp.added_{table}")
    connection.execute(f"DROP TABLE temp.added_{table}")
    return added


def _agrees(connection: duckdb.DuckDBPyConnection, table: str, floor: int) -> bool:
    query = (
        f"SELECT (SELECT (count(*), sum(n)) FROM outgoing.{table}) IS NOT DISTINCT FROM "
        f"(SELECT (count(*), sum(n)) FROM cube.{CUBE_OF[table]} WHERE day > $floor)"
    )
    return bool(connection.execute(query, {"floor": floor or -1}).fetchall()[0][0])
