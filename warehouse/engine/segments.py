"""Immutable files of a fold, one folder a segment: written once, flushed, renamed, then only read.

A `Segment` keeps each column in a file of its own, for what is read whole at a start. A `RecordSegment` keeps each
record's columns together, so that looking one up touches one place of the disk and not one a column.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from warehouse.engine.blocks import MOST_BLOCKS, BlockFile

Array = npt.NDArray[Any]
Numbers = npt.NDArray[np.int64]
Columns = dict[str, Array]
Spec = Mapping[str, np.dtype[Any]]
META, ROWS, INDEX = "segment.json", "rows.bin", "index.bin"
# Records between two entries of the index, which is kept in memory: half a page of the disk.
STRIDE = 64
PAGE = 4096


class Segment:
    """Columns of one length; `slots` may be of several values a row."""

    def __init__(self, folder: Path, spec: Spec) -> None:
        self.folder = folder
        self.spec = dict(spec)
        self.rows = _rows(folder)

    def read(self, name: str) -> Array:
        """The whole column as memory of its own."""
        dtype = self.spec[name]
        loaded = np.fromfile(self.folder / f"{name}.bin", dtype=dtype.base)
        return loaded.reshape(self.rows, *dtype.shape)

    def parts(self, name: str, rows: int) -> Iterator[Array]:
        """The column in order, so many rows at a time."""
        dtype = self.spec[name]
        for start in range(0, self.rows, rows):
            yield np.fromfile(self.folder / f"{name}.bin", dtype=dtype.base, count=rows, offset=start * dtype.itemsize)

    def take(self, name: str, positions: Numbers) -> Array:
        """Values at `positions`, ascending."""
        dtype = self.spec[name]
        file = BlockFile(self.folder / f"{name}.bin", dtype, rows=self.rows, block_rows=max(1, PAGE // dtype.itemsize))
        return file.take(positions)


class RecordSegment:
    """Records sorted by their first column, a whole number."""

    def __init__(self, folder: Path, spec: Spec) -> None:
        self.spec = dict(spec)
        self.rows = _rows(folder)
        self._key = next(iter(spec))
        self.folder = folder
        self._path = folder / ROWS
        self._file = BlockFile(self._path, record_type(spec), rows=self.rows, block_rows=STRIDE)
        self._index = np.fromfile(folder / INDEX, dtype=np.int64)

    def find(self, numbers: Numbers) -> tuple[npt.NDArray[np.bool_], Columns]:
        """Which of `numbers` (ascending) are there, and the records of those that are, in their order."""
        found = np.zeros(len(numbers), dtype=np.bool_)
        parts = [np.zeros(0, dtype=self._file.dtype)]
        if self.rows:
            block = np.maximum(np.searchsorted(self._index, numbers, side="right") - 1, 0)
            first = np.r_[True, block[1:] != block[:-1]] if len(block) else found
            wanted, which = block[first], np.cumsum(first) - 1
            for start in range(0, len(wanted), MOST_BLOCKS):
                part = slice(*np.searchsorted(which, [start, start + MOST_BLOCKS]))
                read = self._file.blocks(wanted[start : start + MOST_BLOCKS])
                at, hit = self._search(read, which[part] - start, wanted[which[part]], numbers[part])
                found[part] = hit
                parts.append(read[which[part][hit] - start, at[hit]])
        rows = np.concatenate(parts)
        return found, {name: np.ascontiguousarray(rows[name]) for name in self.spec}

    def chunks(self, names: tuple[str, ...], rows: int) -> Iterator[Columns]:
        """Columns in order, each chunk in memory of its own."""
        for start in range(0, self.rows, rows):
            loaded = np.fromfile(
                self._path, dtype=self._file.dtype, count=rows, offset=start * self._file.dtype.itemsize
            )
            yield {name: np.ascontiguousarray(loaded[name]) for name in names}

    def _search(
        self, read: Array, which: Numbers, block: Numbers, numbers: Numbers
    ) -> tuple[Numbers, npt.NDArray[np.bool_]]:
        """Position of each number in its block, and whether it is there."""
        keys = np.ascontiguousarray(read[self._key])
        low = np.zeros(len(numbers), dtype=np.int64)
        high = np.minimum(self.rows - block * STRIDE, STRIDE)
        while np.any(low + 1 < high):
            middle = (low + high) >> 1
            after = (keys[which, middle] <= numbers) & (low + 1 < high)
            low = np.where(after, middle, low)
            high = np.where(after, high, np.maximum(middle, low + 1))
        return low, keys[which, low] == numbers


class _Writer:
    """Writes a segment beside its final place; it appears there whole or not at all."""

    def __init__(self, folder: Path, names: tuple[str, ...]) -> None:
        self._final = folder
        self._folder = folder.with_name(f"{folder.name}.tmp")
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        self._files: dict[str, IO[bytes]] = {name: (self._folder / name).open("wb") for name in names}
        self._rows = 0

    def _close(self, *, whole: bool) -> None:
        for file in self._files.values():
            if whole:
                file.flush()
                os.fsync(file.fileno())
            file.close()
        if not whole:
            shutil.rmtree(self._folder, ignore_errors=True)
            return
        (self._folder / META).write_text(json.dumps({"rows": self._rows}), encoding="utf-8")
        shutil.rmtree(self._final, ignore_errors=True)
        self._folder.replace(self._final)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close(whole=kind is None)


class SegmentWriter(_Writer):
    """Of a `Segment`."""

    def __init__(self, folder: Path, spec: Spec) -> None:
        super().__init__(folder, tuple(f"{name}.bin" for name in spec))
        self._spec = dict(spec)

    def append(self, columns: Mapping[str, Array]) -> None:
        rows = len(columns[next(iter(self._spec))])
        for name, dtype in self._spec.items():
            np.ascontiguousarray(columns[name], dtype=dtype.base).tofile(self._files[f"{name}.bin"])
        self._rows += rows

    def __enter__(self) -> SegmentWriter:
        return self


class RecordWriter(_Writer):
    """Of a `RecordSegment`: records in ascending order of their first column."""

    def __init__(self, folder: Path, spec: Spec) -> None:
        super().__init__(folder, (ROWS, INDEX))
        self._key = next(iter(spec))
        self._type = record_type(spec)

    def append(self, columns: Mapping[str, Array]) -> None:
        numbers = columns[self._key]
        rows = np.empty(len(numbers), dtype=self._type)
        for name in self._type.names or ():
            rows[name] = columns[name]
        rows.tofile(self._files[ROWS])
        indexed = numbers[-self._rows % STRIDE :: STRIDE]
        np.ascontiguousarray(indexed, dtype=np.int64).tofile(self._files[INDEX])
        self._rows += len(numbers)

    def __enter__(self) -> RecordWriter:
        return self


def record_type(spec: Spec) -> np.dtype[Any]:
    return np.dtype([(name, dtype) for name, dtype in spec.items()])


def _rows(folder: Path) -> int:
    return int(json.loads((folder / META).read_text(encoding="utf-8"))["rows"])
