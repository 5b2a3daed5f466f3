"""Thresholds that people set: a bad one is refused with field and fix, the old one stays, nothing is forgotten."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from campaign.access import Role
from cli.alert_wiring import as_set_by_people, in_force_now
from cli.main import main
from cli.places import as_role
from cli.stock_wiring import stock_rules
from cli.watch import look
from operations.action_log import ActRefused, NotAllowed
from operations.conditions import of_thresholds
from operations.decisions import Actor
from operations.rule_expressions import history as rule_history
from operations.rule_expressions import set_expression
from operations.thresholds import history, in_force, set_threshold
from operations.watch import POINTER
from settings import load
from settings.rule_expressions import Asked, own_expressions, whens
from settings.tunable import TUNABLE, BadThreshold, own_value, parsed, tuned
from tests.support.people import add_account, grant

NOW = datetime(2021, 11, 22, 3, tzinfo=UTC)
NAME = "alerts.escalate_minutes"
SETTINGS = load()


def by(name: str = "lan", minutes: float = 0) -> Actor:
    return Actor(name=name, origin="test", now=NOW + timedelta(minutes=minutes))


def put(url: str, text: str, *, name: str = NAME, reason: str = "mùa bão", who: str = "lan") -> None:
    set_threshold(url, SETTINGS, name=name, text=text, reason=reason, by=by(who))


def test_what_is_set_holds_for_the_etl_and_its_history_is_kept(registry_url: str, app_url: str) -> None:
    put(app_url, "20")
    put(app_url, " 25 ", reason="vẫn còn sớm")
    etl = as_role(registry_url, "mcc_etl")
    assert as_set_by_people(SETTINGS, etl).alerts.escalate_minutes == 25
    put(app_url, "", reason="hết bão")
    assert as_set_by_people(SETTINGS, etl).alerts.escalate_minutes == SETTINGS.alerts.escalate_minutes == 15
    assert [(row.before, row.value, row.reason, row.set_by) for row in history(app_url)] == [
        (25, None, "hết bão", "lan"),
        (20, 25, "vẫn còn sớm", "lan"),
        (15, 20, "mùa bão", "lan"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "why", "told"),
    [
        ("alerts.escalate_minute", "5", "no_threshold", "did you mean alerts.escalate_minutes?"),
        ("alerts.levels", "5", "no_threshold", "is no threshold"),
        (NAME, "20 phút", "threshold_no_number", "alerts.escalate_minutes: '20 phút' is no number; write one number"),
        (NAME, "-5", "threshold_no_number", "without a unit or a sign"),
        (NAME, "> 20 and < 30", "threshold_no_number", "is no number"),
        (NAME, "nan", "threshold_no_number", "is no number"),
        (NAME, "1e3", "threshold_no_number", "is no number"),
        (NAME, "2,5", "threshold_not_whole", "write a whole number of minutes"),
        (NAME, "0", "threshold_limits", "write a number ≥ 1"),
        (NAME, "9999", "threshold_limits", "write a number ≤ 1440"),
        ("coldchain.told_hours", "1,5", "threshold_not_whole", "write a whole number of hours"),
        ("alerts.dead_after_seconds", "9000", "threshold_limits", "write a number ≤ 180"),
        ("coldchain.source_silent_share", "1,5", "threshold_limits", "write a number < 1"),
        (NAME, "15", "threshold_same", "is 15 already"),
    ],
)
def test_a_bad_one_names_the_field_and_the_fix_and_the_old_one_stays(
    app_url: str, name: str, text: str, why: str, told: str
) -> None:
    with pytest.raises(ActRefused) as refused:
        put(app_url, text, name=name)
    assert refused.value.why == why
    assert told in str(refused.value)
    assert in_force(app_url) == {}
    assert history(app_url) == ()


def test_only_whoever_may_and_never_without_a_reason(app_url: str) -> None:
    add_account(app_url, "truc", [grant(Role.OPERATOR)])
    add_account(app_url, "tinh", [grant(Role.DATA_STEWARD, "79")])
    add_account(app_url, "quan", [grant(Role.DATA_STEWARD)])
    for who in ("truc", "tinh"):
        with pytest.raises(NotAllowed):
            put(app_url, "20", who=who)
    with pytest.raises(ActRefused) as refused:
        put(app_url, "20", reason=" ", who="quan")
    assert refused.value.why == "empty"
    put(app_url, "20", who="quan")
    assert in_force(app_url) == {NAME: 20}


def test_one_that_this_version_cannot_use_is_left_out_and_the_others_hold(
    registry_url: str, app_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put(app_url, "20")
    with psycopg.connect(registry_url) as connection:
        for name, value in (("alerts.gone", 5), ("coldchain.power_minutes", -3)):
            connection.execute(
                "INSERT INTO operations.threshold (name, value, before, reason, set_by, set_at) "
                "VALUES (%s, %s, 1, 'x', 'x', now())",
                [name, value],
            )
    found = as_set_by_people(SETTINGS, app_url)
    assert found.alerts.escalate_minutes == 20
    assert found.coldchain == SETTINGS.coldchain
    told = capsys.readouterr()
    assert "alerts.gone" in told.out + told.err
    assert "coldchain.power_minutes" in told.out + told.err


@pytest.mark.parametrize("name", list(TUNABLE))
def test_none_can_be_so_large_that_nothing_can_be_reckoned_with_it(name: str) -> None:
    with pytest.raises(BadThreshold) as refused:
        parsed(SETTINGS, name, "9" * 30)
    assert refused.value.why == "threshold_limits"
    for value in (1e30, float("nan"), float("inf")):
        assert tuned(SETTINGS, {name: value}) == (SETTINGS, {name: tuned(SETTINGS, {name: value})[1][name]})


def test_set_values_that_cannot_be_reckoned_with_leave_config_yaml_s_own_and_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever let them in: the alarm of a dead pipeline must not be what they end."""
    settings = SETTINGS.model_copy(update={"state_dir": tmp_path})
    settings.snapshot_dir.mkdir(parents=True)
    (settings.snapshot_dir / POINTER).write_text("{}", encoding="utf-8")
    os.utime(settings.snapshot_dir / POINTER, (0, 0))
    alerts = settings.alerts.model_copy(update={"dead_after_seconds": 1e30})
    monkeypatch.setattr("cli.watch._thresholds", lambda *_: settings.model_copy(update={"alerts": alerts}))
    monkeypatch.setattr("cli.places.Places.etl_url", lambda _self: None)
    assert look(settings)
    told = capsys.readouterr()
    assert "config.yaml's own hold" in told.out + told.err


