"""A country's problem between its hubs: nothing is counted twice, nothing is forgotten."""

from __future__ import annotations

from dataclasses import replace

from campaign.plan_problem import Demand, Heap, Lane, Level, Lot, Need, Problem, Product, Store
from campaign.plan_split import TOGETHER, nation

FRIDGE = "refrigerator"
KEEPS = frozenset((FRIDGE,))
OF = {"A1": "A", "A2": "A", "B1": "B"}


def store(code: str, *, hub: bool = False, counted: int = 1, target: int = 0) -> Store:
    level = Level.PROVINCE if hub else Level.DISTRICT
    return Store(code=code, level=level, room={FRIDGE: 100.0}, counted=counted, target=target, hub=hub)


def lane(giver: str, taker: str) -> Lane:
    return Lane(code=f"{giver}{taker}", giver=giver, taker=taker, days=1, cost=1.0, litres=50.0, storage=KEEPS)


def problem() -> Problem:
    """Two provinces: A has two districts, of which A2 was not counted for long; B has one."""
    return Problem(
        products=(Product(code="V", storage=FRIDGE, unit_doses=10, litres=0.5, tray_doses=50),),
        stores=(
            store("A", hub=True),
            store("B", hub=True),
            store("A1", target=100),
            store("A2", counted=30, target=70),
            store("B1", target=60),
        ),
        lots=(
            Lot(code="L", product="V", last_day=30),
            Lot(code="M", product="V", last_day=30, earmark=frozenset(("A1", "B1"))),
        ),
        heaps=(
            Heap(lot="L", store="A", doses=80),
            Heap(lot="L", store="B", doses=40),
            Heap(lot="L", store="B", doses=20, day=2),
            Heap(lot="L", store="A1", doses=30),
            Heap(lot="L", store="A2", doses=30),
            Heap(lot="M", store="B1", doses=20),
        ),
        needs=tuple(
            Need(store=code, product="V", pace=(10, 20, 20), second=(5, 0, 0), minimum=7) for code in ("A1", "A2", "B1")
        ),
        lanes=(
            lane("A", "B"), lane("B", "A"), lane("A", "A1"), lane("A", "A2"), lane("A1", "A"), lane("A2", "A1"),
            lane("B", "B1"), lane("B1", "B"),
        ),
        cycles=(0, 3, 7, 14),
        days=7,
        demands=(Demand(store="A1", product="V", doses=10), Demand(store="A2", product="V", doses=20)),
    )  # fmt: skip


def doses(asked: Problem) -> dict[tuple[str, str, int], int]:
    return {(heap.store, heap.lot, heap.day): heap.doses for heap in asked.heaps}


def test_the_nation_sees_counted_districts_as_one_store() -> None:
    asked = nation(problem(), OF)
    stores = {item.code: item for item in asked.stores}
    a, b = "A" + TOGETHER, "B" + TOGETHER
    assert set(stores) == {"A", "B", a, b}
    assert (stores[a].target, stores[a].room, stores[b].target) == (100, {FRIDGE: 100.0}, 60)
    assert doses(asked)[a, "L", 0] == 30
    assert {(need.store, need.pace, need.second, need.minimum) for need in asked.needs} == {
        (a, (10, 20, 20), (5, 0, 0), 7),
        (b, (10, 20, 20), (5, 0, 0), 7),
    }
    # A lane between two of its districts is none of the nation's, nor is one of a district that was not counted.
    lanes = {("A", "B"), ("B", "A"), ("A", a), (a, "A"), ("B", b), (b, "B")}
    assert {(item.giver, item.taker) for item in asked.lanes} == lanes
    assert asked.lots[1].earmark == {a, b}
    # Demands are not forgotten, whoever they are for.
    assert asked.demands == (Demand(store=a, product="V", doses=30),)


def test_doses_are_told_as_trays_and_the_vials_that_are_left() -> None:
    product = problem().products[0]
    assert (product.parcels(170).trays, product.parcels(170).units) == (3, 2)
    alone = replace(product, tray_doses=0)
    assert (alone.parcels(170).trays, alone.parcels(170).units) == (0, 17)
