"""A country's problem between its hubs: the nation, with the districts of each province as one store.

It is planned in a fiftieth of the time of the whole and tells about what a dose is worth in each hub
(operations/plan_linked.py). Source: issue 7 ("Build" 2: national, and inside a province)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from campaign.plan_problem import Demand, Heap, Lane, Level, Need, Problem, Store

# Of store codes that a problem has, none may end so.
TOGETHER = " districts"


def nation(problem: Problem, province_of: Mapping[str, str]) -> Problem:
    """The hubs, and each province's districts as one store, which gives hubs what its districts have. province_of: the
    hub of the province that each district belongs to. Districts that were not counted lately neither give nor take
    whatever is planned: they stay out, with what they have and need. Demands for them do not."""
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
            minimum=sum(need.minimum for need in group),
        )


def _lanes(problem: Problem, whole: Mapping[str, str], asked: Mapping[str, str]) -> Iterator[Lane]:
    """One for all lanes from a hub to districts of one province, and one for those from them to a hub: as long as the
    longest, as dear as the mean."""
    members: dict[tuple[str, str], list[Lane]] = defaultdict(list)
    for lane in problem.lanes:
        if lane.taker in whole and lane.giver not in asked:
            members[lane.giver, whole[lane.taker]].append(lane)
        elif lane.giver in whole and lane.taker not in asked:
            members[whole[lane.giver], lane.taker].append(lane)
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
