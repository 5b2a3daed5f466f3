"""Sets of rows by the stamp of their last change, and how to divide them. Pure: no database, no clock.

A stamp is the number of the writing transaction, or its time in microseconds; all rows of one transaction share it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

# A position is text of about a hundred characters a gap. Only a source that outruns us for hours has so many.
MOST_GAPS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a PostgreSQL snapshot could see: transactions below xmin, and those below xmax that are not `open`."""

    xmin: int = 0
    xmax: int = 0
    open: tuple[int, ...] = ()

    def __str__(self) -> str:
        return f"{self.xmin}:{self.xmax}:{','.join(map(str, self.open))}"

    @property
    def ended(self) -> int:
        """Transactions ended. Grows with each commit, in whatever order the numbers were handed out."""
        return self.xmax - len(self.open)


NOTHING_SEEN = Snapshot()


def parse_snapshot(text: str) -> Snapshot:
    """PostgreSQL's own text of a snapshot, or one number below which everything was seen."""
    if ":" not in text:
        return Snapshot(xmin=int(text), xmax=int(text))
    xmin, xmax, still_open = text.split(":")
    return Snapshot(xmin=int(xmin), xmax=int(xmax), open=tuple(int(item) for item in still_open.split(",") if item))


@dataclass(frozen=True, slots=True)
class Edge:
    """A place in the order of (stamp, part): rows of smaller stamps lie below it, and of its own stamp those in a part
    below `part`. A hash of the key says in which of the `parts` a row is: so one transaction can be divided."""

    stamp: int
    part: int = 0
    parts: int = 1

    def __str__(self) -> str:
        return f"{self.stamp}.{self.part}.{self.parts}" if self.part else str(self.stamp)

    def __lt__(self, other: Edge) -> bool:
        return (self.stamp, self.part / self.parts) < (other.stamp, other.part / other.parts)

    def one_part_lower(self) -> Edge:
        return Edge(self.stamp, self.part - 1, self.parts) if self.part > 1 else Edge(self.stamp)


def parse_edge(text: str) -> Edge:
    return Edge(*(int(number) for number in text.split(".")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Rows from `low` on and below `high`, of transactions that `until` saw and `after` did not. None: no bound."""

    low: Edge | None = None
    high: Edge | None = None
    after: Snapshot = NOTHING_SEEN
    until: Snapshot | None = None


Spans = tuple[Span, ...]


def above(spans: Spans, edge: Edge) -> Spans:
    """The rows at the edge and above."""
    return tuple(
        replace(span, low=edge if span.low is None else max(span.low, edge))
        for span in spans
        if span.high is None or edge < span.high
    )


def below(spans: Spans, edge: Edge) -> Spans:
    """The rows below the edge: with `above`, each row once."""
    return tuple(
        replace(span, high=edge if span.high is None else min(span.high, edge))
        for span in spans
        if span.low is None or span.low < edge
    )


def outside(low: Edge, gaps: Iterable[Span]) -> Spans:
    """All rows from `low` on that are in none of the gaps, which have both bounds."""
    free: list[Span] = []
    at = low
    for gap_low, gap_high in sorted(
        (gap.low, gap.high) for gap in gaps if gap.low is not None and gap.high is not None
    ):
        if at < gap_low:
            free.append(Span(low=at, high=gap_low))
        at = max(at, gap_high)
    return (*free, Span(low=at))


def few(gaps: Spans) -> Spans:
    """At most MOST_GAPS of them: the oldest two become one that covers both, and what lies between is read again."""
    if len(gaps) <= MOST_GAPS:
        return gaps
    first, second, *others = gaps
    lows = [span.low for span in (first, second) if span.low is not None]
    highs = [span.high for span in (first, second) if span.high is not None]
    both = Span(low=min(lows, default=None), high=max(highs, default=None), after=first.after, until=second.until)
    return few((both, *others))
