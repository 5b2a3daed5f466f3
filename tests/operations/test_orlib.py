"""Published problems of transport and of warehouses, solved as plans through an adapter.

The adapter reads the OR-Library's "cap" format (capacitated warehouse location: warehouses with a capacity and a fixed
cost; customers with a demand and, for each warehouse, the cost of serving all of it). A warehouse is a hub with a heap
of doses, its fixed cost that of opening it; a customer is a store that demands doses. Instances are given by path:
ORLIB_CAP="cap41.txt=1040444.375,cap71.txt=932615.75" with their known optima; two of our own always run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from campaign.plan_check import violations
from campaign.plan_problem import Aim, Demand, Heap, Lane, Level, Lot, Policy, Problem, Product, Store
from operations.plan_solve import Status, plan

# Warehouses: capacity, fixed cost. Customers: demand; cost of all of it from each warehouse.
# Transport alone (no fixed costs). 30 of customer 1 cost 2 each from 1; 40 of customer 2 cost 3 from 1 and 1 from 2;
# 30 of customer 3 cost 5 and 2. Warehouse 2 holds 50 and saves 2 a dose at customer 2, 3 a dose at customer 3: it
# serves customer 3 (30 x 2 = 60) and 20 of customer 2 (20 x 1); the other 20 come from 1 (20 x 3); 60 for
# customer 1. Sum 200.
TRANSPORT = """ 2 3
 60 0.
 50 0.
 30
 60. 270.
 40
 120. 40.
 30
 150. 60.
"""
# With fixed costs.
# All from 1: 20 + 10 + 30 + 40 = 100. From 2 alone: 35 + 40 + 10 + 30 = 115. From 3: it holds 15 of
# the 30. 1 and 2: 55 + 10 + 10 + 30 = 105; 1 and 3: 25 + 10 + 30 + 5 = 70 (customer 3 from 3); 2 and 3:
# 40 + 40 + 10 + 5 = 95; all three: 60 + 10 + 10 + 5 = 85. So 70.
WAREHOUSES = """ 3 3
 30 20.
 30 35.
 15 5.
 10
 10. 40. 60.
 10
 30. 10. 50.
 10
 40. 30. 5.
"""


def cap_problem(text: str) -> Problem:
    """The plan's problem of an instance: one product, one lot, doses one by one, a litre each."""
    numbers = iter(text.split())
    houses, customers = int(next(numbers)), int(next(numbers))
    capacity, fixed = zip(*((float(next(numbers)), float(next(numbers))) for _ in range(houses)), strict=True)
    demand: list[int] = []
    costs: list[list[float]] = []
    for _ in range(customers):
        demand.append(round(float(next(numbers))))
        costs.append([float(next(numbers)) for _ in range(houses)])
    assert next(numbers, None) is None
    wide = {"any": float(sum(demand))}
    return Problem(
        products=(Product(code="V", storage="any", unit_doses=1, litres=1.0),),
        stores=(
            *(
                Store(code=f"W{at}", level=Level.REGIONAL, room=wide, counted=0, opening=fixed[at], hub=True)
                for at in range(houses)
            ),
            *(Store(code=f"C{at}", level=Level.PROVINCE, room=wide, counted=0) for at in range(customers)),
        ),
        lots=(Lot(code="L", product="V", last_day=999),),
        heaps=tuple(Heap(lot="L", store=f"W{at}", doses=round(capacity[at])) for at in range(houses)),
        needs=(),
        lanes=tuple(
            Lane(
                code=f"W{house}-C{at}",
                giver=f"W{house}",
                taker=f"C{at}",
                days=0,
                cost=costs[at][house] / demand[at],
                litres=float(demand[at]),
                storage=frozenset(("any",)),
            )
            for at in range(customers)
            for house in range(houses)
            if demand[at]
        ),
        cycles=(0, 7),
        days=7,
        demands=tuple(Demand(store=f"C{at}", product="V", doses=demand[at]) for at in range(customers)),
        policy=Policy(reserve=0.0),
    )


@pytest.mark.parametrize(("text", "optimum"), [(TRANSPORT, 200.0), (WAREHOUSES, 70.0)], ids=["transport", "warehouses"])
def test_an_instance_of_our_own_reaches_its_known_optimum(text: str, optimum: float) -> None:
    _solves(text, optimum)


def test_published_instances_reach_their_known_optima() -> None:
    named = os.environ.get("ORLIB_CAP", "")
    if not named:
        pytest.skip("ORLIB_CAP names no instances: give paths and optima, as cap41.txt=1040444.375")
    for item in named.split(","):
        path, _, optimum = item.partition("=")
        _solves(Path(path).read_text(encoding="utf-8"), float(optimum))


def _solves(text: str, optimum: float) -> None:
    problem = cap_problem(text)
    found = plan(problem, seconds=600.0, small=1_000_000)
    assert found.status is Status.OPTIMAL
    assert violations(problem, found.moves) == []
    assert {item.aim: item.value for item in found.reached}[Aim.COST] == pytest.approx(optimum, rel=1e-6)
