"""Is a problem fit to be planned from? Every fault is named; none is mended silently. Source: issue 7, "Bad input"."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator

from campaign.plan_problem import Problem, Refusal, Refused


def refusals(problem: Problem) -> list[Refused]:
    """All reasons against planning, in the order of Refusal; empty: it may be planned."""
    return [*_stale(problem), *_negative(problem), *_capacity(problem), *_limits(problem), *_names(problem)]


def _refused(why: Refusal, subject: str, told: object) -> Refused:
    return Refused(why=why, subject=subject, told=str(told))


def _stale(problem: Problem) -> Iterator[Refused]:
    # An age that is not a number must not pass for fresh.
    if not problem.stock_hours <= problem.policy.stale_hours:
        yield _refused(Refusal.STALE_STOCK, "stock", problem.stock_hours)


def _negative(problem: Problem) -> Iterator[Refused]:
    for heap in problem.heaps:
        if heap.doses < 0:
            yield _refused(Refusal.NEGATIVE_BALANCE, f"{heap.store} {heap.lot}", heap.doses)


def _capacity(problem: Problem) -> Iterator[Refused]:
    reached = {lane.taker for lane in problem.lanes}
    for store in problem.stores:
        if store.code in reached and store.room is None:
            yield _refused(Refusal.UNKNOWN_CAPACITY, store.code, None)
        for storage, litres in (store.room or {}).items():
            if not math.isfinite(litres):
                yield _refused(Refusal.UNKNOWN_CAPACITY, store.code, f"{storage} {litres}")
    for lane in problem.lanes:
        if not (math.isfinite(lane.litres) and math.isfinite(lane.cost)):
            yield _refused(Refusal.UNKNOWN_CAPACITY, lane.code, f"{lane.litres} {lane.cost}")


def _limits(problem: Problem) -> Iterator[Refused]:  # noqa: PLR0912  # one branch a limit
    """Limits that cannot all hold, or that mean nothing."""
    policy = problem.policy
    rising = all(early < late for early, late in zip(problem.cycles, problem.cycles[1:], strict=False))
    if problem.spans < 1 or problem.cycles[0] != 0 or not rising or not 0 < problem.days <= problem.cycles[-1]:
        yield _refused(Refusal.CONTRADICTION, "cycles", (problem.cycles, problem.days))
    if not 0 <= policy.reserve <= 1:
        yield _refused(Refusal.CONTRADICTION, "reserve", policy.reserve)
    if policy.use_days < 0 or policy.count_days < 0:
        yield _refused(Refusal.CONTRADICTION, "policy", (policy.use_days, policy.count_days))
    for product in problem.products:
        if product.unit_doses < 1 or not product.litres >= 0:
            yield _refused(Refusal.CONTRADICTION, product.code, (product.unit_doses, product.litres))
        elif product.tray_doses < 0 or product.tray_doses % product.unit_doses:
            yield _refused(Refusal.CONTRADICTION, product.code, (product.unit_doses, product.tray_doses))
    for store in problem.stores:
        if store.target < 0 or not store.opening >= 0 or any(litres < 0 for litres in (store.room or {}).values()):
            yield _refused(Refusal.CONTRADICTION, store.code, (store.target, store.room))
    for lane in problem.lanes:
        if lane.days < 0 or lane.litres < 0 or lane.cost < 0 or lane.giver == lane.taker:
            yield _refused(Refusal.CONTRADICTION, lane.code, (lane.giver, lane.taker, lane.days, lane.litres))
    for need in problem.needs:
        counts = (len(need.pace), len(need.second))
        if counts != (problem.spans, problem.spans) or min((*need.pace, *need.second, need.minimum)) < 0:
            yield _refused(Refusal.CONTRADICTION, f"{need.store} {need.product}", (need.pace, need.second))
    for heap in problem.heaps:
        if heap.day < 0:
            yield _refused(Refusal.CONTRADICTION, f"{heap.store} {heap.lot}", heap.day)


def _names(problem: Problem) -> Iterator[Refused]:
    products = {item.code for item in problem.products}
    stores = {item.code for item in problem.stores}
    lots = {item.code for item in problem.lots}
    hubs = {item.code for item in problem.stores if item.hub}
    named: list[tuple[str, set[str]]] = [
        *((lot.product, products) for lot in problem.lots),
        *((store, stores) for lot in problem.lots for store in sorted(lot.earmark)),
        *((heap.store, stores) for heap in problem.heaps),
        *((heap.lot, lots) for heap in problem.heaps),
        *((need.store, stores - hubs) for need in problem.needs),
        *((need.product, products) for need in problem.needs),
        *((end, stores) for lane in problem.lanes for end in (lane.giver, lane.taker)),
        *((demand.store, stores - hubs) for demand in problem.demands),
        *((demand.product, products) for demand in problem.demands),
    ]
    for name in dict.fromkeys(name for name, known in named if name not in known):
        yield _refused(Refusal.UNKNOWN_NAME, name, None)
    yield from _twice(item.code for item in problem.stores)
    yield from _twice(item.code for item in problem.lots)
    yield from _twice(item.code for item in problem.products)
    yield from _twice(item.code for item in problem.lanes)
    yield from _twice(f"{need.store} {need.product}" for need in problem.needs)
    yield from _twice(f"{heap.store} {heap.lot} {heap.day}{' bound' * heap.bound}" for heap in problem.heaps)


def _twice(codes: Iterable[str]) -> Iterator[Refused]:
    for code, times in Counter(codes).items():
        if times > 1:
            yield _refused(Refusal.TWICE, code, times)
