"""Doses and people ahead from vaccine on record, on campaigns whose future is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.coverage import Measure
from campaign.outlook import Ahead, OutlookRules, Waits
from campaign.projection import Daily, ProjectionRules, first_dose_fan, reach
from campaign.scenario import Levers, suppose
from campaign.supply_ahead import Supply, SupplyRules, doses_ahead
from campaign.targets import Past, fan_of, project
from campaign.track_record import track_record

RULES, SUPPLY_RULES, OUTLOOK_RULES = ProjectionRules(), SupplyRules(), OutlookRules()
START = date(2021, 3, 8)
TODAY, POPULATION = 140, 1_000_000
GIVEN_PART = 0.9


def daily(counts: list[float]) -> Daily:
    return Daily(first_day=START, counts=np.array(counts, dtype=np.float64))


def supply_of(
    doses_by_week: list[float], *, given: list[float], held_from: float = np.inf, today: int = TODAY
) -> Supply:
    """Of each week of use: decided 22 days before its Monday, expected 11 days before it, arrived 33 days before it.
    A tenth of what is sent is not given, nor a tenth of what arrived sent."""
    weeks = np.arange(len(doses_by_week), dtype=np.float64) * 7
    sent = np.array(doses_by_week) / GIVEN_PART
    whole = Supply(
        given=np.array(given, dtype=np.float64),
        arrived_on=weeks - 33,
        usable_until=np.full(len(weeks), held_from),
        arrived=sent / GIVEN_PART,
        decided_on=weeks - 22,
        planned_on=weeks - 11,
        allocated=sent,
    )
    return whole.until(today)


STEADY = [700.0] * 40
GIVEN = [100.0] * TODAY


def test_a_steady_supply_goes_on() -> None:
    ahead = doses_ahead(supply_of(STEADY, given=GIVEN), 400, SUPPLY_RULES)
    assert ahead is not None and len(ahead) == 400
    assert ahead[:60] == pytest.approx(np.full(60, 100.0), rel=0.02)


def test_a_decision_for_twice_as_many_doses_is_felt_in_its_week_of_use() -> None:
    """Weeks of fewer and of more doses have told the lag. Today is the Monday of week 20, weeks to 23 are decided: that
    of week 22 is the first of twice as many."""
    past = [500.0, 900.0, 700.0, 800.0] * 5
    weeks = [*past, 700.0, 700.0, 1400.0, 1400.0, *STEADY[24:]]
    ahead = doses_ahead(supply_of(weeks, given=(np.repeat(past, 7) / 7).tolist()), 28, SUPPLY_RULES)
    assert ahead is not None
    assert ahead.reshape(4, 7).sum(axis=1)[:3] == pytest.approx([700, 700, 1400], rel=0.02)


def test_the_days_left_of_a_batch_get_what_is_left_of_it() -> None:
    """Weeks of fewer and of more doses have told the lag. On Thursday of week 20, which has 700 doses, 450 of them and
    not 300 were given from Monday to Wednesday."""
    past = [500.0, 900.0, 700.0, 800.0] * 5
    given = [*(np.repeat(past, 7) / 7).tolist(), 150.0, 150.0, 150.0]
    ahead = doses_ahead(supply_of([*past, *STEADY[20:]], given=given, today=143), 18, SUPPLY_RULES)
    assert ahead is not None
    assert ahead[:4].sum() == pytest.approx(250, rel=0.02)
    assert ahead[4:18].reshape(2, 7).sum(axis=1) == pytest.approx([700, 700], rel=0.02)


@pytest.mark.parametrize("lag", [3, 11, 19])
@pytest.mark.parametrize("gap", [1, 7, 10])
def test_the_lag_is_told_whenever_and_however_often_stores_are_served(lag: int, gap: int) -> None:
    """More and less in turn is expected; all of it is used from `lag` days later on until what comes next."""
    batches = 100.0 * gap * np.resize([1.0, 2.0, 1.5, 0.5, 2.5], 400 // gap)
    given = np.repeat(batches / gap, gap)
    planned_on = np.arange(len(batches), dtype=np.float64) * gap - lag
    whole = Supply(
        given=given,
        arrived_on=np.zeros(0),
        usable_until=np.zeros(0),
        arrived=np.zeros(0),
        decided_on=planned_on - 11,
        planned_on=planned_on,
        allocated=batches / GIVEN_PART,
    )
    for today in range(140, 150):
        ahead = doses_ahead(whole.until(today), 60, SUPPLY_RULES)
        assert ahead is not None
        known = 11 + lag
        assert ahead[:known].sum() == pytest.approx(given[today : today + known].sum(), rel=0.1)


def test_what_was_not_on_record_that_morning_changes_nothing() -> None:
    """Of weeks not decided and lots not arrived by today nothing is known, whatever they will be."""
    later = [*STEADY[:26], *[9000.0] * 14]
    one, other = (doses_ahead(supply_of(weeks, given=GIVEN), 90, SUPPLY_RULES) for weeks in (STEADY, later))
    assert one is not None and other is not None
    assert (one == other).all()


def test_lots_on_hold_are_as_none() -> None:
    """Week 24 is not decided yet, and its large lot has arrived: it is counted on unless it was stopped."""
    weeks = [*STEADY[:24], 2800.0, *STEADY[25:]]
    usable, stopped = (supply_of(weeks, given=GIVEN, held_from=day) for day in (np.inf, 139.0))
    nothing = replace(usable, arrived_on=np.zeros(0), usable_until=np.zeros(0), arrived=np.zeros(0))
    told, without, none = (doses_ahead(supply, 60, SUPPLY_RULES) for supply in (usable, stopped, nothing))
    assert told is not None and without is not None and none is not None
    assert (without == none).all()
    assert told[22:40].sum() > 1.2 * without[22:40].sum()


@pytest.mark.parametrize(
    "supply",
    [
        pytest.param(supply_of([], given=GIVEN), id="no decisions"),
        pytest.param(supply_of(STEADY, given=GIVEN[:50], today=50), id="too few days"),
        pytest.param(supply_of(STEADY[:15], given=GIVEN), id="decisions that ended long ago"),
        pytest.param(supply_of(STEADY, given=[*GIVEN[:100], *[0.0] * 40]), id="nothing given of late"),
    ],
)
def test_where_vaccine_on_record_tells_nothing_nothing_is_said(supply: Supply) -> None:
    assert doses_ahead(supply, 60, SUPPLY_RULES) is None


def steady(*, days: int = TODAY, decided: list[float] | None = None) -> Ahead:
    """A hundred first doses a day, and each of these people a second one 26 days later: 21, and five."""
    first, full = [100.0] * days, [0.0] * 26 + [100.0] * (days - 26)
    doses = [one + two for one, two in zip(first, full, strict=True)]
    weeks = [sum(doses[7 * week : 7 * week + 7]) if week < days // 7 else 1400.0 for week in range(40)]
    return Ahead(
        first_day=START,
        begun=Waits(days=(21,), counts=np.array([first])),
        full=np.array(full),
        supply=supply_of(decided or weeks, given=doses, today=days),
    )


def past_of(ahead: Ahead | None, *, days: int = TODAY) -> Past:
    first, full = [100.0] * days, [0.0] * 26 + [100.0] * (days - 26)
    recorded = {Measure.DOSE1: [100] * days + [0], Measure.FULL: [0] * 26 + [100] * (days - 26) + [0]}
    return Past(first=daily(first), full=daily(full), recorded=recorded, ahead=ahead)


def test_who_is_due_takes_their_part_and_the_rest_are_first_doses() -> None:
    paths = steady().paths(TODAY, 60)
    assert paths is not None
    first, full = paths
    assert (first[0], full[0]) == (14_000, 11_400)
    assert first[60] == pytest.approx(14_000 + 60 * 100, rel=0.01)
    assert full[60] == pytest.approx(11_400 + 60 * 100, rel=0.01)


def test_a_change_of_product_is_seen_coming() -> None:
    """Everybody completes five days after they are due. From day 100 on first doses wait 21 days instead of 56: from
    day 126 to 161 twice as many complete, and as there are doses for no more than before, fewer begin."""
    old = np.array([1000.0 if day < 100 else 0.0 for day in range(TODAY)])
    new = 1000.0 - old
    full = np.array([(day >= 61) * 1000.0 + (day >= 126) * 1000.0 for day in range(TODAY)])
    doses = (1000.0 + full).tolist()
    weeks = [sum(doses[7 * week : 7 * week + 7]) if week < TODAY // 7 else 21_000.0 for week in range(40)]
    ahead = Ahead(
        first_day=START,
        begun=Waits(days=(21, 56), counts=np.array([new, old])),
        full=full,
        supply=supply_of(weeks, given=doses),
    )
    paths = ahead.paths(TODAY, 20)
    assert paths is not None
    assert paths[1][20] - paths[1][0] == pytest.approx(40_000, rel=0.05)


def test_a_steady_campaign_is_told_to_the_day() -> None:
    fan = steady().fan(TODAY, Measure.DOSE1, POPULATION)
    assert fan is not None
    found = reach(fan, 14_000 + 3_000)
    assert found.earliest is not None and found.middle is not None and found.latest is not None
    assert abs((found.middle - (START + timedelta(TODAY + 29))).days) <= 1
    assert found.earliest < found.middle < found.latest
    assert (found.latest - found.earliest).days <= 0.6 * 30


def test_a_rule_that_missed_lately_is_corrected_and_less_sure() -> None:
    """For four weeks half of what was decided was given: what is decided now is counted on less, and less surely."""
    kept, slow = steady(), steady()
    given_slowly = slow.supply.given.copy()
    given_slowly[-28:] /= 2
    counts, full = slow.begun.counts.copy(), slow.full.copy()
    counts[:, -28:] /= 2
    full[-28:] /= 2
    slow = replace(
        slow, begun=Waits(days=(21,), counts=counts), full=full, supply=replace(slow.supply, given=given_slowly)
    )
    paths = slow.paths(TODAY, 400)
    fans = [ahead.fan(TODAY, Measure.FULL, POPULATION) for ahead in (kept, slow)]
    assert paths is not None and fans[0] is not None
    if fans[1] is not None:
        assert fans[1].middle[29] < paths[1][30]
        widths = [(fan.fast[29] - fan.slow[29]) / (fan.middle[29] - fan.slow[0]) for fan in fans if fan]
        assert widths[1] > widths[0]


def test_decisions_that_told_nothing_are_not_gone_by() -> None:
    """Decided one week in six for all, while a hundred come every day: the pace is carried on as without any."""
    wild = np.resize([40.0, 40.0, 8160.0, 40.0, 40.0, 40.0], 40).tolist()
    ahead = steady(decided=wild)
    assert ahead.fan(TODAY, Measure.DOSE1, POPULATION) is None
    fan = fan_of(past_of(ahead), Measure.DOSE1, POPULATION, RULES)
    alone = first_dose_fan(past_of(None).first, POPULATION, RULES)
    assert fan is not None and alone is not None
    assert (fan.middle == alone.middle).all() and (fan.slow == alone.slow).all()


def test_short_and_far_times_are_told_less_surely() -> None:
    """In parts of the time: least sure tomorrow, surest within what is on record, less again beyond."""
    spreads = OUTLOOK_RULES.spreads(np.array([0.0, 2.0, 7.0, 20.0, 40.0, 60.0, 100.0, 400.0]))
    assert np.isfinite(spreads).all()
    assert spreads[0] > spreads[1] > spreads[2] > spreads[3] > spreads[4] > 1
    assert spreads[4] < spreads[5] < spreads[6]
    assert spreads[7] == pytest.approx(spreads[6], rel=0.01)


def test_a_miss_of_a_short_time_says_no_more_than_one_of_a_long_time() -> None:
    """Half of the doses of the last four days were left for later: tomorrow is uncertain, next month hardly."""
    calm, uneven = steady(), steady()
    counts = uneven.begun.counts.copy()
    counts[:, -4:] /= 2
    uneven = replace(uneven, begun=Waits(days=(21,), counts=counts))
    widths = list[float]()
    for ahead in (calm, uneven):
        fan = ahead.fan(TODAY, Measure.DOSE1, POPULATION)
        assert fan is not None
        found = reach(fan, int(ahead.begun.counts.sum()) + 3000)
        assert found.earliest is not None and found.latest is not None
        widths.append((found.latest - found.earliest).days)
    assert widths[1] <= 1.5 * widths[0]


@pytest.mark.parametrize("measure", [Measure.DOSE1, Measure.FULL])
def test_an_earlier_day_knows_nothing_of_what_came_later(measure: Measure) -> None:
    """Twice as many come from day 120 on; of day 119 both campaigns say the same."""
    calm, later = steady(), steady()
    counts, full, doses = later.begun.counts.copy(), later.full.copy(), later.supply.given.copy()
    counts[:, 120:] *= 2
    full[120:] *= 2
    doses[120:] *= 2
    later = replace(later, begun=Waits(days=(21,), counts=counts), full=full, supply=replace(later.supply, given=doses))
    one, other = calm.fan(119, measure, POPULATION), later.fan(119, measure, POPULATION)
    assert one is not None and other is not None
    for side in ("fast", "middle", "slow"):
        assert (getattr(one, side) == getattr(other, side)).all()


@pytest.mark.parametrize("measure", [Measure.DOSE1, Measure.FULL])
def test_nothing_supposed_is_the_projection_itself(measure: Measure) -> None:
    past = past_of(steady())
    found = suppose(
        past, measure, population=POPULATION, needed=20_000, levers=Levers(), on_hand=0.0, one_in=1, rules=RULES
    )
    assert found.projection == project(past, measure, POPULATION, 20_000, RULES)


def test_fewer_first_doses_are_fewer_second_ones_later() -> None:
    past = past_of(steady())
    base, slower = (
        suppose(
            past,
            Measure.FULL,
            population=POPULATION,
            needed=25_000,
            levers=Levers(pace_percent=pace),
            on_hand=0.0,
            one_in=1,
            rules=RULES,
        ).projection
        for pace in (100, 50)
    )
    assert base is not None and slower is not None and base.middle is not None and slower.middle is not None
    assert slower.middle > base.middle


def test_the_record_asks_past_mornings_with_what_was_on_record() -> None:
    past = past_of(steady(days=200), days=200)
    record = track_record(past, Measure.DOSE1, POPULATION, 18_000, RULES)
    assert record.made == 60
    assert record.held >= 58
    assert record.median_width is not None and record.median_width <= 0.6


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.integers(0, 4000), min_size=60, max_size=110),
    st.lists(st.floats(0, 50_000), min_size=4, max_size=30),
    st.integers(1, 60),
    st.integers(1, 300_000),
)
def test_any_supply_gives_ordered_paths(first: list[int], weeks: list[float], wait: int, population: int) -> None:
    full = ([0] * wait + first)[: len(first)]
    doses = [float(one + two) for one, two in zip(first, full, strict=True)]
    ahead = Ahead(
        first_day=START,
        begun=Waits(days=(wait,), counts=np.array([first], dtype=np.float64)),
        full=np.array(full, dtype=np.float64),
        supply=supply_of(weeks, given=doses, today=len(first)),
    )
    for measure in Measure.DOSE1, Measure.FULL:
        fan = ahead.fan(len(first), measure, population)
        if fan is None:
            continue
        assert len(fan.fast) == len(fan.middle) == len(fan.slow) == OUTLOOK_RULES.horizon_days
        assert np.isfinite([fan.fast, fan.middle, fan.slow]).all()
        assert (fan.fast >= fan.middle - 1e-6).all() and (fan.middle >= fan.slow - 1e-6).all()
        for path in (fan.fast, fan.middle, fan.slow):
            assert all(before <= after + 1e-6 for before, after in pairwise(path))
