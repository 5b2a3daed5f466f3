"""Scenarios of plans: made by the planner from one snapshot, compared, and never a plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest

from campaign.access import Role
from campaign.plan_check import Violation
from campaign.plan_rules import Arrival, Suppose
from campaign.plan_scenario import aims_compared, as_plain, from_plain, lines_compared, places_compared
from cli.main import main
from cli.places import as_role
from cli.plan_making import Maker, maker_of
from cli.plan_supposing import compare
from operations import plan_acts
from operations.action_log import ActRefused, NotAllowed, connect
from operations.plan_file import read_plan
from operations.plan_records import plans
from operations.plan_requests import PlanRequest, RequestState
from operations.plan_scenarios import (
    INTERRUPTED,
    Compared,
    PlanScenario,
    answer_plan_scenario,
    newest_plan_scenarios,
    one_plan_scenario,
    save_plan_scenario,
)
from settings import load
from tests.support.people import add_account, grant
from tests.support.plan_rows import plan_snapshot
from tests.support.plans import LINE, NOW, RULES, WALL, Plans, by, of, stocked
from tests.support.snapshots import AS_OF
from warehouse.snapshot import Snapshots

ANYTHING = Suppose(failed=frozenset({"01"}))
EVERYTHING = Suppose(
    arrivals=(Arrival(lot="L1", store="VN", doses=60_000, day=2),),
    late={"L1": 5},
    failed=frozenset({"S-01-A"}),
    targets={"S-79-A": 12},
)
NOTHING: tuple[Violation, ...] = ()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plan_snapshot(tmp_path_factory.mktemp("supposed")).parent


@pytest.fixture
def maker(folder: Path, registry_url: str, tmp_path: Path) -> Iterator[Maker]:
    settings = load(state=tmp_path)
    settings = settings.model_copy(update={"plan": settings.plan.model_copy(update={"stale_hours": 1e9})})
    with closing(Snapshots(folder)) as snapshots:
        yield maker_of(settings, snapshots, as_role(registry_url, "mcc_app"))


@pytest.fixture
def url(registry_url: str) -> str:
    stocked(registry_url)
    return as_role(registry_url, "mcc_app")


def scenario(maker: Maker, suppose: Suppose) -> PlanScenario:
    return PlanScenario(
        scenario_id=1, title="Kho hỏng", policy=maker.settings.plan.policy, days=14, inside="",
        suppose=as_plain(suppose), actor="Lê An", asked_at=AS_OF, campaign_at=AS_OF, why="", told={}, snapshot=None,
        without={}, supposed={}, answered_at=None, tries=1,
    )  # fmt: skip


def saved(url: str, *, actor: str = "Lê An", suppose: Suppose = ANYTHING, inside: str = "") -> int:
    return save_plan_scenario(
        url, title="Kho hỏng", policy="ours", days=14, inside=inside, suppose=suppose, by=by(actor), campaign_now=NOW
    )


def looked_at(url: str, number: int) -> PlanScenario:
    with connect(url) as connection:
        found = one_plan_scenario(connection, number)
    assert found is not None
    return found


def test_what_is_supposed_is_kept_to_the_letter() -> None:
    assert from_plain(orjson.loads(orjson.dumps(as_plain(EVERYTHING)))) == EVERYTHING


def test_a_giver_that_fails_gives_nothing_and_the_other_plan_is_as_without(maker: Maker) -> None:
    base = maker.make(_request(maker))
    giver = max(base.lines, key=lambda line: line.doses).giver
    found = compare(maker, scenario(maker, Suppose(failed=frozenset({giver}))))
    assert found.why == ""
    assert found.without["supposed"] is None
    assert found.supposed["supposed"] == {"arrivals": [], "late": {}, "failed": [giver], "targets": {}}
    assert found.without["snapshot"] == found.supposed["snapshot"] == found.snapshot
    ever: Counter[tuple[str, str, str]] = Counter()
    for line in base.lines:
        ever[line.lot, line.giver, line.taker] += line.doses
    assert _sums(found.without) == ever, "what is not supposed is planned as ever"
    assert not [line for line in found.supposed["lines"] if giver in (line["from"], line["to"])]
    lines = lines_compared(found.without, found.supposed)
    assert sum(item.planned for item in lines if item.giver == giver) == sum(
        line["doses"] for line in found.without["lines"] if line["from"] == giver
    )
    assert all(item.planned != item.supposed for item in lines)
    told = {item.name: item for item in aims_compared(found.without, found.supposed)}
    for name in ("lost", "unmet", "short"):
        assert told[name].planned == found.without["after"]["total"][name]
        assert told[name].nothing_supposed == found.supposed["before"]["total"][name]
    assert any(told[name].planned_supposed > told[name].planned for name in ("lost", "unmet", "short"))
    assert giver in {item.code for item in places_compared(found.without, found.supposed)}


def test_a_province_may_be_named_by_its_code_and_another_target_changes_what_lacks(maker: Maker) -> None:
    found = compare(maker, scenario(maker, Suppose(targets={"79": 12_345_678})))
    assert found.why == ""
    (store,) = found.supposed["supposed"]["targets"]
    assert found.without["before"]["stores"][store]["area"] == "79"
    before, after = (item["before"]["stores"][store]["short"] for item in (found.without, found.supposed))
    assert after > before


@pytest.mark.parametrize("suppose", [Suppose(failed=frozenset({"nowhere"})), Suppose(late={"no lot": 3})])
def test_what_the_snapshot_does_not_know_is_named(maker: Maker, suppose: Suppose) -> None:
    found = compare(maker, scenario(maker, suppose))
    assert found.why == "unknown_supposed"
    assert found.told["name"] in ("nowhere", "no lot")
    assert found.supposed == {}


def test_a_scenario_is_saved_answered_once_and_is_no_plan(url: str) -> None:
    number = saved(url)
    assert looked_at(url, number).state is RequestState.WAITING
    with pytest.raises(ActRefused) as refused:
        saved(url)
    assert refused.value.why == "plan_scenario_already"
    made = Compared(snapshot=7, without={"a": 1}, supposed={"b": 2})
    assert answer_plan_scenario(url, lambda _: made, wall=lambda: WALL) == "ready"
    assert answer_plan_scenario(url, lambda _: made, wall=lambda: WALL) is None
    found = looked_at(url, number)
    assert (found.state, found.snapshot, found.without, found.supposed) == (RequestState.READY, 7, {"a": 1}, {"b": 2})
    assert from_plain(found.suppose) == ANYTHING
    with connect(url) as connection:
        assert plans(connection, most=9) == []
        assert [item.without for item in newest_plan_scenarios(connection, most=9)] == [{}]


def test_one_that_breaks_is_told_and_one_that_was_begun_twice_is_given_up(url: str) -> None:
    def broken(_: PlanScenario) -> Compared:
        raise RuntimeError("no such thing")

    number = saved(url)
    assert answer_plan_scenario(url, broken, wall=lambda: WALL) == "broken"
    assert looked_at(url, number).state is RequestState.FAILED
    number = saved(url)
    with connect(url) as connection:
        for at in (1, 2):
            connection.execute("INSERT INTO operations.plan_scenario_try VALUES (%s, %s, now())", [number, at])
    assert answer_plan_scenario(url, broken, wall=lambda: WALL) == INTERRUPTED


def test_who_may_not_plan_there_may_not_suppose_there(url: str) -> None:
    add_account(url, "viewer", [grant(Role.VIEWER)])
    add_account(url, "planner79", [grant(Role.PLANNER, "79")])
    for actor, inside in (("viewer", ""), ("planner79", ""), ("planner79", "01")):
        with pytest.raises(NotAllowed):
            save_plan_scenario(
                url, title="x", policy="ours", days=14, inside=inside, suppose=ANYTHING,
                by=replace(by(actor), origin="page"), campaign_now=NOW,
            )  # fmt: skip
    assert saved(url, actor="planner79", inside="79")
    with pytest.raises(ActRefused) as refused:
        saved(url, actor="planner79", inside="79", suppose=Suppose())
    assert refused.value.why == "plan_scenario_nothing"


def test_nothing_supposed_can_be_drafted_put_in_or_proposed(url: str, registry_url: str) -> None:
    desk = Plans(url)
    marked = of(LINE, reasons={"supposed": "supposed"})
    for lines, document in (((LINE,), {"supposed": as_plain(ANYTHING)}), ((marked,), {})):
        with pytest.raises(ActRefused) as refused:
            _drafted(url, lines, document)
        assert refused.value.why == "plan_supposed"
    plan = desk.draft()
    with pytest.raises(ActRefused) as refused:
        desk.change(plan, marked)
    assert refused.value.why == "plan_supposed"
    # As if it had come in before there was a guard.
    with psycopg.connect(registry_url) as connection:
        connection.execute(
            'UPDATE operations.plan_version SET document = document || \'{"supposed": {"failed": ["01"]}}\''
        )
    with pytest.raises(ActRefused) as refused:
        desk.propose(plan, violations=NOTHING)
    assert refused.value.why == "plan_supposed"
    assert desk.look(plan).standing.state == "draft"


def test_files_of_a_scenario_are_known_for_what_they_are(folder: Path, tmp_path: Path, capfd: Any) -> None:
    file, table = next(folder.glob("snapshot-*.duckdb")), tmp_path / "lines.csv"
    words = ["plan", "--snapshot", str(file), "--json", "--export", str(table), "--state", str(tmp_path)]
    assert main([*words, "--target", "P79=5000"]) == 0
    told = read_plan(capfd.readouterr().out.splitlines()[-1])
    assert told.document["supposed"]
    assert told.lines
    assert all(line.reasons["supposed"] for line in read_plan(table.read_text(encoding="utf-8-sig")).lines)
    assert main(words) == 0
    assert not any("supposed" in line.reasons for line in read_plan(table.read_text(encoding="utf-8-sig")).lines)


def _drafted(url: str, lines: Any, document: dict[str, Any]) -> None:
    plan_acts.draft(url, "x", lines, rules=RULES, by=by("Lê An"), campaign_now=NOW, document=document)


def _request(maker: Maker) -> PlanRequest:
    return PlanRequest(
        request_id=1, title="Thử", policy=maker.settings.plan.policy, days=14, inside="", actor="Lê An",
        asked_at=AS_OF, campaign_at=AS_OF, plan_id=None, why="", told={}, answered_at=None, tries=1,
    )  # fmt: skip


def _sums(document: Any) -> Counter[tuple[str, str, str]]:
    found: Counter[tuple[str, str, str]] = Counter()
    for line in document["lines"]:
        found[line["lot"], line["from"], line["to"]] += line["doses"]
    return found
