"""Conditions that people set for rules of the cold chain, of feeds and of reports: what they decide, and what they do
not. Beside each the rule's own limits, which hold where nobody set any."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from campaign.devices import Judged, judge
from campaign.equipment import Status
from campaign.expressions import read_expression
from campaign.readings import FeedStatus
from campaign.rule_facts import FACTS
from campaign.rule_when import When
from operations.coldchain_conditions import of_devices
from operations.conditions import of_feeds
from operations.equipment_conditions import RepairRules, of_equipment
from operations.report_conditions import Reported, of_reports
from settings import load
from settings.rule_expressions import Asked, conditional, levels, whens, with_usable
from tests.unit.test_devices import LIMITS, NOW, SOURCE, ZONE, device, run

SETTINGS = load()


def when(rule: str, raise_when: str, clear_when: str = "") -> When:
    cleared = read_expression(clear_when, FACTS[rule]) if clear_when else None
    return When(raise_when=read_expression(raise_when, FACTS[rule]), clear_when=cleared)


def told(item: Judged, rule: str, raise_when: str, clear_when: str = "") -> list[tuple[str, bool]]:
    """Rule and whether it raises anything new."""
    rules = replace(SOURCE, whens={rule: when(rule, raise_when, clear_when)}) if raise_when else SOURCE
    return [(found.rule, not found.inhibited) for found in of_devices([item], now=NOW, zone=ZONE, rules=rules)]


def heard(*runs: object, minutes: float = 5) -> Judged:
    return judge(device(heard=minutes), list(runs), now=NOW, limits=LIMITS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("minutes", "raise_when", "clear_when", "expected"),
    [
        (599, "", "", []),
        (600, "", "", [("coldchain_high", True)]),
        (90, "is_alarm == 1 or minutes_out >= 60", "", [("coldchain_high", True)]),
        (59, "is_alarm == 1 or minutes_out >= 60", "", []),
        (700, "degrees_beyond > 50", "", []),
        (45, "minutes_out >= 60", "minutes_out < 30", [("coldchain_high", False)]),
        (29, "minutes_out >= 60", "minutes_out < 30", []),
    ],
)
def test_a_device_out_of_range(
    minutes: int, raise_when: str, clear_when: str, expected: list[tuple[str, bool]]
) -> None:
    assert told(heard(run("high", minutes)), "coldchain_high", raise_when, clear_when) == expected
    low = [("coldchain_low", True)] if minutes >= 600 else []
    assert told(heard(run("low", minutes)), "coldchain_high", raise_when, clear_when) == low, "of its rule alone"


def test_a_run_that_only_keeps_an_alert_open_hides_no_alarm_that_was_heard_of_too_late() -> None:
    over = replace(
        run("high", 700, ended="back_in_range"),
        last_out_at=NOW - timedelta(minutes=60),
        ended_at=NOW - timedelta(minutes=55),
        heard_at=NOW - timedelta(minutes=5),
        end_heard_at=NOW - timedelta(minutes=5),
    )
    asked = "coldchain_high", "minutes_out >= 120", "minutes_out < 5"
    item = heard(over, run("high", 10))
    assert item.missed == (over,) and len(item.runs) == 1
    assert told(item, *asked) == [("coldchain_high", True)]
    assert told(heard(run("high", 10)), *asked) == [("coldchain_high", False)]
    rules = replace(SOURCE, whens={"coldchain_high": when(*asked)})
    [found] = of_devices([heard(over, run("high", 130))], now=NOW, zone=ZONE, rules=rules)
    assert not found.inhibited and "nay mới biết" not in found.summary_vi, "what goes on is told first"


def test_a_fault_lasts_for_as_long_as_the_condition_says() -> None:
    fault = heard(run("door", 10, alarm=15))
    assert told(fault, "coldchain_door", "") == []
    assert told(fault, "coldchain_door", "minutes_lasting >= 10") == [("coldchain_door", True)]
    assert told(fault, "coldchain_power", "minutes_lasting >= 10") == []


def test_silence_is_an_alert_by_the_condition_and_the_device_is_not_green_all_the_same() -> None:
    silent = heard(minutes=70)
    assert silent.silent
    assert told(silent, "coldchain_silent", "") == [("coldchain_silent", True)]
    assert told(silent, "coldchain_silent", "minutes_silent >= 120") == []
    assert told(heard(minutes=30), "coldchain_silent", "minutes_silent >= 20") == [("coldchain_silent", True)]
    stored = judge(replace(device(heard=500), status=Status.NOT_IN_USE), [], now=NOW, limits=LIMITS)
    never = judge(device(heard=None), [], now=NOW, limits=LIMITS)
    for item in (stored, never):
        assert told(item, "coldchain_silent", "minutes_silent >= 0") == [], "they ask for nobody"


def test_the_source_is_silent_by_the_condition() -> None:
    judged = [judge(device(f"F{n}", heard=70 if n < 3 else 5), [], now=NOW, limits=LIMITS) for n in range(10)]
    own = of_devices(judged, now=NOW, zone=ZONE, rules=SOURCE)
    assert [found.rule for found in own] == ["coldchain_silent"] * 3
    asked = replace(SOURCE, whens={"readings_silent": when("readings_silent", "devices_silent >= 0.3 * devices_live")})
    source, *others = of_devices(judged, now=NOW, zone=ZONE, rules=asked)
    assert (source.rule, source.inhibited) == ("readings_silent", False)
    assert len(others) == 3 and all(found.inhibited for found in others)
    heard_all = [judge(device(f"F{n}"), [], now=NOW, limits=LIMITS) for n in range(3)]
    always = replace(SOURCE, whens={"readings_silent": when("readings_silent", "devices_silent >= 0")})
    assert of_devices(heard_all, now=NOW, zone=ZONE, rules=always) == [], "of none at all there is never an alert"


def test_repairs_wait_for_as_long_as_the_condition_says() -> None:
    job = replace(device(), job_opened_at=NOW - timedelta(days=5))
    broken = replace(device("F2"), status=Status.NOT_WORKING, status_since=NOW - timedelta(hours=30))
    own = RepairRules(job=timedelta(days=14), unrepaired=timedelta(hours=24))
    assert [found.rule for found in of_equipment([job, broken], now=NOW, zone=ZONE, rules=own)] == [
        "coldchain_unrepaired"
    ]
    asked = replace(
        own,
        job_when=when("coldchain_repair_late", "days_open >= 5"),
        unrepaired_when=when("coldchain_unrepaired", "hours_broken > 48", "hours_broken < 12"),
    )
    found = of_equipment([job, broken], now=NOW, zone=ZONE, rules=asked)
    assert [(item.rule, item.inhibited) for item in found] == [
        ("coldchain_repair_late", False),
        ("coldchain_unrepaired", True),
    ]


def test_a_feed_is_silent_by_the_condition_and_one_that_failed_always_fires() -> None:
    def feed(name: str, state: str, lag: float | None) -> FeedStatus:
        return FeedStatus(**{**BARE, "name": name, "state": state, "lag_seconds": lag})  # type: ignore[arg-type]

    feeds = [feed("dose", "ok", 400), feed("site", "ok", None), feed("person", "failed", 1)]
    silent = when("feed_silent", "seconds_silent > 3600")
    assert [found.rule for found in of_feeds(feeds, red_seconds=300)] == ["feed_silent", "feed_failed"]
    assert [found.rule for found in of_feeds(feeds, red_seconds=300, silent=silent)] == ["feed_failed"]


BARE = dict[str, object].fromkeys(FeedStatus.__dataclass_fields__, "")


def test_a_province_is_silent_by_the_condition() -> None:
    day = date(2021, 11, 22)
    found = [Reported(area_code=str(n), doses=int(n > 11), last_on=day - timedelta(days=n - 9)) for n in range(10, 20)]
    own = of_reports(found, day=day, many_share=0.5, areas={})
    assert [item.labels for item in own] == [{"area": "10"}, {"area": "11"}]
    asked = of_reports(found, day=day, many_share=0.5, areas={}, when=when("province_unreported", "days_silent >= 2"))
    assert [item.labels for item in asked] == [{"area": "11"}]


def test_every_rule_with_facts_can_be_set_and_a_bad_one_in_the_file_is_left_out_alone() -> None:
    assert set(conditional(SETTINGS)) == set(FACTS)
    assert not set(whens(SETTINGS)) & set(levels(SETTINGS))
    bad = {"coldchain_high": [Asked(raise_when="degrees > 5")], "feed_silent": [Asked(raise_when="seconds_silent > 9")]}
    found, unusable = with_usable(SETTINGS, bad)
    assert [item.name for item in unusable] == ["coldchain_high"]
    assert "did you mean degrees_beyond?" in unusable[0].told
    assert whens(found)["coldchain_high"] == When()
    assert whens(found)["feed_silent"].raise_when is not None
