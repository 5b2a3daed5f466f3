"""A country's problem in parts: the nation between its hubs, then groups of provinces down to their districts.

The nation sees the districts of a province as one store, which gets doses by one lane and sends none: what lies in a
district is shared inside its province. A group, of one province or several, sees its hubs, with what the nation's plan
left there and sends to them, and its districts. Plans of the parts are a plan of the whole, which
campaign/plan_check.py judges as any other. Source: issue 7 ("Build" 2: national, and inside a province)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace

from campaign.plan_problem import Demand, Heap, Lane, Level, Move, Need, Problem, Store

# Of store codes that a problem has, none may end so.
TOGETHER = " districts"


def nation(problem: Problem, province_of: Mapping[str, str]) -> Problem:
    """The hubs, and each province's districts as one store. province_of: the hub of the province that each district
    belongs to. Districts that were not counted lately neither give nor take whatever is planned: they stay out, with
    what they have and need. Demands for them do not; the province finds those impossible."""
    able = {store.code for store in problem.stores if _counted(problem, store)}
    asked = {code: hub + TOGETHER for code, hub in province_of.items()}
    whole = {code: together for code, together in asked.items() if code in able}
    return replace(
        problem,
        stores=(
            *(store for store in problem.stores if store.code not in province_of),
            *_stores(problem, whole, asked),
        ),
        lots=tuple(
            replace(lot, earmark=frozenset(asked.get(code, code) for code in lot.earmark)) for lot in problem.lots
        ),
        heaps=_merged(
            replace(heap, store=whole.get(heap.store, heap.store))
            for heap in problem.heaps
            if heap.store in whole or heap.store not in province_of
        ),
        needs=(*(need for need in problem.needs if need.store not in province_of), *_needs(problem, whole)),
        lanes=(
            *(lane for lane in problem.lanes if not {lane.giver, lane.taker} & province_of.keys()),
            *_lanes(problem, whole, asked),
        ),
        demands=_demands(problem, asked),
    )


def crossing(problem: Problem, group_of: Mapping[str, str], moves: Iterable[Move]) -> list[Move]:
    """Of a plan of the nation, the moves between groups of stores, as far as their givers have the doses without the
    moves inside the groups, which are left to these. group_of: of each store; one that has none is its own."""
    hubs = {store.code for store in problem.stores if store.hub}
    piles: dict[tuple[str, str], list[list[int]]] = defaultdict(list)
    for heap in problem.heaps:
        piles[heap.store, heap.lot].append([heap.day, heap.doses])
    units = {item.code: item.unit_doses for item in problem.products}
    kept: list[Move] = []
    for move in sorted(moves, key=lambda move: (move.ship_day, move.arrive_day)):
        across = group_of.get(move.giver, move.giver) != group_of.get(move.taker, move.taker)
        if not (across and {move.giver, move.taker} <= hubs):
            continue
        there = [pile for pile in piles[move.giver, move.lot] if pile[0] <= move.ship_day]
        doses = min(move.doses, sum(pile[1] for pile in there)) // units[move.product] * units[move.product]
        if doses:
            wanted = doses
            for pile in sorted(there, reverse=True):
                taken = min(pile[1], wanted)
                pile[1] -= taken
                wanted -= taken
            piles[move.taker, move.lot].append([move.arrive_day, doses])
            kept.append(replace(move, doses=doses))
    return kept


def part(problem: Problem, here: Set[str], moves: Sequence[Move]) -> Problem:
    """Some of the stores, after moves between them and others, which only hubs give and take."""
    left: list[Heap] = []
    stores: list[Store] = []
    litres = {item.code: (item.storage, item.litres) for item in problem.products}
    for store in problem.stores:
        if store.code not in here:
            continue
        stays = (
            _left(problem, store.code, moves)
            if store.hub
            else [heap for heap in problem.heaps if heap.store == store.code]
        )
        left += stays
        room = dict(store.room or {})
        for product, doses in _passed(problem, store.code, moves, stays).items():
            storage, each = litres[product]
            room[storage] = max(0.0, room.get(storage, 0.0) - doses * each)
        stores.append(replace(store, room=None if store.room is None else room))
    marks = here & {store.code for store in problem.stores if store.hub}
    return replace(
        problem,
        stores=tuple(stores),
        # A lot that is marked for others only is of use to nobody here: a hub gives none itself.
        lots=tuple(
            replace(lot, earmark=lot.earmark & here or frozenset(marks)) if lot.earmark else lot for lot in problem.lots
        ),
        heaps=_merged(left),
        needs=tuple(need for need in problem.needs if need.store in here),
        lanes=tuple(lane for lane in problem.lanes if {lane.giver, lane.taker} <= here),
        demands=tuple(demand for demand in problem.demands if demand.store in here),
    )


def _counted(problem: Problem, store: Store) -> bool:
    return store.counted is not None and store.counted <= problem.policy.count_days


def _merged(heaps: Iterable[Heap]) -> tuple[Heap, ...]:
    doses: dict[tuple[str, str, int], int] = defaultdict(int)
    for heap in heaps:
        doses[heap.lot, heap.store, heap.day] += heap.doses
    return tuple(Heap(lot=lot, store=store, doses=each, day=day) for (lot, store, day), each in doses.items())


def _stores(problem: Problem, whole: Mapping[str, str], asked: Mapping[str, str]) -> Iterator[Store]:
    members: dict[str, list[Store]] = {code: [] for code in asked.values()}
    for store in problem.stores:
        if store.code in whole:
            members[whole[store.code]].append(store)
    for code, group in members.items():
        room: dict[str, float] = defaultdict(float)
        for store in group:
            for storage, litres in (store.room or {}).items():
                room[storage] += litres
        target = sum(store.target for store in group)
        yield Store(code=code, level=Level.PROVINCE, room=dict(room), counted=0, target=target)


def _needs(problem: Problem, whole: Mapping[str, str]) -> Iterator[Need]:
    members: dict[tuple[str, str], list[Need]] = defaultdict(list)
    for need in problem.needs:
        if need.store in whole:
            members[whole[need.store], need.product].append(need)
    for (code, product), group in members.items():
        yield Need(
            store=code,
            product=product,
            pace=tuple(map(sum, zip(*(need.pace for need in group), strict=True))),
            second=tuple(map(sum, zip(*(need.second for need in group), strict=True))),
        )


def _lanes(problem: Problem, whole: Mapping[str, str], asked: Mapping[str, str]) -> Iterator[Lane]:
    """One for all lanes from a hub to districts of one province: as long as the longest, as dear as the mean."""
    members: dict[tuple[str, str], list[Lane]] = defaultdict(list)
    for lane in problem.lanes:
        if lane.taker in whole and lane.giver not in asked:
            members[lane.giver, whole[lane.taker]].append(lane)
    for (giver, taker), group in members.items():
        yield Lane(
            code=f"{giver}-{taker}",
            giver=giver,
            taker=taker,
            days=max(lane.days for lane in group),
            cost=sum(lane.cost for lane in group) / len(group),
            litres=sum(lane.litres for lane in group),
            storage=frozenset[str]().union(*(lane.storage for lane in group)),
        )


def _demands(problem: Problem, asked: Mapping[str, str]) -> tuple[Demand, ...]:
    doses: dict[tuple[str, str], int] = defaultdict(int)
    for demand in problem.demands:
        doses[asked.get(demand.store, demand.store), demand.product] += demand.doses
    return tuple(Demand(store=store, product=product, doses=each) for (store, product), each in doses.items())


def _left(problem: Problem, code: str, moves: Sequence[Move]) -> list[Heap]:
    """What stays in a hub of its own stock and of what comes. What leaves is taken from what came last: what has been
    there longest is left."""
    piles: dict[str, list[Heap]] = defaultdict(list)
    for heap in problem.heaps:
        if heap.store == code:
            piles[heap.lot].append(heap)
    for move in moves:
        if move.taker == code:
            piles[move.lot].append(Heap(lot=move.lot, store=code, doses=move.doses, day=move.arrive_day))
    for move in sorted((move for move in moves if move.giver == code), key=lambda move: move.ship_day):
        wanted = move.doses
        there = piles[move.lot]
        for at, heap in sorted(enumerate(there), key=lambda item: -item[1].day):
            if heap.day <= move.ship_day:
                taken = min(heap.doses, wanted)
                there[at] = replace(heap, doses=heap.doses - taken)
                wanted -= taken
    return [heap for heaps in piles.values() for heap in heaps if heap.doses]


def _passed(problem: Problem, code: str, moves: Sequence[Move], left: Iterable[Heap]) -> dict[str, int]:
    """Doses of each product that come to a hub and do not stay: the room that they take is not free, and the heaps
    that are left do not tell of it."""
    product = {lot.code: lot.product for lot in problem.lots}
    comes = [(heap.lot, heap.doses) for heap in problem.heaps if heap.store == code and heap.day > 0]
    comes += [(move.lot, move.doses) for move in moves if move.taker == code]
    comes += [(heap.lot, -heap.doses) for heap in left if heap.day > 0]
    passed: dict[str, int] = defaultdict(int)
    for lot, doses in comes:
        passed[product[lot]] += doses
    return passed
