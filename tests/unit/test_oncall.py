"""Who is on duty for what and when, and what planned work covers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaign.oncall import Covers, Duty, Planned, PlannedKind, on_duty, planned_now
from operations.action_log import ActRefused
from operations.instants import hours_of

NOW = datetime(2021, 11, 22, 3, tzinfo=UTC)  # 10:00 in Vietnam
HOUR = timedelta(hours=1)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def duty(number: int, area: str = "", rules: str = "", level: int = 1, hours: tuple[int, int] | None = None) -> Duty:
    return Duty(
        duty_id=number,
        post=f"P{number}",
        covers=Covers(area=area, rule_prefix=rules),
        level=level,
        phone="",
        email=f"p{number}@example.vn",
        starts_at=NOW - HOUR,
        ends_at=NOW + HOUR,
        hours=hours,
    )


def found(duties: list[Duty], *, area: str | None = "79", rule: str = "coldchain_power", level: int = 1) -> list[int]:
    there = on_duty(duties, area=area, rule=rule, level=level, now=NOW, zone=ZONE)
    return [item.duty_id for item in there.posts] if there else []


def test_hours_end_at_midnight_at_the_latest() -> None:
    assert hours_of("22-24") == (22, 0)
    for text in ("22-30", "24-6", "22-48"):
        with pytest.raises(ActRefused) as refused:
            hours_of(text)
        assert refused.value.why == "duty_hours"


def test_the_nearest_post_answers() -> None:
    nation, cold, own, own_cold = duty(1), duty(2, rules="coldchain"), duty(3, "79"), duty(4, "79", "coldchain")
    everyone = [nation, cold, own, own_cold]
    assert found(everyone) == [4]
    assert found(everyone, rule="feed_failed") == [3]
    assert found(everyone, area="01") == [2]
    assert found(everyone, area=None, rule="pipeline_silent") == [1]
    assert found([own, duty(5, "79")]) == [3, 5], "two that are as near are told both"


def test_a_beginning_is_a_whole_word() -> None:
    assert found([duty(1, rules="cold")]) == []
    assert found([duty(1, rules="coldchain_power")]) == [1]
    assert found([duty(1, rules="coldchain_power")], rule="coldchain_powerful") == []


@pytest.mark.parametrize(("level", "there", "expected"), [(1, (2, 3), 2), (2, (1, 3), 3), (3, (1, 2), 2), (9, (3,), 3)])
def test_a_level_without_anybody_goes_to_the_next_above_then_below(
    level: int, there: tuple[int, ...], expected: int
) -> None:
    assert found([duty(item, level=item) for item in there], level=level) == [expected]


@pytest.mark.parametrize(
    ("hours", "there"),
    [(None, True), ((7, 11), True), ((10, 11), True), ((7, 10), False), ((22, 11), True), ((22, 6), False)],
)
def test_hours_are_local_and_a_night_goes_past_midnight(hours: tuple[int, int] | None, *, there: bool) -> None:
    assert bool(found([duty(1, hours=hours)])) is there


def test_it_begins_and_ends_by_itself_and_not_at_its_end() -> None:
    one = duty(1)
    at = {shift: one.in_force(NOW + shift * HOUR, ZONE) for shift in (-2, -1, 0, 1)}
    assert at == {-2: False, -1: True, 0: True, 1: False}


def test_planned_work_covers_comes_before_a_drill_and_ends() -> None:
    def plan(number: int, kind: PlannedKind, area: str = "79", hours: int = 2) -> Planned:
        covers = Covers(area=area, rule_prefix="coldchain")
        return Planned(work_id=number, kind=kind, covers=covers, starts_at=NOW, ends_at=NOW + hours * HOUR)

    both = [plan(1, PlannedKind.DRILL), plan(2, PlannedKind.WORK)]

    def now(hours: float = 0, area: str | None = "79", rule: str = "coldchain_power") -> int | None:
        item = planned_now(both, area=area, rule=rule, now=NOW + hours * HOUR)
        return item.work_id if item else None

    assert (now(), now(1.99), now(2), now(-0.01)) == (2, 2, None, None)
    assert (now(area="01"), now(area=None), now(rule="feed_failed")) == (None, None, None)
