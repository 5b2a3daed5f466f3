"""First parts of the keys of everybody of the last fold, in order, four bytes each: the bits above them say only in
which of 65,536 ranges a key lies, and are kept as where each range begins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from warehouse.engine.keys import Words
from warehouse.engine.segments import Columns, Segment, Spec

Numbers = npt.NDArray[np.int64]
# As in keys.KEY_BITS: 16 bits of the range and 32 that are kept.
LOW_BITS = np.uint64(32)
LOW = np.uint64(0xFFFFFFFF)
RANGES = 1 << 16
SPEC: Spec = {"range": np.dtype(np.uint16), "low": np.dtype(np.uint32)}
ROWS = 4_000_000
# Keys looked for at a time: what is known of them stays in the processor's cache.
PART = 1 << 14


@dataclass(frozen=True, slots=True, kw_only=True)
class SortedKeys:
    """starts: position of the first key of each range, and twice the number of keys at the end, so that the range
    after the last is empty."""

    low: npt.NDArray[np.uint32]
    starts: Numbers

    @classmethod
    def of(cls, keys: Words) -> SortedKeys:
        """`keys` are ascending."""
        columns = split(keys)
        return cls(low=columns["low"], starts=_starts(np.bincount(columns["range"], minlength=RANGES)))

    @classmethod
    def read(cls, segment: Segment) -> SortedKeys:
        """From the columns of `SPEC`."""
        count = np.zeros(RANGES, dtype=np.int64)
        for part in segment.parts("range", ROWS):
            count += np.bincount(part, minlength=RANGES)
        return cls(low=segment.read("low"), starts=_starts(count))

    def __len__(self) -> int:
        return len(self.low)

    def part(self, start: int, stop: int) -> Words:
        """Whole keys of the positions `start` to `stop`."""
        inside = np.clip(self.starts, start, stop)
        ranges = np.repeat(np.arange(RANGES, dtype=np.uint64), np.diff(inside[: RANGES + 1]))
        return (ranges << LOW_BITS) | self.low[start:stop]

    def first_at_least(self, keys: Words) -> Numbers:
        """Position of the first key that is not below each of `keys`; quick where these are ascending."""
        parts = [self._first_of(keys[start : start + PART]) for start in range(0, len(keys), PART)]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)

    def _first_of(self, keys: Words) -> Numbers:
        at = (keys >> LOW_BITS).astype(np.int64)
        wanted = (keys & LOW).astype(np.uint32)
        begin, end = self.starts[at], self.starts[at + 1]
        # Half of each range at a time, all keys at once: a range holds a thousand of 75 million keys.
        for _ in range(int((end - begin).max(initial=0)).bit_length()):
            middle = (begin + end) >> 1
            below = (begin < end) & (self.low.take(middle, mode="clip") < wanted)
            np.copyto(begin, middle + 1, where=below)
            np.copyto(end, middle, where=~below)
        return begin

    def same(self, positions: Numbers, keys: Words) -> npt.NDArray[np.bool_]:
        """Whether the key at each of `positions`, which do not lie before the range of `keys`, is this one."""
        inside = positions < self.starts[(keys >> LOW_BITS).astype(np.int64) + 1]
        return inside & (self.low.take(positions, mode="clip") == (keys & LOW)) if len(self.low) else inside


def split(keys: Words) -> Columns:
    """Columns of `SPEC`."""
    return {"range": (keys >> LOW_BITS).astype(np.uint16), "low": (keys & LOW).astype(np.uint32)}


def _starts(count: Numbers) -> Numbers:
    ends = np.cumsum(count)
    return np.concatenate([[0], ends, ends[-1:]])
