"""What of the decisions is raised: by area, with the numbers of the decisions, and only what was waited for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from campaign.alerts import Condition
from campaign.allocation import Decision, Line, judge_line
from campaign.allocation_board import Cause, Exceeding, exceeding
from campaign.rule_facts import FACTS
from campaign.usage import Account, Round
from cli.stock_wiring import stock_rules
from operations.allocation_conditions import of_allocation
from operations.stock_conditions import Names
from settings import load
from settings.rule_expressions import levels

ROOT = Path(__file__).resolve().parents[2]
NAMES = Names(areas={"01": ("Hà Nội", "Hanoi")}, products={})
DECISIONS = {
    number: Decision(
        decision_id=number,
        number=f"{4000 + number}/QĐ-BYT",
        round=number,
        decided_on=date(2021, 11, 1),
        signed_by="",
        withdrawn=False,
        source="",
        earmark="",
        known=True,
    )
    for number in range(1, 8)
}


def line(number: int, planned: int, received: int, *, area: str = "01") -> Line:
    came = date(2021, 11, 8) if received else None
    return Line(
        decision_id=number,
        store=f"P{area}",
        level="province",
        area=area,
        district=None,
        site=None,
        product="comirnaty",
        lot="",
        planned=planned,
        planned_on=date(2021, 11, 8),
        sent=planned,
        received=received,
        first_sent_on=date(2021, 11, 6),
        first_received_on=came,
        last_received_on=came,
        stated_shipped_on=None,
        stated_received_on=None,
        stated_received=None,
        lots="CO1",
    )


def found(
    *lines: Line,
    day: int = 14,
    beyond: tuple[Exceeding, ...] = (),
    behind: bool = False,
    conditions: Mapping[str, str] | None = None,
) -> dict[tuple[str, str], Condition]:
    """conditions: by rule, what decides instead of its numbers."""
    settings = load(ROOT / "config.yaml", environ={})
    changed = {
        name: levels(settings)[name].model_copy(update={"raise_when": text})
        for name, text in (conditions or {}).items()
    }
    alerts = settings.stock.alerts.model_copy(update=changed)
    settings = settings.model_copy(update={"stock": settings.stock.model_copy(update={"alerts": alerts})})
    judged = [
        judge_line(item, DECISIONS[item.decision_id], today=date(2021, 11, day), wait_days=5, used=0) for item in lines
    ]
    told = of_allocation(
        judged,
        DECISIONS,
        beyond,
        rules=stock_rules(settings).rules,
        wait_days=settings.stock.allocation_days,
        names=NAMES,
        behind=behind,
    )
    return {(item.rule, item.labels["area"]): item for item in told}


def test_what_did_not_come_is_raised_after_the_days_of_waiting() -> None:
    assert found(line(1, 12_000, 0), day=13) == {}
    raised = found(line(1, 12_000, 0), line(2, 500, 0))["allocation_unreceived", "01"]
    assert not raised.inhibited
    assert raised.summary_vi.startswith("Hà Nội: chưa nhận 12.500 liều phân bổ sau 5 ngày")
    assert "4001/QĐ-BYT, 4002/QĐ-BYT" in raised.summary_en


def test_short_and_over_are_told_apart_and_by_area() -> None:
    told = found(line(1, 12_000, 11_900), line(2, 500, 560), line(3, 9, 9), line(4, 10, 0, area="79"))
    assert set(told) == {("allocation_short", "01"), ("allocation_over", "01"), ("allocation_unreceived", "79")}
    assert "100 doses fewer received" in told["allocation_short", "01"].summary_en
    assert "lô CO1" in told["allocation_over", "01"].summary_vi


def test_many_decisions_are_named_by_the_first_few() -> None:
    told = found(*(line(number, 10, 0) for number in DECISIONS))["allocation_unreceived", "01"]
    assert "4004/QĐ-BYT +3" in told.summary_en


def test_while_a_feed_is_behind_nothing_is_raised() -> None:
    assert [item.inhibited for item in found(line(1, 12_000, 0), behind=True).values()] == [True]


def test_what_the_vials_explain_is_no_alert_and_what_nothing_explains_is() -> None:
    """1,000 allocated: 1,150 given of 100 vials that yield up to 12; 1,150 given after 1,100 came; 6,000 given."""
    rounds = {("01", "az"): [Round(decision_id=1, allocated=1000, received=1000, received_on=None)]}

    def of(given: int, received: int, extra: int) -> Exceeding:
        return exceeding(rounds, {("01", "az"): Account(given=given, received=received)}, {("01", "az"): extra})[0]

    within, entered, beyond = of(1150, 1000, 200), of(1150, 1100, 60), of(6000, 1100, 200)
    assert [item.cause for item in (within, entered, beyond)] == [
        Cause.EXTRA_VOLUME,
        Cause.NOT_ENTERED,
        Cause.UNEXPLAINED,
    ]
    assert [item.left for item in (within, entered, beyond)] == [0, 0, 4700]
    assert found(beyond=(within, entered)) == {}
    assert not found(beyond=(beyond,))["allocation_exceeded", "01"].inhibited
    assert exceeding(rounds, {("01", "az"): Account(given=1000, received=1000)}, {}) == []


def test_doses_of_central_units_are_a_cause_of_their_own() -> None:
    """1,000 allocated and received, 1,500 given: 400 of lots that a hospital received and did not enter as given."""
    key = ("01", "az")
    rounds = {key: [Round(decision_id=1, allocated=1000, received=1000, received_on=None)]}
    account = {key: Account(given=1500, received=1000)}
    whole, part = (exceeding(rounds, account, {key: 100}, {key: central})[0] for central in (400, 300))
    assert (whole.cause, whole.left) == (Cause.CENTRAL_UNITS, 0)
    assert (part.cause, part.left) == (Cause.UNEXPLAINED, 100)
    assert found(beyond=(whole,)) == {}
    received = {key: Account(given=1500, received=1450)}
    assert exceeding(rounds, received, {}, {key: 400})[0].cause is Cause.NOT_ENTERED


RULES = [name for name in FACTS if name.startswith("allocation_")]


@pytest.mark.parametrize("name", RULES)
def test_a_condition_may_name_every_fact_of_its_rule(name: str) -> None:
    wrong = (line(1, 10, 0), line(2, 10, 9), line(3, 10, 11))
    exceeded = (Exceeding(area="01", product="az", given=9000, allocated=1000, extra=0, unallocated=0),)
    holds = found(*wrong, beyond=exceeded, conditions={name: " and ".join(f"{fact} > 0" for fact in FACTS[name])})
    assert not holds[name, "01"].inhibited
    assert (name, "01") not in found(*wrong, beyond=exceeded, conditions={name: f"{FACTS[name][0]} < 0"})


def test_holds_for_as_long_as_the_settings_say() -> None:
    told = found(line(1, 10, 0))["allocation_unreceived", "01"]
    assert told.hold == timedelta(minutes=2)
