"""Count everything again from what is held: the oracle of the cubes, and what replaces them after a doubt."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.engine.cubes import ALL_CUBES, columns_of, note_written
from warehouse.engine.engine import Engine
from warehouse.engine.facts import DOSE, read_logged
from warehouse.engine.hours import hours_begin
from warehouse.engine.recount_doses import DoseSource, count_doses
from warehouse.engine.recount_people import count_people
from warehouse.engine.segments import Columns
from warehouse.memory import give_back

# pyarrow brings no types.
Table = Any
Tables = dict[str, Table]
SCHEMA, LOGGED = "recount", "records.logged"
# From so many records on, doses are counted in a process of their own beside the people.
APART_FROM = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One cube beside its recount. Unit: cells."""

    cube: str
    checked: int
    differing: int


@contextmanager
def doses_counted(engine: Engine) -> Iterator[Callable[[], Tables]]:
    """Begin to count the cubes of dose records, which facts alone decide; calling what this gives waits for them.

    For a country in a process of its own, so that other things can be done meanwhile. Records and cells change hands in
    files: by a pipe both sides hold them twice, half a gigabyte each."""
    segment = engine.doses.segment
    source = DoseSource(
        folder=segment.folder if segment else None,
        sites=engine.sites,
        places=len(engine.codes.codes("place")),
        hour_days=engine.rules.hour_days,
    )
    # A daemon may have no process of its own.
    apart = segment is not None and segment.rows >= APART_FROM and not multiprocessing.current_process().daemon
    if not apart:
        yield lambda: _tables(dict(count_doses(source, engine.doses.newest_logged())))
        return
    # Among the segments: what a killed process leaves there goes at the next start.
    with (
        TemporaryDirectory(prefix="recount-", dir=engine.folder) as name,
        ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool,
    ):
        folder = Path(name)
        engine.doses.write_newest_logged(folder / LOGGED)
        give_back()
        begun = pool.submit(_count_into, folder, source)

        def counted() -> Tables:
            begun.result()
            return {file.stem: _mapped(file) for file in folder.glob("*.cells")}

        yield counted


def _count_into(folder: Path, source: DoseSource) -> None:
    for cube, cells in count_doses(source, read_logged(folder / LOGGED, DOSE)):
        table = pa.table(cells)
        with pa.OSFile(str(folder / f"{cube}.cells"), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)


def _mapped(file: Path) -> Table:
    return pa.ipc.open_file(pa.memory_map(str(file))).read_all()


def _tables(cells: Mapping[str, Columns]) -> Tables:
    return {cube: pa.table(columns) for cube, columns in cells.items()}


def recount(engine: Engine, doses: Callable[[], Tables]) -> None:
    """Fill schema `recount` with every cube, counted from facts and from people's doses. It is never published.

    It shares nothing with the counting of a refresh but what a dose and a person are: another way to the same cells.
    `doses`: what `doses_counted` gave."""
    connection = engine.connection
    connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}")
    found = _tables(count_people(engine)) | doses()
    for cube in ALL_CUBES:
        _write(connection, cube, found.pop(cube))


def _write(connection: duckdb.DuckDBPyConnection, cube: str, cells: Table) -> None:
    """In order of the cube's columns, so that it is small and read in ranges."""
    columns = columns_of(connection, cube)
    connection.execute(f"CREATE TABLE {SCHEMA}.{cube} AS FROM cube.{cube} LIMIT 0")
    connection.register("counted", cells.select(columns))
    connection.execute(
        f"INSERT INTO {SCHEMA}.{cube} BY NAME FROM counted ORDER BY {', '.join(n for n in columns if n != 'n')}"
    )
    connection.unregister("counted")


def differences(connection: duckdb.DuckDBPyConnection, *, hour_days: int) -> tuple[Difference, ...]:
    """Each cube beside its recount, cell by cell."""
    return tuple(_difference(connection, cube, hour_days) for cube in ALL_CUBES)


def replace_cubes(engine: Engine) -> None:
    """Inside a transaction: the recount takes the cubes' place.

    Each in one statement: rows inserted into a table that the same transaction has replaced stay invisible, from a row
    group's size on, until the next checkpoint (DuckDB 2.0)."""
    connection = engine.connection
    for cube in ALL_CUBES:
        connection.execute(f"CREATE OR REPLACE TABLE cube.{cube} AS FROM {SCHEMA}.{cube}")
        note_written(connection, cube)
    hours_begin(connection, hour_days=engine.rules.hour_days)


def drop_recount(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


def _difference(connection: duckdb.DuckDBPyConnection, cube: str, hour_days: int) -> Difference:
    names = ", ".join(name for name in columns_of(connection, cube) if name != "n")
    # Hours are kept for the last days only: older rows are on their way out.
    recent = f"WHERE day > (SELECT max(day) FROM {SCHEMA}.site_hour) - {int(hour_days)}" if cube == "site_hour" else ""
    sums = (
        f"SELECT {names}, sum(n) AS n FROM (SELECT {names}, n FROM cube.{cube} {recent} "
        f"UNION ALL SELECT {names}, -n FROM {SCHEMA}.{cube} {recent}) GROUP BY ALL"
    )
    checked, differing = connection.execute(
        f"SELECT count(*), count(*) FILTER (WHERE n <> 0) FROM ({sums})"
    ).fetchall()[0]
    return Difference(cube=cube, checked=int(checked), differing=int(differing))
