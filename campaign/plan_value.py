"""What a plan is worth: doses lost, second doses unmet, doses short of targets, cost; with and without the plan.

Apart from the optimiser, as the checker is. In each store and product the doses that serve a cycle are used first
expired first, as many as the pace allows. That loses fewest doses, leaves fewest second doses unmet and gives most
doses, and one way of using the stock does all three at once (a flow between doses and days; Mendelsohn and Dulmage,
1958), so that each may be counted by itself. Source: issue 7 ("Build" 2 and 4)."""

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
    return sum(move.doses * products[move.product].litres * lanes[move.lane].cost for move in moves)


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
    """Doses used, first expired first, as soon as they can be: in each cycle no more than its pace, and no more in all
    than has fallen due by then."""
    left = sorted(([batch.until, batch.since, batch.doses] for batch in batches), key=lambda item: item[0])
    total = waiting = 0
    for cycle, (most, new) in enumerate(zip(pace, falls, strict=True)):
        waiting += new
        room = min(most, waiting)
        for item in left:
            until, since, doses = item
            if room == 0:
                break
            if since <= cycle < until:
                taken = min(doses, room)
                item[2] -= taken
                room -= taken
                total += taken
                waiting -= taken
    return total
