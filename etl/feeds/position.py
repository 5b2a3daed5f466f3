"""Watermarks as text, and the arithmetic of commit order. Pure: no database, no clock.

Two forms, each optionally led by "e<N>/" (N restarts after a restored backup):
- `xmin:xmax:xip,xip`, a snapshot of PostgreSQL: rows of every transaction that it saw have been read; a lone number n
  stands for n:n: ;
- `us:<low>:<source clock>:<our clock>`, microseconds since 1970: rows stamped before `low` have been read.
Each is followed, while filling, by the gaps of what has been read, the oldest first (feeds/backlog.py):
`<after;until;high` by transactions, `<low;high` by time, edges as `stamp` or `stamp.part.parts`. Earlier releases wrote
one number, `<cut`: of what the snapshot saw, only rows stamped below it had been read.

The version of a row is the number of transactions that had ended when it was read (xmax - open ones). A writer's own
number, or its clock, does not order the versions of a record: a transaction that began first may write last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from etl.feeds.backlog import Unread
from etl.feeds.spans import NOTHING_SEEN, Edge, Snapshot, Span, Spans, above, below, outside, parse_edge, parse_snapshot

START = "0"
# Versions stay below 2^56: transactions at 10,000 a second for 228,000 years. 127 restarts fit above in an int64.
EPOCH_SHIFT = 56
MAX_EPOCH = (1 << (63 - EPOCH_SHIFT)) - 1
# A statement's clock is read a moment before its transaction can be seen: the longest pause granted in between.
UNSEEN_US = 1_000_000
# Two clocks differ by some jitter of the network; a smaller step is covered by re-reading, without a word.
STEP_TOLD_US = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class XidPosition:
    snapshot: Snapshot = NOTHING_SEEN
    gaps: Spans = ()
    epoch: int = 0

    def __str__(self) -> str:
        gaps = "".join(f"<{gap.after};{gap.until};{gap.high}" for gap in self.gaps)
        return f"{_epoch(self.epoch)}{self.snapshot}{gaps}"

    def unread(self) -> Unread:
        return Unread(fresh=(Span(after=self.snapshot),), gaps=self.gaps)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockPosition:
    """Microseconds. `source_us` and `our_us` are the two clocks at that reading: their difference tells a step."""

    low_us: int = 0
    source_us: int = 0
    our_us: int = 0
    gaps: Spans = ()
    epoch: int = 0

    def __str__(self) -> str:
        gaps = "".join(f"<{gap.low};{gap.high}" for gap in self.gaps)
        return f"{_epoch(self.epoch)}us:{self.low_us}:{self.source_us}:{self.our_us}{gaps}"

    def unread(self) -> Unread:
        """A transaction that was open may still commit rows from `low_us` on: all from there is read again but the
        gaps, which are looked at when their turn comes, then again from here until they are settled."""
        spans, now = outside(Edge(self.low_us), self.gaps), Edge(self.source_us)
        return Unread(fresh=above(spans, now), again=below(spans, now), gaps=self.gaps)

    def stepped_back_us(self, *, source_us: int, our_us: int) -> int:
        """How far the source's clock was set back since that reading, seen from ours. 0 where it was not."""
        if not self.source_us:
            return 0
        return max(0, (our_us - self.our_us) - (source_us - self.source_us))


def parse(text: str) -> XidPosition | ClockPosition:
    """Raises ValueError for text that no reader of ours has written."""
    epoch_text, _, rest = text.rpartition("/")
    body, *gap_texts = rest.split("<")
    epoch = int(epoch_text.removeprefix("e")) if epoch_text else 0
    if body.startswith("us:"):
        low, source, ours = (int(part) for part in body.split(":")[1:])
        gaps = tuple(gap for text in gap_texts for gap in _clock_gap(text, source_us=source))
        return ClockPosition(low_us=low, source_us=source, our_us=ours, gaps=gaps, epoch=epoch)
    seen = parse_snapshot(body)
    return XidPosition(snapshot=seen, gaps=tuple(_xid_gap(text, seen=seen) for text in gap_texts), epoch=epoch)


def _xid_gap(text: str, *, seen: Snapshot) -> Span:
    if ";" not in text:
        return Span(after=parse_snapshot(text), until=seen, high=Edge(seen.xmax))
    after, until, high = text.split(";")
    return Span(after=parse_snapshot(after), until=parse_snapshot(until), high=parse_edge(high))


def _clock_gap(text: str, *, source_us: int) -> Spans:
    """None from an old cut after the source's clock: what is stamped later than that is not left out anyway."""
    low, _, high = text.partition(";")
    gap = Span(low=parse_edge(low), high=parse_edge(high) if high else Edge(source_us))
    return (gap,) if high or int(low) < source_us else ()


def restarted(watermark: str) -> str:
    """Where to read on after a person released a feed whose source had been restored: from the beginning, with versions
    above all that were given before. Rows that only the lost state of the source had stay as they are held."""
    epoch = parse(watermark).epoch + 1
    if epoch > MAX_EPOCH:
        raise ValueError(f"{MAX_EPOCH} restarts were all that a version has room for: rebuild from the source")
    return f"e{epoch}/{START}"


def version_of(snapshot: Snapshot, epoch: int) -> int:
    """The version of every row of one reading."""
    return (epoch << EPOCH_SHIFT) + snapshot.ended


def low_water(*, clock_us: int, open_since_us: Sequence[int], prepared: int, before: ClockPosition) -> int:
    """Below it no transaction can commit any more. A prepared transaction hides when it began: nothing moves then."""
    low = min([clock_us, *open_since_us]) - UNSEEN_US
    return min(low, before.low_us) if prepared else max(low, 0)


def _epoch(epoch: int) -> str:
    return f"e{epoch}/" if epoch else ""
