"""A problem as arrays: lots of one product that are usable equally long and for the same stores are one class.

Exact, since a lot serves whole cycles only (campaign/plan_problem.py). Quantities that travel are counted in units (a
tray or vial of the product)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from campaign.plan_problem import Lot, Problem, Rule

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A class of lots. until: cycles that it serves. earmark: stores that may use it; empty: all."""

    product: int
    until: int
    earmark: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """The arrays. c: class, s: store, p: product, t: cycle, l: lane, k: storage class.

    kinds: the classes. lots: of each class, those used up first before the others. stock[c, s, t]: doses that are
    there from cycle t on. units[c, s]: whole units of today's stock. usable[c, s]: the store may give it to people.
    arrives[l, t]: the cycle that a departure serves first, spans where it serves none. allowed[c, l, t]: no rule on
    the lot, the lane or the two stores forbids the move. gives[s, p]: units that a store may give. room[s, k].
    gone: doses that are lost whatever is planned."""

    problem: Problem
    kinds: tuple[Kind, ...]
    lots: tuple[tuple[Lot, ...], ...]
    stock: Ints
    units: Ints
    usable: Bools
    arrives: Ints
    allowed: Bools
    limited: Bools
    gives: Ints
    room: Floats
    unit: Ints
    litres: Floats
    giver: Ints
    taker: Ints
    hub: Bools
    pace: Ints
    second: Ints
    storages: tuple[str, ...]
    gone: int


def index(problem: Problem) -> Index:
    """Shapes as Index says. The problem has no refusals."""
    stores = {store.code: at for at, store in enumerate(problem.stores)}
    products = {product.code: at for at, product in enumerate(problem.products)}
    kinds, lots = _kinds(problem, products)
    gone = 0
    of_lot = {lot.code: at for at, group in enumerate(lots) for lot in group}
    shape = (len(kinds), len(stores))
    hub = np.array([store.hub for store in problem.stores], dtype=np.bool_)
    unit = np.array([product.unit_doses for product in problem.products], dtype=np.int64)
    product_of = np.array([kind.product for kind in kinds], dtype=np.int64)
    stock = np.zeros((*shape, problem.spans), dtype=np.int64)
    units = np.zeros(shape, dtype=np.int64)
    for heap in problem.heaps:
        at = of_lot.get(heap.lot)
        cycle = problem.usable_from(heap.day)
        if at is None:
            continue
        kind, s = kinds[at], stores[heap.store]
        # Of a hub only whole units count: its loose doses go nowhere.
        loose = heap.doses % int(unit[kind.product]) if hub[s] else 0
        if kind.until < problem.spans:
            gone += heap.doses if cycle >= kind.until else loose
        if cycle < kind.until:
            stock[at, s, cycle] += heap.doses - loose
        if heap.day == 0 and not hub[s] and not heap.bound:
            units[at, s] += heap.doses // int(unit[kind.product])
    units[np.array([kind.until == 0 for kind in kinds], dtype=np.bool_)] = 0
    usable = np.array(
        [[not store.hub and _may_use(kind, store.code) for store in problem.stores] for kind in kinds], dtype=np.bool_
    ).reshape(shape)
    pace, second = _needs(problem, stores, products)
    storages = tuple(sorted({product.storage for product in problem.products}))
    arrives = np.array(
        [[problem.usable_from(problem.cycles[t] + lane.days) for t in range(problem.spans)] for lane in problem.lanes],
        dtype=np.int64,
    ).reshape(len(problem.lanes), problem.spans)
    return Index(
        problem=problem,
        kinds=kinds,
        lots=lots,
        stock=stock,
        units=units,
        usable=usable,
        arrives=arrives,
        allowed=_allowed(problem, kinds, arrives),
        limited=usable & np.array([kind.until > 0 for kind in kinds], dtype=np.bool_).reshape(-1, 1),
        gives=_gives(problem, stock[:, :, 0] * usable, kinds, second),
        room=_room(problem, storages),
        unit=unit[product_of] if kinds else unit[:0],
        litres=np.array([problem.products[p].litres * unit[p] for p in product_of], dtype=np.float64),
        giver=np.array([stores[lane.giver] for lane in problem.lanes], dtype=np.int64),
        taker=np.array([stores[lane.taker] for lane in problem.lanes], dtype=np.int64),
        hub=hub,
        pace=pace,
        second=second,
        storages=storages,
        gone=gone,
    )


