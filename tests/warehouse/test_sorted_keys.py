"""Keys of the last fold, four bytes each, against numpy's own search over whole keys."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.engine.keys import KEY_BITS, Words, key_words
from warehouse.engine.sorted_keys import SortedKeys

LAST = (1 << KEY_BITS) - 1
# Many in one range, few in others, none in most, and both ends.
KEY = st.one_of(
    st.integers(0, LAST),
    st.integers(0, 40),
    st.integers(LAST - 40, LAST),
    st.integers(7 << 32, (7 << 32) + 40),
)
KEYS = st.lists(KEY, max_size=300).map(lambda found: np.sort(np.array(found, dtype=np.uint64)))


@given(KEYS, KEYS)
def test_a_key_is_found_where_a_search_over_whole_keys_finds_it(held: Words, asked: Words) -> None:
    keys = SortedKeys.of(held)
    position = keys.first_at_least(asked)
    assert position.tolist() == np.searchsorted(held, asked).tolist()
    there = [at < len(held) and held[at] == key for at, key in zip(position.tolist(), asked, strict=True)]
    assert keys.same(position, asked).tolist() == there


@given(KEYS, st.integers(0, 300), st.integers(0, 300))
def test_a_part_of_the_keys_is_whole_keys(held: Words, one: int, other: int) -> None:
    start, stop = (min(item, len(held)) for item in sorted((one, other)))
    assert SortedKeys.of(held).part(start, stop).tolist() == held[start:stop].tolist()


@given(KEYS)
def test_behind_all_that_are_the_same_is_the_first_of_the_next_key(held: Words) -> None:
    behind = SortedKeys.of(held).first_at_least(held + np.uint64(1))
    assert behind.tolist() == np.searchsorted(held, held, side="right").tolist()


@pytest.mark.parametrize("places", [0, 8, 16, 24], ids=lambda places: f"digit {places}")
def test_counted_keys_are_spread_like_a_hash(places: int) -> None:
    """Digits that only count, wherever they stand: as cut they would all lie in one range, or be one key."""
    counted = [f"{number << (4 * places):032x}" for number in range(1 << 16)]
    key, rest = key_words(pl.Series(counted))
    pairs = {*zip(key.tolist(), rest.tolist(), strict=True)}
    assert len(pairs) == len(counted)
    share = np.bincount((key >> np.uint64(KEY_BITS - 4)).astype(np.int64), minlength=16) / len(counted)
    assert np.abs(share * 16 - 1).max() < 0.1
    ones = np.unpackbits(rest.view(np.uint8)).mean()
    assert abs(ones - 0.5) < 0.01
