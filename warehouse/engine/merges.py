"""Two records of one human being: the merged identity's doses count under the kept one, until the merge is undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.engine.keys import key_words
from warehouse.engine.people import People, root_of
from warehouse.sqlfiles import sql

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merges:
    """Merges in force in the order in which they were made: keys of the kept and the merged person."""

    kept: list[str]
    merged: list[str]

    def keys(self) -> pl.Series:
        return pl.Series([*self.kept, *self.merged], dtype=pl.String)

    def alias(self, numbers: Numbers) -> dict[int, int]:
        """Merged to kept number, from the numbers of `keys`. A merge that would close a circle is passed over: of two
        that contradict each other the one made first stands."""
        kept, merged = numbers[: len(self.kept)].tolist(), numbers[len(self.kept) :].tolist()
        found: dict[int, int] = {}
        for target, source in zip(kept, merged, strict=True):
            if root_of(target, found) != source:
                found[source] = target
        return found


def read_merges(connection: duckdb.DuckDBPyConnection) -> Merges:
    """From core.person_merge as it stands in the transaction under way. The newest merge of a person holds."""
    rows = connection.execute(sql("engine/merges")).fetchall()
    return Merges(kept=[row[0] for row in rows], merged=[row[1] for row in rows])


def known_numbers(people: People, keys: pl.Series) -> Numbers:
    """Numbers of people who are all known already."""
    key, rest = key_words(keys)
    order = np.argsort(key, kind="stable")
    numbers = np.empty(len(key), dtype=np.int64)
    numbers[order] = people.find(key[order], rest[order])
    return numbers


def changed_merges(old: Mapping[int, int], new: Mapping[int, int]) -> Numbers:
    """Merged people whose kept person differs between the two."""
    differing = [number for number in old.keys() | new.keys() if old.get(number) != new.get(number)]
    return np.array(sorted(differing), dtype=np.int64)
