"""The independent checker: does a plan, whoever made it, break a rule? It decides; the optimiser does not.

Written apart from the optimiser and sharing only the problem's types with it: plain Python, line by line and day by
day. A plan typed by hand goes the same way. Source: issue 7 ("Build" 2 and 3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from campaign.plan_problem import Lane, Lot, Move, Problem, Product, Rule, Store

# Litres are sums of fractions: a hair above the limit is rounding.
HAIR = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """line: number of the line that breaks the rule (from 0); None: several together. told against limit, where the
    rule is one of quantities."""

    rule: Rule
    subject: str
    line: int | None = None
    told: float | None = None
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class _Facts:
    problem: Problem
    products: dict[str, Product]
    stores: dict[str, Store]
    lots: dict[str, Lot]
    lanes: dict[str, Lane]


def violations(problem: Problem, moves: Sequence[Move]) -> list[Violation]:
    """Every rule that the plan breaks; empty: it may be carried out. Rules left out of the problem are not asked."""
    facts = _Facts(
        problem,
        {item.code: item for item in problem.products},
        {item.code: item for item in problem.stores},
        {item.code: item for item in problem.lots},
        {item.code: item for item in problem.lanes},
    )
    found: list[Violation] = []
    known: list[tuple[int, Move]] = []
    for at, move in enumerate(moves):
        strange = list(_unknown(facts, at, move))
        found += strange
        if not strange:
            known.append((at, move))
            found += _line(facts, at, move)
    sound = [move for _, move in known]
    found += _stock(facts, sound)
    found += _gives(facts, sound)
    found += _room(facts, sound)
    found += _transport(facts, sound)
    found += _demands(facts, sound)
    return [item for item in found if not problem.bent(item.rule, item.subject)]


def _unknown(facts: _Facts, at: int, move: Move) -> Iterator[Violation]:
    """A line that names what is not there, or contradicts itself."""
    lot, lane = facts.lots.get(move.lot), facts.lanes.get(move.lane)
    if lot is None or lot.product != move.product:
        yield Violation(rule=Rule.UNKNOWN, subject=move.lot, line=at)
    if lane is None or (lane.giver, lane.taker) != (move.giver, move.taker):
        yield Violation(rule=Rule.UNKNOWN, subject=move.lane, line=at)


def _line(facts: _Facts, at: int, move: Move) -> Iterator[Violation]:
    """What one line says by itself."""
    problem, lot, lane = facts.problem, facts.lots[move.lot], facts.lanes[move.lane]
    product, taker = facts.products[move.product], facts.stores[move.taker]
    if not lot.released:
        yield Violation(rule=Rule.RELEASE, subject=lot.code, line=at)
    if lot.held:
        yield Violation(rule=Rule.HOLD, subject=lot.code, line=at)
    if lot.earmark and not taker.hub and taker.code not in lot.earmark:
        yield Violation(rule=Rule.EARMARK, subject=lot.code, line=at)
    if product.storage not in lane.storage:
        yield Violation(rule=Rule.COLD_CLASS, subject=lane.code, line=at)
    if move.doses <= 0 or move.doses % product.unit_doses:
        yield Violation(rule=Rule.WHOLE, subject=lot.code, line=at, told=move.doses, limit=product.unit_doses)
    leaves = move.ship_day in problem.cycles[:-1] and move.ship_day < problem.days
    if not leaves or move.arrive_day != move.ship_day + lane.days:
        yield Violation(rule=Rule.CYCLE, subject=lane.code, line=at, told=move.ship_day, limit=problem.days)
    serves = [day for day in problem.cycles if day >= move.arrive_day]
    # A lot serves whole cycles: its last one ends on or before the day after its last day.
    ends = max((day for day in problem.cycles if day <= lot.last_day + 1), default=0)
    outlives = lot.last_day + 1 >= problem.cycles[-1]
    if not outlives and (not serves or serves[0] + problem.policy.use_days > ends or serves[0] >= ends):
        yield Violation(rule=Rule.EXPIRY, subject=lot.code, line=at, told=move.arrive_day, limit=lot.last_day)
    for store in (facts.stores[move.giver], taker):
        if store.counted is None or store.counted > problem.policy.count_days:
            yield Violation(
                rule=Rule.COUNT, subject=store.code, line=at, told=store.counted, limit=problem.policy.count_days
            )


def _stock(facts: _Facts, moves: Sequence[Move]) -> Iterator[Violation]:
    """A lot leaves a store only from what lies there and may be sent: in a hub also from what has come, by the day it
    leaves."""
    today: dict[tuple[str, str], int] = defaultdict(int)
    comes: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    goes: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for heap in facts.problem.heaps:
        if heap.bound:
            continue
        if heap.day == 0:
            today[heap.store, heap.lot] += heap.doses
        if facts.stores[heap.store].hub:
            comes[heap.store, heap.lot].append((heap.day, heap.doses))
    for move in moves:
        goes[move.giver, move.lot].append((move.ship_day, move.doses))
        if facts.stores[move.taker].hub:
            comes[move.taker, move.lot].append((move.arrive_day, move.doses))
    given = {(move.taker, move.lot) for move in moves}
    for (store, lot), sent in sorted(goes.items()):
        if not facts.stores[store].hub:
            there, out = today[store, lot], sum(doses for _, doses in sent)
            if out > there:
                rule = Rule.ONWARD if (store, lot) in given else Rule.STOCK
                yield Violation(rule=rule, subject=f"{store} {lot}", told=out, limit=there)
            continue
        for day in sorted({day for day, _ in sent}):
            out = sum(doses for when, doses in sent if when <= day)
            there = sum(doses for when, doses in comes[store, lot] if when <= day)
            if out > there:
                yield Violation(rule=Rule.STOCK, subject=f"{store} {lot}", told=out, limit=there)


def _gives(facts: _Facts, moves: Sequence[Move]) -> Iterator[Violation]:
    """A store that vaccinates keeps its minimum, and its reserve for second doses, of what it could use itself."""
    problem = facts.problem
    out: dict[tuple[str, str], int] = defaultdict(int)
    for move in moves:
        if not facts.stores[move.giver].hub and _serves(facts, facts.lots[move.lot], move.giver):
            out[move.giver, move.product] += move.doses
    there: dict[tuple[str, str], int] = defaultdict(int)
    for heap in problem.heaps:
        lot = facts.lots[heap.lot]
        if heap.day == 0 and _serves(facts, lot, heap.store):
            there[heap.store, lot.product] += heap.doses
    needs = {(need.store, need.product): need for need in problem.needs}
    for key, doses in sorted(out.items()):
        need = needs.get(key)
        stays = there[key] - doses
        minimum = need.minimum if need else 0
        reserve = problem.policy.reserve * sum(need.second) if need else 0.0
        if stays < minimum:
            yield Violation(rule=Rule.MINIMUM, subject=key[0], told=stays, limit=minimum)
        if stays < reserve - HAIR:
            yield Violation(rule=Rule.RESERVE, subject=key[0], told=stays, limit=reserve)


def _serves(facts: _Facts, lot: Lot, store: str) -> bool:
    """May the store give the lot to people, for one cycle at least?"""
    problem = facts.problem
    released = lot.released or problem.bent(Rule.RELEASE, lot.code)
    free = not lot.held or problem.bent(Rule.HOLD, lot.code)
    marked = not lot.earmark or store in lot.earmark or problem.bent(Rule.EARMARK, lot.code)
    return released and free and marked and lot.last_day + 1 >= problem.cycles[1]


def _room(facts: _Facts, moves: Sequence[Move]) -> Iterator[Violation]:
    litres: dict[tuple[str, str], float] = defaultdict(float)
    coming: dict[tuple[str, str], float] = defaultdict(float)
    for move in moves:
        product = facts.products[move.product]
        litres[move.taker, product.storage] += move.doses * product.litres
    for heap in facts.problem.heaps:
        if heap.day > 0:
            product = facts.products[facts.lots[heap.lot].product]
            coming[heap.store, product.storage] += heap.doses * product.litres
    for (store, storage), told in sorted(litres.items()):
        room = (facts.stores[store].room or {}).get(storage, 0.0)
        limit = max(0.0, room - coming[store, storage])
        if told > limit + HAIR:
            yield Violation(rule=Rule.STORAGE, subject=store, told=told, limit=limit)


def _transport(facts: _Facts, moves: Sequence[Move]) -> Iterator[Violation]:
    litres: dict[tuple[str, int], float] = defaultdict(float)
    for move in moves:
        litres[move.lane, move.ship_day] += move.doses * facts.products[move.product].litres
    for (lane, _), told in sorted(litres.items()):
        if told > facts.lanes[lane].litres + HAIR:
            yield Violation(rule=Rule.TRANSPORT, subject=lane, told=told, limit=facts.lanes[lane].litres)


def _demands(facts: _Facts, moves: Sequence[Move]) -> Iterator[Violation]:
    last = facts.problem.cycles[-2]
    for demand in facts.problem.demands:
        told = sum(
            move.doses
            for move in moves
            if (move.taker, move.product) == (demand.store, demand.product) and move.arrive_day <= last
        )
        if told < demand.doses:
            subject = f"{demand.store} {demand.product}"
            yield Violation(rule=Rule.NEEDED, subject=subject, told=told, limit=demand.doses)
