"""How far a pace strays: the slowest and the fastest week beside their mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.coverage import NATION
from campaign.pace_range import STEADY, PaceRange, WeekDoses, pace_ranges, range_of, scaled


def weeks(place: str, *doses: int, product: str = "az") -> list[WeekDoses]:
    return [WeekDoses(place=place, product=product, week=at, doses=amount) for at, amount in enumerate(doses)]


def test_the_slowest_and_the_fastest_week_beside_their_mean() -> None:
    found = pace_ranges(weeks("01", 800, 1_000, 1_400, 800))
    assert found["01", "az"] == PaceRange(slow=0.8, fast=1.4)
    assert found[NATION, "az"] == found["01", "az"]


def test_a_week_without_doses_says_nothing_of_the_pace() -> None:
    """There may have been none to give: the present pace is that of days with stock, too."""
    assert pace_ranges(weeks("01", 0, 900, 0, 1_100))["01", "az"] == PaceRange(slow=0.9, fast=1.1)


def test_of_one_week_nobody_knows_and_the_nation_speaks_for_the_place() -> None:
    found = pace_ranges([*weeks("01", 300, 0, 0, 0), *weeks("79", 500, 1_000, 1_000, 1_200)])
    assert ("01", "az") not in found
    assert range_of(found, "01", "az") == found[NATION, "az"] == PaceRange(slow=0.8, fast=1.2)
    assert range_of(found, "01", "pf") == STEADY


def test_paces_in_their_slowest_and_fastest_week() -> None:
    ranges = {("01", "az"): PaceRange(slow=0.5, fast=2.0)}
    paces = {("01", "az"): 100.0, ("79", "pf"): 30.0}
    assert scaled(paces, ranges, fast=False) == {("01", "az"): 50.0, ("79", "pf"): 30.0}
    assert scaled(paces, ranges, fast=True) == {("01", "az"): 200.0, ("79", "pf"): 30.0}


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=8))
def test_the_pace_lies_between_the_two(doses: list[int]) -> None:
    for found in pace_ranges(weeks("01", *doses)).values():
        assert 0 < found.slow <= 1 <= found.fast
        assert found.fast == pytest.approx(max(doses) / (sum(doses) / sum(1 for amount in doses if amount)))
