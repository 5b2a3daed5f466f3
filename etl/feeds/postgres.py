"""Pull changed rows from a PostgreSQL by commit order, as Arrow.

Reading `updated_at > watermark` loses the rows of transactions that commit late. Two ways lose none (feeds/table.py):
every row that the snapshot of the earlier reading could not see, where a trigger stamps rows with their transaction; or
every row changed since the oldest transaction that was open at the earlier reading, where only a time is kept.
Whatever is read later in the same reading is newer: `version` is the reading's own (feeds/position.py says why).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import adbc_driver_manager
import adbc_driver_postgresql.dbapi as adbc

from etl.errors import FeedRejected, RegistryUnavailable
from etl.feeds.backlog import plan
from etl.feeds.instant import CANNOT_SEE, STANDBY, Instant, look
from etl.feeds.position import (
    START,
    STEP_TOLD_US,
    ClockPosition,
    XidPosition,
    low_water,
    parse,
    version_of,
)
from etl.feeds.registry import RegistryFeed
from etl.feeds.source import FeedHeld, FeedSlow, Reached, ReadLimits
from etl.feeds.spans import Spans
from etl.feeds.table import Method, SourceTable, own_table

# A dead peer is noticed within this time instead of the kernel's two hours.
ALIVE = {"connect_timeout": "5", "keepalives_idle": "10", "keepalives_interval": "5", "tcp_user_timeout": "20000"}
NO_LIMITS = ReadLimits()
# A statement was cancelled, or could not get its lock in time.
TOO_SLOW = frozenset({"57014", "55P03"})
Failure = (adbc_driver_manager.Error, OSError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is read where. Without `tables` it is our own registry with all of its feeds. `secret` is the key of the
    pseudonyms of a source that has none of its own."""

    url: str
    tables: Mapping[str, SourceTable] | None = None
    secret: str = ""
    limits: ReadLimits = NO_LIMITS


