"""What changed between two snapshots: nothing of the difference is lost, and nothing is told twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.since import Counted, Counts, Day, NotComparable, compared

FIRST = date(2021, 10, 1)
DAYS = st.one_of(st.none(), st.integers(0, 40).map(lambda number: FIRST + timedelta(number)))
KEYS = st.tuples(st.sampled_from(Counted), st.sampled_from(["01", "48", "79", "central", "unknown"]))
TABLES = st.dictionaries(KEYS, st.dictionaries(DAYS, st.integers(-5, 200_000), max_size=12), max_size=9)


def counts(days: Mapping[tuple[Counted, str], Mapping[Day, int]], *, at: int, one_in: int = 1) -> Counts:
    return Counts(
        snapshot=at,
        content_hash="0" * 64,
        as_of=datetime(2021, 11, 1, 7, tzinfo=UTC) + timedelta(at),
        kind="record",
        one_in=one_in,
        days=days,
        undated={},
    )


def total(days: Mapping[tuple[Counted, str], Mapping[Day, int]], figure: Counted, area: str = "") -> int:
    return sum(sum(own.values()) for (name, code), own in days.items() if name is figure and area in ("", code))


@given(before=TABLES, now=TABLES, closed=st.integers(-2, 42))
def test_new_and_revised_are_the_difference_of_the_two_snapshots(
    before: Mapping[tuple[Counted, str], Mapping[Day, int]],
    now: Mapping[tuple[Counted, str], Mapping[Day, int]],
    closed: int,
) -> None:
    last = FIRST + timedelta(closed)
    found = compared(counts(before, at=1), counts(now, at=8), closed=last)
    for figure in Counted:
        nation = found.movement(figure)
        both = all(any(name is figure for name, _ in table) for table in (before, now))
        assert (nation is not None) is both
        if nation is None:
            continue
        assert nation.before == total(before, figure)
        assert nation.now == total(now, figure)
        assert nation.new + nation.revised == total(now, figure) - total(before, figure)
        assert nation.raised >= 0 >= nation.lowered
        areas = [found.movement(figure, area) for area in found.areas()]
        parts = [item for item in areas if item is not None]
        for item in parts:
            assert item.new + item.revised == item.now - item.before
            assert item.now == total(now, figure, item.area)
        for name in ("before", "new", "raised", "lowered", "revised", "now"):
            assert sum(getattr(item, name) for item in parts) == getattr(nation, name), name


@given(before=TABLES, now=TABLES, closed=st.integers(-2, 42))
def test_the_corrections_that_are_listed_are_all_that_was_revised(
    before: Mapping[tuple[Counted, str], Mapping[Day, int]],
    now: Mapping[tuple[Counted, str], Mapping[Day, int]],
    closed: int,
) -> None:
    """By a way of its own: each day's sum in one table beside that in the other."""
    last = FIRST + timedelta(closed)
    found = compared(counts(before, at=1), counts(now, at=8), closed=last)
    for movement in (item for area in ("", *found.areas()) for item in found.movements(area)):
        listed = [item for item in found.revisions(movement.area) if item.figure is movement.figure]
        assert sum(item.change for item in listed) == movement.revised
        assert all(item.day is None or item.day <= last for item in listed)
        days = [item.day for item in listed]
        assert len(days) == len(set(days))
        for item in listed:
            for table, told in ((before, item.before), (now, item.now)):
                own = [
                    count
                    for (name, code), cells in table.items()
                    if name is item.figure and item.area in ("", code)
                    for day, count in cells.items()
                    if day == item.day
                ]
                assert told == sum(own)
    changes = [abs(item.change) for item in found.revisions()]
    assert changes == sorted(changes, reverse=True)


def test_a_late_record_of_a_closed_day_is_a_revision_and_never_new() -> None:
    """The day of 5 November closed; that of 6 November was under way when the earlier snapshot was made."""
    doses = Counted.DOSES
    day = date(2021, 11, 5)
    before = {(doses, "01"): {day: 100, day + timedelta(1): 10}, (doses, "79"): {day: 50}}
    now = {
        (doses, "01"): {day: 130, day + timedelta(1): 90, day + timedelta(2): 7},
        (doses, "79"): {day: 20, day + timedelta(1): 1},
    }
    nation = compared(counts(before, at=4), counts(now, at=6), closed=day).movement(doses)
    assert nation is not None
    assert (nation.before, nation.new, nation.raised, nation.lowered, nation.now) == (160, 88, 30, -30, 248)
    (revision,) = compared(counts(before, at=4), counts(now, at=6), closed=day).revisions()
    assert (revision.day, revision.change, revision.most) == (day, 0, "79"), "two changes that add up to nothing"


def test_what_cannot_be_compared_is_said() -> None:
    days = {(Counted.DOSES, "01"): {FIRST: 1}}
    with pytest.raises(NotComparable, match="not before snapshot 3"):
        compared(counts(days, at=5), counts(days, at=3), closed=FIRST)
    with pytest.raises(NotComparable, match="one in 1; snapshot 9 of kind 'record', one in 400"):
        compared(counts(days, at=5), counts(days, at=9, one_in=400), closed=FIRST)
