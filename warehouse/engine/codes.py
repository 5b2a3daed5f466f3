"""Small numbers for the codes of places, products and lots. A number once given never changes meaning."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

Numbers = npt.NDArray[np.int64]
KINDS = ("product", "place", "district", "site", "lot", "area")
SEPARATOR = "|"


class Codes:
    """Dictionaries of core.code. Number 0 is always '' (not known). New ones are kept only once they are committed."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._numbers: dict[str, dict[str, int]] = {kind: {"": 0} for kind in KINDS}
        self._new: list[tuple[str, int, str]] = []
        for kind, number, code in connection.execute("FROM core.code ORDER BY kind, number").fetchall():
            self._numbers[kind][code] = number

    def number(self, kind: str, code: str) -> int:
        """The code's number; the next free one for a code never seen."""
        known = self._numbers[kind]
        if code not in known:
            known[code] = len(known)
            self._new.append((kind, known[code], code))
        return known[code]

    def numbers(self, kind: str, codes: pl.Series) -> Numbers:
        filled = codes.fill_null("")
        distinct = filled.unique().sort().to_list()
        if not distinct:
            return np.zeros(0, dtype=np.int64)
        table = {code: self.number(kind, code) for code in distinct}
        return filled.replace_strict(list(table), list(table.values()), return_dtype=pl.Int64).to_numpy()

    def codes(self, kind: str) -> list[str]:
        """Codes in order of their numbers."""
        return list(self._numbers[kind])

    def seed(self, kind: str, codes: Iterable[str]) -> None:
        for code in codes:
            self.number(kind, code)

    def save(self) -> None:
        """Inside the transaction: write what was given out since the last commit."""
        if self._new:
            kinds, numbers, codes = zip(*self._new, strict=True)
            rows = {"kind": pa.array(kinds), "number": pa.array(numbers, pa.int32()), "code": pa.array(codes)}
            self._connection.register("added", pa.table(rows))
            self._connection.execute("INSERT INTO core.code BY NAME FROM added")
            self._connection.unregister("added")

    def keep(self) -> None:
        """After the commit."""
        self._new.clear()

    def forget(self) -> None:
        """After a rollback: the numbers given out were never written."""
        for kind, _, code in reversed(self._new):
            del self._numbers[kind][code]
        self._new.clear()
