"""A database of one table in memory: transactions that overlap, and a reader that plans as the real one does."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from etl.feeds.backlog import plan
from etl.feeds.position import START, ClockPosition, XidPosition, low_water, parse, version_of
from etl.feeds.spans import Edge, Snapshot, Span, Spans

SECOND = 1_000_000


@dataclass(slots=True)
class Row:
    key: int
    stamp: int
    value: int
    committed: int  # the number of its commit, in the order of commits


@dataclass(slots=True)
class Transaction:
    number: int
    began_us: int
    written: dict[int, int] = field(default_factory=dict[int, int])


@dataclass(slots=True)
class Table:
    """`by_clock`: rows are stamped with the time at which their transaction began, instead of its number."""

    by_clock: bool = False
    rows: dict[int, Row] = field(default_factory=dict[int, Row])
    open: list[Transaction] = field(default_factory=list[Transaction])
    clock_us: int = 1_000 * SECOND
    next_number: int = 10
    commits: int = 0
    values: int = 0

    def begin(self) -> Transaction:
        self.clock_us += 1
        self.open.append(Transaction(self.next_number, self.clock_us))
        self.next_number += 1
        return self.open[-1]

    def write(self, who: Transaction, keys: range) -> None:
        """Rows that another open transaction has written are locked, and left out."""
        locked = {key for other in self.open if other is not who for key in other.written}
        for key in keys:
            if key not in locked:
                self.values += 1
                who.written[key] = self.values

    def end(self, who: Transaction, *, commits: bool) -> None:
        self.open.remove(who)
        if commits:
            self.commits += 1
            stamp = who.began_us if self.by_clock else who.number
            for key, value in who.written.items():
                self.rows[key] = Row(key, stamp, value, self.commits)

    def snapshot(self) -> Snapshot:
        numbers = tuple(sorted(item.number for item in self.open))
        return Snapshot(xmin=min(numbers, default=self.next_number), xmax=self.next_number, open=numbers)


def visible(stamp: int, seen: Snapshot) -> bool:
    return stamp < seen.xmax and stamp not in seen.open


def is_below(row: Row, edge: Edge) -> bool:
    part = row.key * 2_654_435_761 % 2**32 % edge.parts
    return row.stamp < edge.stamp or (row.stamp == edge.stamp and part < edge.part)


def is_in(row: Row, span: Span) -> bool:
    return (
        not visible(row.stamp, span.after)
        and (span.until is None or visible(row.stamp, span.until))
        and (span.low is None or not is_below(row, span.low))
        and (span.high is None or is_below(row, span.high))
    )


@dataclass(slots=True)
class Reader:
    """`held`: value and version by key, the newer version winning. `times`: how often each state of a row was read."""

    table: Table
    max_rows: int
    watermark: str = START
    held: dict[int, tuple[int, int]] = field(default_factory=dict[int, tuple[int, int]])
    times: Counter[tuple[int, int]] = field(default_factory=Counter[tuple[int, int]])
    divided: bool = False

    def newest(self, spans: Spans, rows: int) -> tuple[int, int] | None:
        stamps = sorted((row.stamp for row in self._rows(spans)), reverse=True)
        return (stamps[rows], stamps[0]) if len(stamps) > rows else None

    def count(self, spans: Spans, stamp: int | None = None) -> int:
        return sum(stamp is None or row.stamp == stamp for row in self._rows(spans))

    def read(self) -> list[Row]:
        table, position = self.table, self.position()
        now = table.snapshot()
        taken = plan(position.unread(), until=None if table.by_clock else now, max_rows=self.max_rows, probe=self)
        rows = self._rows(taken.spans)
        version = version_of(now, 0)
        for row in rows:
            self.times[row.key, row.value] += 1
            if version > self.held.get(row.key, (0, -1))[1]:
                self.held[row.key] = (row.value, version)
        self.divided = any(edge and edge.part for span in taken.spans for edge in (span.low, span.high))
        self.watermark = str(self._next(position, now, taken.gaps))
        assert self.position().gaps == taken.gaps, "as text and back"
        return rows

    def position(self) -> XidPosition | ClockPosition:
        found = parse(self.watermark)
        return ClockPosition() if self.table.by_clock and isinstance(found, XidPosition) else found

    def behind(self) -> list[Row]:
        """Committed rows that are not held as they are."""
        return [row for row in self.table.rows.values() if self.held.get(row.key, (None, 0))[0] != row.value]

    def _next(self, position: XidPosition | ClockPosition, now: Snapshot, gaps: Spans) -> XidPosition | ClockPosition:
        if isinstance(position, XidPosition):
            return replace(position, snapshot=now, gaps=gaps)
        began = [item.began_us for item in self.table.open]
        clock = self.table.clock_us
        low = low_water(clock_us=clock, open_since_us=began, prepared=0, before=position)
        return ClockPosition(low_us=low, source_us=clock, our_us=clock, gaps=gaps)

    def _rows(self, spans: Spans) -> list[Row]:
        return [row for span in spans for row in self.table.rows.values() if is_in(row, span)]
