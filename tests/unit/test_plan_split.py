"""A country's problem in parts: nothing is counted twice, nothing is forgotten."""

from __future__ import annotations

from dataclasses import replace

from campaign.plan_problem import Demand, Heap, Lane, Level, Lot, Move, Need, Problem, Product, Store
from campaign.plan_split import TOGETHER, crossing, nation, part

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
        needs=tuple(Need(store=code, product="V", pace=(10, 20, 20), second=(5, 0, 0)) for code in ("A1", "A2", "B1")),
        lanes=(
            lane("A", "B"), lane("B", "A"), lane("A", "A1"), lane("A", "A2"), lane("A1", "A"), lane("A2", "A1"),
            lane("B", "B1"), lane("B1", "B"),
        ),
        cycles=(0, 3, 7, 14),
        days=7,
        demands=(Demand(store="A1", product="V", doses=10), Demand(store="A2", product="V", doses=20)),
    )  # fmt: skip


def move(giver: str, taker: str, doses: int, day: int) -> Move:
    return Move(
        lot="L",
        product="V",
        lane=giver + taker,
        giver=giver,
        taker=taker,
        doses=doses,
        ship_day=day,
        arrive_day=day + 1,
    )


def doses(asked: Problem) -> dict[tuple[str, str, int], int]:
    return {(heap.store, heap.lot, heap.day): heap.doses for heap in asked.heaps}


def test_the_nation_sees_counted_districts_as_one_store() -> None:
    asked = nation(problem(), OF)
    stores = {item.code: item for item in asked.stores}
    a, b = "A" + TOGETHER, "B" + TOGETHER
    assert set(stores) == {"A", "B", a, b}
    assert (stores[a].target, stores[a].room, stores[b].target) == (100, {FRIDGE: 100.0}, 60)
    assert doses(asked)[a, "L", 0] == 30
    assert {(need.store, need.pace, need.second) for need in asked.needs} == {
        (a, (10, 20, 20), (5, 0, 0)),
        (b, (10, 20, 20), (5, 0, 0)),
    }
    assert {(item.giver, item.taker) for item in asked.lanes} == {("A", "B"), ("B", "A"), ("A", a), ("B", b)}
    assert asked.lots[1].earmark == {a, b}
    # Demands are not forgotten, whoever they are for.
    assert asked.demands == (Demand(store=a, product="V", doses=30),)


def test_moves_between_groups_are_kept_as_far_as_the_doses_are_there_without_those_inside() -> None:
    inside = replace(move("A", "A1", 10, 0), taker="A" + TOGETHER)
    moves = [inside, move("A", "B", 50, 0), move("B", "A", 120, 3)]
    group_of = {"A": "A", "B": "B"}
    # B has 60 of its own by day 3, and 50 that came.
    assert crossing(problem(), group_of, moves) == [move("A", "B", 50, 0), move("B", "A", 110, 3)]
    assert crossing(problem(), group_of, moves[2:]) == [move("B", "A", 60, 3)]
    assert crossing(problem(), {"A": "both", "B": "both"}, moves) == []


def test_a_province_has_what_is_left_and_what_comes() -> None:
    # B gets 50 on day 1 and sends 40 on day 3: 20 of what was on its way until day 2 and, of the later ones, of day 1.
    moves = [move("A", "B", 50, 0), move("B", "A", 40, 3)]
    asked = part(problem(), {"B", "B1"}, moves)
    assert doses(asked) == {("B", "L", 0): 40, ("B", "L", 1): 30, ("B1", "M", 0): 20}
    room = {item.code: item.room for item in asked.stores}
    # 50 + 20 doses come and take 35 litres; 30 of them are told by the heap of day 1, the other 20 litres are gone.
    assert room == {"B": {FRIDGE: 80.0}, "B1": {FRIDGE: 100.0}}
    assert {(item.giver, item.taker) for item in asked.lanes} == {("B", "B1"), ("B1", "B")}
    assert asked.demands == ()
    giver = part(problem(), {"A", "A1", "A2"}, moves)
    assert doses(giver) == {("A", "L", 0): 30, ("A", "L", 4): 40, ("A1", "L", 0): 30, ("A2", "L", 0): 30}
    assert len(giver.demands) == 2


def test_a_lot_that_is_marked_for_others_only_is_nobodys_here() -> None:
    marked = replace(problem(), lots=(problem().lots[0], replace(problem().lots[1], earmark=frozenset(("A1",)))))
    assert part(marked, {"A", "A1", "A2"}, ()).lots[1].earmark == {"A1"}
    # Its hub gives none itself; an empty mark would mean everybody.
    assert part(marked, {"B", "B1"}, ()).lots[1].earmark == {"B"}


def test_doses_are_told_as_trays_and_the_vials_that_are_left() -> None:
    product = problem().products[0]
    assert (product.parcels(170).trays, product.parcels(170).units) == (3, 2)
    alone = replace(product, tray_doses=0)
    assert (alone.parcels(170).trays, alone.parcels(170).units) == (0, 17)
