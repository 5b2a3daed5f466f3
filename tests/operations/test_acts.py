"""Repair, release and lock: who, why, once. Two callers at once, and the command line's exit codes."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any

import duckdb
import psycopg
import pytest

import cli.acts
from cli.places import as_role
from operations.action_log import ActRefused
from operations.acts import (
    Outcome,
    Release,
    Repair,
    consume_releases,
    open_releases,
    open_repairs,
    release,
    repair,
    settle_repairs,
)
from operations.locks import Figures, Lock, cited_versions, closing, lock, locks
from settings import Settings
from tests.support.snapshots import Recipe, write_snapshot

NOW = datetime(2021, 11, 22, 9, 30, tzinfo=UTC)
DAY = date(2021, 11, 22)
FIGURES = Figures(doses=110, dose1_people=70, full_people=40, through=datetime(2021, 11, 22, 9, tzinfo=UTC))
WHO: dict[str, Any] = {"reason": "seen on paper", "actor": "Lê An", "now": NOW}
LOT: dict[str, Any] = {"feed": "dose", "record_key": "17", "field": "lot_number", "value": "L1", **WHO}


def log_of(url: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        query = "SELECT acted_at, actor, action, subject, detail FROM operations.action_log ORDER BY action_id"
        return connection.execute(query).fetchall()


def lock_day(url: str, *, actor: str = "Lê An", day: date = DAY, version: int = 12) -> Lock:
    return lock(
        url,
        reporting_day=day,
        scope="nation",
        snapshot_version=version,
        figures=FIGURES,
        reason="closed",
        actor=actor,
        now=NOW,
    )


def outcomes(calls: list[Callable[[], object]]) -> list[object]:
    """What each call returned or was refused with, all begun at the same instant."""
    gate = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        gate.wait()
        try:
            return call()
        except ActRefused as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


# -- repairs


def test_a_repair_waits_for_the_etl_is_settled_once_and_leaves_its_trace(registry_url: str) -> None:
    made = repair(registry_url, **LOT)
    etl = as_role(registry_url, "mcc_etl")
    assert open_repairs(etl) == (made,)
    assert settle_repairs(etl, {made.repair_id: Outcome.APPLIED}, now=NOW) == 1
    assert settle_repairs(etl, {made.repair_id: Outcome.STILL_BAD}, now=NOW) == 0, "settled already"
    assert open_repairs(etl) == ()
    asked, settled = log_of(registry_url)
    detail = {"repair_id": made.repair_id, "field": "lot_number", "value": "L1", "reason": "seen on paper"}
    assert asked == (NOW, "Lê An", "repair", "dose:17", detail)
    assert settled[1:] == ("etl", "repair_settled", "dose:17", {"repair_id": made.repair_id, "outcome": "applied"})


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"feed": "doze"}, "no feed is called 'doze'; did you mean 'dose'?"),
        ({"field": "lot"}, "no field of dose is called 'lot'; did you mean 'lot_number'?"),
        ({"field": "row_version"}, "no field of dose is called 'row_version'"),
        ({"field": "dose_id", "key_field": "dose_id", "value": "18"}, "dose.dose_id is the record's key"),
        ({"field": "age_years", "value": "forty"}, "dose.age_years: 'forty' is no smallint"),
        ({"field": "age_years", "value": "400000"}, "dose.age_years: '400000' is no smallint"),
        ({"field": "injected_at", "value": "20 November"}, "is no instant; write 2021-11-20T14:05:00+07:00"),
        ({"field": "injected_at", "value": "2021-11-20T14:05"}, "has no offset; write 2021-11-20T14:05+07:00"),
        ({"value": " "}, "the value is empty"),
        ({"record_key": ""}, "the record key is empty"),
        ({"actor": "  "}, "the actor is empty"),
        ({"reason": ""}, "the reason is empty"),
        ({"reason": "a\nb"}, "the reason must be one line"),
        ({"reason": "\udcff"}, "the reason must be one line"),
        ({"actor": "a" * 501}, "the actor has 501 characters"),
    ],
)
def test_a_repair_that_cannot_work_is_refused_and_leaves_nothing(
    registry_url: str, change: dict[str, str], line: str
) -> None:
    with pytest.raises(ActRefused) as refused:
        repair(registry_url, **{**LOT, **change})
    assert line in str(refused.value)
    assert "\n" not in str(refused.value)
    assert open_repairs(registry_url) == ()
    assert log_of(registry_url) == []


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("age_years", " 040 ", "40"),
        ("voided", "yes", "true"),
        ("injected_at", "2021-11-20 14:05+07:00", "2021-11-20T14:05:00+07:00"),
        ("lot_number", "'; DROP TABLE registry.dose; --", "'; DROP TABLE registry.dose; --"),
    ],
)
def test_a_value_is_kept_in_the_plain_form_of_its_type(registry_url: str, field: str, value: str, kept: str) -> None:
    assert repair(registry_url, **{**LOT, "field": field, "value": value}).value == kept


def test_of_two_repairs_of_one_field_at_once_one_wins(registry_url: str) -> None:
    calls = [lambda value=value: repair(registry_url, **{**LOT, "value": value}) for value in ("L1", "L2")]
    found = outcomes(calls)
    assert sorted(type(one).__name__ for one in found) == ["ActRefused", "Repair"]
    assert len(open_repairs(registry_url)) == len(log_of(registry_url)) == 1
    other = repair(registry_url, **{**LOT, "field": "site_code", "value": "79-A"})
    assert isinstance(other, Repair), "another field of the record is another repair"


def test_a_repair_that_left_the_record_bad_can_be_followed_by_a_better_one(registry_url: str) -> None:
    first = repair(registry_url, **LOT)
    settle_repairs(registry_url, {first.repair_id: Outcome.STILL_BAD}, now=NOW)
    second = repair(registry_url, **{**LOT, "value": "L2"})
    assert open_repairs(registry_url) == (second,)


# -- releases


def test_a_release_is_used_once(registry_url: str) -> None:
    given = release(registry_url, feed="dose", held="98.000 rows", **WHO)
    etl = as_role(registry_url, "mcc_etl")
    assert open_releases(etl) == (given,)
    with pytest.raises(ActRefused, match="dose: a release is waiting"):
        release(registry_url, feed="dose", **WHO)
    assert [consume_releases(etl, [given.release_id], NOW) for _ in range(2)] == [1, 0]
    assert open_releases(etl) == ()
    assert isinstance(release(registry_url, feed="dose", **WHO), Release)
    assert [line[1:4] for line in log_of(registry_url)] == [
        ("Lê An", "release", "dose"),
        ("etl", "release_consumed", "dose"),
        ("Lê An", "release", "dose"),
    ]


def test_a_feed_of_a_profile_can_be_released_where_it_is_known(registry_url: str) -> None:
    with pytest.raises(ActRefused, match="no feed is called 'vaccinations'"):
        release(registry_url, feed="vaccinations", **WHO)
    assert release(registry_url, feed="vaccinations", known=["vaccinations"], **WHO).feed == "vaccinations"


# -- locks


def test_a_day_is_locked_once_and_the_second_is_told_by_whom_and_when(registry_url: str) -> None:
    made = lock_day(registry_url)
    with pytest.raises(ActRefused, match=r"was locked by Lê An at 2021-11-22 .* from snapshot 12"):
        lock_day(registry_url, actor="Trần Bình", version=13)
    assert locks(as_role(registry_url, "mcc_etl")) == (made,)
    assert (made.doses, made.dose1_people, made.full_people, made.locked_through) == (110, 70, 40, FIGURES.through)
    assert len(log_of(registry_url)) == 1


def test_of_many_who_lock_at_once_one_wins(registry_url: str) -> None:
    found = outcomes([lambda n=n: lock_day(registry_url, actor=f"person {n}", version=n) for n in range(6)])
    (winner,) = [one for one in found if isinstance(one, Lock)]
    assert locks(registry_url) == (winner,)
    assert all(f"was locked by {winner.locked_by} " in str(one) for one in found if one is not winner)
    assert cited_versions(registry_url) == {winner.snapshot_version}


def test_versions_that_decisions_cite_are_told_to_the_etl_and_nothing_else_of_the_log(registry_url: str) -> None:
    etl = as_role(registry_url, "mcc_etl")
    assert cited_versions(etl) == frozenset()
    lock_day(registry_url, version=12)
    with psycopg.connect(registry_url) as connection:
        for detail in ({"snapshot_version": 40}, {"snapshot_version": "41"}, {"snapshot_version": None}, {}):
            connection.execute(
                "INSERT INTO operations.action_log (actor, action, subject, detail) VALUES ('x', 'report', 'y', %s)",
                [json.dumps(detail)],
            )
    assert cited_versions(etl) == {12, 40}


def test_the_day_closes_by_the_local_clock() -> None:
    assert closing(DAY, cutoff_hour=16, timezone="Asia/Ho_Chi_Minh") == datetime(2021, 11, 22, 9, tzinfo=UTC)


# -- the command line


@pytest.fixture
def centre(registry_url: str, make_settings: Callable[..., Settings]) -> Settings:
    return make_settings(MCC_REGISTRY__URL=registry_url)


def call(settings: Settings, *words: str) -> int:
    parser = argparse.ArgumentParser()
    cli.acts.register(parser.add_subparsers(required=True), argparse.ArgumentParser(add_help=False))
    chosen = parser.parse_args(words)
    return chosen.handler(chosen, settings)


def publish(settings: Settings, version: int, local: str, state: str = "ok") -> None:
    recipe = Recipe(version=version, as_of=datetime.fromisoformat(f"{local}+07:00"))
    path = write_snapshot(settings.snapshot_dir, recipe)
    if state != "ok":
        with duckdb.connect(str(path)) as database:
            database.execute("UPDATE feed_status SET state = ?, message = 'too many' WHERE name = 'dose'", [state])


def test_repair_by_command(centre: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    words = ("repair", "dose", "17", "--set", "lot_number=L=1", "--reason", "paper", "--actor", "Lê An")
    assert call(centre, *words, "--json") == 0
    out = capfd.readouterr().out
    assert out.count("\n") == 1
    assert json.loads(out)["value"] == "L=1"
    assert call(centre, *words) == 4
    assert "waiting for the next refresh already" in capfd.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        call(centre, "repair", "dose", "17", "--set", "lot_number", "--reason", "r", "--actor", "a")
    assert call(centre, "repair", "dose", "17", "--set", "dose_id=1", "--reason", "r", "--actor", "a") == 4


def test_only_a_feed_that_stopped_can_be_released(centre: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    words = ("release", "dose", "--reason", "backlog, confirmed by telephone", "--actor", "Lê An")
    publish(centre, 1, "2021-11-22T14:05")
    assert call(centre, *words) == 4
    assert "dose is not held: its state is ok" in capfd.readouterr().err
    publish(centre, 2, "2021-11-22T14:06", state="held")
    assert call(centre, *words) == 0
    assert "passes at the next refresh" in capfd.readouterr().out
    assert [(one.feed, one.held) for one in open_releases(centre.registry.url)] == [("dose", "too many")]


def test_lock_by_command(centre: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    words = ("lock", "2021-11-22", "--actor", "Lê An")
    publish(centre, 1, "2021-11-21T15:59")
    assert call(centre, *words, "--early", "--reason", "meeting") == 4
    assert "has not begun" in capfd.readouterr().err
    publish(centre, 2, "2021-11-22T15:59")
    assert call(centre, *words) == 4
    assert "closes at 16:00 and snapshot 2 is as of 2021-11-22 15:59" in capfd.readouterr().err
    assert call(centre, *words, "--early") == 4
    assert "--early needs a --reason" in capfd.readouterr().err
    publish(centre, 3, "2021-11-22T16:00")
    assert call(centre, *words, "--json") == 0
    told = json.loads(capfd.readouterr().out)
    assert (told["snapshot_version"], told["scope"], told["locked_by"]) == (3, "nation", "Lê An")
    assert told["doses"] > told["dose1_people"] > told["full_people"] > 0
    assert call(centre, *words) == 4
    assert "was locked by Lê An" in capfd.readouterr().err
    assert cited_versions(centre.registry.url) == {3}


def test_a_day_locked_early_says_up_to_when(centre: Settings) -> None:
    publish(centre, 1, "2021-11-22T14:05")
    assert call(centre, "lock", "2021-11-22", "--actor", "Lê An", "--early", "--reason", "meeting at 15:00") == 0
    (made,) = locks(centre.registry.url)
    assert made.locked_through == datetime.fromisoformat("2021-11-22T14:05+07:00")
    assert made.reason == "meeting at 15:00"


def test_a_day_locked_late_takes_the_first_snapshot_kept_from_after_its_closing(centre: Settings) -> None:
    for version, local in ((1, "2021-11-22T15:30"), (2, "2021-11-22T16:30"), (3, "2021-11-23T09:00")):
        publish(centre, version, local)
    publish(centre, 4, "2021-11-24T09:00")
    assert call(centre, "lock", "2021-11-22", "--actor", "Lê An") == 0
    assert [(one.snapshot_version, one.locked_through) for one in locks(centre.registry.url)] == [
        (2, closing(DAY, cutoff_hour=16, timezone="Asia/Ho_Chi_Minh"))
    ]
    assert call(centre, "lock", str(DAY - timedelta(days=3)), "--actor", "Lê An") == 4


def test_without_a_registry_the_line_says_what_to_start(settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    assert call(settings, "release", "dose", "--reason", "r", "--actor", "a") == 1
    assert "start `app.py run`" in capfd.readouterr().err


def test_figures_that_the_source_does_not_tell_stay_unknown(registry_url: str) -> None:
    figures = replace(FIGURES, dose1_people=None, full_people=None)
    lock(
        registry_url,
        reporting_day=DAY,
        scope="nation",
        snapshot_version=1,
        figures=figures,
        reason="closed",
        actor="Lê An",
        now=NOW,
    )
    assert [(one.dose1_people, one.full_people) for one in locks(registry_url)] == [(None, None)]
