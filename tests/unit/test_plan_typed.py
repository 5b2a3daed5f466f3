"""Lines as people type them, as moves of a problem: nothing is lost, and each violation finds its line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from campaign.plan_check import violations
from campaign.plan_problem import Heap, Lane, Level, Lot, Need, Policy, Problem, Product, Rule, Store
from campaign.plan_record import PlanLine
from campaign.plan_typed import by_line, moves_of

TODAY = date(2021, 11, 22)
ROOMY = {"2-8": 10_000.0}
PROBLEM = Problem(
    products=(Product(code="az", storage="2-8", unit_doses=10, litres=0.01),),
    stores=tuple(Store(code=code, level=Level.PROVINCE, room=ROOMY, counted=0) for code in ("A", "B")),
    lots=(
        Lot(code="L1|late", product="az", last_day=60),
        Lot(code="L1|soon", product="az", last_day=20),
    ),
    heaps=(Heap(lot="L1|late", store="A", doses=500), Heap(lot="L1|soon", store="A", doses=300)),
    needs=(Need(store="A", product="az", pace=(10, 10), second=(0, 0)),),
    lanes=(Lane(code="A>B", giver="A", taker="B", days=2, cost=1.0, litres=1000.0, storage=frozenset({"2-8"})),),
    cycles=(0, 7, 14),
    days=14,
    policy=Policy(reserve=0.0, use_days=3, count_days=7),
)
NUMBERS = {"L1|late": "L1", "L1|soon": "L1"}


def line(**changed: object) -> PlanLine:
    found = PlanLine(
        lot="L1", product="az", giver="A", taker="B", doses=400, ship_on=TODAY, arrive_on=TODAY + timedelta(2)
    )
    return replace(found, **changed)  # pyright: ignore[reportArgumentType]


def test_a_line_takes_what_ends_first() -> None:
    typed = moves_of([line()], PROBLEM, NUMBERS, TODAY)
    assert [(move.lot, move.doses, move.lane) for move in typed.moves] == [
        ("L1|soon", 300, "A>B"),
        ("L1|late", 100, "A>B"),
    ]
    assert typed.lines == (0, 0)
    assert violations(PROBLEM, typed.moves) == []


def test_two_lines_share_what_is_there() -> None:
    later = line(doses=200, ship_on=TODAY + timedelta(7), arrive_on=TODAY + timedelta(9))
    typed = moves_of([later, line()], PROBLEM, NUMBERS, TODAY)
    assert [(at, move.lot, move.doses) for at, move in zip(typed.lines, typed.moves, strict=True)] == [
        (1, "L1|soon", 300),
        (1, "L1|late", 100),
        (0, "L1|late", 200),
    ]


@pytest.mark.parametrize("doses", [10, 300, 310, 800, 5_000])
def test_no_dose_is_lost_on_the_way(doses: int) -> None:
    assert sum(move.doses for move in moves_of([line(doses=doses)], PROBLEM, NUMBERS, TODAY).moves) == doses


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"doses": 5_000}, Rule.STOCK),
        ({"doses": 405}, Rule.WHOLE),
        ({"lot": "L9"}, Rule.UNKNOWN),
        ({"taker": "Z"}, Rule.UNKNOWN),
        ({"arrive_on": TODAY + timedelta(5)}, Rule.CYCLE),
        ({"ship_on": TODAY + timedelta(1), "arrive_on": TODAY + timedelta(3)}, Rule.CYCLE),
    ],
)
def test_what_a_person_typed_wrong_is_found(changed: dict[str, object], rule: Rule) -> None:
    typed = moves_of([line(doses=10), line(**changed)], PROBLEM, NUMBERS, TODAY)
    found = by_line(violations(PROBLEM, typed.moves), typed)
    assert rule in {item.rule for item in found}
    assert {item.line for item in found} <= {1, None}, "the first line is right"
