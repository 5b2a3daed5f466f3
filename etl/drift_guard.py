"""The drift guard in a refresh: readings of the record feeds are judged by their own past before they are taken in."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from datetime import datetime

import duckdb
import polars as pl

from etl.drift import DriftLimits, Verdict, judge
from etl.feeds.registry import RegistryFeed
from etl.shape import FeedShape, as_json, from_json, measure

# Feeds whose rows are events. A whole list of sites or areas sent again is ordinary.
JUDGED = frozenset({"person", "dose", "registration"})


class DriftGuard:
    """Keeps the shapes of the readings that were taken in. Memory is changed only by `keep`, after the commit."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, limits: DriftLimits) -> None:
        self._connection = connection
        self._limits = limits
        self._past: dict[str, deque[FeedShape]] = {name: deque(maxlen=limits.readings) for name in JUDGED}
        self._last: dict[str, datetime] = {}
        self._fresh: list[tuple[FeedShape, datetime]] = []
        rows = connection.execute("SELECT feed, read_at, shape FROM core.feed_shape ORDER BY read_at").fetchall()
        for feed, read_at, shape in rows:
            self._past[feed].append(from_json(shape))
            self._last[feed] = read_at

    def judge(
        self, feed: RegistryFeed, rows: pl.DataFrame, *, now: datetime, released: Collection[str]
    ) -> Verdict | None:
        """What is wrong with a reading, or None where it may be taken in. `now` is campaign time."""
        last = self._last.get(feed.name)
        shape = measure(rows, feed, seconds=(now - last).total_seconds() if last else None)
        verdict = judge(list(self._past[feed.name]), shape, self._limits)
        if verdict.hold and feed.name not in released:
            return verdict
        self._fresh.append((shape, now))
        return None

    def save(self) -> None:
        """Inside the refresh's transaction: the readings that this refresh takes in."""
        for shape, now in self._fresh:
            self._connection.execute("INSERT INTO core.feed_shape VALUES (?, ?, ?)", [shape.feed, now, as_json(shape)])

    def keep(self) -> None:
        """After the commit."""
        for shape, now in self._fresh:
            self._past[shape.feed].append(shape)
            self._last[shape.feed] = now
        self._fresh.clear()

    def forget(self) -> None:
        """After a rollback."""
        self._fresh.clear()


def prune_shapes(connection: duckdb.DuckDBPyConnection, *, readings: int) -> None:
    """At night: shapes that no judgement looks at any more."""
    connection.execute(
        "DELETE FROM core.feed_shape WHERE rowid IN (SELECT rowid FROM core.feed_shape "
        "QUALIFY row_number() OVER (PARTITION BY feed ORDER BY read_at DESC) > $readings)",
        {"readings": readings},
    )
