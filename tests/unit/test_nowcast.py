"""The nowcast's promises, each on a small table of what was known by delay."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.nowcast import DayNowcast, NowcastRules, Triangle, nowcast, nowcast_areas

TODAY = date(2021, 11, 22)
RULES = NowcastRules(complete_after_days=4, fewest_errors=5, window_days=21)
USUAL = (800, 950, 980, 990, 1000)  # known by the end of the day itself, the next, ...


def triangle(*, usual: tuple[int, ...] = USUAL, history: int = 40, **special: tuple[int | None, ...]) -> Triangle:
    """A steady area; `d3=(…)` replaces the row of the day three days ago."""
    days = [TODAY - timedelta(days=age) for age in range(history, 0, -1)]
    rows: list[tuple[int | None, ...]] = [usual[: min(age, len(usual))] for age in range(history, 0, -1)]
    for name, row in special.items():
        rows[history - int(name[1:])] = row
    return Triangle(days=days, counts=rows, as_of=TODAY)


def by_age(found: tuple[DayNowcast, ...]) -> dict[int, DayNowcast]:
    return {(TODAY - one.day).days: one for one in found}


def test_a_steady_area_is_completed_exactly_and_settled_days_and_today_are_left_out() -> None:
    found = by_age(nowcast(triangle(), RULES))
    assert sorted(found) == [1, 2, 3, 4]
    assert [found[age].reported for age in (1, 2, 3, 4)] == [800, 950, 980, 990]
    assert all(abs(one.expected - 1000) <= 3 for one in found.values())
    assert [one.day for one in nowcast(triangle(), RULES)] == sorted(one.day for one in found.values())


@given(
    rows=st.lists(st.lists(st.integers(0, 400), min_size=6, max_size=6), min_size=15, max_size=40),
    pooled=st.booleans(),
)
def test_the_interval_holds_the_expected_and_never_less_than_reported(rows: list[list[int]], *, pooled: bool) -> None:
    """Doses only ever come in here, so no correction downwards has been seen."""
    history = len(rows)
    days = [TODAY - timedelta(days=age) for age in range(history, 0, -1)]
    counts = [
        [sum(row[: lag + 1]) for lag in range(min(age, 6))]
        for age, row in zip(range(history, 0, -1), rows, strict=True)
    ]
    one = Triangle(days=days, counts=counts, as_of=TODAY)
    found = nowcast_areas({"a": one, "b": one} if pooled else {"a": one}, replace(RULES, enough_errors=5))["a"]
    for day in found:
        assert day.reported <= day.low <= day.expected <= day.high


def test_more_reported_is_never_less_expected() -> None:
    expected = [by_age(nowcast(triangle(d2=(700, known)), RULES))[2].expected for known in (700, 800, 950, 1200)]
    assert expected == sorted(expected)


def test_corrections_downwards_are_allowed_as_far_as_they_went_before() -> None:
    falling = (1000, 1000, 990, 985, 980)
    found = by_age(nowcast(triangle(usual=falling), RULES))
    assert found[1].low <= found[1].expected <= 985
    assert found[1].low >= 980


def test_without_days_that_settled_there_is_no_nowcast() -> None:
    assert nowcast(triangle(history=4), RULES) == ()
    assert nowcast(triangle(history=8), RULES) == ()
    assert nowcast(triangle(history=12), RULES) != ()
    assert nowcast(Triangle(days=[], counts=[], as_of=TODAY), RULES) == ()
    assert nowcast_areas({}, RULES) == {}


def test_an_area_that_has_not_reported_is_left_out_and_one_that_gives_nothing_stays_at_nothing() -> None:
    assert sorted(by_age(nowcast(triangle(d1=(0,), d2=(None, None)), RULES))) == [3, 4]
    quiet = by_age(nowcast(triangle(usual=(0, 0, 0, 0, 0)), RULES))
    assert {(one.expected, one.low, one.high) for one in quiet.values()} == {(0, 0, 0)}


def test_a_small_area_gets_an_interval_of_a_few_doses() -> None:
    found = by_age(nowcast_areas({"small": triangle(usual=(2, 3, 3, 3, 3)), "large": triangle()}, RULES)["small"])
    assert all(one.high - one.low <= 3 for one in found.values())
    assert found[1].expected in {2, 3}


def test_a_new_area_borrows_and_its_interval_reaches_down_to_what_is_reported() -> None:
    new = triangle(history=6)
    assert nowcast(new, RULES) == ()
    borrowed = by_age(nowcast_areas({"new": new, "old": triangle()}, RULES)["new"])
    assert sorted(borrowed) == [1, 2, 3, 4]
    assert all(one.low <= one.reported for one in borrowed.values())
    assert borrowed[1].expected > 950


def test_a_day_of_rest_follows_days_of_rest() -> None:
    """Yesterday was a Sunday; on Sundays only half is entered at once, on other days four fifths."""
    shown = triangle()
    sundays = [
        (500, 950, 980, 990, 1000)[: len(row)] if day.weekday() == 6 else row
        for day, row in zip(shown.days, shown.counts, strict=True)
    ]
    shown = replace(shown, counts=sundays)
    rules = replace(RULES, other_class_weight=0.0)
    assert by_age(nowcast(shown, rules))[1].expected > 1900 // 2
    assert by_age(nowcast(shown, replace(rules, rest_days=())))[1].expected < 900


def test_what_was_known_in_the_middle_of_today_counts_as_reported_but_not_as_evidence() -> None:
    found = by_age(nowcast(triangle(d1=(800, 1010)), RULES))
    assert found[1].reported == 1010
    assert found[1].low >= 1010
    assert by_age(nowcast(triangle(d1=(800, 900)), RULES))[1].expected == by_age(nowcast(triangle(), RULES))[1].expected


def test_a_table_that_contradicts_its_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="knows more than"):
        nowcast(triangle(d1=(1, 2, 3)), RULES)
    later = replace(triangle(), as_of=TODAY + timedelta(days=1))
    with pytest.raises(ValueError, match="same instant"):
        nowcast_areas({"a": triangle(), "b": later}, RULES)
