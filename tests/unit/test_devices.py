"""Hand-worked devices: what a fridge, a freezer and a silent logger are said to be, to the minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.alerts import Condition, Severity
from campaign.coldchain import AlarmRule, Limit, Reading, Side, excursions
from campaign.device_tables import DeviceNames, device_rows, run_rows
from campaign.devices import Device, DeviceRun, DeviceState, Judged, counts, judge, judge_all
from campaign.trust import ClockLimits
from operations.coldchain_conditions import SourceRules, of_devices

NOW = datetime(2021, 11, 22, 12, tzinfo=UTC)
LIMITS = ClockLimits(
    overdue_days=7, unserved_days=30, expiring_days=30, live_minutes=60, hand_minutes=840, file_minutes=10_080
)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SOURCE = SourceRules(told_for=timedelta(hours=12), least=20, silent_share=0.5)


def conditions(judged: list[Judged], *, behind: bool = False) -> list[Condition]:
    return of_devices(judged, now=NOW, zone=ZONE, rules=SOURCE, behind=behind)


def device(name: str = "F1", *, heard: float | None = 5, mode: str = "live", district: str | None = "760") -> Device:
    """A fridge heard so many minutes ago; None: never."""
    return Device(
        equipment_id=name,
        store_code="K-79-760",
        store_level="district",
        area_code="79",
        district_code=district,
        site_code=None,
        kind="tủ lạnh",
        storage_class="refrigerator",
        reporting_mode=mode,
        low_c=2.0,
        high_c=8.0,
        last_read_at=None if heard is None else NOW - timedelta(minutes=heard),
        temp_c=None if heard is None else 5.0,
    )


def run(edge: str, lasted: float, *, name: str = "F1", alarm: int | None = 600, ended: str = "ongoing") -> DeviceRun:
    """A run whose last reading outside is five minutes old."""
    last = NOW - timedelta(minutes=5)
    return DeviceRun(
        equipment_id=name,
        edge=edge,
        started_at=last - timedelta(minutes=lasted),
        last_out_at=last,
        ended_at=None if ended == "ongoing" else last,
        ended=ended,
        readings=3,
        extreme_c=9.5 if edge.startswith("high") else -1.2,
        limit_c=8.0 if edge.startswith("high") else -0.5,
        alarm_minutes=alarm,
        heard_at=last,
        end_heard_at=None if ended == "ongoing" else NOW,
    )


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ([], DeviceState.GOOD),
        ([("high", 599, 600)], DeviceState.OUT),
        ([("high", 600, 600)], DeviceState.ALARM),
        ([("low", 900, None)], DeviceState.OUT),
        ([("low", 70, None), ("low_alarm", 59, 60)], DeviceState.OUT),
        ([("low", 70, None), ("low_alarm", 60, 60)], DeviceState.ALARM),
        ([("power", 14, 15)], DeviceState.GOOD),
        ([("power", 15, 15)], DeviceState.FAULT),
        ([("power", 15, 15), ("high", 20, 600)], DeviceState.OUT),
    ],
)
def test_a_device_that_reports(runs: list[tuple[str, float, int | None]], expected: DeviceState) -> None:
    found = [run(edge, lasted, alarm=alarm) for edge, lasted, alarm in runs]
    assert judge(device(), found, now=NOW, limits=LIMITS).state is expected


@pytest.mark.parametrize(
    ("mode", "heard", "expected"),
    [
        ("live", 59, DeviceState.GOOD),
        ("live", 60, DeviceState.SILENT),
        ("hand", 839, DeviceState.GOOD),
        ("hand", 840, DeviceState.SILENT),
        ("file", 10_079, DeviceState.GOOD),
        ("file", 10_080, DeviceState.SILENT),
        ("live", None, DeviceState.NEVER),
    ],
)
def test_silence_is_judged_by_the_way_of_reporting(mode: str, heard: float | None, expected: DeviceState) -> None:
    assert judge(device(heard=heard, mode=mode), [], now=NOW, limits=LIMITS).state is expected


def test_a_silent_device_is_never_good_and_its_alarm_stays() -> None:
    out, alarm = run("high", 30), run("high", 700)
    assert judge(device(heard=90), [out], now=NOW, limits=LIMITS).state is DeviceState.SILENT
    assert judge(device(heard=90), [alarm], now=NOW, limits=LIMITS).state is DeviceState.ALARM


def test_what_ended_says_nothing_of_now() -> None:
    for ended in ("back_in_range", "unknown"):
        judged = judge(device(), [run("high", 700, ended=ended)], now=NOW, limits=LIMITS)
        assert (judged.state, judged.runs) == (DeviceState.GOOD, ())


def test_the_worst_come_first_and_of_these_the_oldest() -> None:
    devices = [device("F1"), device("F2"), device("F3", heard=None), device("F4", heard=100), device("F5")]
    runs = [run("high", 650, name="F5"), run("high", 700, name="F2")]
    judged = judge_all(devices, runs, now=NOW, limits=LIMITS)
    assert [item.device.equipment_id for item in judged] == ["F2", "F5", "F4", "F3", "F1"]
    assert sum(counts(judged).values()) == len(devices)


def test_each_rule_has_its_condition() -> None:
    runs = [
        run("high", 700, name="F1"),
        run("low_alarm", 60, name="F2", alarm=60),
        run("power", 20, name="F3", alarm=15),
        run("door", 5, name="F3", alarm=15),
    ]
    judged = judge_all([device("F1"), device("F2"), device("F3"), device("F4", heard=61)], runs, now=NOW, limits=LIMITS)
    found = {item.rule: item for item in conditions(judged)}
    assert set(found) == {"coldchain_high", "coldchain_low", "coldchain_power", "coldchain_silent"}
    assert found["coldchain_low"].severity is Severity.CRITICAL
    assert found["coldchain_low"].labels == {"equipment": "F2", "store": "K-79-760", "district": "760", "area": "79"}
    assert "−1,2 °C" in found["coldchain_low"].summary_vi
    assert found["coldchain_silent"].hold == timedelta(0)


def test_while_the_feed_is_behind_nothing_is_raised_anew() -> None:
    judged = judge_all([device(heard=61), device("F2")], [run("high", 700, name="F2")], now=NOW, limits=LIMITS)
    assert [item.inhibited for item in conditions(judged, behind=True)] == [True, True]
    assert [item.inhibited for item in conditions(judged)] == [False, False]


@pytest.mark.parametrize(("silent", "source"), [(10, False), (11, True)])
def test_many_that_fall_silent_at_once_are_their_source_s_silence(*, silent: int, source: bool) -> None:
    devices = [device(f"F{number}", heard=90 if number < silent else 5) for number in range(20)]
    found = conditions(judge_all(devices, [], now=NOW, limits=LIMITS))
    assert ("readings_silent" in {item.rule for item in found}) is source
    assert {item.inhibited for item in found if item.rule == "coldchain_silent"} == {source}


def test_a_device_that_dies_in_alarm_is_silent_as_well() -> None:
    judged = judge_all([device(heard=90)], [run("high", 700)], now=NOW, limits=LIMITS)
    assert judged[0].state is DeviceState.ALARM
    assert {item.rule for item in conditions(judged)} == {"coldchain_high", "coldchain_silent"}


def frozen(*, last: float, end: float, heard: float, end_heard: float) -> DeviceRun:
    """A freeze of a fridge, in minutes before now: last reading outside, first back inside, and when each was heard."""
    return replace(
        run("low_alarm", 0, alarm=60),
        started_at=NOW - timedelta(minutes=900),
        last_out_at=NOW - timedelta(minutes=last),
        ended_at=NOW - timedelta(minutes=end),
        ended="back_in_range",
        heard_at=NOW - timedelta(minutes=heard),
        end_heard_at=NOW - timedelta(minutes=end_heard),
    )


@pytest.mark.parametrize(
    ("of", "told"),
    [
        # Read by hand at 08:00 and at 20:00: only the second reading makes it an alarm.
        (frozen(last=900, end=180, heard=895, end_heard=175), True),
        # A logger's file: everything came at once.
        (frozen(last=300, end=295, heard=10, end_heard=10), True),
        # The same, but heard of a day ago.
        (frozen(last=300, end=295, heard=1440, end_heard=1440), False),
        # A live device: the alarm was told while it went on.
        (frozen(last=300, end=295, heard=300, end_heard=295), False),
        # Out for less than the rule says.
        (frozen(last=900, end=880, heard=895, end_heard=175), False),
    ],
)
def test_an_alarm_that_was_over_when_it_was_heard_of_is_told_all_the_same(*, of: DeviceRun, told: bool) -> None:
    judged = judge_all([device(mode="hand")], [of], now=NOW, limits=LIMITS)
    found = [item for item in conditions(judged) if not item.over]
    assert judged[0].state is DeviceState.GOOD
    assert [item.rule for item in found] == (["coldchain_low"] if told else [])
    assert all("nay mới biết" in item.summary_vi for item in found)


@pytest.mark.parametrize(
    ("ended", "minutes", "vi", "en"),
    [
        # Its last reading outside is five minutes older than the first one back inside.
        (
            "back_in_range",
            705,
            "11 giờ 45 phút, cao nhất 9,5 °C; đã hết lúc 19:00",
            "11 h 45 min, highest 9.5 °C; over",
        ),
        ("unknown", 700, "11 giờ 40 phút, cao nhất 9,5 °C; sau 18:55", "11 h 40 min, highest 9.5 °C; no reading after"),
    ],
)
def test_an_alarm_that_ended_leaves_its_whole_length_to_its_alert(
    *, ended: str, minutes: int, vi: str, en: str
) -> None:
    of = run("high_alarm", 700, ended=ended)
    of = replace(of, ended_at=of.started_at + timedelta(minutes=minutes))
    # Of one before it nothing is said, nor of one that was heard of too long ago.
    before = replace(of, started_at=of.started_at - timedelta(days=1), ended_at=of.started_at - timedelta(hours=3))
    [found] = conditions(judge_all([device()], [before, of], now=NOW, limits=LIMITS))
    assert (found.over, found.rule, of.minutes) == (True, "coldchain_high", minutes)
    assert vi in found.summary_vi
    assert en in found.summary_en
    late = replace(of, end_heard_at=NOW - SOURCE.told_for)
    assert conditions(judge_all([device()], [late], now=NOW, limits=LIMITS)) == []


def test_pages_and_alerts_say_one_length_of_an_excursion_that_goes_on() -> None:
    judged = judge_all([device()], [run("high", 700, alarm=None), run("high_alarm", 690)], now=NOW, limits=LIMITS)
    names = DeviceNames(area=str, store=lambda found: found.store_code)
    [row] = device_rows(judged, names, now=NOW)
    rows = run_rows(judged[0].runs, {"F1": device()}, names)
    [alert] = conditions(judged)
    assert row["minutes"] == 690
    assert [found["minutes"] for found in rows if found["edge"] == "high_alarm"] == [690]
    assert "11 giờ 30 phút" in alert.summary_vi


def test_a_store_above_the_districts_has_no_district() -> None:
    judged = judge_all([device(heard=61, district=None)], [], now=NOW, limits=LIMITS)
    assert [set(item.labels) for item in conditions(judged)] == [{"equipment", "store", "area"}]


@pytest.mark.parametrize(
    ("side", "celsius", "inclusive", "temp_c", "minutes", "lasted", "alarm"),
    [
        (Side.LOW, -0.5, True, -0.5, 60, 59, False),
        (Side.LOW, -0.5, True, -0.5, 60, 60, True),
        (Side.LOW, -0.5, False, -0.5, 60, 90, False),
        (Side.HIGH, 8.0, False, 8.1, 600, 599, False),
        (Side.HIGH, 8.0, False, 8.1, 600, 600, True),
        (Side.HIGH, 8.0, False, 8.0, 600, 900, False),
    ],
)
def test_alarms_fire_at_the_minute(
    *, side: Side, celsius: float, inclusive: bool, temp_c: float, minutes: int, lasted: int, alarm: bool
) -> None:
    """A reading a minute, outside for so long and still outside."""
    limit = Limit(side=side, celsius=celsius, inclusive=inclusive)
    readings = [Reading(at=NOW + timedelta(minutes=minute), temp_c=temp_c) for minute in range(lasted + 1)]
    found = excursions(readings, limit, gap=timedelta(minutes=60))
    at = [item.alarm_at(AlarmRule(limit=limit, minutes=minutes)) for item in found]
    assert at == ([NOW + timedelta(minutes=minutes)] if alarm else [None] * len(found))


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from([None, 1.0, 5.0, 9.0])), max_size=30), st.randoms())
def test_the_order_of_arrival_changes_nothing(told: list[tuple[int, float | None]], chance: Random) -> None:
    readings = [Reading(at=NOW + timedelta(minutes=10 * at), temp_c=temp) for at, temp in told]
    again = [*readings, *readings[::2]]
    chance.shuffle(again)
    limit = Limit(side=Side.HIGH, celsius=8.0)
    gap = timedelta(minutes=60)
    assert excursions(again, limit, gap=gap) == excursions(readings, limit, gap=gap)
