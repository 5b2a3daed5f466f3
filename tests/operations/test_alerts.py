"""Alerts raised by feeds and equalities: held before they fire, one row a thing, resolved when it ends."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from campaign.alerts import AlertState, Condition, Severity, Standing, step
from campaign.devices import judge_all
from campaign.expressions import read_expression
from campaign.incidents import IncidentRules
from campaign.readings import FeedStatus, Invariant
from campaign.rule_facts import FACTS
from campaign.rule_when import When
from cli.places import as_role
from operations.alerts import evaluate, list_alerts
from operations.coldchain_conditions import of_devices
from operations.conditions import of_feeds, of_invariants
from operations.spoken import over_at
from tests.unit.test_devices import LIMITS, SOURCE, ZONE, device
from tests.unit.test_devices import NOW as DEVICES_NOW

NOW = datetime(2021, 11, 22, 3, tzinfo=UTC)
HOLD = timedelta(seconds=60)
KEEP = timedelta(hours=72)
RULES = IncidentRules(
    group_by={},
    escalate_after=timedelta(minutes=15),
    levels=3,
    close_after=timedelta(hours=12),
    longest_snooze=timedelta(hours=12),
)


def condition(feed: str = "dose") -> Condition:
    return Condition(
        rule="feed_failed", labels={"feed": feed}, severity=Severity.CRITICAL, summary_vi="dừng", summary_en="stopped"
    )


@pytest.mark.parametrize(("after", "state"), [(0, "pending"), (59, "pending"), (60, "firing"), (3600, "firing")])
def test_a_condition_must_hold_before_it_fires(after: int, state: str) -> None:
    standing = step(None, present=True, now=NOW, hold=HOLD)
    standing = step(standing, present=True, now=NOW + timedelta(seconds=after), hold=HOLD)
    assert standing is not None
    assert standing.state == state


def test_a_clock_set_back_does_not_unfire() -> None:
    firing = Standing(state=AlertState.FIRING, pending_since=NOW, firing_since=NOW)
    assert step(firing, present=True, now=NOW - timedelta(days=1), hold=HOLD) == firing


def test_identity_does_not_depend_on_the_order_of_labels() -> None:
    one = Condition(rule="r", labels={"a": "1", "b": "2"}, severity=Severity.INFO, summary_vi="", summary_en="")
    two = Condition(rule="r", labels={"b": "2", "a": "1"}, severity=Severity.INFO, summary_vi="", summary_en="")
    assert one.key == two.key


def test_an_alert_lives_and_ends_in_the_registry_by_the_etls_own_role(registry_url: str) -> None:
    url = as_role(registry_url, "mcc_etl")

    def at(seconds: int, *found: Condition) -> list[tuple[str, str]]:
        evaluate(url, found, now=NOW + timedelta(seconds=seconds), hold=HOLD, keep_resolved=KEEP, rules=RULES)
        return [(row.labels["feed"], row.state) for row in list_alerts(registry_url)]

    assert at(0, condition()) == [("dose", "pending")]
    assert at(30) == [], "what ends while pending leaves no trace"
    assert at(60, condition(), condition("person")) == [("dose", "pending"), ("person", "pending")]
    assert at(120, condition(), condition("person")) == [("dose", "firing"), ("person", "firing")]
    assert at(180, condition(), condition("person")) == [("dose", "firing"), ("person", "firing")], "one row a thing"
    assert at(240, condition()) == [("dose", "firing"), ("person", "resolved")]
    assert at(300, condition(), condition("person")) == [
        ("dose", "firing"),
        ("person", "pending"),
        ("person", "resolved"),
    ]
    assert at(240 + 73 * 3600, condition()) == [("dose", "firing")], "resolved ones are kept for a while"


def test_an_alert_that_ends_keeps_the_last_words_that_are_known_of_it(registry_url: str) -> None:
    url = as_role(registry_url, "mcc_etl")
    last = replace(condition(), summary_vi="dừng, đã hết", summary_en="stopped, over", over=True)

    def at(seconds: int, *found: Condition) -> list[tuple[str, str]]:
        evaluate(url, found, now=NOW + timedelta(seconds=seconds), hold=HOLD, keep_resolved=KEEP, rules=RULES)
        return [(row.state, row.summary_en) for row in list_alerts(registry_url)]

    assert at(0, last) == [], "what is over raises nothing"
    at(60, condition())
    assert at(120, condition(), last) == [("firing", "stopped")], "another of it goes on"
    assert at(180, last) == [("resolved", "stopped, over")]
    assert at(240, replace(last, summary_en="other")) == [("resolved", "stopped, over")], "it ended before"


def test_an_alert_that_ends_says_when_it_was_seen_to_be_over(registry_url: str) -> None:
    url = as_role(registry_url, "mcc_etl")
    cold = replace(condition("person"), summary_vi="nóng; đã hết lúc 07:00", summary_en="hot; over at 07:00")

    def at(seconds: int, *found: Condition) -> dict[str, tuple[str, str]]:
        now = NOW + timedelta(seconds=seconds)
        over = over_at(now, ZONE)
        evaluate(url, found, now=now, hold=HOLD, keep_resolved=KEEP, rules=RULES, over=over)
        return {row.labels["feed"]: (row.summary_vi, row.summary_en) for row in list_alerts(registry_url)}

    at(0, condition(), cold)
    going_on = {"dose": ("dừng", "stopped"), "person": ("nóng; đã hết lúc 07:00", "hot; over at 07:00")}
    assert at(60, condition(), cold) == going_on
    vi, en = over_at(NOW + timedelta(seconds=120), ZONE)
    assert at(120) == going_on | {"dose": (f"dừng{vi}", f"stopped{en}")}, "what says its end already is left alone"
    assert at(180) == going_on | {"dose": (f"dừng{vi}", f"stopped{en}")}, "once"


def test_feeds_and_equalities_become_conditions() -> None:
    def feed(name: str, state: str, lag: float | None) -> FeedStatus:
        return FeedStatus(
            name=name, state=state, last_success=NOW, lag_seconds=lag, rows_in=1, accepted=1, quarantined=0, message="m"
        )

    found = of_feeds(
        [feed("a", "ok", 299), feed("b", "ok", 301), feed("c", "held", 0), feed("d", "failed", 0)], red_seconds=300
    )
    assert [item.rule for item in found] == ["feed_silent", "feed_held", "feed_failed"]
    broken = Invariant(name="n", holds=False, left=5, right=4, detail="")
    sound = Invariant(name="m", holds=True, left=5, right=5, detail="")
    assert [item.labels["invariant"] for item in of_invariants([broken, sound])] == ["n"]


def test_while_the_source_is_told_silent_no_device_of_it_is_told_beside_it(registry_url: str) -> None:
    url = as_role(registry_url, "mcc_etl")
    asked = When(
        raise_when=read_expression("devices_silent > 5", FACTS["readings_silent"]),
        clear_when=read_expression("devices_silent < 2", FACTS["readings_silent"]),
    )
    rules = replace(SOURCE, whens={"readings_silent": asked})

    def at(minute: int, silent: int) -> dict[str, int]:
        now = NOW + timedelta(minutes=minute)
        devices = [device(f"F{number}", heard=90 if number < silent else 5) for number in range(10)]
        judged = judge_all(devices, [], now=DEVICES_NOW, limits=LIMITS)
        found = of_devices(judged, now=DEVICES_NOW, zone=ZONE, rules=rules)
        evaluate(url, found, now=now, hold=HOLD, keep_resolved=KEEP, rules=RULES)
        return dict(Counter(row.rule for row in list_alerts(registry_url) if row.state == "firing"))

    assert at(0, 4) == {"coldchain_silent": 4}, "between the limits, and the source was never told silent"
    assert at(1, 0) == {}
    assert at(2, 6) == {"readings_silent": 1}
    assert at(3, 4) == {"readings_silent": 1}, "between the limits, and still told"
    assert at(4, 1) == {"coldchain_silent": 1}
