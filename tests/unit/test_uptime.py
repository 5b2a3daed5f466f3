"""Uptime worked out by hand: silence is never good, time out of use is not counted, and no order of telling matters."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.equipment import Status, StatusChange, in_force, spans
from campaign.uptime import Away, Heard, Kind, Uptime, together, uptime

HOUR = timedelta(hours=1)
BEGIN, END = datetime(2021, 10, 23, tzinfo=UTC), datetime(2021, 11, 22, tzinfo=UTC)
GAP = HOUR


def at(day: int, hour: int = 0, *, month: int = 11) -> datetime:
    return datetime(2021, month, day, hour, tzinfo=UTC)


def heard(first: datetime = BEGIN - HOUR, last: datetime = END) -> Heard:
    return Heard(first_at=first, last_at=last, gap=GAP)


def change(status: Status, since: datetime, *, by_person: bool = True) -> StatusChange:
    return StatusChange(status=status, since=since, by_person=by_person)


def hours(found: Uptime) -> tuple[float, float, float, float]:
    return (found.in_range / HOUR, found.out / HOUR, found.silent / HOUR, found.not_working / HOUR)


def test_thirty_days_in_range_are_all_of_them() -> None:
    found = uptime(heard(), [], [], begin=BEGIN, end=END)
    assert (hours(found), found.share) == ((720, 0, 0, 0), 1.0)


def test_silence_is_no_uptime_and_is_told_apart_from_heat() -> None:
    away = [
        Away(kind=Kind.SILENT, from_at=at(1), to_at=at(3)),
        # It was warm when it fell silent: what is not known is silent, and counts once.
        Away(kind=Kind.OUT, from_at=at(1) - 6 * HOUR, to_at=at(1) + 6 * HOUR),
    ]
    found = uptime(heard(), away, [], begin=BEGIN, end=END)
    assert hours(found) == (666, 6, 48, 0)
    assert found.share == pytest.approx(666 / 720)


@pytest.mark.parametrize(("minutes", "silent"), [(60, 0), (61, 61 / 60)])
def test_the_silence_that_goes_on_counts_from_its_last_word(minutes: int, silent: float) -> None:
    last = END - timedelta(minutes=minutes)
    out = [Away(kind=Kind.OUT, from_at=last - HOUR, to_at=None)]
    found = uptime(heard(last=last), out, [], begin=BEGIN, end=END)
    assert found.silent / HOUR == pytest.approx(silent)
    # Until it fell silent it was out of range; as long as it is not silent it still is.
    assert found.out / HOUR == pytest.approx(1 if silent else 2)
    assert found.counted == END - BEGIN


def test_retired_in_the_middle_nothing_is_counted_afterwards() -> None:
    """Heard of last on the day it was taken out: the two weeks of silence since are nobody's fault."""
    gone = at(8)
    retired = [change(Status.NOT_IN_USE, gone, by_person=False)]
    found = uptime(heard(last=gone), [], retired, begin=BEGIN, end=END)
    assert (hours(found), found.share) == ((16 * 24, 0, 0, 0), 1.0)
    assert uptime(heard(last=gone), [], [], begin=BEGIN, end=END).share == pytest.approx(16 / 30)


def test_not_working_counts_and_is_no_uptime() -> None:
    changes = [change(Status.NOT_WORKING, at(1)), change(Status.WORKING, at(4)), change(Status.NEEDS_REPAIR, at(10))]
    found = uptime(heard(), [], changes, begin=BEGIN, end=END)
    assert hours(found) == (27 * 24, 0, 0, 72)
    assert found.share == pytest.approx(0.9)


def test_across_the_end_of_a_month_and_the_edges_of_the_window() -> None:
    """From 31 October 22:00 to 1 November 02:00 out; what goes beyond the window counts inside it."""
    away = [
        Away(kind=Kind.OUT, from_at=at(31, 22, month=10), to_at=at(1, 2)),
        Away(kind=Kind.SILENT, from_at=BEGIN - 5 * HOUR, to_at=BEGIN + 3 * HOUR),
        Away(kind=Kind.OUT, from_at=END - 2 * HOUR, to_at=END + 2 * HOUR),
    ]
    assert hours(uptime(heard(), away, [], begin=BEGIN, end=END)) == (711, 6, 3, 0)


def test_a_device_counts_from_its_first_reading_on_and_one_never_heard_not_at_all() -> None:
    assert hours(uptime(heard(first=at(21)), [], [], begin=BEGIN, end=END)) == (24, 0, 0, 0)
    assert uptime(None, [], [], begin=BEGIN, end=END).share is None
    assert uptime(heard(first=END), [], [], begin=BEGIN, end=END).share is None


def test_of_many_the_hours_are_added_and_not_the_shares() -> None:
    good = uptime(heard(), [], [], begin=BEGIN, end=END)
    young = uptime(heard(first=at(21), last=at(21)), [], [], begin=BEGIN, end=END)
    assert together([good, young]).share == pytest.approx(720 / 744)


moments = st.integers(0, 40).map(lambda step: BEGIN - 5 * HOUR + step * 20 * HOUR)
stretches = st.lists(
    st.tuples(st.sampled_from(Kind), moments, st.integers(1, 30)).map(
        lambda told: Away(kind=told[0], from_at=told[1], to_at=told[1] + told[2] * HOUR)
    ),
    max_size=6,
)
histories = st.lists(
    st.tuples(st.sampled_from(Status), moments, st.booleans()).map(
        lambda told: change(told[0], told[1], by_person=told[2])
    ),
    max_size=6,
)


@settings(max_examples=200, deadline=None)
@given(stretches, histories, st.integers(0, 2**30))
def test_the_order_of_telling_does_not_matter_and_every_hour_is_counted_once(
    away: list[Away], changes: list[StatusChange], seed: int
) -> None:
    found = uptime(heard(), away, changes, begin=BEGIN, end=END)
    chance = random.Random(seed)
    mixed, said = chance.sample(away, len(away)), chance.sample(changes, len(changes))
    assert uptime(heard(), mixed, said, begin=BEGIN, end=END) == found
    assert in_force(said, now=END) == in_force(changes, now=END)
    parts = spans(changes, begin=BEGIN, end=END)
    assert [part.begin for part in parts[1:]] == [part.end for part in parts[:-1]]
    unused = sum((part.end - part.begin for part in parts if part.status is Status.NOT_IN_USE), timedelta(0))
    assert found.counted + unused == END - BEGIN
    # The slow twin: each hour by itself. Everything lies on whole hours.
    slow = Uptime()
    for step in range(720):
        hour = BEGIN + step * HOUR
        begun = in_force(changes, now=hour)
        status = begun.status if begun else Status.WORKING
        kinds = {item.kind for item in away if item.to_at and item.from_at <= hour < item.to_at}
        if status is Status.NOT_WORKING:
            slow += Uptime(not_working=HOUR)
        elif status is not Status.NOT_IN_USE:
            slow += Uptime(
                in_range=HOUR * (not kinds),
                silent=HOUR * (Kind.SILENT in kinds),
                out=HOUR * (kinds == {Kind.OUT}),
            )
    assert slow == found
