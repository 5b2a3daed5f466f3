"""Fifth and later doses: what changed lately lies apart, and nobody who asks can tell."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.engine import ragged
from warehouse.engine.ragged import Beyond, Ragged

PEOPLE = st.integers(0, 30)
DOSES = st.lists(st.integers(1, 99), max_size=3).map(sorted)
CHANGES = st.lists(st.dictionaries(PEOPLE, DOSES, max_size=8), max_size=12)


def put(beyond: Beyond, change: dict[int, list[int]]) -> None:
    numbers = np.array(sorted(change), dtype=np.int64)
    owner = np.repeat(np.arange(len(numbers)), [len(change[int(number)]) for number in numbers])
    slots = [slot for number in numbers for slot in change[int(number)]]
    beyond.put(numbers, Ragged(owner=owner.astype(np.int64), slot=np.array(slots, dtype=np.uint32)))


@pytest.mark.parametrize("apart", [0, 4, 100])
@given(changes=CHANGES, asked=st.sets(PEOPLE))
def test_it_says_what_a_dictionary_says(apart: int, changes: list[dict[int, list[int]]], asked: set[int]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ragged, "LEAST_FRESH", apart)
        beyond, twin = Beyond(), dict[int, list[int]]()
        for change in changes:
            put(beyond, change)
            twin |= change
        assert beyond.people.tolist() == sorted(number for number, slots in twin.items() if slots)
        numbers = sorted(asked)
        found = beyond.of(np.array(numbers, dtype=np.int64))
        expected = [(at, slot) for at, number in enumerate(numbers) for slot in twin.get(number, [])]
        assert list(zip(found.owner.tolist(), found.slot.tolist(), strict=True)) == expected
