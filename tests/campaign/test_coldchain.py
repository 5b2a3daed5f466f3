"""When an excursion is an alarm, by hand: the limits and minutes that WHO asks for storage at 2 to 8 degrees."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.coldchain import AlarmRule, Limit, Reading, Side, excursions

START = datetime(2021, 11, 20, tzinfo=UTC)
GAP = timedelta(minutes=60)
WHO_LOW = AlarmRule(limit=Limit(side=Side.LOW, celsius=-0.5, inclusive=True), minutes=60)
STRICT_LOW = AlarmRule(limit=Limit(side=Side.LOW, celsius=-0.5), minutes=60)
WHO_HIGH = AlarmRule(limit=Limit(side=Side.HIGH, celsius=8.0), minutes=600)


def by_the_minute(*temps: float) -> list[Reading]:
    return [Reading(at=START + timedelta(minutes=count), temp_c=temp_c) for count, temp_c in enumerate(temps)]


@pytest.mark.parametrize(
    ("rule", "temp_c", "minutes", "alarm"),
    [
        (WHO_LOW, -0.5, 59, False),
        (WHO_LOW, -0.5, 60, True),
        (STRICT_LOW, -0.5, 60, False),
        (STRICT_LOW, -0.6, 60, True),
        (WHO_HIGH, 8.1, 599, False),
        (WHO_HIGH, 8.1, 600, True),
        (WHO_HIGH, 8.0, 600, False),
    ],
)
def test_out_for_so_many_minutes_is_an_alarm_or_none(rule: AlarmRule, temp_c: float, minutes: int, alarm: bool) -> None:
    found = excursions(by_the_minute(*[temp_c] * minutes, 5.0), rule.limit, gap=GAP)
    reached = [at for item in found if (at := item.alarm_at(rule)) is not None]
    assert reached == ([START + timedelta(minutes=rule.minutes)] if alarm else [])


def test_the_clock_of_an_alarm_starts_again_once_it_was_back() -> None:
    found = excursions(by_the_minute(*[-0.5] * 59, 5.0, *[-0.5] * 59, 5.0), WHO_LOW.limit, gap=GAP)
    assert [item.minutes for item in found] == [59, 59]
    assert not any(item.alarm_at(WHO_LOW) for item in found)


@given(st.data())
def test_the_order_in_which_readings_come_and_how_often_changes_nothing(data: st.DataObject) -> None:
    instants = st.integers(0, 400).map(lambda minute: START + timedelta(minutes=minute))
    temps = st.sampled_from([5.0, 8.0, 8.1, 9.5, -0.5, -3.0, None])
    told = data.draw(st.lists(st.builds(Reading, at=instants, temp_c=temps), max_size=25))
    again = data.draw(st.lists(st.sampled_from(told), max_size=8)) if told else []
    changed = data.draw(st.permutations([*told, *again]))
    for rule in (WHO_LOW, WHO_HIGH):
        assert excursions(changed, rule.limit, gap=GAP) == excursions(told, rule.limit, gap=GAP)