def _kinds(problem: Problem, products: dict[str, int]) -> tuple[tuple[Kind, ...], tuple[tuple[Lot, ...], ...]]:
    groups: dict[Kind, list[Lot]] = {}
    for lot in problem.lots:
        released = lot.released or problem.bent(Rule.RELEASE, lot.code)
        if not released or (lot.held and not problem.bent(Rule.HOLD, lot.code)):
            continue
        earmark = frozenset[str]() if problem.bent(Rule.EARMARK, lot.code) else lot.earmark
        kind = Kind(product=products[lot.product], until=problem.usable_until(lot.last_day), earmark=earmark)
        groups.setdefault(kind, []).append(lot)
    kinds = sorted(groups, key=lambda kind: (kind.product, kind.until, sorted(kind.earmark)))
    return tuple(kinds), tuple(tuple(sorted(groups[kind], key=lambda lot: (lot.last_day, lot.code))) for kind in kinds)


def _may_use(kind: Kind, store: str) -> bool:
    return not kind.earmark or store in kind.earmark


def _needs(problem: Problem, stores: dict[str, int], products: dict[str, int]) -> tuple[Ints, Ints]:
    pace = np.zeros((len(stores), len(products), problem.spans), dtype=np.int64)
    second = np.zeros_like(pace)
    for need in problem.needs:
        pace[stores[need.store], products[need.product]] = need.pace
        second[stores[need.store], products[need.product]] = need.second
    return pace, second


def _allowed(problem: Problem, kinds: tuple[Kind, ...], arrives: Ints) -> Bools:
    """All classes and lanes at once: a country of districts has a quarter of a million pairs of them."""
    stores = {store.code: store for store in problem.stores}
    counted = {
        code: problem.bent(Rule.COUNT, code)
        or (store.counted is not None and store.counted <= problem.policy.count_days)
        for code, store in stores.items()
    }
    lanes = np.array([counted[lane.giver] and counted[lane.taker] for lane in problem.lanes], dtype=np.bool_)
    kept = np.array(
        [
            [problem.bent(Rule.COLD_CLASS, lane.code) or product.storage in lane.storage for lane in problem.lanes]
            for product in problem.products
        ],
        dtype=np.bool_,
    ).reshape(len(problem.products), lanes.size)
    pairs = lanes & kept[np.array([kind.product for kind in kinds], dtype=np.int64)]
    for c, kind in enumerate(kinds):
        if kind.earmark:
            pairs[c] &= [stores[lane.taker].hub or _may_use(kind, lane.taker) for lane in problem.lanes]
    starts = np.array(problem.cycles, dtype=np.int64)
    until = np.array([kind.until for kind in kinds], dtype=np.int64).reshape(-1, 1, 1)
    fresh = arrives < until
    if not problem.bent(Rule.EXPIRY):
        fresh &= (until >= problem.spans) | (starts[arrives] + problem.policy.use_days <= starts[until])
    return pairs[:, :, np.newaxis] & fresh & (starts[:-1] < problem.days)


def _gives(problem: Problem, usable: Ints, kinds: tuple[Kind, ...], second: Ints) -> Ints:
    """Units by store and product; the greatest number where no limit holds."""
    products, heaps = problem.products, {heap.store for heap in problem.heaps if heap.day == 0}
    minimum = {(need.store, need.product): need.minimum for need in problem.needs}
    limit = np.full((len(problem.stores), len(products)), np.iinfo(np.int64).max // 4, dtype=np.int64)
    there_of = np.zeros((len(products), len(problem.stores)), dtype=np.int64)
    for c, kind in enumerate(kinds):
        if kind.until > 0:
            there_of[kind.product] += usable[c]
    for s, store in enumerate(problem.stores):
        if store.hub or store.code not in heaps:
            continue
        for p, product in enumerate(products):
            there = int(there_of[p, s])
            bounds: list[int] = []
            if not problem.bent(Rule.MINIMUM, store.code):
                bounds.append(there - minimum.get((store.code, product.code), 0))
            if not problem.bent(Rule.RESERVE, store.code):
                bounds.append(there - math.ceil(problem.policy.reserve * int(second[s, p].sum())))
            if bounds:
                limit[s, p] = max(0, min(bounds)) // product.unit_doses
    return limit


def _room(problem: Problem, storages: tuple[str, ...]) -> Floats:
    """Litres free for what a plan sends: today's, less what is on its way already."""
    lots = {lot.code: lot.product for lot in problem.lots}
    products = {product.code: product for product in problem.products}
    room = np.zeros((len(problem.stores), len(storages)), dtype=np.float64)
    at = {store.code: s for s, store in enumerate(problem.stores)}
    for s, store in enumerate(problem.stores):
        for k, storage in enumerate(storages):
            bent = problem.bent(Rule.STORAGE, store.code)
            room[s, k] = np.inf if bent else (store.room or {}).get(storage, 0.0)
    for heap in problem.heaps:
        if heap.day > 0:
            product = products[lots[heap.lot]]
            room[at[heap.store], storages.index(product.storage)] -= heap.doses * product.litres
    return np.maximum(room, 0.0)