@pytest.mark.parametrize("name", list(TUNABLE))
def test_every_threshold_is_a_key_of_the_settings_and_can_be_set(name: str) -> None:
    text = "0.4" if TUNABLE[name].unit == "share" else "77"
    value = parsed(SETTINGS, name, text)
    found, refused = tuned(SETTINGS, {name: value})
    assert not refused
    assert own_value(found, name) == value != own_value(SETTINGS, name)


def test_from_a_terminal(app_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("cli.places.Places.app_url", lambda _self: app_url)
    signed = ["--reason", "mùa bão", "--actor", "lan"]
    assert main(["threshold", "set", NAME, "20", *signed]) == 0
    assert main(["threshold", "set", NAME, "hai mươi", *signed]) == 4
    told = capsys.readouterr()
    assert told.err.strip() == (
        "alerts.escalate_minutes: 'hai mươi' is no number; write one number in minutes, without a unit or a sign"
    )
    assert main(["threshold"]) == 0
    assert "alerts.escalate_minutes  20 minutes  (config.yaml: 15)" in capsys.readouterr().out
    assert main(["threshold", "set", NAME, "--default", *signed]) == 0
    assert main(["threshold", "history"]) == 0
    assert "alerts.escalate_minutes: 20 -> config.yaml's own  mùa bão" in capsys.readouterr().out


def ask(url: str, raise_when: str | None, clear_when: str = "", *, rule: str = "stock_low", who: str = "lan") -> None:
    asked = None if raise_when is None else Asked(raise_when=raise_when, clear_when=clear_when)
    set_expression(url, SETTINGS, rule=rule, asked=asked, reason="mùa bão", by=by(who))


def held(url: str, rule: str = "stock_low") -> Asked:
    return own_expressions(as_set_by_people(SETTINGS, url), rule)


def test_a_condition_holds_for_the_etl_and_its_history_is_kept(registry_url: str, app_url: str) -> None:
    ask(app_url, "days_of_stock < 5", "days_of_stock > 8")
    ask(app_url, " days_of_stock < 6 and doses_on_hand > 0 ")
    etl = as_role(registry_url, "mcc_etl")
    assert held(etl) == Asked(raise_when="days_of_stock < 6 and doses_on_hand > 0")
    ask(app_url, "")
    assert held(etl) == Asked(), "its numbers"
    ask(app_url, None)
    assert held(etl) == Asked()
    assert [(row.raise_before, row.raise_when, row.clear_when) for row in rule_history(app_url)] == [
        ("", None, ""),
        ("days_of_stock < 6 and doses_on_hand > 0", "", ""),
        ("days_of_stock < 5", "days_of_stock < 6 and doses_on_hand > 0", ""),
        ("", "days_of_stock < 5", "days_of_stock > 8"),
    ]


@pytest.mark.parametrize(
    ("rule", "raise_when", "clear_when", "why", "told"),
    [
        ("stock_lo", "days_of_stock < 5", "", "unknown_near", "did you mean 'stock_low'?"),
        ("stock_low", "days_of_stok < 5", "", "expression_unknown", "did you mean days_of_stock?"),
        ("stock_low", "days_of_stock < 5", "doses_left > 1", "expression_unknown", "stock_low.clear_when 'doses_left'"),
        ("stock_low", "days_of_stock / daily_use < 5", "", "expression_division", "multiply the other side"),
        ("stock_low", "days_of_stock < ", "", "expression_unreadable", "complete it"),
        ("stock_low", "days_of_stock", "", "expression_number", "a condition is needed"),
        ("stock_low", "days_of_stock < 5 or " * 20, "", "expression_long", "at most 200"),
        ("stock_low", "", "days_of_stock > 8", "expression_alone", "write both, or neither"),
        ("stock_low", "", "", "expression_same", "goes by that already"),
        ("coldchain_high", "days_of_stock < 5", "", "expression_unknown", "coldchain_high.raise_when 'days_of_stock'"),
        ("coldchain_high", "minutes_out > 60", "degrees_beyond", "expression_number", "coldchain_high.clear_when"),
        ("feed_failed", "seconds_silent > 5", "", "unknown_near", "feed_silent"),
    ],
)
def test_a_bad_condition_names_the_place_and_the_fix_and_the_old_one_stays(
    app_url: str, rule: str, raise_when: str, clear_when: str, why: str, told: str
) -> None:
    with pytest.raises(ActRefused) as refused:
        ask(app_url, raise_when, clear_when, rule=rule)
    assert refused.value.why == why
    assert told in str(refused.value)
    assert rule_history(app_url) == ()


def test_a_condition_of_the_cold_chain_holds_for_the_etl_and_its_history_is_kept(
    registry_url: str, app_url: str
) -> None:
    ask(app_url, "is_alarm == 1 and degrees_beyond > 1", rule="coldchain_high")
    etl = as_role(registry_url, "mcc_etl")
    assert whens(as_set_by_people(SETTINGS, etl))["coldchain_high"].raise_when is not None
    ask(app_url, None, rule="coldchain_high")
    assert whens(as_set_by_people(SETTINGS, etl))["coldchain_high"].raise_when is None
    assert [row.raise_when for row in rule_history(app_url)] == [None, "is_alarm == 1 and degrees_beyond > 1"]


def test_conditions_are_set_by_whoever_may_set_thresholds(app_url: str) -> None:
    add_account(app_url, "truc", [grant(Role.OPERATOR)])
    with pytest.raises(NotAllowed):
        ask(app_url, "days_of_stock < 5", who="truc")
    assert rule_history(app_url) == ()


def test_a_condition_of_another_version_gives_way_to_the_last_good_one_and_an_alert_says_so(
    registry_url: str, app_url: str
) -> None:
    ask(app_url, "days_of_stock < 5")
    with psycopg.connect(registry_url) as connection:
        connection.execute(
            "INSERT INTO operations.rule_expression (rule, raise_when, clear_when, raise_before, clear_before, reason, "
            "set_by, set_at) VALUES ('stock_low', 'fridges > 5', '', '', '', 'x', 'x', now())"
        )
    found = in_force_now(SETTINGS, app_url)
    assert own_expressions(found.settings, "stock_low").raise_when == "days_of_stock < 5"
    (told,) = of_thresholds(found.unusable)
    assert told.key == "threshold_unusable|rule=stock_low"
    assert "ký tự 1, ở “fridges”. Đang áp dụng: days_of_stock < 5." in told.summary_vi
    assert "'fridges' at character 1 is no fact of this rule" in told.summary_en
    assert stock_rules(found.settings).rules["stock_low"].raise_when is not None, "and the ETL goes on with it"


def test_the_command_sets_a_condition_and_tells_what_holds(
    app_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("cli.places.Places.app_url", lambda _self: app_url)
    asked = ["--raise-when", "doses_that_will_expire >= 0.1 * doses_on_hand", "--reason", "x", "--actor", "lan"]
    assert main(["threshold", "rule", "stock_will_expire", *asked]) == 0
    assert main(["threshold", "rule", "stock_will_expire", "--raise-when", "a <", *asked[2:]]) == 4
    assert "stock_will_expire.raise_when cannot be read from character 4 on" in capsys.readouterr().err
    assert main(["threshold", "rules"]) == 0
    told = capsys.readouterr().out
    assert "stock_will_expire  doses_that_will_expire >= 0.1 * doses_on_hand" in told
    assert "facts: doses_that_will_expire, days_to_expiry, doses_on_hand" in told
    assert "coldchain_power  coldchain.power_minutes 15\n    facts: minutes_lasting, is_alarm" in told
    assert main(["threshold", "history"]) == 0
    assert "stock_will_expire: its numbers -> doses_that_will_expire >= 0.1 * doses_on_hand" in capsys.readouterr().out
