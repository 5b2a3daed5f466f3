"""Pull changed rows from the registry by commit order, as Arrow.

A row is stamped with the transaction that wrote it. Reading every row whose stamp is not below the oldest transaction
that was still open at the previous pull finds all that was committed since, whatever the clocks said; rows read twice
are recognised by their version. Reading `updated_at > watermark` instead loses rows of transactions that commit late.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import adbc_driver_manager
import adbc_driver_postgresql.dbapi as adbc

from etl.errors import FeedRejected, RegistryUnavailable
from etl.feeds.registry import RegistryFeed

START = "0"


@dataclass(slots=True)
class RegistryReader:
    """One consistent reading of all feeds: every feed sees the same instant of the registry.

    After a feed whose query fails the others are read at a slightly later instant, still from the first watermark on:
    that can only send a row again, never skip one."""

    _connection: adbc.Connection
    watermark: str = START

    def begin(self) -> str:
        """Start reading at this instant. Returns the oldest transaction that is still open."""
        with self._connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
            row = cursor.fetchone()
        return str(row[0]) if row else START

    def batches(self, feed: RegistryFeed, since: str) -> Iterator[Any]:
        """Arrow record batches: changed rows of one feed since the watermark of an earlier reading.

        Raises FeedRejected where the view is gone, a column is missing or has another type;
        RegistryUnavailable where the connection broke.
        """
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(feed.query, (since,))
                reader = cursor.fetch_record_batch()
                _check_shape(feed, {field.name: str(field.type) for field in reader.schema})
                yield from reader
        except adbc_driver_manager.Error as error:
            problem = _explain(feed, error)
            if isinstance(problem, FeedRejected):
                self._connection.rollback()
                self.begin()
            raise problem from error


@contextmanager
def reading(url: str) -> Iterator[RegistryReader]:
    """Open the registry with the ETL's role. Raises RegistryUnavailable where it does not answer."""
    try:
        with adbc.connect(url) as connection:
            reader = RegistryReader(connection)
            reader.watermark = reader.begin()
            yield reader
    except adbc_driver_manager.Error as error:
        raise RegistryUnavailable(f"the registry does not answer: {_first_line(error)}") from error


def _check_shape(feed: RegistryFeed, types: Mapping[str, str]) -> None:
    for name, expected in feed.columns.items():
        actual = types[name]
        if actual != expected:
            raise FeedRejected(f"{feed.name}: column '{name}' is now {actual}, expected {expected}")


def _explain(feed: RegistryFeed, error: adbc_driver_manager.Error) -> Exception:
    # Class 42: undefined column or view, or no right to read it. Everything else is the connection.
    if str(error.sqlstate or "").startswith("42"):
        return FeedRejected(f"{feed.name}: {_first_line(error)}")
    return RegistryUnavailable(f"reading {feed.name} stopped: {_first_line(error)}")


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
