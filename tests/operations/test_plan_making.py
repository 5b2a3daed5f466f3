"""What the planner's process makes of a real snapshot: a plan with reasons, and its word on what a person changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from campaign.plan_facts import PlanFacts
from campaign.plan_problem import Rule
from campaign.plan_record import Plan, PlanAct, PlanVersion
from campaign.plan_rules import Asked
from campaign.plan_state import Deed, PlanState
from cli.places import as_role
from cli.plan_making import Maker, maker_of, with_promised
from cli.plan_wiring import facts_of, stated_policy
from operations.plan_answering import Made
from operations.plan_requests import PlanRequest
from operations.plan_stock import PromisedLine
from settings import Settings, load
from tests.support.plan_rows import VERSION, plan_snapshot
from tests.support.snapshots import AS_OF
from warehouse.snapshot import Snapshots

DAYS = 14


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plan_snapshot(tmp_path_factory.mktemp("made")).parent


@pytest.fixture
def maker(folder: Path, registry_url: str, tmp_path: Path) -> Iterator[Maker]:
    with closing(Snapshots(folder)) as snapshots:
        yield maker_of(_settings(tmp_path, stale_hours=1e9), snapshots, as_role(registry_url, "mcc_app"))


def _settings(state: Path, **plan: Any) -> Settings:
    settings = load(state=state)
    return settings.model_copy(update={"plan": settings.plan.model_copy(update=plan)})


def request(policy: str = "", days: int = DAYS) -> PlanRequest:
    return PlanRequest(
        request_id=1, title="Thử", policy=policy, days=days, inside="", actor="Lê An", asked_at=AS_OF,
        campaign_at=AS_OF, plan_id=None, why="", told={}, answered_at=None, tries=1,
    )  # fmt: skip


def kept(made: Made) -> Plan:
    """As the registry would have it."""
    act = PlanAct(
        version=1, deed=Deed.DRAFT, state=PlanState.DRAFT, revision=1, until=None, reason="", actor="Lê An",
        acted_at=datetime(2026, 1, 1, tzinfo=UTC), campaign_at=AS_OF,
    )  # fmt: skip
    version = PlanVersion(revision=1, version=1, lines=made.lines, document=made.document)
    return Plan(plan_id=1, title="Thử", acts=(act,), versions=(version,), decisions=(), shipments=(), stores={})


def test_a_request_becomes_lines_with_a_sentence_in_both_languages_and_the_checkers_word(maker: Maker) -> None:
    policy = maker.settings.plan.policy
    made = maker.make(request(policy))
    assert made.why == ""
    assert made.lines
    assert made.judgement is not None
    assert made.judgement.violations == ()
    assert made.judgement.snapshot == VERSION
    for line in made.lines:
        said = line.reasons["reasons"]
        assert said["said_vi"].startswith("Lấy ")
        assert said["said_en"].startswith("Take ")
        assert line.ship_on <= line.arrive_on
    before, after = made.judgement.before["total"], made.judgement.after["total"]
    assert (after["lost"], after["unmet"]) < (before["lost"], before["unmet"])
    assert made.document["policy"]["name"] == policy


def test_what_cannot_be_made_says_why(maker: Maker, tmp_path: Path) -> None:
    assert maker.make(request("no such policy")).why == "no_policy"
    plan_snapshot(tmp_path, "UPDATE feed_status SET last_success = TIMESTAMPTZ '2021-11-01 00:00+00'")
    with closing(Snapshots(tmp_path)) as old:
        settings = _settings(tmp_path / "state", stale_hours=24.0)
        made = replace(maker, settings=settings, snapshots=old).make(request(settings.plan.policy))
    assert (made.why, made.lines) == ("refused", ())
    assert [item["why"] for item in made.told["refused"]] == ["stale_stock"]
    with closing(Snapshots(tmp_path / "none")) as snapshots:
        assert replace(maker, snapshots=snapshots).make(request(maker.settings.plan.policy)).why == "no_snapshot"


def test_the_plan_it_made_is_judged_alike_and_one_that_takes_too_much_is_not(maker: Maker) -> None:
    made = maker.make(request(maker.settings.plan.policy))
    plan = kept(made)
    judged = maker.judge(plan)
    assert (judged.why, judged.violations) == ("", ())
    assert made.judgement is not None
    # A document is rounded for its readers.
    assert judged.after["total"] == pytest.approx(made.judgement.after["total"], abs=0.01)
    line = made.lines[0]
    more = replace(plan.versions[0], lines=(replace(line, doses=line.doses + 10_000_000), *made.lines[1:]))
    broken = {item.rule for item in maker.judge(replace(plan, versions=(more,))).violations}
    assert Rule.STOCK in broken


def test_what_another_plan_promises_is_no_longer_the_givers_and_comes_to_its_taker(maker: Maker) -> None:
    policy = stated_policy(maker.settings, maker.settings.plan.policy)
    assert policy is not None
    asked = Asked(policy=policy, days=DAYS, cycle=min(maker.settings.plan.cycle, DAYS))
    found = facts_of(maker.settings, maker.snapshots, VERSION, asked, inside="", now=None)
    assert found is not None
    facts = found[0]
    heap = next(heap for heap in facts.heaps if heap.own and heap.doses > 100)
    taker = next(place.code for place in facts.places if place.code != heap.place)
    promised = PromisedLine(
        plan_id=2, revision=1, line=1, store=heap.place, lot=heap.lot, product=heap.product, taker=taker, doses=100,
        ship_on=date(2021, 11, 23), arrive_on=date(2021, 11, 25), state="proposed", until=AS_OF,
    )  # fmt: skip
    after = with_promised(facts, [promised], transit_days=maker.settings.stock.transit_days)

    def own(of: PlanFacts) -> int:
        return sum(item.doses for item in of.heaps if item.own and (item.place, item.lot) == (heap.place, heap.lot))

    assert own(after) == own(facts) - 100
    assert sum(item.coming for item in after.heaps) == sum(item.coming for item in facts.heaps) + 100
