"""The checker on plans typed by hand: each rule of a plan by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from campaign.plan_check import violations
from campaign.plan_problem import (
    BENDABLE,
    Aim,
    Demand,
    Heap,
    Lane,
    Level,
    Lot,
    Move,
    Need,
    Policy,
    Problem,
    Product,
    Refusal,
    Rule,
    Store,
)
from campaign.plan_reasons import WhyFrom, WhyLot, WhyTo, reasons
from campaign.plan_refusals import refusals
from campaign.plan_value import Batch, used, value

FRIDGE = "refrigerator"
ROOM = {FRIDGE: 100.0}


def problem() -> Problem:
    """A has 200 doses of a lot that ends on day 9 and uses 20 in a cycle; B has none, wants 60 in each cycle."""
    return Problem(
        products=(Product(code="AZ", storage=FRIDGE, unit_doses=10, litres=0.5),),
        stores=(
            Store(code="A", level=Level.PROVINCE, room=ROOM, counted=2),
            Store(code="B", level=Level.PROVINCE, room=ROOM, counted=7, target=150),
            Store(code="H", level=Level.REGIONAL, room=ROOM, counted=0, hub=True),
        ),
        lots=(Lot(code="L1", product="AZ", last_day=9),),
        heaps=(Heap(lot="L1", store="A", doses=200),),
        needs=(
            Need(store="A", product="AZ", pace=(20, 20, 20), second=(0, 0, 0), minimum=50),
            Need(store="B", product="AZ", pace=(60, 60, 60), second=(30, 10, 0)),
        ),
        lanes=(
            Lane(code="AB", giver="A", taker="B", days=2, cost=1.0, litres=60.0, storage=frozenset((FRIDGE,))),
            Lane(code="AH", giver="A", taker="H", days=1, cost=1.0, litres=60.0, storage=frozenset((FRIDGE,))),
            Lane(code="HB", giver="H", taker="B", days=1, cost=1.0, litres=60.0, storage=frozenset((FRIDGE,))),
        ),
        cycles=(0, 3, 7, 14),
        days=7,
        policy=Policy(reserve=1.0, use_days=3),
    )


def move(doses: int = 60, **other: object) -> Move:
    line = Move(lot="L1", product="AZ", lane="AB", giver="A", taker="B", doses=doses, ship_day=0, arrive_day=2)
    return replace(line, **other)  # type: ignore[arg-type]


def rules(asked: Problem, *moves: Move) -> set[Rule]:
    return {item.rule for item in violations(asked, moves)}


def with_lot(**other: object) -> Problem:
    return replace(problem(), lots=(replace(problem().lots[0], **other),))  # type: ignore[arg-type]


def with_lane(**other: object) -> Problem:
    lanes = problem().lanes
    return replace(problem(), lanes=(replace(lanes[0], **other), *lanes[1:]))  # type: ignore[arg-type]


def with_store(at: int, **other: object) -> Problem:
    stores = list(problem().stores)
    stores[at] = replace(stores[at], **other)  # type: ignore[arg-type]
    return replace(problem(), stores=tuple(stores))


def test_a_plan_that_keeps_every_rule_has_no_violation() -> None:
    assert violations(problem(), [move()]) == []


@pytest.mark.parametrize(
    ("asked", "line", "rule"),
    [
        (problem(), move(lot="L9"), Rule.UNKNOWN),
        (problem(), move(product="PF"), Rule.UNKNOWN),
        (problem(), move(taker="A"), Rule.UNKNOWN),
        (with_lot(released=False), move(), Rule.RELEASE),
        (with_lot(held=True), move(), Rule.HOLD),
        (with_lot(earmark=frozenset("A")), move(), Rule.EARMARK),
        (with_lane(storage=frozenset(("freezer",))), move(), Rule.COLD_CLASS),
        (with_lot(last_day=5), move(), Rule.EXPIRY),
        (problem(), move(55), Rule.WHOLE),
        (problem(), move(0), Rule.WHOLE),
        (problem(), move(-10), Rule.WHOLE),
        (problem(), move(ship_day=1, arrive_day=3), Rule.CYCLE),
        (problem(), move(ship_day=7, arrive_day=9), Rule.CYCLE),
        (problem(), move(arrive_day=1), Rule.CYCLE),
        (problem(), move(160), Rule.MINIMUM),
        (problem(), move(210), Rule.STOCK),
        (with_lane(litres=29.9), move(), Rule.TRANSPORT),
        (with_store(1, room={FRIDGE: 29.9}), move(), Rule.STORAGE),
        (with_store(1, room={}), move(), Rule.STORAGE),
        (with_store(1, counted=8), move(), Rule.COUNT),
        (with_store(0, counted=None), move(), Rule.COUNT),
        (replace(problem(), demands=(Demand(store="B", product="AZ", doses=70),)), move(), Rule.NEEDED),
    ],
)
def test_a_line_typed_by_hand_breaks_its_rule(asked: Problem, line: Move, rule: Rule) -> None:
    assert rule in rules(asked, line)
    if rule in BENDABLE:
        assert rule not in rules(replace(asked, without=frozenset({(rule, "")})), line)


def test_the_reserve_for_second_doses_stays() -> None:
    needs = (replace(problem().needs[0], second=(50, 60, 40), minimum=0), problem().needs[1])
    asked = replace(problem(), needs=needs)
    assert rules(asked, move(60)) == {Rule.RESERVE}
    assert rules(asked, move(50)) == set()
    assert rules(replace(asked, policy=replace(asked.policy, reserve=0.9)), move(60)) == set()


def test_a_hub_sends_on_what_has_come_and_not_before() -> None:
    to_hub = move(lane="AH", taker="H", arrive_day=1)
    onward = move(lane="HB", giver="H", ship_day=3, arrive_day=4)
    # On day 4 the next cycle is the last that the lot does not live through.
    asked = with_lot(last_day=13)
    assert rules(asked, to_hub, onward) == set()
    assert rules(asked, to_hub, replace(onward, ship_day=0, arrive_day=1)) == {Rule.STOCK}
    assert rules(asked, to_hub, replace(onward, doses=70)) == {Rule.STOCK}


def test_a_store_that_vaccinates_does_not_send_on() -> None:
    back = Lane(code="BA", giver="B", taker="A", days=1, cost=1.0, litres=60.0, storage=frozenset((FRIDGE,)))
    asked = replace(problem(), lanes=(*problem().lanes, back), lots=(replace(problem().lots[0], last_day=30),))
    assert Rule.ONWARD in rules(asked, move(), move(lane="BA", giver="B", taker="A", ship_day=3, arrive_day=4))


def test_a_plan_is_worth_what_it_saves() -> None:
    nothing, planned = value(problem()), value(problem(), [move()])
    # The lot serves the first two cycles: A uses 40 of 200.
    assert nothing.aims == {Aim.LOST: 160, Aim.UNMET: 40, Aim.SHORT: 150, Aim.COST: 0}
    # B uses 60 in the second cycle.
    assert planned.aims == {Aim.LOST: 100, Aim.UNMET: 0, Aim.SHORT: 90, Aim.COST: 30}


def test_doses_that_last_wait_for_those_that_end_sooner() -> None:
    lasting, ending = Batch(since=0, until=3, doses=5, ends=False), Batch(since=1, until=2, doses=5, ends=True)
    assert used([lasting, ending], pace=(9, 9, 9), falls=(5, 0, 5)) == 10


def test_a_line_is_explained_by_figures() -> None:
    reason = reasons(problem(), [move()])[0]
    assert (reason.lot, reason.giver, reason.taker) == (WhyLot.ENDS, WhyFrom.LOSES, WhyTo.UNMET)
    assert (reason.giver_lost_before, reason.giver_lost_after, reason.giver_spare) == (160, 100, 150)
    assert (reason.taker_unmet_before, reason.taker_unmet_after) == (40, 0)
    assert reason.giver_days == pytest.approx(200 / (60 / 14))
    assert reason.taker_days == 0


def test_a_problem_without_faults_is_not_refused() -> None:
    assert refusals(problem()) == []


@pytest.mark.parametrize(
    ("asked", "why", "subject"),
    [
        (replace(problem(), stock_hours=25.0), Refusal.STALE_STOCK, "stock"),
        (replace(problem(), stock_hours=float("nan")), Refusal.STALE_STOCK, "stock"),
        (replace(problem(), heaps=(Heap(lot="L1", store="A", doses=-1),)), Refusal.NEGATIVE_BALANCE, "A L1"),
        (with_store(1, room=None), Refusal.UNKNOWN_CAPACITY, "B"),
        (with_lane(litres=float("nan")), Refusal.UNKNOWN_CAPACITY, "AB"),
        (with_lane(litres=-1.0), Refusal.CONTRADICTION, "AB"),
        (replace(problem(), cycles=(0, 3, 3, 14)), Refusal.CONTRADICTION, "cycles"),
        (replace(problem(), days=15), Refusal.CONTRADICTION, "cycles"),
        (replace(problem(), policy=Policy(reserve=1.1)), Refusal.CONTRADICTION, "reserve"),
        (replace(problem(), needs=(replace(problem().needs[0], pace=(1, 2)),)), Refusal.CONTRADICTION, "A AZ"),
        (replace(problem(), heaps=(Heap(lot="L9", store="A", doses=1),)), Refusal.UNKNOWN_NAME, "L9"),
        (replace(problem(), lots=problem().lots * 2), Refusal.TWICE, "L1"),
    ],
)
def test_bad_input_is_refused_by_name(asked: Problem, why: Refusal, subject: str) -> None:
    assert (why, subject) in {(item.why, item.subject) for item in refusals(asked)}
