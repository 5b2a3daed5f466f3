"""Runs of readings outside a limit, or with a fault: carried on for what a refresh touches, in any order of arrival.

campaign/coldchain.py says the same of one device in plain Python; tests hold this to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

import duckdb

from warehouse.sqlfiles import sql

# Readings looked at in one go, counted at each edge that asks for them: what fits into the memory that DuckDB has
# beside the people.
PIECE_READINGS = 2_000_000
FOUND_HEARD_AWAY = "DROP TABLE temp.found_heard; DROP TABLE temp.found_gap"


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageClass:
    """What a class of storage asks for. Degrees Celsius, minutes; inclusive: the alarm limit itself is outside. None:
    there is no such limit."""

    storage_class: str
    low_c: float | None
    high_c: float | None
    low_alarm_c: float | None
    low_alarm_minutes: int | None
    low_alarm_inclusive: bool | None
    high_alarm_c: float | None
    high_alarm_minutes: int | None
    high_alarm_inclusive: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColdChainRules:
    """`gap_minutes` by way of reporting: silence that breaks a run off. `flag_minutes` by fault that a device
    tells itself (power, battery, probe, door): after how long it is an alarm."""

    classes: tuple[StorageClass, ...]
    gap_minutes: Mapping[str, int]
    flag_minutes: Mapping[str, int]


def use_rules(connection: duckdb.DuckDBPyConnection, rules: ColdChainRules) -> bool:
    """Inside a transaction: judge by `rules` from now on. Runs are counted anew where they were judged by others.

    True where that was so."""
    changed = [
        _replaced(connection, "storage_class", [astuple(row) for row in rules.classes]),
        _replaced(connection, "reporting_gap", list(rules.gap_minutes.items())),
        _replaced(connection, "flag_alarm", list(rules.flag_minutes.items())),
    ]
    if any(changed):
        recount_runs(connection)
        recount_heard(connection)
    return any(changed)


def _replaced(connection: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[Any, ...]]) -> bool:
    """Write the rows of core.<table>, which are few; False where they stood there already."""
    if set(connection.execute(f"FROM core.{table}").fetchall()) == set(rows):
        return False
    connection.execute(f"DELETE FROM core.{table}")
    for row in rows:
        connection.execute(f"INSERT INTO core.{table} VALUES ({', '.join('?' * len(row))})", row)
    return True


def refresh_runs(connection: duckdb.DuckDBPyConnection) -> None:
    """After the readings are taken in, while temp.incoming_temperature_reading and temp.replaced_reading still say
    which ones were new and what they replaced."""
    connection.execute(sql("coldchain/windows"))
    for _ in _pieces(connection):
        connection.execute(sql("coldchain/replace"))


def refresh_heard(connection: duckdb.DuckDBPyConnection) -> None:
    """With refresh_runs: from when to when temperatures were told, and the silences between them. Exact in any order of
    arrival, and without looking at readings that are there already (sql/coldchain/heard_points.sql)."""
    connection.execute(sql("coldchain/heard_points"))
    connection.execute(sql("coldchain/heard_replace"))


def refresh_limits(connection: duckdb.DuckDBPyConnection) -> None:
    """After equipment is taken in, whether or not readings come: temp.incoming_equipment has what was new."""
    connection.execute(sql("coldchain/limit_windows"))
    for _ in _pieces(connection):
        connection.execute(sql("coldchain/replace"))


def recount_runs(connection: duckdb.DuckDBPyConnection) -> None:
    """Every run whose readings are kept, counted anew; those of edges that there are no longer go."""
    connection.execute(sql("coldchain/all_windows"))
    connection.execute(sql("coldchain/orphans"))
    for _ in _pieces(connection):
        connection.execute(sql("coldchain/replace"))


def verify_runs(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """How many runs were looked at, and how many differ from what their readings give."""
    connection.execute(sql("coldchain/all_windows"))
    found = [connection.execute(sql("coldchain/verify")).fetchall()[0] for _ in _pieces(connection)]
    return sum(int(checked) for checked, _ in found), sum(int(differing) for _, differing in found)


def recount_heard(connection: duckdb.DuckDBPyConnection) -> None:
    """From when to when devices were heard, and their silences, counted anew as far as readings are kept."""
    connection.execute(sql("coldchain/heard_found"))
    connection.execute(sql("coldchain/replace_heard"))
    connection.execute(FOUND_HEARD_AWAY)


def verify_heard(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """How many devices heard of and silences were looked at, and how many differ from what their readings give."""
    connection.execute(sql("coldchain/heard_found"))
    checked, differing = connection.execute(sql("coldchain/verify_heard")).fetchall()[0]
    connection.execute(FOUND_HEARD_AWAY)
    return int(checked), int(differing)


def _pieces(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Each time temp.found_run holds the runs of some devices of temp.run_window; temp.run_piece says of which."""
    connection.execute(sql("coldchain/asked"))
    work = int(connection.execute("SELECT coalesce(sum(looked_at), 0) FROM temp.run_asked").fetchall()[0][0])
    pieces = -(-work // PIECE_READINGS) or 1
    for piece in range(pieces):
        part = {"pieces": pieces, "piece": piece}
        connection.execute(sql("coldchain/piece"), part)
        connection.execute(sql("coldchain/runs"), part)
        yield
    connection.execute(
        "DROP TABLE temp.found_run; DROP TABLE temp.run_piece; DROP TABLE temp.run_asked; DROP TABLE temp.run_window"
    )


def archive_runs(connection: duckdb.DuckDBPyConnection, *, before: datetime, forgotten: datetime) -> None:
    """Runs that ended before `before`, whose readings go, are not counted again; those before `forgotten` go, too."""
    values = {"before": before}
    connection.execute("UPDATE core.device_run SET archived = true WHERE ended_at < $before AND NOT archived", values)
    connection.execute("DELETE FROM core.device_run WHERE ended_at < $forgotten", {"forgotten": forgotten})
    connection.execute("DELETE FROM core.device_gap WHERE to_at < $forgotten", {"forgotten": forgotten})
    connection.execute("DELETE FROM core.readings_kept")
    connection.execute("INSERT INTO core.readings_kept VALUES ($before)", values)
