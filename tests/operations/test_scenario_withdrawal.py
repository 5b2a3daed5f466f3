"""A scenario is withdrawn once, by a named person with a reason; what was saved stays; its name is free again."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier
from typing import Any

import orjson
import psycopg
import pytest

from campaign.access import Role
from campaign.plan_rules import Suppose
from campaign.scenario import Levers
from cli.main import main
from operations.action_log import ActRefused, NotAllowed, connect
from operations.decisions import Actor
from operations.plan_scenarios import (
    Compared,
    PlanScenario,
    answer_plan_scenario,
    newest_plan_scenarios,
    one_plan_scenario,
    save_plan_scenario,
)
from operations.scenario_withdrawal import withdraw_plan_scenario, withdraw_scenario
from operations.scenarios import one_scenario, save, scenarios, withdrawn_as
from tests.support.people import add_account, grant

NOW = datetime(2021, 11, 22, 9, 30, tzinfo=UTC)
LATER = datetime(2021, 11, 23, 9, 30, tzinfo=UTC)
SLOWER = Levers(pace_percent=50)
PEOPLE = 6


def by(name: str, at: datetime = LATER) -> Actor:
    return Actor(name=name, origin="command", now=at)


def saved(url: str, name: str = "Chậm lại", area: str = "", levers: Levers = SLOWER) -> int:
    made = save(url, name=name, area_code=area, levers=levers, reason="họp", actor="Lê An", now=NOW)
    return made.scenario_id


def saved_plan(url: str, *, inside: str = "", actor: str = "Lê An") -> int:
    return save_plan_scenario(
        url, title="Kho hỏng", policy="ours", days=14, inside=inside, suppose=Suppose(failed=frozenset({"01"})),
        by=by(actor, NOW), campaign_now=NOW,
    )  # fmt: skip


def audited(url: str, action: str) -> list[tuple[str, str, str, dict[str, Any]]]:
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT actor, subject, outcome, detail FROM operations.audit WHERE action = %s ORDER BY audit_id", [action]
        ).fetchall()


def at_the_same_time(act: Callable[[int], object]) -> list[ActRefused]:
    """The refusals of as many people as there are, who start together."""
    ready = Barrier(PEOPLE)

    def one(person: int) -> ActRefused | None:
        ready.wait()
        try:
            act(person)
        except ActRefused as refused:
            return refused
        return None

    with ThreadPoolExecutor(PEOPLE) as pool:
        return [found for found in pool.map(one, range(PEOPLE)) if found is not None]


def test_it_goes_from_the_list_and_stays_on_record(app_url: str, registry_url: str) -> None:
    number, other = saved(app_url), saved(app_url, "Khác", "79")
    withdraw_scenario(app_url, number, reason="sai tốc độ", by=by("Trần Bình"))
    assert [item.scenario_id for item in scenarios(app_url)] == [other]
    with connect(app_url) as connection:
        kept = one_scenario(connection, number)
        assert withdrawn_as(connection, "", SLOWER) == kept
        assert withdrawn_as(connection, "01", SLOWER) is None
        assert withdrawn_as(connection, "79", SLOWER) is None, "that one stands"
    assert kept is not None
    assert (kept.name, kept.levers, kept.reason, kept.actor, kept.made_at) == (
        "Chậm lại", SLOWER, "họp", "Lê An", NOW,
    )  # fmt: skip
    assert (kept.withdrawn_by, kept.withdrawn_why, kept.withdrawn_at) == ("Trần Bình", "sai tốc độ", LATER)
    detail = {"scenario": number, "name": "Chậm lại", "reason": "sai tốc độ"}
    assert audited(registry_url, "scenario_withdrawn") == [("Trần Bình", "nation:Chậm lại", "done", detail)]


def test_a_second_time_says_who_was_first_and_writes_nothing(app_url: str, registry_url: str) -> None:
    number = saved(app_url)
    withdraw_scenario(app_url, number, reason="sai", by=by("Trần Bình"))
    with pytest.raises(ActRefused, match="was withdrawn by Trần Bình at 2021-11-23") as refused:
        withdraw_scenario(app_url, number, reason="sai thật", by=by("Lê An"))
    assert (refused.value.why, refused.value.values["actor"]) == ("scenario_withdrawn", "Trần Bình")
    for unknown in (number + 1, 10**30):
        with pytest.raises(ActRefused) as refused:
            withdraw_scenario(app_url, unknown, reason="sai", by=by("Lê An"))
        assert refused.value.why == "no_scenario"
    with pytest.raises(ActRefused) as refused:
        withdraw_scenario(app_url, saved(app_url, "Không lý do"), reason=" ", by=by("Lê An"))
    assert refused.value.why == "empty"
    assert len(audited(registry_url, "scenario_withdrawn")) == 1


@pytest.mark.parametrize("of_plans", [False, True])
def test_of_many_at_the_same_time_one_withdraws_and_all_others_are_told(
    app_url: str, registry_url: str, of_plans: bool
) -> None:
    number = saved_plan(app_url) if of_plans else saved(app_url)
    act = withdraw_plan_scenario if of_plans else withdraw_scenario
    refused = at_the_same_time(lambda person: act(app_url, number, reason="sai", by=by(f"người {person}")))
    assert [item.why for item in refused] == ["scenario_withdrawn"] * (PEOPLE - 1)
    [(actor, *_)] = audited(registry_url, "plan_supposed_withdrawn" if of_plans else "scenario_withdrawn")
    assert {str(item.values["actor"]) for item in refused} == {actor}


def test_a_name_is_free_again_and_never_given_twice(app_url: str) -> None:
    number = saved(app_url)
    with pytest.raises(ActRefused, match="already"):
        saved(app_url, "CHẬM LẠI")
    withdraw_scenario(app_url, number, reason="sai", by=by("Lê An"))
    refused = at_the_same_time(lambda _: saved(app_url, "CHẬM LẠI"))
    assert [item.why for item in refused] == ["name_taken"] * (PEOPLE - 1)
    assert [item.name for item in scenarios(app_url)] == ["CHẬM LẠI"]
    with connect(app_url) as connection:
        assert withdrawn_as(connection, "", SLOWER) is None, "one that stands supposes the same"


@pytest.mark.parametrize("of_plans", [False, True])
def test_who_may_not_suppose_there_may_not_withdraw_there(app_url: str, of_plans: bool) -> None:
    add_account(app_url, "viewer", [grant(Role.VIEWER)])
    add_account(app_url, "planner79", [grant(Role.PLANNER, "79")])

    def make(area: str) -> int:
        return saved_plan(app_url, inside=area, actor=f"x{area}") if of_plans else saved(app_url, area=area)

    act = withdraw_plan_scenario if of_plans else withdraw_scenario
    nation, hanoi = make(""), make("01")
    for actor, number in (("viewer", nation), ("planner79", nation), ("planner79", hanoi)):
        with pytest.raises(NotAllowed):
            act(app_url, number, reason="sai", by=replace(by(actor), origin="page"))
    act(app_url, make("79"), reason="sai", by=replace(by("planner79"), origin="page"))


def test_one_of_a_plan_that_waits_is_not_made_and_holds_nobody_up(app_url: str) -> None:
    def made(_: PlanScenario) -> Compared:
        return Compared(snapshot=7, without={"a": 1}, supposed={"b": 2})

    waits = saved_plan(app_url)
    withdraw_plan_scenario(app_url, waits, reason="nhầm kho", by=by("Lê An"))
    assert answer_plan_scenario(app_url, made, wall=lambda: LATER) is None
    other = saved_plan(app_url)
    assert answer_plan_scenario(app_url, made, wall=lambda: LATER) == "ready"
    withdraw_plan_scenario(app_url, other, reason="nhầm nữa", by=by("Lê An"))
    with connect(app_url) as connection:
        assert newest_plan_scenarios(connection, most=9) == []
        kept = one_plan_scenario(connection, other)
    assert kept is not None
    assert (kept.supposed, kept.withdrawn_by, kept.withdrawn_why) == ({"b": 2}, "Lê An", "nhầm nữa")


def test_the_command_lists_and_withdraws(
    app_url: str,
    registry_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    monkeypatch.setenv("MCC_REGISTRY__URL", registry_url)
    end = ["--state", str(tmp_path)]
    number, plan = saved(app_url), saved_plan(app_url, inside="79")
    for kind, asked in (([], number), (["--plans"], plan)):
        withdraw = ["scenarios", "withdraw", str(asked), *kind, "--actor", "Lê An", "--reason", "sai", *end]
        assert main(["scenarios", "list", *kind, "--json", *end]) == 0
        [row] = orjson.loads(capfdbinary.readouterr().out)
        assert (row["scenario_id"], row["withdrawn_at"]) == (asked, None)
        assert main(withdraw) == 0
        assert "withdrawn: " in capfdbinary.readouterr().out.decode()
        assert main(withdraw) == 4
        assert "was withdrawn by Lê An" in capfdbinary.readouterr().err.decode()
        assert main(["scenarios", "list", *kind, *end]) == 0
        assert capfdbinary.readouterr().out == b"no scenario stands\n"
