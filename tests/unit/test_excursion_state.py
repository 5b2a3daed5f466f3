"""Open, or decided what: of each device by its newest excursion or silence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from campaign.devices import Device, DeviceRun
from campaign.equipment import Status
from campaign.excursion_state import ExcursionState, ToldDecision, excursion_states, open_first
from campaign.trust import ClockLimits

NOW = datetime(2021, 11, 22, 12, tzinfo=UTC)
LIMITS = ClockLimits(
    overdue_days=14, unserved_days=14, live_minutes=60, hand_minutes=840, file_minutes=60, expiring_days=30
)


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def device(code: str = "F", *, heard: float | None = 0.1, status: Status = Status.WORKING) -> Device:
    return Device(
        equipment_id=code, store_code="S", store_level="site", area_code="79", district_code=None, site_code=None,
        kind="ice_lined", storage_class="refrigerator", reporting_mode="live", low_c=2, high_c=8,
        last_read_at=None if heard is None else ago(heard), temp_c=5, status=status,
    )  # fmt: skip


def run(begun: float, ended: float | None, *, edge: str = "high", code: str = "F") -> DeviceRun:
    return DeviceRun(
        equipment_id=code, edge=edge, started_at=ago(begun), last_out_at=ago(ended or 0.1),
        ended_at=None if ended is None else ago(ended), ended="ongoing" if ended is None else "back_in_range",
        readings=3, extreme_c=9, limit_c=8, alarm_minutes=None, heard_at=NOW, end_heard_at=None,
    )  # fmt: skip


def decided(number: int, kind: str, since: float, until: float, *, code: str = "F") -> ToldDecision:
    return ToldDecision(
        decision_id=number, equipment_id=code, kind=kind, started_at=ago(since), until_at=ago(until), actor="Lê An",
        decided_at=ago(until), usable_until=None, lots="L",
    )  # fmt: skip


def state(
    *runs: DeviceRun, about: tuple[ToldDecision, ...] = (), heard: float | None = 0.1, status: Status = Status.WORKING
) -> ExcursionState | None:
    return excursion_states([device(heard=heard, status=status)], runs, about, now=NOW, limits=LIMITS).get("F")


def test_one_that_was_always_in_order_has_none() -> None:
    assert state() is None
    assert state(run(5, 4, edge="door"), run(5, 4, edge="high_alarm")) is None
    assert state(heard=None) is None, "never heard: there is no excursion to decide about"


@pytest.mark.parametrize(
    ("about", "wanted"),
    [
        ((), None),
        # About an earlier excursion of the same device.
        ((decided(1, "discard", 30, 28),), None),
        ((decided(1, "hold", 3, 2.5),), "hold"),
        # The newest counts, whichever came last here; its window was known otherwise then.
        ((decided(2, "use", 2, 1), decided(1, "hold", 3, 2.5)), "use"),
        ((decided(1, "hold", 3, 2.5, code="G"),), None),
    ],
)
def test_the_newest_decision_about_the_newest_excursion(about: tuple[ToldDecision, ...], wanted: str | None) -> None:
    found = state(run(30, 29), run(3, 1), about=about)
    assert found is not None
    assert (found.side, found.since, found.until) == ("high", ago(3), ago(1))
    assert (found.decision.kind if found.decision else None) == wanted


def test_silence_is_what_counts_unless_its_last_reading_was_outside() -> None:
    silent = state(run(30, 29), heard=2)
    assert silent is not None
    assert (silent.side, silent.since, silent.until) == ("silent", ago(2), None)
    outside = state(run(3, None), heard=2)
    assert outside is not None
    assert outside.side == "high"
    # By the register it holds nothing.
    assert state(heard=2, status=Status.NOT_IN_USE) is None


def test_those_without_a_decision_come_first() -> None:
    runs = [run(3, 1, code="A"), run(5, 4, code="B"), run(9, 8, code="C")]
    about = [decided(1, "hold", 9, 8, code="C")]
    states = excursion_states([device(code) for code in "ABC"], runs, about, now=NOW, limits=LIMITS)
    assert [item.equipment_id for item in open_first(states, ["A", "B", "C", "A", "X"])] == ["B", "A", "C"]
