"""Watermarks as text, and the arithmetic of commit order. Pure: no database, no clock.

Two forms, each optionally led by "e<N>/" (N restarts after a restored backup) and ended by "<cut" (while filling):
- `xmin:xmax:xip,xip`, a snapshot of PostgreSQL: rows of every transaction that it saw have been read; a lone number n
  stands for n:n: ;
- `us:<low>:<source clock>:<our clock>`, microseconds since 1970: rows stamped before `low` have been read.
While filling, only rows stamped below `cut` have been read so far.

The version of a row is the number of transactions that had ended when it was read (xmax - open ones). A writer's own
number, or its clock, does not order the versions of a record: a transaction that began first may write last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

START = "0"
# Versions stay below 2^56: transactions at 10,000 a second for 228,000 years. 127 restarts fit above in an int64.
EPOCH_SHIFT = 56
MAX_EPOCH = (1 << (63 - EPOCH_SHIFT)) - 1
# A statement's clock is read a moment before its transaction can be seen: the longest pause granted in between.
UNSEEN_US = 1_000_000
# Two clocks differ by some jitter of the network; a smaller step is covered by re-reading, without a word.
STEP_TOLD_US = 1_000_000


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


@dataclass(frozen=True, slots=True, kw_only=True)
class XidPosition:
    snapshot: Snapshot = Snapshot()
    cut: int | None = None
    epoch: int = 0

    def __str__(self) -> str:
        return _framed(str(self.snapshot), self.cut, self.epoch)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockPosition:
    """Microseconds. `source_us` and `our_us` are the two clocks at that reading: their difference tells a step."""

    low_us: int = 0
    source_us: int = 0
    our_us: int = 0
    cut: int | None = None
    epoch: int = 0

    def __str__(self) -> str:
        return _framed(f"us:{self.low_us}:{self.source_us}:{self.our_us}", self.cut, self.epoch)

    def stepped_back_us(self, *, source_us: int, our_us: int) -> int:
        """How far the source's clock was set back since that reading, seen from ours. 0 where it was not."""
        if not self.source_us:
            return 0
        return max(0, (our_us - self.our_us) - (source_us - self.source_us))


def parse(text: str) -> XidPosition | ClockPosition:
    """Raises ValueError for text that no reader of ours has written."""
    epoch_text, _, rest = text.rpartition("/")
    body, _, cut_text = rest.partition("<")
    epoch = int(epoch_text.removeprefix("e")) if epoch_text else 0
    cut = int(cut_text) if cut_text else None
    if body.startswith("us:"):
        low, source, ours = (int(part) for part in body.split(":")[1:])
        return ClockPosition(low_us=low, source_us=source, our_us=ours, cut=cut, epoch=epoch)
    return XidPosition(snapshot=parse_snapshot(body), cut=cut, epoch=epoch)


def parse_snapshot(text: str) -> Snapshot:
    """PostgreSQL's own text of a snapshot, or one number below which everything was seen."""
    if ":" not in text:
        return Snapshot(xmin=int(text), xmax=int(text))
    xmin, xmax, still_open = text.split(":")
    return Snapshot(xmin=int(xmin), xmax=int(xmax), open=tuple(int(item) for item in still_open.split(",") if item))


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


def _framed(body: str, cut: int | None, epoch: int) -> str:
    return f"{f'e{epoch}/' if epoch else ''}{body}{f'<{cut}' if cut is not None else ''}"
