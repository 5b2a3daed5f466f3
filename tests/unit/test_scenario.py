"""What if: the base is the projection itself, each lever moves the date the way it must, and a twin in plain Python
walks the same days one by one."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.coverage import Measure
from campaign.projection import Daily, ProjectionRules, first_dose_fan, full_series_fan
from campaign.scenario import Levers, Supposed, shift_days, suppose
from campaign.targets import Past, project

RULES = ProjectionRules()
POPULATION = 1_000_000
FIRST_DAY = date(2021, 7, 1)
PLENTY = 1e12


def past_of(days: int = 140, *, population: int = POPULATION) -> Past:
    """An S curve that has passed half of the people, lower on Sundays; the full series follows five weeks behind."""
    day = np.arange(days)
    pace = 1 / np.cosh((day - 95) / 40) ** 2 * np.where(day % 7 == 6, 0.7, 1.0)
    first = np.round(pace / pace.sum() * 0.55 * population)
    full = np.concatenate([np.zeros(35), first[:-35]]) * 0.97
    return Past(
        first=Daily(first_day=FIRST_DAY, counts=first),
        full=Daily(first_day=FIRST_DAY, counts=full),
        recorded={Measure.DOSE1: first.astype(int).tolist(), Measure.FULL: full.astype(int).tolist()},
    )


PAST = past_of()


def go(measure: Measure = Measure.DOSE1, needed: int = 700_000, *, past: Past = PAST, **levers: Any) -> Supposed:
    stock = levers.pop("stock", 0.0)
    one_in = levers.pop("one_in", 1)
    return suppose(
        past,
        measure,
        population=POPULATION,
        needed=needed,
        levers=Levers(**levers),
        on_hand=stock,
        one_in=one_in,
        rules=RULES,
    )


def expected(found: Supposed) -> date:
    assert found.projection is not None and found.projection.middle is not None
    return found.projection.middle


@pytest.mark.parametrize("measure", [Measure.DOSE1, Measure.FULL])
@pytest.mark.parametrize("needed", [600_000, 700_000, 990_000])
def test_with_nothing_supposed_it_is_the_projection_to_the_day(measure: Measure, needed: int) -> None:
    base = project(PAST, measure, POPULATION, needed, RULES)
    assert go(measure, needed).projection == base
    assert go(measure, needed, arrivals_weekly=100_000_000).projection == base
    assert Levers().neutral and not Levers(pace_percent=99).neutral


def test_nobody_came_lately_means_no_date_as_for_the_base() -> None:
    counts = PAST.first.counts.copy()
    counts[-40:] = 0
    still = Past(first=Daily(first_day=FIRST_DAY, counts=counts), full=PAST.full, recorded=PAST.recorded)
    for measure in (Measure.DOSE1, Measure.FULL):
        assert go(measure, past=still).projection == project(still, measure, POPULATION, 700_000, RULES)


@given(st.integers(20, 280), st.integers(5, 20))
@settings(max_examples=40)
def test_a_faster_pace_is_never_later(pace: int, more: int) -> None:
    for measure in (Measure.DOSE1, Measure.FULL):
        slow, fast = go(measure, pace_percent=pace).projection, go(measure, pace_percent=pace + more).projection
        assert slow is not None and fast is not None
        for name in ("earliest", "middle", "latest"):
            early, late = getattr(fast, name), getattr(slow, name)
            assert late is None or (early is not None and early <= late)


@given(st.integers(0, 55), st.integers(1, 5))
@settings(max_examples=40)
def test_more_who_decline_are_never_earlier_and_set_a_ceiling(declines: int, more: int) -> None:
    few, many = go(declines_percent=declines), go(declines_percent=declines + more)
    assert few.within_reach is (POPULATION * (100 - declines) / 100 >= 700_000)
    if many.within_reach and many.projection is not None and many.projection.middle is not None:
        assert expected(few) <= many.projection.middle
    if not few.within_reach:
        assert few.projection is not None and few.projection.middle is None


@given(st.integers(0, 60_000), st.integers(1, 20_000))
@settings(max_examples=30, deadline=None)
def test_more_doses_are_never_later(weekly: int, more: int) -> None:
    few, many = (go(Measure.FULL, 600_000, arrivals_weekly=doses) for doses in (weekly, weekly + more))
    assert few.projection is not None and many.projection is not None
    if few.projection.middle is not None:
        assert many.projection.middle is not None and many.projection.middle <= few.projection.middle


def test_without_a_dose_nobody_is_reached() -> None:
    found = go(arrivals_weekly=0).projection
    assert found is not None and found.middle is None
    assert go(arrivals_weekly=0, stock=PLENTY).projection == go().projection


def test_a_sampled_demonstration_gets_doses_in_proportion() -> None:
    whole = go(arrivals_weekly=50_000, stock=20_000.0)
    sampled = go(arrivals_weekly=5_000_000, stock=2_000_000.0, one_in=100)
    assert whole == sampled


@given(
    st.sampled_from([Measure.DOSE1, Measure.FULL]),
    st.integers(560_000, 700_000),
    st.integers(30, 200),
    st.one_of(st.none(), st.integers(10_000, 160_000)),
)
@settings(deadline=None, max_examples=60)
def test_what_is_expected_lies_within_its_interval(
    measure: Measure, needed: int, pace: int, weekly: int | None
) -> None:
    """Each side is moved for itself, and the fast one may run out of doses first."""
    found = go(measure, needed, pace_percent=pace, arrivals_weekly=weekly).projection
    assert found is not None
    days = [day or date.max for day in (found.earliest, found.middle, found.latest)]
    assert days == sorted(days)


def test_the_shift_is_in_days_and_unknown_without_a_date() -> None:
    base, faster = go().projection, go(pace_percent=150).projection
    assert base is not None and faster is not None and base.middle is not None and faster.middle is not None
    assert shift_days(base, faster) == (faster.middle - base.middle).days < 0
    assert shift_days(base, go(arrivals_weekly=0).projection) is None
    assert shift_days(None, base) is None


def twin(
    measure: Measure, needed: int, *, pace: float, declines: float, weekly: float | None, stock: float
) -> date | None:
    """Day by day in plain Python: who is willing and waiting, who of them comes, whether there are doses for it."""
    base = first_dose_fan(PAST.first, POPULATION, RULES)
    assert base is not None
    begun, completed = sum(PAST.first.counts.tolist()), sum(PAST.full.counts.tolist())
    waiting = POPULATION - begun
    willing = max(min(POPULATION * (1 - declines) - begun, waiting), 0.0)
    ones: list[float] = []
    left = willing
    before = 0.0
    for known in base.middle.tolist():
        pressure = -math.log(1 - (known - begun) / waiting)
        if willing > 0:
            left *= math.exp(-(pressure - before) * pace * waiting / willing)
        before = pressure
        ones.append(begun + willing - left)
    path = np.array(ones)
    flat = type(base)(first_day=base.first_day, fast=path, middle=path, slow=path)
    twos = full_series_fan(PAST.full, PAST.first, flat, POPULATION, RULES).middle.tolist()
    at = 0.0
    for day in range(len(ones)):
        at = at + 1 if weekly is None else _walk(at, day, ones, twos, begun, completed, weekly, stock)
        reached = _between([begun, *ones], at) if measure is Measure.DOSE1 else _between([completed, *twos], at)
        if reached >= needed - 1e-6:
            return base.first_day + timedelta(day)
    return None


def _walk(
    at: float,
    day: int,
    ones: list[float],
    twos: list[float],
    begun: float,
    completed: float,
    weekly: float,
    stock: float,
) -> float:
    """At most a day further, by halving: how far the doses of this day carry."""
    allowed = stock + weekly * (day + 1) / 7

    def given(place: float) -> float:
        return _between([begun, *ones], place) - begun + _between([completed, *twos], place) - completed

    low, high = at, min(at + 1, float(len(ones)))
    if given(high) <= allowed:
        return high
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if given(middle) <= allowed else (low, middle)
    return low


def _between(values: list[float], place: float) -> float:
    below = min(int(place), len(values) - 1)
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * (place - below)


@pytest.mark.parametrize("measure", [Measure.DOSE1, Measure.FULL])
@pytest.mark.parametrize(
    ("pace", "declines", "weekly", "stock"),
    [
        (100, 0, None, 0.0),
        (140, 0, None, 0.0),
        (60, 12, None, 0.0),
        (100, 20, 45_000, 30_000.0),
        (150, 5, 30_000, 0.0),
        (80, 0, 90_000, 200_000.0),
    ],
)
def test_every_date_equals_the_twin_s(
    measure: Measure, pace: int, declines: int, weekly: int | None, stock: float
) -> None:
    found = go(measure, 620_000, pace_percent=pace, declines_percent=declines, arrivals_weekly=weekly, stock=stock)
    told = twin(measure, 620_000, pace=pace / 100, declines=declines / 100, weekly=weekly, stock=stock)
    assert found.projection is not None
    # A float's last digit may tip a day; no more than that.
    assert (found.projection.middle is None) is (told is None)
    if told is not None and found.projection.middle is not None:
        assert abs((found.projection.middle - told).days) <= 1
