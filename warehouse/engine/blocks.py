"""Scattered reads of a file of rows. All blocks are asked for before the first is read, so that the disk answers many
at a time; nothing stays mapped, so that the process's memory does not grow with what it has looked at.

Reading page by page through a memory map waited for the disk once a page: at 201 million records 80 s, where this
takes 1 to 3.
"""

from __future__ import annotations

import os
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Numbers = npt.NDArray[np.int64]
# Blocks read at a time: the buffer stays below a few hundred megabytes.
MOST_BLOCKS = 50_000
# Two asked blocks with at most so many bytes between are one request: a disk of a few thousand requests a second reads
# on in less time than it takes to be asked again, and what is in the system's cache already costs next to nothing.
NEAR_BYTES = 1 << 18


class BlockFile:
    """A file of `rows` rows of one dtype, read in blocks of `block_rows`."""

    def __init__(self, path: Path, dtype: np.dtype[Any], *, rows: int, block_rows: int) -> None:
        self.dtype = dtype
        self.rows = rows
        self.block_rows = block_rows
        self._bytes = dtype.itemsize * block_rows
        self._descriptor = os.open(path, os.O_RDONLY)
        weakref.finalize(self, os.close, self._descriptor)

    def blocks(self, numbers: Numbers) -> Array:
        """Rows of the blocks `numbers`, which are ascending and distinct: [block, row]. Zeros beyond the file's end."""
        found = np.zeros((len(numbers), self.block_rows), dtype=self.dtype)
        target = found.view(np.uint8).reshape(-1).data
        self._announce(numbers)
        for first, last in _runs(numbers, apart=1):
            self._read(target[first * self._bytes : last * self._bytes], int(numbers[first]) * self._bytes)
        return found

    def take(self, positions: Numbers) -> Array:
        """Rows at `positions`, ascending."""
        found = np.zeros(len(positions), dtype=self.dtype)
        block, row = positions // self.block_rows, positions % self.block_rows
        first = np.r_[True, block[1:] != block[:-1]] if len(block) else np.zeros(0, dtype=np.bool_)
        wanted, which = block[first], np.cumsum(first) - 1
        for start in range(0, len(wanted), MOST_BLOCKS):
            part = slice(*np.searchsorted(which, [start, start + MOST_BLOCKS]))
            read = self.blocks(wanted[start : start + MOST_BLOCKS])
            found[part] = read[which[part] - start, row[part]]
        return found

    def _announce(self, numbers: Numbers) -> None:
        for first, last in _runs(numbers, apart=max(1, NEAR_BYTES // self._bytes)):
            begin, end = int(numbers[first]), int(numbers[last - 1]) + 1
            os.posix_fadvise(self._descriptor, begin * self._bytes, (end - begin) * self._bytes, os.POSIX_FADV_WILLNEED)

    def _read(self, target: memoryview, offset: int) -> None:
        """Fill `target`; what lies beyond the end of the file stays as it is."""
        done = 0
        while done < len(target):
            count = os.preadv(self._descriptor, [target[done:]], offset + done)
            if count == 0:
                return
            done += count


def _runs(numbers: Numbers, *, apart: int) -> list[tuple[int, int]]:
    """(first, last + 1) of stretches whose neighbours lie at most `apart` from each other."""
    if len(numbers) == 0:
        return []
    begin = np.flatnonzero(np.r_[True, np.diff(numbers) > apart])
    return list(zip(begin.tolist(), [*begin[1:].tolist(), len(numbers)], strict=True))
