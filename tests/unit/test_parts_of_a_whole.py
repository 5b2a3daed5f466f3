"""Parts of one whole that stand side by side add up to 100.0 %; one that is judged is never told as more than it is."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.shares import tenths, tenths_of_ratios

WEIGHTS = st.lists(st.integers(min_value=0, max_value=10**9), min_size=2, max_size=6).filter(any)


@pytest.mark.parametrize(
    ("weights", "down", "shown"),
    [
        # Three thirds, each rounded down, are 99.9 %.
        ([1, 1, 1], None, [334, 333, 333]),
        ([979, 21, 0, 0], 0, [979, 21, 0, 0]),
        # 97.96 %, 2.04 %: the first is not told as 98.0 %, what is left goes to the other.
        ([9796, 204, 0, 0], 0, [979, 21, 0, 0]),
        ([9796, 204, 0, 0], None, [980, 20, 0, 0]),
        # 49.99 % is not half, 99.99 % not all.
        ([4999, 5001], 0, [499, 501]),
        ([9999, 1, 0, 0], 0, [999, 1, 0, 0]),
        ([5, 0, 0, 0], 0, [1000, 0, 0, 0]),
    ],
)
def test_tenths_of_a_per_cent(weights: list[int], down: int | None, shown: list[int]) -> None:
    assert tenths(weights, down=down) == shown


@given(WEIGHTS, st.data())
def test_they_add_up_and_none_is_a_tenth_away_from_what_it_is(weights: list[int], data: st.DataObject) -> None:
    down = data.draw(st.none() | st.integers(min_value=0, max_value=len(weights) - 1))
    parts = tenths(weights, down=down)
    assert sum(parts) == 1000
    for place, (part, weight) in enumerate(zip(parts, weights, strict=True)):
        exact = Fraction(1000 * weight, sum(weights))
        assert abs(part - exact) < 1
        assert weight or part == 0, "nothing stays nothing"
        if place == down:
            assert part == exact.numerator // exact.denominator


@given(st.lists(st.integers(min_value=0, max_value=50_000), min_size=4, max_size=4).filter(any))
def test_ratios_of_minutes_are_told_as_the_minutes_are(minutes: list[int]) -> None:
    whole = sum(minutes)
    parts = tenths_of_ratios([part / whole for part in minutes], down=0)
    assert sum(parts) == 1000
    assert parts[0] == 1000 * minutes[0] // whole
    assert all(abs(part - Fraction(1000 * each, whole)) < 1 for part, each in zip(parts, minutes, strict=True))


def test_an_even_tenth_stays_one() -> None:
    assert tenths_of_ratios([0.975, 0.01, 0.0075, 0.0075], down=0) == [975, 10, 8, 7]
    assert tenths_of_ratios([0.7, 0.1, 0.1, 0.1], down=0) == [700, 100, 100, 100]


@pytest.mark.parametrize("weights", [[], [0, 0], [3, -1]])
def test_there_must_be_a_whole(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="parts of nothing"):
        tenths(weights)
