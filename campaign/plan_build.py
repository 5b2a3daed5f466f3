"""From what a snapshot tells to a problem that can be planned: stores, needs, rooms, lanes; what is left out, and why.

The stores planned with are provinces (each with all that lies in its districts and sites), central units, and the
national and regional stores; inside a province its districts and its own store. What lies below a store is used there
and is not sent on: only what lies in its own store can leave it.

A store with a fault is left out by its name and reason, and the others are planned: a nation's plan does not wait for
one fridge. Faults of the whole (stale figures, contradictory limits) refuse the plan (campaign/plan_refusals.py).
Sources: issue 7 ("Build" 1, "Bad input"); DOMAIN 4; ADR 44."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import ceil, lcm
from operator import add

from campaign.plan_facts import PlanFacts, PlanStore
from campaign.plan_lanes import lanes
from campaign.plan_lots import HUBS, PlannedLot, lots_of
from campaign.plan_problem import Lane, Level, Need, Policy, Problem, Product, Store
from campaign.plan_rooms import Volumes, rooms, volumes
from campaign.plan_rules import Asked, LeftOut, PlanRules, Whole, WhyLeft
from campaign.shares import shared_out

# Longest step of the cycles in which nothing leaves any more.
LONG_CYCLE = 7
# Neither give nor receive.
SHUT = frozenset({WhyLeft.NEGATIVE_BALANCE, WhyLeft.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """whole: what travels. meaning: of the codes of lots. assumed: products planned with an assumed packed volume.
    set_aside, unfound, late: as campaign.plan_lots.LotsOf."""

    problem: Problem
    whole: Whole
    meaning: Mapping[str, PlannedLot]
    left: tuple[LeftOut, ...]
    assumed: tuple[str, ...]
    set_aside: int
    unfound: int
    late: int


def cycles_of(days: int, cycle: int, after_days: int) -> tuple[int, ...]:
    """First days of the cycles, and the day after the last: of `cycle` days while transfers leave, longer after it."""
    starts = list(range(0, days, cycle))
    end, following = days + after_days, starts[-1] + cycle
    while following < end:
        starts.append(following)
        following += max(cycle, LONG_CYCLE)
    return (*starts, end)


def build(facts: PlanFacts, asked: Asked, rules: PlanRules, *, known: Mapping[tuple[str, int], float | None]) -> Built:
    """known: packed volumes that sources tell, by product and doses a vial (campaign.plan_rooms.volumes)."""
    cycles = cycles_of(asked.days, asked.cycle, rules.after_days)
    hubs = frozenset(store.code for store in facts.places if _is_hub(store, facts.inside))
    stock = lots_of(facts, asked, rules, horizon=cycles[-1], hubs=hubs)
    numbers = {stock.meaning[lot.code].number for lot in stock.lots}
    own_lots = [facts.lots[number] for number in sorted(numbers) if number in facts.lots]
    if facts.capacity is None:
        raise ValueError("no devices are told: nobody knows what fits anywhere")
    found = volumes(own_lots, facts.capacity, known)
    products = _products(facts, numbers, found, rules)
    left = [*_left(facts, asked, rules), *stock.left]
    stores = tuple(_store(store, facts, asked, rules, found, hubs, cycles) for store in facts.places)
    left += [LeftOut(store=store.code, why=WhyLeft.UNKNOWN_CAPACITY, told="") for store in stores if store.room is None]
    codes = {product.code for product in products}
    product_of = {lot.code: lot.product for lot in stock.lots}
    heaps = tuple(heap for heap in stock.heaps if product_of[heap.lot] in codes)
    kept = {heap.lot for heap in heaps}
    problem = Problem(
        products=products,
        stores=stores,
        lots=tuple(lot for lot in stock.lots if lot.code in kept),
        heaps=heaps,
        needs=tuple(_needs(facts, rules, cycles, codes, hubs)),
        lanes=_open_lanes(lanes(facts.places, rules, labels=found.classes), left),
        cycles=cycles,
        days=asked.days,
        stock_hours=facts.stock_hours,
        policy=Policy(
            reserve=asked.policy.reserve,
            use_days=rules.use_days,
            count_days=rules.count_days,
            stale_hours=rules.stale_hours,
            tray_gap=rules.tray_gap if rules.whole is Whole.TRAY_FIRST else None,
        ),
    )
    return Built(
        problem=problem,
        whole=rules.whole,
        meaning=stock.meaning,
        left=tuple(sorted(left, key=lambda item: (item.why, item.store, item.told))),
        assumed=tuple(sorted(found.assumed)),
        set_aside=stock.set_aside,
        unfound=stock.unfound,
        late=stock.late,
    )


def _is_hub(store: PlanStore, inside: str) -> bool:
    return store.level == "province" if inside else store.level in HUBS


def _products(facts: PlanFacts, numbers: set[str], found: Volumes, rules: PlanRules) -> tuple[Product, ...]:
    """Unit and tray are whole ones of every lot: the least common multiple of theirs."""
    vials: defaultdict[str, list[int]] = defaultdict(list)
    trays: defaultdict[str, list[int]] = defaultdict(list)
    for number in sorted(numbers):
        lot = facts.lots.get(number)
        if lot is not None and lot.now.product and lot.doses_per_vial > 0:
            vials[lot.now.product].append(lot.doses_per_vial)
            trays[lot.now.product].append(lot.doses_per_vial * max(1, lot.vials_per_tray))
    in_trays = rules.whole is Whole.TRAY
    return tuple(
        Product(
            code=code,
            storage=found.labels[code],
            unit_doses=lcm(*(trays if in_trays else vials)[code]),
            litres=found.litres[code],
            tray_doses=0 if in_trays else lcm(*trays[code]),
        )
        for code in sorted(vials)
    )


def _left(facts: PlanFacts, asked: Asked, rules: PlanRules) -> Iterator[LeftOut]:
    for area in facts.homeless:
        yield LeftOut(store=area, why=WhyLeft.NO_STORE, told="")
    for store in facts.places:
        if store.code in asked.suppose.failed:
            yield LeftOut(store=store.code, why=WhyLeft.FAILED, told="")
        if store.below_zero < 0:
            yield LeftOut(store=store.code, why=WhyLeft.NEGATIVE_BALANCE, told=f"{store.below_lot} {store.below_zero}")
        age = _count_age(store, facts.today, rules)
        if age is None or age > rules.count_days:
            yield LeftOut(store=store.code, why=WhyLeft.UNCOUNTED, told="" if age is None else str(age))


def _count_age(store: PlanStore, today: date, rules: PlanRules) -> int | None:
    """Only levels that must count are asked how long ago they did (campaign/stock_places.py)."""
    if store.level not in rules.counting_levels:
        return 0
    return None if store.counted_on is None else max(0, (today - store.counted_on).days)


def _store(
    store: PlanStore,
    facts: PlanFacts,
    asked: Asked,
    rules: PlanRules,
    found: Volumes,
    hubs: frozenset[str],
    cycles: Sequence[int],
) -> Store:
    if facts.capacity is None:
        raise ValueError("no devices are told")
    return Store(
        code=store.code,
        level=Level(store.level),
        room=rooms(store.code, facts.capacity, found),
        counted=_count_age(store, facts.today, rules),
        target=0 if store.code in hubs else _target(store, facts, asked, rules, cycles[-1]),
        hub=store.code in hubs,
    )


def _target(store: PlanStore, facts: PlanFacts, asked: Asked, rules: PlanRules, horizon: int) -> int:
    """Doses that it lacks to the targets in force, and at least what the people wait for that registered; of a central
    unit, which has no population, what it gives at its pace; of a district its part by population."""
    if store.code in asked.suppose.targets:
        return asked.suppose.targets[store.code]
    if store.level == Level.PROVINCE:
        return max(facts.lacking.get(store.area, 0), facts.waiting.get(store.area, 0))
    if store.level == Level.DISTRICT:
        whole = max(facts.lacking.get(store.area, 0), facts.waiting.get(store.area, 0))
        weights = {item.district: rules.populations.get(item.district, 0) for item in facts.places if item.district}
        return shared_out(whole, weights).get(store.district, 0)
    return round(horizon * sum(pace for (place, _), pace in facts.paces.items() if place == store.code))


def _needs(
    facts: PlanFacts, rules: PlanRules, cycles: Sequence[int], products: set[str], hubs: frozenset[str]
) -> Iterator[Need]:
    second = _second(facts, cycles)
    for store in facts.places:
        if store.code in hubs:
            continue
        for product in sorted(products):
            due = second.get((store.code, product), (0,) * (len(cycles) - 1))
            daily = facts.paces.get((store.code, product), 0.0)
            usual = tuple(round(daily * (end - start)) for start, end in pairwise(cycles))
            more = _beyond(facts.sessions.get((store.code, product), {}), daily, cycles)
            # Where nothing of it was given lately, nobody knows a pace: people who come for a due dose get one.
            pace = tuple(map(add, usual, more)) if daily > 0 else tuple(map(max, due, more))
            if any(pace) or any(due):
                minimum = ceil(rules.minimum_days * daily)
                yield Need(store=store.code, product=product, pace=pace, second=due, minimum=minimum)


def _beyond(sessions: Mapping[int, int], daily: float, cycles: Sequence[int]) -> tuple[int, ...]:
    """For each cycle, people of planned sessions beyond a day's pace. A day with fewer is no less: sessions are entered
    shortly before, and not by every site (docs/adr/0053-pace-and-sessions-in-the-demand.md)."""
    return tuple(
        round(sum(max(0.0, people - daily) for day, people in sessions.items() if start <= day < end))
        for start, end in pairwise(cycles)
    )


def _second(facts: PlanFacts, cycles: Sequence[int]) -> dict[tuple[str, str], tuple[int, ...]]:
    """By place and product, for each cycle; what fell due before today is due in the first. Of a province, where people
    live; inside one, shared among districts by people whose series has begun there."""
    by_area: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * (len(cycles) - 1))
    for item in facts.due:
        day = (item.due_on - facts.today).days
        if day < cycles[-1]:
            cycle = max((at for at, start in enumerate(cycles[:-1]) if start <= day), default=0)
            by_area[item.area_code, item.product][cycle] += item.people
    found: dict[tuple[str, str], tuple[int, ...]] = {}
    if not facts.inside:
        own = {store.area: store.code for store in facts.places if store.level == Level.PROVINCE}
        return {(own[area], product): tuple(due) for (area, product), due in by_area.items() if area in own}
    codes = {store.district: store.code for store in facts.places if store.level == Level.DISTRICT}
    weights = {district: facts.partial.get(district, 0) for district in codes}
    for (_, product), due in by_area.items():
        parts = [shared_out(doses, weights) for doses in due]
        for district, code in codes.items():
            found[code, product] = tuple(part.get(district, 0) for part in parts)
    return found


def _open_lanes(found: Sequence[Lane], left: Sequence[LeftOut]) -> tuple[Lane, ...]:
    """Without those of stores that are shut, and those into stores of which nobody knows the room."""
    shut = {item.store for item in left if item.why in SHUT}
    full = shut | {item.store for item in left if item.why is WhyLeft.UNKNOWN_CAPACITY}
    return tuple(lane for lane in found if lane.giver not in shut and lane.taker not in full)
