"""What stands of what provinces said: the newest counts, nothing is forgotten, a figure that moved is revised."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from campaign.first import changes, last_closed, last_lock
from campaign.statements import Kind, Said, of_day, words_of
from campaign.trust import FigureLock

DAY = date(2021, 11, 21)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SAID = Said(
    statement_id=1,
    reporting_day=DAY,
    area_code="79",
    kind=Kind.CONFIRMED,
    said="",
    snapshot_version=4,
    doses=100,
    dose1_people=60,
    full_people=40,
    actor="Lan",
    made_at=datetime(2021, 11, 22, 1, tzinfo=UTC),
    doses_now=100,
    dose1_people_now=60,
    full_people_now=40,
)


def test_the_newest_counts_and_the_history_stays() -> None:
    first = replace(SAID, statement_id=2, kind=Kind.EXPLAINED, said="mưa lũ")
    second = replace(first, statement_id=3, said="mất điện")
    word = words_of([second, SAID, first])["79", DAY]
    assert word.confirmed is SAID and word.explained is second
    assert [item.statement_id for item in word.history] == [1, 2, 3]
    withdrawn = words_of([SAID, first, second, replace(first, statement_id=4, kind=Kind.WITHDRAWN)])["79", DAY]
    assert withdrawn.explained is None and withdrawn.confirmed is SAID
    assert len(withdrawn.history) == 4


@pytest.mark.parametrize(
    ("changed", "revision", "revised"),
    [({}, 0, False), ({"doses_now": 103}, 3, True), ({"doses_now": 90}, -10, True), ({"full_people_now": 41}, 0, True)],
)
def test_a_figure_that_moved_after_it_was_confirmed_is_revised(
    changed: dict[str, int], revision: int, revised: bool
) -> None:
    found = replace(SAID, **changed)  # pyright: ignore[reportArgumentType]
    assert (found.revision, found.revised) == (revision, revised)


def test_of_a_day_the_day_itself_goes_before_later_ones_and_earlier_ones_are_history() -> None:
    later = replace(SAID, statement_id=5, reporting_day=date(2021, 11, 22), kind=Kind.EXPLAINED, said="x")
    earlier = replace(SAID, statement_id=0, reporting_day=date(2021, 11, 20))
    other = replace(later, statement_id=6, area_code="40")
    found = of_day([later, SAID, earlier, other], DAY)
    assert found["79"].reporting_day == DAY and found["79"].confirmed is SAID
    assert len(found["79"].history) == 3
    assert found["40"].reporting_day == date(2021, 11, 22)
    assert of_day([earlier], DAY) == {}


@pytest.mark.parametrize(
    ("hour", "closed"), [(8, date(2021, 11, 21)), (15, date(2021, 11, 21)), (16, date(2021, 11, 22))]
)
def test_a_reporting_day_closes_at_its_hour(hour: int, closed: date) -> None:
    assert last_closed(datetime(2021, 11, 22, hour, tzinfo=ZONE), cutoff_hour=16, zone=ZONE) == closed


def lock(day: date, scope: str = "nation", doses: int = 100) -> FigureLock:
    return FigureLock(
        reporting_day=day,
        scope=scope,
        snapshot_version=3,
        locked_by="Hạnh",
        locked_at=datetime(2021, 11, 21, 10, tzinfo=UTC),
        locked_doses=doses,
        locked_dose1_people=60,
        locked_full_people=40,
        doses_now=doses + 7,
        dose1_people_now=61,
        full_people_now=39,
    )


def test_the_lock_that_counts_is_the_nation_s_last_before_today() -> None:
    locks = [lock(date(2021, 11, 19)), lock(DAY), lock(date(2021, 11, 22)), lock(DAY, scope="79", doses=1)]
    found = last_lock(locks, date(2021, 11, 22))
    assert found is not None and (found.reporting_day, found.scope) == (DAY, "nation")
    assert last_lock([], DAY) is None


def test_locked_revision_and_new_add_up_to_live() -> None:
    found = changes(lock(DAY), doses=150, dose1_people=80, full_people=None)
    assert [(item.name, item.locked, item.live, item.revision, item.since) for item in found] == [
        ("doses", 100, 150, 7, 43),
        ("dose1_people", 60, 80, 1, 19),
    ]
    assert all(item.locked + item.revision + item.since == item.live for item in found)
