"""Counting many rows into few cells: one array a cube, with a place for every cell that could be.

With a hash of cells, as DuckDB keeps one, a recount of 201 million doses took four times as long. Days come first, so
that only the part of the array that has days in it is ever touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

import numpy as np
import numpy.typing as npt

from warehouse.engine.segments import Array, Columns

# Rows counted at a time: their working arrays stay in the processor's cache.
BLOCK = 1 << 15
# Places looked through for cells at a time.
PIECE = 1 << 20
ONE = np.int32(1)


class Tally:
    """Rows by cell. `sizes`: how many values each key can have, the first key's slowest."""

    def __init__(self, sizes: Mapping[str, int]) -> None:
        self._sizes = dict(sizes)
        self._counts = np.zeros(prod(sizes.values()), dtype=np.int32)
        self._used = (len(self._counts), 0)

    def add(self, columns: Mapping[str, Array]) -> None:
        """Count rows, given as one array a key. Raises ValueError where a value does not fit its key."""
        leading = next(iter(self._sizes))
        rows = len(columns[leading])
        if rows == 0:
            return
        for name, size in self._sizes.items():
            if int(columns[name].max()) >= size or int(columns[name].min()) < 0:
                raise ValueError(f"{name}: a value lies outside the {size} that were expected")
        stride = len(self._counts) // self._sizes[leading]
        first, last = int(columns[leading].min()) * stride, (int(columns[leading].max()) + 1) * stride
        self._used = (min(self._used[0], first), max(self._used[1], last))
        for start in range(0, rows, BLOCK):
            part = slice(start, start + BLOCK)
            index = np.zeros(min(BLOCK, rows - start), dtype=np.int64)
            for name, size in self._sizes.items():
                index *= size
                index += columns[name][part]
            np.add.at(self._counts, index, ONE)

    def cells(self) -> Columns:
        """Cells with rows: their keys, each in as few bytes as it needs, and `n`, how many."""
        first, last = self._used
        # A piece at a time: numbers of cells take eight bytes each, what is kept of them a few.
        pieces = [self._cells_of(start, min(start + PIECE, last)) for start in range(first, max(first, last), PIECE)]
        found = pieces or [self._cells_of(0, 0)]
        return {name: np.concatenate([piece[name] for piece in found]) for name in (*self._sizes, "n")}

    def _cells_of(self, start: int, stop: int) -> Columns:
        piece = self._counts[start:stop]
        at = np.flatnonzero(piece)
        found: Columns = {"n": piece[at]}
        at += start
        leading = next(iter(self._sizes))
        for name, size in reversed(self._sizes.items()):
            at, key = (at, at) if name == leading else np.divmod(at, size)
            found[name] = key.astype(np.min_scalar_type(size - 1))
        return found


def summed(cells: Columns) -> Columns:
    """One row a cell, of rows that may repeat a cell: `n` is added up."""
    keys = [name for name in cells if name != "n"]
    order = np.lexsort([cells[name] for name in reversed(keys)])
    ordered = {name: values[order] for name, values in cells.items()}
    first = np.zeros(len(order), dtype=np.bool_)
    for name in keys:
        first[1:] |= ordered[name][1:] != ordered[name][:-1]
    first[:1] = True
    begin = np.flatnonzero(first)
    one_by_one = ordered["n"].astype(np.int64)
    n: npt.NDArray[np.int64] = np.add.reduceat(one_by_one, begin) if len(begin) else one_by_one
    return {**{name: ordered[name][begin] for name in keys}, "n": n}
