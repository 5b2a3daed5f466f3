"""Which person each key means: known numbers, and new ones for keys never seen, given out in order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.engine.hands import in_parts
from warehouse.engine.keys import Rests, Words, key_words
from warehouse.engine.people import People

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """`numbers` by the name under which keys were asked for, in their order; the new people among them beside."""

    numbers: dict[str, Numbers]
    new_key: Words
    new_rest: Rests
    new_numbers: Numbers


def resolve(people: People, asked: dict[str, pl.Series]) -> Resolved:
    """Nothing is remembered: the same new key asked for in another call gets its number anew."""
    words = [key_words(keys) for keys in asked.values()]
    key = np.concatenate([first for first, _ in words])
    rest = np.concatenate([second for _, second in words])
    order = _in_order(key, rest)
    sorted_key, sorted_rest = key[order], rest[order]
    first = np.ones(len(key), dtype=np.bool_)
    first[1:] = (sorted_key[1:] != sorted_key[:-1]) | (sorted_rest[1:] != sorted_rest[:-1])
    distinct_key, distinct_rest = sorted_key[first], sorted_rest[first]
    parts = in_parts(
        len(distinct_key), lambda start, stop: people.find(distinct_key[start:stop], distinct_rest[start:stop])
    )
    found = np.concatenate([part for _, part in parts])
    new = np.flatnonzero(found < 0)
    found[new] = people.count + np.arange(len(new))
    numbers = np.empty(len(key), dtype=np.int64)
    numbers[order] = found[np.cumsum(first) - 1]
    ends = np.cumsum([len(first) for first, _ in words])
    return Resolved(
        numbers=dict(zip(asked, np.split(numbers, ends[:-1]), strict=True)),
        new_key=distinct_key[new],
        new_rest=distinct_rest[new],
        new_numbers=found[new],
    )


def _in_order(key: Words, rest: Rests) -> Numbers:
    """The order of the keys: by the first part alone unless two keys share it, which takes a third of the time."""
    order = pl.Series(key).arg_sort().cast(pl.Int64).to_numpy()
    ordered, beside = key[order], rest[order]
    if np.any((ordered[1:] == ordered[:-1]) & (beside[1:] != beside[:-1])):
        return np.lexsort((rest, key))
    return order


def newest(numbers: Numbers, version: Numbers) -> Numbers:
    """Positions of the newest version of each distinct number, in ascending order of the numbers.

    Of two versions that tie, the one that came last counts."""
    # Most come once, and in stretches of ascending numbers, which are merged.
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    if np.all(ordered[1:] != ordered[:-1]):
        return order
    order = np.lexsort((version, numbers))
    ordered = numbers[order]
    last = np.ones(len(order), dtype=np.bool_)
    last[:-1] = ordered[1:] != ordered[:-1]
    return order[last]
