"""Why a line of a plan: this lot, from here, to there, with the figures it rests on.

Pure, and counted from the problem and the plan alone, so that anyone can count it again. Which rule held a line back is
another question (operations/plan_price.py). Source: issue 7 ("Build" 3); FEATURES M2."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from campaign.plan_problem import Move, Need, Problem
from campaign.plan_value import StoreValue, Value, value


class WhyLot(StrEnum):
    ENDS = "ends"  # it ends within the horizon
    LASTS = "lasts"  # it outlives the horizon


class WhyFrom(StrEnum):
    LOSES = "loses"  # without the plan the giver would lose doses of the product, and the lot is one that ends
    SPARE = "spare"  # it has more than its minimum and its reserve
    HUB = "hub"  # it passes doses on and gives none
    HUB_LOSES = "hub_loses"  # and would let doses of the product expire; the lot is one that ends
    ONWARD = "onward"  # a hub that sends on what the plan brings it: it has too few of the lot today


class WhyTo(StrEnum):
    UNMET = "unmet"  # without the plan second doses would stay unmet there
    GIVES = "gives"  # with the plan it gives more doses
    SAVES = "saves"  # it uses them before their last day, and its own later
    NEEDED = "needed"  # the planner demands it
    HUB = "hub"  # it passes them on


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """lot_days: days on which the lot is still usable, from the day of planning. giver_, taker_: of the product there.
    days: stock today over mean daily pace; None: no pace. lost, unmet, given: doses over the horizon without the plan
    (before) and with all of it (after). spare: usable doses above minimum and reserve, today. stock: usable doses of
    the product there today, below its own store too. second: second doses that fall due in the horizon."""

    lot: WhyLot
    giver: WhyFrom
    taker: WhyTo
    lot_days: int
    giver_days: float | None
    taker_days: float | None
    giver_stock: int
    taker_stock: int
    taker_second: int
    giver_spare: int
    giver_lost_before: int
    giver_lost_after: int
    taker_unmet_before: int
    taker_unmet_after: int
    taker_given_before: int
    taker_given_after: int


NOTHING = StoreValue(stock=0, lost=0, unmet=0, given=0)


def reasons(problem: Problem, moves: Sequence[Move]) -> list[Reason]:
    """One for each line, in their order. The plan breaks no rule."""
    before, after = value(problem), value(problem, moves)
    hubs = {store.code for store in problem.stores if store.hub}
    needs = {(need.store, need.product): need for need in problem.needs}
    last_days = {lot.code: lot.last_day for lot in problem.lots}
    demanded: dict[tuple[str, str], int] = defaultdict(int)
    for demand in problem.demands:
        demanded[demand.store, demand.product] += demand.doses
    found: list[Reason] = []
    kept, today = _kept(problem), _today(problem)
    for move in moves:
        source, target = (move.giver, move.product), (move.taker, move.product)
        gives, gave = _at(before, source), _at(after, source)
        takes, took = _at(before, target), _at(after, target)
        ends = problem.usable_until(last_days[move.lot]) < problem.spans
        found.append(
            Reason(
                lot=WhyLot.ENDS if ends else WhyLot.LASTS,
                giver=_why_from(move, hubs, ends=ends and gives.lost > 0, there=today[move.giver, move.lot]),
                taker=_why_to(move, hubs, takes, took, demanded[target]),
                lot_days=last_days[move.lot],
                giver_days=_cover_days(problem, gives, needs.get(source)),
                taker_days=_cover_days(problem, takes, needs.get(target)),
                giver_stock=kept[source] if move.giver in hubs else gives.stock,
                taker_stock=kept[target] if move.taker in hubs else takes.stock,
                taker_second=sum(needs[target].second) if target in needs else 0,
                giver_spare=_spare(problem, gives, needs.get(source)),
                giver_lost_before=gives.lost,
                giver_lost_after=gave.lost,
                taker_unmet_before=takes.unmet,
                taker_unmet_after=took.unmet,
                taker_given_before=takes.given,
                taker_given_after=took.given,
            )
        )
    return found


def _kept(problem: Problem) -> defaultdict[tuple[str, str], int]:
    """Doses in hubs today that may be sent: released, not held, not out of date."""
    hubs = {store.code for store in problem.stores if store.hub}
    lots = {lot.code: lot for lot in problem.lots if lot.released and not lot.held}
    found: defaultdict[tuple[str, str], int] = defaultdict(int)
    for heap in problem.heaps:
        lot = lots.get(heap.lot)
        if lot is not None and heap.store in hubs and heap.day == 0 and problem.usable_until(lot.last_day) > 0:
            found[heap.store, lot.product] += heap.doses
    return found


def _at(counted: Value, key: tuple[str, str]) -> StoreValue:
    return counted.stores.get(key, NOTHING)


def _today(problem: Problem) -> defaultdict[tuple[str, str], int]:
    """Doses of each lot in each store today."""
    found: defaultdict[tuple[str, str], int] = defaultdict(int)
    for heap in problem.heaps:
        if heap.day == 0:
            found[heap.store, heap.lot] += heap.doses
    return found


def _why_from(move: Move, hubs: set[str], *, ends: bool, there: int) -> WhyFrom:
    if move.giver not in hubs:
        return WhyFrom.LOSES if ends else WhyFrom.SPARE
    if there < move.doses:
        return WhyFrom.ONWARD
    return WhyFrom.HUB_LOSES if ends else WhyFrom.HUB


def _why_to(move: Move, hubs: set[str], before: StoreValue, after: StoreValue, demanded: int) -> WhyTo:
    if move.taker in hubs:
        return WhyTo.HUB
    if after.unmet < before.unmet:
        return WhyTo.UNMET
    if after.given > before.given:
        return WhyTo.GIVES
    return WhyTo.NEEDED if demanded else WhyTo.SAVES


def _cover_days(problem: Problem, there: StoreValue, need: Need | None) -> float | None:
    a_day = sum(need.pace) / problem.cycles[-1] if need else 0.0
    return there.stock / a_day if a_day > 0 else None


def _spare(problem: Problem, there: StoreValue, need: Need | None) -> int:
    if need is None:
        return there.stock
    return max(0, int(there.stock - max(need.minimum, problem.policy.reserve * sum(need.second))))
