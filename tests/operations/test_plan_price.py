"""Rules that hold a plan back are named only with their price, and a conflict has no member too many."""

from __future__ import annotations

from dataclasses import replace

from campaign.plan_problem import (
    BENDABLE,
    Aim,
    Demand,
    Heap,
    Lane,
    Level,
    Lot,
    Need,
    Policy,
    Problem,
    Product,
    Rule,
    Store,
)
from operations.plan_arrival import demands, shares
from operations.plan_price import binding, conflict, prices
from operations.plan_solve import Status, plan
from tests.support.plan_problems import small_problem

PATIENT = 600.0
FRIDGE = "refrigerator"


def narrow() -> Problem:
    """The lane carries 40 of the 60 doses that B could use in time; the store of B has room for 50."""
    return Problem(
        products=(Product(code="AZ", storage=FRIDGE, unit_doses=10, litres=1.0),),
        stores=(
            Store(code="A", level=Level.PROVINCE, room={FRIDGE: 9.0}, counted=0),
            Store(code="B", level=Level.PROVINCE, room={FRIDGE: 50.0}, counted=0),
        ),
        lots=(Lot(code="L", product="AZ", last_day=9),),
        heaps=(Heap(lot="L", store="A", doses=100),),
        needs=(
            Need(store="A", product="AZ", pace=(5, 5, 0), second=(0, 0, 0)),
            Need(store="B", product="AZ", pace=(60, 60, 0), second=(0, 30, 0)),
        ),
        lanes=(Lane(code="AB", giver="A", taker="B", days=2, cost=1.0, litres=40.0, storage=frozenset((FRIDGE,))),),
        cycles=(0, 3, 10, 17),
        days=3,
        policy=Policy(reserve=1.0, use_days=1),
    )


def test_the_rule_that_binds_is_named_with_its_price_in_doses() -> None:
    problem = narrow()
    found = plan(problem, seconds=PATIENT)
    assert [move.doses for move in found.moves] == [40]
    told = binding(problem, found, found.moves, 0, seconds=PATIENT)
    # Without the lane's limit 50 go, as many as B has room for; the room alone would change nothing.
    assert [(price.rule, price.subject, price.aim, price.amount) for price in told] == [
        (Rule.TRANSPORT, "AB", Aim.LOST, 10)
    ]
    assert {price.rule for price in prices(problem, found, seconds=PATIENT)} == {Rule.TRANSPORT}


def test_every_named_rule_makes_the_plan_better_when_it_is_left_out() -> None:
    named = 0
    for seed in range(40):
        problem = small_problem(seed)
        found = plan(problem, seconds=PATIENT, small=10_000)
        for price in prices(problem, found, seconds=PATIENT, small=10_000):
            free = replace(problem, without=frozenset({(price.rule, price.subject)}))
            other = plan(free, seconds=PATIENT, small=10_000)
            mine, theirs = ({item.aim: item.value for item in one.reached} for one in (found, other))
            assert mine[price.aim] - theirs[price.aim] == price.amount > 0
            named += 1
    assert named > 10


def test_a_conflict_names_only_what_conflicts() -> None:
    problem = replace(
        narrow(),
        demands=(Demand(store="B", product="AZ", doses=45), Demand(store="B", product="AZ", doses=10)),
    )
    assert plan(problem, seconds=PATIENT).status is Status.IMPOSSIBLE
    found = conflict(problem, seconds=PATIENT)
    assert [item.doses for item in found.demands] == [45]
    assert found.rules == (Rule.TRANSPORT,)
    # Without any one member there is a plan.
    assert plan(replace(problem, demands=problem.demands[1:]), seconds=PATIENT).moves
    assert plan(replace(problem, without=frozenset({(Rule.TRANSPORT, "")})), seconds=PATIENT).moves


def test_doses_that_do_not_exist_conflict_with_no_rule() -> None:
    problem = replace(narrow(), demands=(Demand(store="B", product="AZ", doses=1000),))
    found = conflict(problem, seconds=PATIENT)
    assert (len(found.demands), found.rules) == (1, ())


def test_where_there_is_a_plan_there_is_no_conflict() -> None:
    found = conflict(narrow(), seconds=PATIENT)
    assert (found.demands, found.rules) == ((), ())
    assert len(BENDABLE) == len(set(BENDABLE))


def test_an_arrival_is_shared_by_adults_in_whole_trays_and_planned_by_the_same_model() -> None:
    shared = shares(1_050, unit_doses=100, weights={"A": 5, "B": 3, "C": 2})
    assert shared == {"A": 500, "B": 300, "C": 200}
    assert sum(shares(700, unit_doses=100, weights={"A": 1, "B": 1, "C": 1}).values()) == 700
    problem = replace(
        narrow(),
        stores=(*narrow().stores, Store(code="H", level=Level.NATIONAL, room={}, counted=0, hub=True)),
        heaps=(Heap(lot="L", store="H", doses=40),),
        lanes=(
            Lane(code="HA", giver="H", taker="A", days=1, cost=1.0, litres=40.0, storage=frozenset((FRIDGE,))),
            Lane(code="HB", giver="H", taker="B", days=1, cost=1.0, litres=40.0, storage=frozenset((FRIDGE,))),
        ),
        demands=demands("AZ", shares(40, unit_doses=10, weights={"A": 1, "B": 3})),
    )
    # A has room for less than a tray.
    assert plan(problem, seconds=PATIENT).status is Status.IMPOSSIBLE
    assert conflict(problem, seconds=PATIENT).rules == (Rule.STORAGE,)
    wider = replace(problem, stores=(replace(problem.stores[0], room={FRIDGE: 10.0}), *problem.stores[1:]))
    found = plan(wider, seconds=PATIENT)
    assert {(move.taker, move.doses) for move in found.moves} == {("A", 10), ("B", 30)}
