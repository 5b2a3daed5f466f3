"""What a plan is worth: doses lost, second doses unmet, doses short of targets, cost; with and without the plan.

Apart from the optimiser, as the checker is. In each store and product the stock is used as well as the pace allows:
fewest doses lost, fewest second doses unmet at the end (some may wait within the horizon), most doses given. One way
of using the stock does all three at once (a flow between doses and cycles: Mendelsohn and Dulmage, 1958), so that each
may be counted by itself. Source: issue 7 ("Build" 2 and 4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campaign.plan_problem import Aim, Lot, Move, Need, Problem, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Doses in a store that serve the cycles since..until-1. ends: they expire in the horizon."""

    since: int
    until: int
    doses: int
    ends: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreValue:
    """Of one store and product over the horizon. stock: usable doses there today."""

    stock: int
    lost: int
    unmet: int
    given: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """aims: as Aim, in doses and thousand VND. stores: by store and product."""

    aims: Mapping[Aim, float]
    stores: Mapping[tuple[str, str], StoreValue]
    short: Mapping[str, int]


def value(problem: Problem, moves: Sequence[Move] = ()) -> Value:
    """Of a plan without violations; no moves: what comes if nothing is done."""
    lots = {lot.code: lot for lot in problem.lots}
    hubs = {store.code for store in problem.stores if store.hub}
    needs = {(need.store, need.product): need for need in problem.needs}
    batches: dict[tuple[str, str], list[Batch]] = defaultdict(list)
    unused: dict[tuple[str, str], int] = defaultdict(int)
    for (store, code), flows in _flows(problem, moves).items():
        lot = lots[code]
        if not _counts(problem, lot):
            continue
        until = problem.usable_until(lot.last_day)
        ends = until < problem.spans
        serves = store not in hubs and (not lot.earmark or store in lot.earmark or problem.bent(Rule.EARMARK, code))
        for since, doses in sorted(flows.items()):
            if serves:
                batches[store, lot.product].append(Batch(since=since, until=until, doses=doses, ends=ends))
            elif ends:
                unused[store, lot.product] += doses
    stores = {
        key: _of_store(problem, batches.get(key, []), needs.get(key), unused.get(key, 0))
        for key in sorted({*batches, *needs, *unused})
    }
    given: dict[str, int] = defaultdict(int)
    for (store, _), item in stores.items():
        given[store] += item.given
    short = {store.code: max(0, store.target - given[store.code]) for store in problem.stores if not store.hub}
    aims = {
        Aim.LOST: float(sum(item.lost for item in stores.values())),
        Aim.UNMET: float(sum(item.unmet for item in stores.values())),
        Aim.SHORT: float(sum(short.values())),
        Aim.COST: cost(problem, moves),
    }
    return Value(aims=aims, stores=stores, short=short)


def cost(problem: Problem, moves: Sequence[Move]) -> float:
    """Thousand VND."""
    products = {item.code: item for item in problem.products}
    lanes = {item.code: item for item in problem.lanes}
    opened = {move.giver for move in moves if move.doses}
    opening = sum(store.opening for store in problem.stores if store.code in opened)
    return opening + sum(move.doses * products[move.product].litres * lanes[move.lane].cost for move in moves)


def _counts(problem: Problem, lot: Lot) -> bool:
    released = lot.released or problem.bent(Rule.RELEASE, lot.code)
    return released and (not lot.held or problem.bent(Rule.HOLD, lot.code))


def _flows(problem: Problem, moves: Sequence[Move]) -> dict[tuple[str, str], dict[int, int]]:
    """Doses of each store and lot by the cycle from which they serve; what leaves is taken from the earliest."""
    flows: dict[tuple[str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for heap in problem.heaps:
        flows[heap.store, heap.lot][problem.usable_from(heap.day)] += heap.doses
    for move in moves:
        flows[move.taker, move.lot][problem.usable_from(move.arrive_day)] += move.doses
    for move in moves:
        there, wanted = flows[move.giver, move.lot], move.doses
        for since in sorted(there):
            taken = min(there[since], wanted)
            there[since] -= taken
            wanted -= taken
    return flows


def _of_store(problem: Problem, batches: Sequence[Batch], need: Need | None, unused: int) -> StoreValue:
    nothing = (0,) * problem.spans
    pace, second = (need.pace, need.second) if need else (nothing, nothing)
    ending = [batch for batch in batches if batch.ends]
    on_second = used(batches, pace, second)
    everything = (sum(pace), *nothing[1:])
    return StoreValue(
        stock=sum(batch.doses for batch in batches if batch.since == 0 and batch.until > 0),
        lost=unused + sum(batch.doses for batch in ending) - used(ending, pace, everything),
        unmet=sum(second) - on_second,
        given=used(batches, pace, everything),
    )


def used(batches: Sequence[Batch], pace: Sequence[int], falls: Sequence[int]) -> int:
    """The most doses that can be used: in each cycle no more than its pace, and none before it has fallen due.

    From the last cycle to the first: there each takes the batch that came last, for what fell due last. Forwards it
    would not be the most: doses that last are better kept where some that end sooner are still to come."""
    left = sorted(([batch.since, batch.until, batch.doses] for batch in batches), key=lambda item: -item[0])
    due = list(falls)
    total = 0
    for cycle in range(len(pace) - 1, -1, -1):
        room = min(pace[cycle], sum(due[: cycle + 1]))
        taken = 0
        for item in left:
            since, until, doses = item
            if since <= cycle < until and taken < room:
                now = min(doses, room - taken)
                item[2] -= now
                taken += now
        total += taken
        for fell in range(cycle, -1, -1):
            now = min(due[fell], taken)
            due[fell] -= now
            taken -= now
    return total
