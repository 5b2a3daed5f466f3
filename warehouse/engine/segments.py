"""Immutable column files, one folder a segment: written once, flushed, renamed, then only read.

A segment holds what a fold has sorted by record number. Random access goes through memory maps whose pages are given
back after use, so that the process's memory does not grow with what it has looked at.
"""

from __future__ import annotations

import json
import mmap
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Columns = dict[str, Array]
Spec = Mapping[str, np.dtype[Any]]
META = "segment.json"
# One page of numbers between two entries of the index that is kept in memory.
STRIDE = 512


class Segment:
    """Rows of one segment, sorted by its first column. Columns are arrays of one length; `slots` may be of several."""

    def __init__(self, folder: Path, spec: Spec) -> None:
        self.folder = folder
        self.spec = dict(spec)
        self.rows: int = json.loads((folder / META).read_text(encoding="utf-8"))["rows"]
        self._maps: dict[str, tuple[mmap.mmap, Array]] = {}
        self._index: Array | None = None

    def column(self, name: str) -> Array:
        """The whole column, read as it is touched."""
        if name not in self._maps:
            dtype = self.spec[name]
            if self.rows == 0:
                return np.zeros((0, *dtype.shape), dtype=dtype.base)
            with (self.folder / f"{name}.bin").open("rb") as file:
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            mapped.madvise(mmap.MADV_RANDOM)
            self._maps[name] = (mapped, np.frombuffer(mapped, dtype=dtype.base).reshape(self.rows, *dtype.shape))
        return self._maps[name][1]

    def read(self, name: str) -> Array:
        """The whole column as memory of its own."""
        return self._load(name, 0, self.rows)

    def find(self, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Position of each of `numbers` (ascending) in the first column; -1 where it is not there."""
        name = next(iter(self.spec))
        if self.rows == 0 or len(numbers) == 0:
            return np.full(len(numbers), -1, dtype=np.int64)
        column = self.column(name)
        if self._index is None:
            self._index = np.ascontiguousarray(column[::STRIDE])
        low = np.maximum(np.searchsorted(self._index, numbers, side="right") - 1, 0) * STRIDE
        high = np.minimum(low + STRIDE, self.rows)
        while np.any(low + 1 < high):
            middle = (low + high) >> 1
            after = column[middle] <= numbers
            low = np.where(after, middle, low)
            high = np.where(after, high, middle)
        return np.where(column[low] == numbers, low, -1)

    def take(self, name: str, positions: npt.NDArray[np.int64]) -> Array:
        return self.column(name)[positions]

    def release(self) -> None:
        """Give the touched pages back: they stay in the system's cache, not in our memory."""
        for mapped, _ in self._maps.values():
            mapped.madvise(mmap.MADV_DONTNEED)

    def chunks(self, names: tuple[str, ...], rows: int) -> Iterator[tuple[int, Columns]]:
        """(first row, columns) in order, each chunk in memory of its own."""
        for start in range(0, self.rows, rows):
            yield start, {name: self._load(name, start, min(rows, self.rows - start)) for name in names}

    def _load(self, name: str, start: int, count: int) -> Array:
        dtype = self.spec[name]
        if count == 0:
            return np.zeros((0, *dtype.shape), dtype=dtype.base)
        width = int(np.prod(dtype.shape, dtype=np.int64)) if dtype.shape else 1
        loaded = np.fromfile(
            self.folder / f"{name}.bin",
            dtype=dtype.base,
            count=count * width,
            offset=start * width * dtype.base.itemsize,
        )
        return loaded.reshape(count, *dtype.shape)


class SegmentWriter:
    """Writes a segment beside its final place; it appears there whole or not at all."""

    def __init__(self, folder: Path, spec: Spec) -> None:
        self._final = folder
        self._folder = folder.with_name(f"{folder.name}.tmp")
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        self._spec = dict(spec)
        self._files = {name: (self._folder / f"{name}.bin").open("wb") for name in self._spec}
        self._rows = 0

    def append(self, columns: Mapping[str, Array]) -> None:
        rows = len(columns[next(iter(self._spec))])
        for name, dtype in self._spec.items():
            np.ascontiguousarray(columns[name], dtype=dtype.base).tofile(self._files[name])
        self._rows += rows

    def __enter__(self) -> SegmentWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files.values():
            if kind is None:
                file.flush()
                os.fsync(file.fileno())
            file.close()
        if kind is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            return
        (self._folder / META).write_text(json.dumps({"rows": self._rows}), encoding="utf-8")
        shutil.rmtree(self._final, ignore_errors=True)
        self._folder.replace(self._final)
