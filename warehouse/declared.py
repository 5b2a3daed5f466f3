"""What publishers declared, in DuckDB: stage a publication, compare it by key with what is held, apply it, describe it.

Every function works inside the caller's transaction. Tables: sql/schema/declared.sql; queries: sql/declared/.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date

import duckdb
import polars as pl

from warehouse.sqlfiles import sql

KEY = {"feed": pl.String, "area_code": pl.String, "day": pl.Date, "product": pl.String}
CELL = KEY | dict.fromkeys(("value", "dose1_people", "full_people", "boosted_people", "pending_doses"), pl.Int64)
Schema = Mapping[str, type[pl.DataType]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One published figure; columns as declared.cell. None: the publisher does not tell it."""

    feed: str
    area_code: str
    day: date | None
    product: str
    value: int | None
    dose1_people: int | None = None
    full_people: int | None = None
    boosted_people: int | None = None
    pending_doses: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key whose row was set aside: the publisher did not withdraw it. None is what could not be read: any."""

    feed: str
    area_code: str | None
    day: date | None
    product: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One feed's publication against what is held, in keys; totals and volumes in the feed's unit.

    held_volume: sum of the sizes of the held figures; revised_volume: of the changes of those told again.
    """

    appeared: int
    vanished: int
    up: int
    down: int
    moved: int
    told: int
    net_change: int
    held_keys: int
    held_areas: int
    reporting_areas: int
    held_total: int
    new_total: int
    held_volume: int
    revised_volume: int
    absent_areas: tuple[str, ...]
    vanished_days: tuple[date, ...]

    @property
    def corrections(self) -> int:
        """Published figures revised or withdrawn."""
        return self.up + self.down + self.moved + self.vanished

    @property
    def changes(self) -> int:
        return self.corrections + self.appeared + self.told


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What stands now. None where the profile has no such feed, or the publisher does not tell the figure."""

    doses: int | None
    dose1_people: int | None
    full_people: int | None
    delivered: int | None
    registered: int | None
    areas: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Feed `feed`'s `measure` must equal what was staged as `staged_as`, summed by cell, day, area or nation."""

    name: str
    staged_as: str
    feed: str
    measure: str
    by: str
    is_cumulative: bool


def stage(connection: duckdb.DuckDBPyConnection, cells: Iterable[Cell], set_aside: Iterable[Key]) -> None:
    """Lay a publication beside what is held; nothing counts yet."""
    connection.execute(sql("declared/staging"))
    _load(connection, "incoming", cells, CELL)
    _load(connection, "set_aside", set_aside, KEY)


def compare(connection: duckdb.DuckDBPyConnection, feed: str, *, is_full: bool, is_cumulative: bool) -> Comparison:
    """Compare one staged feed, key by key. The changes found wait in the temporary table `change` for `apply`."""
    connection.execute(sql("declared/compare"), {"feed": feed, "is_full": is_full})
    result = connection.execute(sql("declared/comparison"), {"feed": feed, "is_cumulative": is_cumulative})
    names = [column[0] for column in result.description or ()]
    counts = dict(zip(names, result.fetchall()[0], strict=True))
    absent = connection.execute(sql("declared/absent_areas"), {"feed": feed}).fetchall() if is_full else []
    days = connection.execute(sql("declared/vanished_days"), {"feed": feed}).fetchall()
    return Comparison(
        **counts, absent_areas=tuple(row[0] for row in absent), vanished_days=tuple(row[0] for row in days)
    )


def apply(connection: duckdb.DuckDBPyConnection, *, publication: str) -> None:
    """Make every compared feed's changes count, and log the corrections under the publication's name."""
    connection.execute(sql("declared/apply_delete"))
    connection.execute(sql("declared/apply_insert"))
    connection.execute(sql("declared/apply_corrections"), {"publication": publication})


def replace_population(
    connection: duckdb.DuckDBPyConnection, rows: Sequence[tuple[str, str, str, int | None, str, date]]
) -> bool:
    """Rows as declared.population. True where they differ from those held."""
    query = "SELECT area_code, population_group, version, people, source, valid_from FROM declared.population"
    if set(connection.execute(query).fetchall()) == set(rows):
        return False
    connection.execute("DELETE FROM declared.population")
    connection.executemany("INSERT INTO declared.population VALUES (?, ?, ?, ?, ?, ?)", rows)
    return True


def evaluate(connection: duckdb.DuckDBPyConnection, check: Check) -> None:
    """Hold the standing figures against the publisher's own totals and keep the outcome."""
    values = {"check": check.staged_as, "feed": check.feed, "measure": check.measure, "by": check.by}
    query = connection.execute(sql("declared/check"), {**values, "is_cumulative": check.is_cumulative})
    left, right, keys, differing, first = query.fetchall()[0]
    detail = f"{keys - differing} of {keys} equal" + (
        f"; first that differs: {first or 'the total'}" if differing else ""
    )
    forget_check(connection, check.name)
    connection.execute(
        "INSERT INTO declared.comparison VALUES (?, ?, ?, ?, ?)", [check.name, differing == 0, left, right, detail]
    )


def record_equality(connection: duckdb.DuckDBPyConnection, name: str, *, left: int, right: int, differing: int) -> None:
    """Keep the outcome of an equality that was found while reading, such as a running total."""
    forget_check(connection, name)
    connection.execute(
        "INSERT INTO declared.comparison VALUES (?, ?, ?, ?, ?)",
        [name, differing == 0, left, right, f"{differing} figures differ"],
    )


def equalities(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str]]:
    """(name, everything that is shown about it) of every equality."""
    query = "SELECT name, concat_ws('|', holds, left_side, right_side, detail) FROM declared.comparison"
    return set(connection.execute(query).fetchall())


def forget_check(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    connection.execute("DELETE FROM declared.comparison WHERE name = ?", [name])


def totals(connection: duckdb.DuckDBPyConnection) -> Totals:
    """What stands now, over all areas."""
    result = connection.execute(sql("declared/totals"))
    names = [column[0] for column in result.description or ()]
    return Totals(**dict(zip(names, result.fetchall()[0], strict=True)))


def products_present(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Products of which at least one dose was delivered or given, on balance of a day."""
    query = "SELECT DISTINCT product FROM declared.cell WHERE product <> '' AND value > 0"
    return frozenset(row[0] for row in connection.execute(query).fetchall())


def _load(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Cell] | Iterable[Key], schema: Schema
) -> None:
    arriving = pl.DataFrame([astuple(row) for row in rows], schema=schema, orient="row")
    connection.register("arriving", arriving)
    try:
        connection.execute(f"INSERT INTO {table} FROM arriving")
    finally:
        connection.unregister("arriving")