@dataclass(slots=True)
class RegistryReader:
    """One consistent reading of all feeds: every feed sees the same instant of the source.

    After a feed whose query fails the others are read at a slightly later instant, from their own watermarks on."""

    _connection: adbc.Connection
    _source: Source
    _clock: Callable[[], float] = time.time
    watermark: str = START
    _now: Instant = field(default_factory=Instant)
    _reached: dict[str, Reached] = field(default_factory=dict[str, Reached])

    def begin(self) -> None:
        """Start reading at this instant. The first one's watermark stands for the whole reading."""
        tables = self._source.tables or {}
        wants_activity = any(table.method is Method.OPEN_TRANSACTIONS for table in tables.values())
        # The stamp of open transactions must be older than the rows: another connection's commit in between is then
        # read twice rather than never.
        self._now = look(self._connection, our_us=int(self._clock() * 1_000_000), wants_activity=wants_activity)
        if self._source.secret:
            # Neither in the statement's text nor in the server's list of running statements.
            with self._connection.cursor() as cursor:
                cursor.execute("SELECT set_config('mcc.person_secret', $1, true)", (self._source.secret,))
                cursor.fetchall()
        if self.watermark == START:
            self.watermark = str(self._now.snapshot)

    def serves(self, feed: str) -> bool:
        return self._source.tables is None or feed in self._source.tables

    def batches(self, feed: RegistryFeed, since: str) -> Iterator[Any]:
        """Arrow record batches: changed rows of one feed since the watermark of an earlier reading.

        Raises FeedRejected where the relation is gone, a column is missing or has another type, FeedSlow over budget,
        FeedHeld where the source is older than what was read from it; RegistryUnavailable where the connection broke.
        """
        table = self._source.tables[feed.name] if self._source.tables is not None else own_table(feed)
        started = time.monotonic()
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {self._source.limits.budget_seconds * 1000}")
                position, note = self._position(feed, table, since)
                until = self._now.snapshot if table.method is Method.XID8 else None
                probe = _Probe(cursor, table)
                taken = plan(position.unread(), until=until, max_rows=self._source.limits.max_rows, probe=probe)
                version = version_of(self._now.snapshot, position.epoch)
                cursor.execute(table.rows(taken.spans, version=version))
                reader = cursor.fetch_record_batch()
                _check_shape(feed, table, {item.name: str(item.type) for item in reader.schema})
                yield from reader
                # Inside: a feed that was not read to its end has reached nothing.
                watermark = str(self._next(position, taken.gaps))
                self._reached[feed.name] = Reached(watermark=watermark, complete=not taken.gaps, note=note)
        except Failure as error:
            raise self._explained(feed, error, seconds=time.monotonic() - started) from error

    def sample(self, feed: RegistryFeed, rows: int) -> Iterator[Any]:
        """Any few rows of a feed, as `batches` would send them. Raises as it does."""
        table = self._source.tables[feed.name] if self._source.tables is not None else own_table(feed)
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(table.sample(rows))
                reader = cursor.fetch_record_batch()
                _check_shape(feed, table, {item.name: str(item.type) for item in reader.schema})
                yield from reader
        except Failure as error:
            raise self._explained(feed, error, seconds=0.0) from error

    def reached(self, feed: str) -> Reached:
        return self._reached[feed]

    def confirm(self) -> None:
        """A registry keeps its rows: nothing to let go of."""

    def _position(self, feed: RegistryFeed, table: SourceTable, since: str) -> tuple[XidPosition | ClockPosition, str]:
        """Where to read from, and what to tell about it."""
        if self._now.is_standby:
            raise FeedRejected(f"{feed.name}: {STANDBY}")
        position = parse(since)
        if table.method is Method.XID8:
            if isinstance(position, ClockPosition):
                position = XidPosition(epoch=position.epoch)  # the method was changed: everything is read again
            if position.snapshot.xmax > self._now.snapshot.xmax:
                raise FeedHeld(
                    f"{feed.name}: the source was restored from an older state (its transaction counter is at "
                    f"{self._now.snapshot.xmax}, read up to {position.snapshot.xmax}); nothing was taken since. "
                    "Release the feed to read it again from the beginning"
                )
            return position, ""
        if not self._now.sees_activity:
            raise FeedRejected(f"{feed.name}: {CANNOT_SEE}")
        if isinstance(position, XidPosition):
            return ClockPosition(epoch=position.epoch), ""
        return self._behind_a_step(position)

    def _behind_a_step(self, position: ClockPosition) -> tuple[ClockPosition, str]:
        """Rows written since a clock was set back carry times before the watermark: begin earlier by as much."""
        step_us = position.stepped_back_us(source_us=self._now.clock_us, our_us=self._now.our_us)
        if not step_us:
            return position, ""
        low_us = max(0, position.low_us - step_us)
        earlier = replace(position, low_us=low_us)
        told = f"the source's clock was set back by {step_us / 1e6:.0f} s: read again from that much earlier on"
        return earlier, told if step_us > STEP_TOLD_US else ""

    def _next(self, position: XidPosition | ClockPosition, gaps: Spans) -> XidPosition | ClockPosition:
        now = self._now
        if isinstance(position, XidPosition):
            return XidPosition(snapshot=now.snapshot, gaps=gaps, epoch=position.epoch)
        low = low_water(clock_us=now.clock_us, open_since_us=now.open_since_us, prepared=now.prepared, before=position)
        return ClockPosition(low_us=low, source_us=now.clock_us, our_us=now.our_us, gaps=gaps, epoch=position.epoch)

    def _explained(self, feed: RegistryFeed, error: Exception, *, seconds: float) -> Exception:
        """A connection that still answers has one bad feed; one that does not has gone, with all of them."""
        try:
            self._connection.rollback()
            self.begin()
        except Failure:
            return RegistryUnavailable(f"reading {feed.name} stopped: {_first_line(error)}")
        budget = self._source.limits.budget_seconds
        if getattr(error, "sqlstate", "") in TOO_SLOW or (budget and seconds >= budget):
            return FeedSlow(f"{feed.name}: no answer within {budget} s ({_first_line(error)})")
        return FeedRejected(f"{feed.name}: {_first_line(error)}")


@dataclass(frozen=True, slots=True)
class _Probe:
    """Counts inside the reading's own transaction."""

    _cursor: adbc.Cursor
    _table: SourceTable

    def newest(self, spans: Spans, rows: int) -> tuple[int, int] | None:
        self._cursor.execute(self._table.newest(spans, rows))
        found = self._cursor.fetchone()
        return (int(found[0]), int(found[1])) if found else None

    def count(self, spans: Spans, stamp: int | None = None) -> int:
        self._cursor.execute(self._table.count(spans, stamp))
        return int((self._cursor.fetchone() or (0,))[0])


@contextmanager
def reading(url: str | Source, *, clock: Callable[[], float] = time.time) -> Iterator[RegistryReader]:
    """Open the source with the ETL's role. Raises RegistryUnavailable where it does not answer."""
    source = Source(url=url) if isinstance(url, str) else url
    try:
        with adbc.connect(watched(source.url)) as connection:
            reader = RegistryReader(connection, source, clock)
            reader.begin()
            yield reader
    except adbc_driver_manager.Error as error:
        raise RegistryUnavailable(f"the registry does not answer: {_first_line(error)}") from error


def watched(url: str) -> str:
    """The address with limits on how long a silent peer is waited for; what it says itself wins."""
    parts = urlsplit(url)
    query = {**ALIVE, **dict(parse_qsl(parts.query))}
    return urlunsplit(parts._replace(query=urlencode(query, quote_via=quote)))


def _check_shape(feed: RegistryFeed, table: SourceTable, types: Mapping[str, str]) -> None:
    for name, expected in feed.columns.items():
        wanted = table.key_type if name == feed.key and table.key_type else expected
        if types[name] != wanted:
            raise FeedRejected(f"{feed.name}: column '{name}' is now {types[name]}, expected {wanted}")


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
