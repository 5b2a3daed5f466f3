"""One value a person, in memory: a fixed part for those of the last fold and a part that grows with newcomers."""

from __future__ import annotations

import math
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

Number = TypeVar("Number", np.int64, np.uint64)
Array = npt.NDArray[Any]
Numbers = npt.NDArray[np.int64]
GROWTH = 1.5
LEAST = 1024


class Dense:
    """Values by person number. Growing never copies the fixed part, which is gigabytes at national scale."""

    def __init__(self, base: Array) -> None:
        self.base = base
        self._tail = np.zeros((0, *base.shape[1:]), dtype=base.dtype)
        self._used = 0

    def __len__(self) -> int:
        return len(self.base) + self._used

    def grow(self, total: int) -> None:
        """Room for `total` people; the new ones have the value zero."""
        used = total - len(self.base)
        if used > len(self._tail):
            room = max(LEAST, int(used * GROWTH))
            grown = np.zeros((room, *self.base.shape[1:]), dtype=self.base.dtype)
            grown[: self._used] = self._tail[: self._used]
            self._tail = grown
        self._used = max(self._used, used)

    def take(self, numbers: Numbers) -> Array:
        """Values of `numbers`; zero for a person whom `grow` has not seen yet."""
        fixed = numbers < len(self.base)
        # `take` needs a fifth of the time of an index for people of several values.
        if fixed.all():
            return self.base.take(numbers, axis=0)
        out = np.zeros((len(numbers), *self.base.shape[1:]), dtype=self.base.dtype)
        out[fixed] = self.base.take(numbers[fixed], axis=0)
        late = ~fixed & (numbers < len(self))
        out[late] = self._tail[numbers[late] - len(self.base)]
        return out

    def put(self, numbers: Numbers, values: Array) -> None:
        fixed = numbers < len(self.base)
        _whole(self.base)[numbers[fixed]] = _whole(values[fixed])
        _whole(self._tail)[numbers[~fixed] - len(self.base)] = _whole(values[~fixed])

    def part(self, start: int, stop: int) -> Array:
        """Values of the people `start` to `stop`, without a copy where they lie in one part."""
        size = len(self.base)
        if stop <= size:
            return self.base[start:stop]
        tail = self._tail[max(0, start - size) : stop - size]
        return tail if start >= size else np.concatenate([self.base[start:], tail])


def _whole(values: Array) -> Array:
    """A view with one entry a person: several values are then put in a tenth of the time."""
    width = values.dtype.itemsize * math.prod(values.shape[1:])
    return values.view(np.dtype((np.void, width))).reshape(-1) if values.ndim > 1 else values


def in_order(numbers: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """Ascending. A million random words take polars, which uses both processors, a quarter of numpy's time."""
    return pl.Series(numbers).sort().to_numpy()


def distinct(numbers: Numbers) -> Numbers:
    """Ascending. Sorts, which for a million numbers takes a tenth of the time of numpy's own way by hashing."""
    ordered = in_order(numbers)
    first = np.ones(len(ordered), dtype=np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def union(first: Numbers, second: Numbers) -> Numbers:
    """Of two that are ascending and name nothing twice, as one such. Quick where `second` is short."""
    at = np.searchsorted(first, second)
    new = np.ones(len(second), dtype=np.bool_)
    inside = at < len(first)
    new[inside] = first[at[inside]] != second[inside]
    return np.insert(first, at[new], second[new])
