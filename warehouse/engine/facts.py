"""Records by number: a segment of what the last fold sorted, and a log in DuckDB of every accepted version since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from warehouse.engine.segments import Array, Columns, RecordSegment, Spec

Numbers = npt.NDArray[np.int64]
DOSE: Spec = {
    "dose_id": np.dtype(np.int64),
    "version": np.dtype(np.int64),
    "person": np.dtype(np.uint32),
    "lot": np.dtype(np.uint32),
    "site": np.dtype(np.uint16),
    "injected_on": np.dtype(np.uint16),
    "recorded_on": np.dtype(np.uint16),
    "product": np.dtype(np.uint8),
    "number": np.dtype(np.uint8),
    "age": np.dtype(np.uint8),
    "identity": np.dtype(np.uint8),
    "hour": np.dtype(np.uint8),
    "voided": np.dtype(np.uint8),
}
REGISTRATION: Spec = {
    "registration_id": np.dtype(np.int64),
    "version": np.dtype(np.int64),
    "person": np.dtype(np.uint32),
    "area": np.dtype(np.uint16),
    "registered_on": np.dtype(np.uint16),
    "state_on": np.dtype(np.uint16),
    "state": np.dtype(np.uint8),
    "reason": np.dtype(np.uint8),
    "age": np.dtype(np.uint8),
}
SPECS = {"dose": DOSE, "registration": REGISTRATION}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is held of some asked numbers: `found` by asked number, `rows` by column (undefined where not found)."""

    found: npt.NDArray[np.bool_]
    rows: Columns


class Facts:
    """The held version of each record of one feed. `folder` is the segment of the last fold, if there was one."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, name: str, folder: Path | None) -> None:
        self._connection = connection
        self.name = name
        self.spec = SPECS[name]
        self.key = next(iter(self.spec))
        self.table = f"core.{name}_log"
        self.segment = RecordSegment(folder, self.spec) if folder else None

    def asked_by(self, connection: duckdb.DuckDBPyConnection) -> Facts:
        """The same records for another thread, whose own connection sees what is committed."""
        other = copy(self)
        other._connection = connection
        return other

    def held(self, numbers: Numbers) -> Held:
        """Newest held version of each of `numbers`, which are ascending and distinct."""
        rows = {name: np.zeros(len(numbers), dtype=dtype.base) for name, dtype in self.spec.items()}
        found = np.zeros(len(numbers), dtype=np.bool_)
        if self.segment is not None:
            found, held = self.segment.find(numbers)
            for name, values in rows.items():
                values[found] = held[name]
        logged = self._from_log(numbers)
        at = np.searchsorted(numbers, logged[self.key])
        found[at] = True
        for name, values in rows.items():
            values[at] = logged[name]
        return Held(found=found, rows=rows)

    def append(self, rows: Mapping[str, Array], *, sequence: int) -> None:
        """Inside the refresh's transaction: the newest versions of some records."""
        if len(rows[self.key]) == 0:
            return
        self._connection.register("added", pa.table({name: rows[name] for name in self.spec}))
        self._connection.execute(f"INSERT INTO {self.table} BY NAME SELECT *, {int(sequence)} AS sequence FROM added")
        self._connection.unregister("added")

    def log_rows(self) -> int:
        return int(self._connection.execute(f"SELECT count(*) FROM {self.table}").fetchall()[0][0])

    def newest_logged(self) -> Columns:
        """The log's newest version of each record, in order of the record's number."""
        return self._columns(self._newest_logged)

    def write_newest_logged(self, file: Path) -> None:
        """The same into a file that `read_logged` reads, a piece at a time: a day's log takes 0.3 GB at once."""
        reader = self._connection.sql(self._newest_logged).to_arrow_reader()
        with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_file(sink, reader.schema) as writer:
            for batch in reader:
                writer.write_batch(batch)

    @property
    def _newest_logged(self) -> str:
        return (
            f"SELECT * EXCLUDE (sequence) FROM {self.table} "
            f"QUALIFY row_number() OVER (PARTITION BY {self.key} ORDER BY sequence DESC) = 1 ORDER BY {self.key}"
        )

    def chunks(self, names: tuple[str, ...], rows: int) -> Iterator[Columns]:
        """Every record once, in its newest version: the segment's that the log does not replace, then the log's."""
        return newest_of(self.segment, self.newest_logged(), self.key, names, rows)

    def _from_log(self, numbers: Numbers) -> Columns:
        # Most records of a refresh are new, and registers count on: their numbers lie behind all that the log has.
        ends = self._connection.execute(f"SELECT min({self.key}), max({self.key}) FROM {self.table}").fetchall()[0]
        begin, end = (0, 0) if ends[0] is None else np.searchsorted(numbers, [ends[0], ends[1] + 1])
        if begin == end:
            return {name: np.zeros(0, dtype=dtype.base) for name, dtype in self.spec.items()}
        self._connection.register("asked", pa.table({"asked": numbers[begin:end]}))
        query = (
            f"SELECT l.* EXCLUDE (sequence) FROM {self.table} l WHERE {self.key} IN (SELECT asked FROM asked) "
            f"QUALIFY row_number() OVER (PARTITION BY {self.key} ORDER BY sequence DESC) = 1"
        )
        columns = self._columns(query)
        self._connection.unregister("asked")
        return columns

    def _columns(self, query: str) -> Columns:
        return _as_kept(self._connection.sql(query).to_arrow_table(), self.spec)


def read_logged(file: Path, spec: Spec) -> Columns:
    """What `write_newest_logged` wrote."""
    with pa.memory_map(str(file)) as source:
        return _as_kept(pa.ipc.open_file(source).read_all(), spec)


def _as_kept(table: Any, spec: Spec) -> Columns:  # noqa: ANN401
    frame = pl.DataFrame(table)
    return {name: frame[name].to_numpy().astype(dtype.base, copy=False) for name, dtype in spec.items()}


def newest_of(
    segment: RecordSegment | None, logged: Columns, key: str, names: tuple[str, ...], rows: int
) -> Iterator[Columns]:
    """Every record once, a chunk at a time. `logged`: records that replace the segment's, ascending by `key`."""
    if segment is not None:
        for columns in segment.chunks((key, *(name for name in names if name != key)), rows):
            kept = not_in(columns[key], logged[key])
            yield {name: columns[name] if kept is None else columns[name][kept] for name in names}
    for start in range(0, len(logged[key]), rows):
        yield {name: logged[name][start : start + rows] for name in names}


def not_in(numbers: Numbers, gone: Numbers) -> npt.NDArray[np.bool_] | None:
    """Which of `numbers` are not among `gone`, both ascending and distinct; None for all of them."""
    within = gone[slice(*np.searchsorted(gone, [numbers[0], numbers[-1] + 1]))] if len(numbers) else gone[:0]
    at = np.searchsorted(numbers, within)
    hit = at[numbers[at] == within]
    if len(hit) == 0:
        return None
    kept = np.ones(len(numbers), dtype=np.bool_)
    kept[hit] = False
    return kept
