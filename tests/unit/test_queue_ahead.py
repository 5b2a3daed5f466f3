"""First doses ahead from registrations: by hand where the answer is known, and against slow, plain Python."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.coverage import Measure
from campaign.projection import Floats
from campaign.queue_ahead import Course, QueueAhead, QueueRules, Registrations, queue_ahead
from tests.unit.test_outlook import POPULATION, TODAY, steady

RULES = QueueRules()
FAR = RULES.known_days[1]
Row = tuple[int, int | None, bool, int]
"""Day of registration, day on which it ended, whether served, people."""


def told(rows: list[Row]) -> Registrations:
    return Registrations(
        registered_on=np.array([row[0] for row in rows], dtype=np.float64),
        ended_on=np.array([np.inf if row[1] is None else row[1] for row in rows], dtype=np.float64),
        served=np.array([row[2] for row in rows], dtype=np.bool_),
        people=np.array([row[3] for row in rows], dtype=np.float64),
    )


def served_after(wait: int, made: list[int], *, begins: int = -40, today: int = TODAY) -> Registrations:
    """So many registered on each day, all served after so many days."""
    days = range(begins, begins + len(made))
    return told([(day, day + wait if day + wait < today else None, True, n) for day, n in zip(days, made, strict=True)])


def together(parts: list[Registrations]) -> Registrations:
    return Registrations(
        registered_on=np.concatenate([part.registered_on for part in parts]),
        ended_on=np.concatenate([part.ended_on for part in parts]),
        served=np.concatenate([part.served for part in parts]),
        people=np.concatenate([part.people for part in parts]),
    )


def ahead_of(
    found: Registrations, *, firsts: float = 100.0, days: int = 80, rules: QueueRules = RULES
) -> QueueAhead | None:
    return queue_ahead([Course.of(found, TODAY, rules)], np.full(TODAY, firsts), np.ones(days), rules)


def first_doses(queue: QueueAhead | None, vaccine: Floats) -> Floats:
    assert queue is not None
    return np.array([queue.first_doses(float(doses)) for doses in vaccine])


def test_a_steady_queue_goes_on() -> None:
    """A hundred register every day and come ten days later: so do those who have not registered yet."""
    queue = ahead_of(served_after(10, [100] * (TODAY + 40)))
    assert first_doses(queue, np.full(80, 100.0)) == pytest.approx(np.full(80, 100.0), rel=1e-6)


def test_where_vaccine_is_on_record_it_counts_for_more() -> None:
    queue = ahead_of(served_after(10, [100] * (TODAY + 40)))
    found = first_doses(queue, np.full(80, 50.0))
    assert found[0] == pytest.approx(RULES.near_share * 100 + (1 - RULES.near_share) * 50)


def test_people_run_out_although_vaccine_does_not() -> None:
    """For three weeks half as many have registered as before: beyond what is on record hardly more than half come."""
    made = [100] * (TODAY + 40 - RULES.new_days) + [50] * RULES.new_days
    found = first_doses(ahead_of(served_after(10, made)), np.full(80, 100.0))
    assert found[FAR:].max() < 60
    assert found[FAR:].min() > 20


def test_a_large_delivery_shortens_the_queue() -> None:
    """People come 5 to 34 days after registering. With three times as many doses for two weeks those who took them do
    not come again later."""
    waits = [served_after(wait, [4] * (TODAY + 40)) for wait in range(5, 35)]
    rows = together(waits)
    usual, large = np.full(80, 100.0), np.full(80, 100.0)
    large[:14] = 300.0
    slow, fast = (first_doses(ahead_of(rows, firsts=120.0), vaccine) for vaccine in (usual, large))
    assert fast[:14].sum() > slow[:14].sum()
    assert fast[FAR : FAR + 14].sum() < slow[FAR : FAR + 14].sum()


def test_people_who_come_without_registering_are_counted_on_as_of_late() -> None:
    """120 first doses a day and 100 registrations served: for each one served there are 1.2 first doses."""
    queue = ahead_of(served_after(10, [100] * (TODAY + 40)), firsts=120.0)
    assert first_doses(queue, np.full(80, 120.0)) == pytest.approx(np.full(80, 120.0), rel=1e-6)


@pytest.mark.parametrize(
    ("rows", "firsts"),
    [
        pytest.param(told([]), 100.0, id="no registrations"),
        pytest.param(served_after(10, [100] * (TODAY + 40)), 250.0, id="most come without one"),
        pytest.param(served_after(10, [100] * (TODAY + 40)), 10.0, id="served on paper only"),
        pytest.param(served_after(10, [100] * 100), 100.0, id="registrations that ended long ago"),
    ],
)
def test_where_the_queue_tells_nothing_it_is_not_asked(rows: Registrations, firsts: float) -> None:
    assert ahead_of(rows, firsts=firsts) is None


def test_minors_have_a_trend_of_their_own() -> None:
    """Fewer adults register than before, and more minors: together more than the sum of both would tell."""
    span = RULES.new_days
    adults = served_after(10, [100] * (TODAY + 40 - span) + [20] * span)
    minors = served_after(10, [10] * (TODAY + 40 - span) + [90] * span)
    both = together([adults, minors])
    courses = [Course.of(found, TODAY) for found in (adults, minors)]
    apart = queue_ahead(courses, np.full(TODAY, 110.0), np.ones(80), RULES)
    vaccine = np.full(80, 110.0)
    assert first_doses(apart, vaccine)[40:].sum() > 1.1 * first_doses(ahead_of(both, firsts=110.0), vaccine)[40:].sum()


rows_of_any = st.lists(
    st.tuples(st.integers(-30, 90), st.one_of(st.none(), st.integers(0, 70)), st.booleans(), st.integers(1, 500)).map(
        lambda row: (row[0], None if row[1] is None else row[0] + row[1], row[2], row[3])
    ),
    max_size=40,
)


@settings(deadline=None, max_examples=80)
@given(rows_of_any, st.integers(1, 100))
def test_who_waits_is_as_counted_one_by_one(rows: list[Row], today: int) -> None:
    course = Course.of(told(rows), today)
    for day in range(max(today - 5, 0), today + 1):
        for age in range(RULES.oldest_days):
            made_on = day - age
            expected = sum(
                n
                for made, ended, _, n in rows
                if made == made_on < today and (ended is None or ended >= day or ended >= today)
            )
            assert course.waiting[age, day - course.begins] == pytest.approx(expected), (day, age)


@settings(deadline=None, max_examples=60)
@given(rows_of_any, rows_of_any, st.integers(60, 80))
def test_a_morning_knows_nothing_of_later_days(rows: list[Row], later: list[Row], morning: int) -> None:
    """Registrations made later, and what became later of those made before, change nothing that morning."""
    now = [row if row[1] is not None and row[1] < morning else (row[0], None, row[2], row[3]) for row in rows]
    now = [row for row in now if row[0] < morning]
    more = [*rows, *((max(made, morning), ended and max(ended, morning), came, n) for made, ended, came, n in later)]
    firsts = np.full(morning, 50.0)
    one, other = (
        queue_ahead([Course.of(told(found), today)], firsts, np.ones(50), RULES)
        for found, today in ((now, morning), (more, 100))
    )
    assert (one is None) == (other is None)
    if one is not None:
        vaccine = np.full(50, 70.0)
        assert first_doses(one, vaccine) == pytest.approx(first_doses(other, vaccine))


@settings(deadline=None, max_examples=60)
@given(rows_of_any, st.lists(st.floats(0, 5000), min_size=50, max_size=50))
def test_nobody_is_served_who_is_not_there(rows: list[Row], vaccine: list[float]) -> None:
    queue = queue_ahead([Course.of(told(rows), 91)], np.full(91, 50.0), np.ones(50), RULES)
    if queue is None:
        return
    for doses in vaccine:
        assert queue.first_doses(doses) >= 0
        assert np.isfinite(queue.people).all()
        assert (queue.people >= 0).all()


def test_the_projection_of_a_campaign_that_runs_out_of_people_is_later() -> None:
    """The same vaccine and the same people so far: where the queue is short, first doses come later."""
    without = steady()
    long = served_after(20, [100] * (TODAY + 40))
    short = served_after(20, [100] * (TODAY + 40 - RULES.new_days) + [30] * RULES.new_days)
    paths = [
        replace(without, courses=courses).paths(TODAY, 80)
        for courses in ((), (Course.of(long, TODAY),), (Course.of(short, TODAY),))
    ]
    none, enough, few = (path[0] for path in paths if path is not None)
    assert enough[80] == pytest.approx(none[80], rel=0.01)
    assert few[80] - few[0] < 0.8 * (none[80] - none[0])


@pytest.mark.parametrize("measure", [Measure.DOSE1, Measure.FULL])
def test_an_earlier_day_is_told_the_same_whatever_was_registered_later(measure: Measure) -> None:
    made = [100] * (TODAY + 40)
    calm, later = (
        replace(steady(), courses=(Course.of(served_after(10, rows), TODAY),))
        for rows in (made, [*made[:160], *[400] * (len(made) - 160)])
    )
    one, other = (ahead.fan(119, measure, POPULATION) for ahead in (calm, later))
    assert one is not None and other is not None
    for side in ("fast", "middle", "slow"):
        assert (getattr(one, side) == getattr(other, side)).all()
