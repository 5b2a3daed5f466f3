"""Which publications were taken up, what became of each feed, and which rows were set aside. Inside a transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

TABLES = ("profile", "publication", "feed", "area", "population", "cell", "correction", "comparison")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One publication that was taken up. `line` is what was reported about it, as JSON."""

    name: str
    digest: str
    status: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedResult:
    """What one feed made of one publication. Counts are of this publication; `quarantined` is what is set aside now.

    state: ok | held | failed | waiting. `succeeded`: the source was read and understood.
    """

    name: str
    state: str
    succeeded: bool
    watermark: str
    rows_in: int
    accepted: int
    quarantined: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """One row of a file that does not count; columns as core.quarantine."""

    record_key: str
    source: str
    line: int
    field: str
    reason: str
    value: str
    expected: str
    row_json: str


def profile_in_use(connection: duckdb.DuckDBPyConnection) -> str:
    """Name of the profile whose figures are held, or ''."""
    rows = connection.execute("SELECT name FROM declared.profile").fetchall()
    return rows[0][0] if rows else ""


def start_over(connection: duckdb.DuckDBPyConnection) -> None:
    """Forget everything declared: the files will be read again from the first on."""
    for table in ("feed_state", "quarantine"):
        column = "name" if table == "feed_state" else "feed"
        connection.execute(f"DELETE FROM core.{table} WHERE {column} IN (SELECT name FROM declared.feed)")
    for table in TABLES:
        connection.execute(f"DELETE FROM declared.{table}")


def describe(
    connection: duckdb.DuckDBPyConnection,
    profile: str,
    *,
    feeds: Iterable[tuple[str, str, bool, int]],
    areas: Iterable[tuple[str, str, str, str, str, int]],
) -> None:
    """Mirror the profile's feeds and areas, so that SQL can read them. Rows as declared.feed and declared.area."""
    for table, rows in (("profile", [(profile,)]), ("feed", list(feeds)), ("area", list(areas))):
        if connection.execute(f"FROM declared.{table}").fetchall() == rows:
            continue
        marks = ", ".join("?" * len(rows[0]))
        connection.execute(f"DELETE FROM declared.{table}")
        connection.executemany(f"INSERT INTO declared.{table} VALUES ({marks})", rows)


def recorded(connection: duckdb.DuckDBPyConnection) -> tuple[Recorded, ...]:
    """Publications taken up, in the order in which they were."""
    query = "SELECT name, digest, status, line FROM declared.publication ORDER BY number"
    return tuple(
        Recorded(name=name, digest=digest, status=status, line=line)
        for name, digest, status, line in connection.execute(query).fetchall()
    )


def record(connection: duckdb.DuckDBPyConnection, entry: Recorded, *, folder_at: datetime) -> None:
    """Note a publication as taken up; once more under the same name replaces the note."""
    connection.execute("DELETE FROM declared.publication WHERE name = ?", [entry.name])
    connection.execute(
        "INSERT INTO declared.publication SELECT ?, coalesce(max(number), 0) + 1, ?, ?, ?, ? FROM declared.publication",
        [entry.name, folder_at, entry.digest, entry.status, entry.line],
    )


def last_told_at(connection: duckdb.DuckDBPyConnection, feed: str) -> datetime | None:
    """Instant of the publication whose figures feed `feed` shows, or None before its first."""
    query = (
        "SELECT p.folder_at FROM core.feed_state s JOIN declared.publication p ON p.name = s.watermark WHERE s.name = ?"
    )
    rows = connection.execute(query, [feed]).fetchall()
    return rows[0][0] if rows else None


def feed_states(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    query = "SELECT s.name, s.state FROM core.feed_state s JOIN declared.feed f ON f.name = s.name"
    return dict(connection.execute(query).fetchall())


def save_feed(connection: duckdb.DuckDBPyConnection, result: FeedResult, *, now: datetime) -> None:
    """Bring the feed's state up to date. A feed that did not deliver keeps its last success and its watermark."""
    query = "SELECT watermark, last_success, rows_in, accepted FROM core.feed_state WHERE name = ?"
    rows = connection.execute(query, [result.name]).fetchall()
    watermark, last_success, rows_in, accepted = rows[0] if rows else ("", None, 0, 0)
    connection.execute("DELETE FROM core.feed_state WHERE name = ?", [result.name])
    connection.execute(
        "INSERT INTO core.feed_state VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
        [
            result.name,
            result.state,
            result.watermark if result.succeeded else watermark,
            now if result.succeeded else last_success,
            now,
            rows_in + result.rows_in,
            accepted + result.accepted,
            result.quarantined,
            result.message,
        ],
    )


def set_aside_keys(connection: duckdb.DuckDBPyConnection, feed: str) -> frozenset[tuple[str, str, str, str]]:
    """(record key, field, reason, value) of every row of `feed` that is set aside."""
    query = "SELECT record_key, field, reason, value FROM core.quarantine WHERE feed = ?"
    return frozenset(connection.execute(query, [feed]).fetchall())


def replace_set_aside(
    connection: duckdb.DuckDBPyConnection,
    feed: str,
    rows: Sequence[SetAside],
    *,
    retold: Sequence[str] | None,
    number: int,
    now: datetime,
) -> None:
    """The rows of `feed` that do not count now. A row told again, well or badly, replaces what was set aside of it.

    retold: record keys of a delta; None for a full refresh, which tells every row again.
    """
    if retold is None:
        connection.execute("DELETE FROM core.quarantine WHERE feed = ?", [feed])
    else:
        query = "DELETE FROM core.quarantine WHERE feed = ? AND record_key IN (SELECT unnest(?::VARCHAR[]))"
        connection.execute(query, [feed, list(retold)])
    if rows:
        connection.executemany(
            "INSERT INTO core.quarantine VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [_quarantine_row(feed, row, number=number, now=now) for row in rows],
        )


def _quarantine_row(feed: str, row: SetAside, *, number: int, now: datetime) -> list[object]:
    where = [feed, row.record_key, number, row.source, row.line]
    return [*where, row.field, row.reason, row.value, row.expected, now, row.row_json]
