"""The projection and what is said of a target, on curves whose future is known."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.coverage import Coverage, Measure, PopulationGroup, Target
from campaign.projection import Daily, ProjectionRules, first_dose_fan, full_series_fan, reach
from campaign.targets import Denominator, Past, Standing, people_needed, standing
from campaign.track_record import Truth, track_record

RULES = ProjectionRules()
START = date(2021, 3, 8)
TARGET = Target(
    target_id="half",
    population_group=PopulationGroup.ADULTS,
    ratio=0.5,
    due_on=date(2021, 12, 31),
    valid_from=date(2021, 7, 8),
)


def daily(counts: list[float]) -> Daily:
    return Daily(first_day=START, counts=np.array(counts, dtype=np.float64))


def past_of(first: list[int], full: list[int]) -> Past:
    return Past(
        first=daily([float(count) for count in first]),
        full=daily([float(count) for count in full]),
        recorded={Measure.DOSE1: [*first, 0], Measure.FULL: [*full, 0]},
    )


def stand(past: Past | None, people: int, population: int | None, measure: Measure = Measure.DOSE1) -> Standing:
    today = START + timedelta(len(past.first.counts)) if past else date(2021, 10, 1)
    return standing(
        TARGET,
        group=PopulationGroup.ADULTS,
        measure=measure,
        area_code="79",
        coverage=Coverage(people=people, population=population),
        denominator=Denominator(version="est_2021", sources=("est_2021",), valid_from=date(2021, 1, 1)),
        missing_areas=(),
        past=past,
        today=today,
        rules=RULES,
    )


def test_a_steady_campaign_is_projected_to_the_day() -> None:
    """People come at the same pace out of very many who wait: the middle is where the straight line crosses."""
    fan = first_dose_fan(daily([100.0] * 120), 10_000_000, RULES)
    assert fan is not None
    found = reach(fan, 12_000 + 3_000)
    assert found.middle is not None and found.earliest is not None and found.latest is not None
    # Thirty more days, the first of which is the one in progress.
    assert abs((found.middle - (START + timedelta(149))).days) <= 1
    assert found.earliest <= found.middle <= found.latest


def test_the_full_series_follows_the_first_doses_at_its_distance() -> None:
    """Everybody completes the series 40 days after the first dose: what is to come is known already."""
    first = [float(100 + 3 * day) for day in range(140)]
    full = [0.0] * 40 + first[:100]
    before = daily(first)
    fan = full_series_fan(daily(full), before, first_dose_fan(before, 1_000_000, RULES), 1_000_000, RULES)
    people = int(sum(first[:130]))
    found = reach(fan, people)
    assert found.middle is not None
    assert abs((found.middle - (START + timedelta(40 + 129))).days) <= 1


def test_nobody_lately_is_no_date_and_no_crash() -> None:
    past = past_of([50] * 60 + [0] * 40, [0] * 100)
    for measure in Measure.DOSE1, Measure.FULL:
        found = stand(past, 3000, 10_000, measure)
        assert found.projection is None
        assert found.no_date
        assert found.pace == 0
        assert found.gap == 2000 if measure is Measure.DOSE1 else True


def test_without_a_denominator_there_is_no_ratio() -> None:
    found = stand(past_of([50] * 90, [0] * 90), 4500, None)
    numbers = (found.needed, found.not_yet, found.gap, found.pace_needed, found.projection, found.coverage.ratio)
    assert numbers == (None,) * 6
    assert found.pace == 50
    assert not found.reached


def test_above_everyone_is_kept_and_nobody_is_missing() -> None:
    found = stand(past_of([100] * 90, [0] * 90), 9000, 8000)
    assert found.coverage.ratio == pytest.approx(1.125)
    assert (found.not_yet, found.gap, found.reached) == (0, 0, True)


def test_a_target_that_was_reached_tells_its_day() -> None:
    found = stand(past_of([100] * 90, [0] * 90), 9000, 10_000)
    assert found.reached_on == START + timedelta(49)
    assert found.projection is None


def test_a_due_date_that_passed_asks_for_no_pace() -> None:
    found = stand(past_of([10] * 320, [0] * 320), 3200, 10_000)
    assert found.overdue
    assert found.pace_needed is None
    assert found.gap == 1800


def test_the_pace_needed_is_spread_over_the_days_that_are_left() -> None:
    past = past_of([10] * 200, [0] * 200)
    found = stand(past, 2000, 10_000)
    today = START + timedelta(200)
    assert found.pace_needed == 3000 / (TARGET.due_on - today).days


def test_too_few_days_are_said_nothing_of() -> None:
    assert stand(past_of([10] * 41, [0] * 41), 410, 10_000).projection is None
    assert stand(None, 200, 10_000).pace is None


@pytest.mark.parametrize(("ratio", "more", "population", "needed"), [(0.5, False, 10, 5), (0.7, True, 10, 8)])
def test_more_than_takes_one_more_person(ratio: float, more: bool, population: int, needed: int) -> None:
    target = Target(
        target_id="t",
        population_group=PopulationGroup.ALL,
        ratio=ratio,
        due_on=TARGET.due_on,
        valid_from=TARGET.valid_from,
        more_than=more,
    )
    assert people_needed(target, population) == needed


@given(st.floats(0.01, 1.0).map(lambda share: round(share, 3)), st.integers(1, 100_000_000))
def test_the_people_needed_meet_the_target_and_one_less_does_not(ratio: float, population: int) -> None:
    target = Target(
        target_id="t",
        population_group=PopulationGroup.ALL,
        ratio=ratio,
        due_on=TARGET.due_on,
        valid_from=TARGET.valid_from,
    )
    needed, thousandths = people_needed(target, population), round(ratio * 1000)
    assert needed * 1000 >= thousandths * population
    assert (needed - 1) * 1000 < thousandths * population


@given(
    st.lists(st.integers(0, 5000), min_size=42, max_size=160),
    st.integers(1, 2_000_000),
    st.integers(0, 60),
)
def test_any_history_gives_ordered_paths_and_dates(first: list[int], population: int, distance: int) -> None:
    full = ([0] * distance + first)[: len(first)]
    past = past_of(first, full)
    fan = first_dose_fan(past.first, population, RULES)
    fans = [fan, full_series_fan(past.full, past.first, fan, population, RULES)]
    for item in (found for found in fans if found is not None):
        assert len(item.fast) == len(item.middle) == len(item.slow) == RULES.horizon_days
        assert np.isfinite([item.fast, item.middle, item.slow]).all()
        assert (item.fast >= item.middle).all() and (item.middle >= item.slow).all()
        for path in (item.fast, item.middle, item.slow):
            assert all(a <= b for a, b in pairwise(path))
        found = reach(item, population // 2 + 1)
        told = [day for day in (found.earliest, found.middle, found.latest) if day is not None]
        assert told == sorted(told)
        assert all(day <= found.beyond for day in told)


def test_the_record_holds_dates_once_reached_and_counts_before() -> None:
    past = past_of([100] * 150, [0] * 40 + [100] * 110)
    reached = track_record(past, Measure.DOSE1, 20_000, 10_000, RULES)
    assert reached.truth is Truth.DATE
    assert 0 < reached.held <= reached.made <= 60
    ahead = track_record(past, Measure.FULL, 100_000, 70_000, RULES)
    assert ahead.truth is Truth.COUNT
    assert 0 < ahead.held <= ahead.made == 56


def test_a_record_asks_the_rule_only_what_was_there() -> None:
    """What comes after a day changes nothing of what was projected on it."""
    calm = past_of([100] * 100 + [100] * 50, [0] * 150)
    wild = past_of([100] * 100 + [9000] * 50, [0] * 150)
    day = START + timedelta(100)
    fans = [first_dose_fan(past.first.until(day), 1_000_000, RULES) for past in (calm, wild)]
    assert fans[0] is not None and fans[1] is not None
    assert (fans[0].middle == fans[1].middle).all()
