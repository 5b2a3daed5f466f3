"""What a plan changes, store by store: days of stock, doses lost, second doses covered, doses short of targets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from campaign.plan_document import Figures, Standing
from campaign.plan_problem import Aim, Move, Problem
from campaign.plan_value import Value, value


def standing(problem: Problem, moves: Sequence[Move] = ()) -> Standing:
    """With the moves; no moves: if nothing is done. Hubs are told too: what they lose is lost."""
    counted = value(problem, moves)
    net: defaultdict[str, int] = defaultdict(int)
    for move in moves:
        net[move.giver] -= move.doses
        net[move.taker] += move.doses
    paces, second = _paces(problem)
    stock = _stock(problem, counted)
    stores = {
        store.code: _of_store(store.code, counted, stock[store.code] + net[store.code], paces, second)
        for store in problem.stores
    }
    return Standing(total=_total(stores.values(), counted, sum(paces.values())), stores=stores)


def _paces(problem: Problem) -> tuple[dict[str, float], dict[str, int]]:
    """Doses a day, and second doses that fall due, by store."""
    paces: defaultdict[str, float] = defaultdict(float)
    second: defaultdict[str, int] = defaultdict(int)
    for need in problem.needs:
        paces[need.store] += sum(need.pace) / problem.cycles[-1]
        second[need.store] += sum(need.second)
    return dict(paces), dict(second)


def _stock(problem: Problem, counted: Value) -> defaultdict[str, int]:
    """Usable doses today: of a hub what is released and not out of date."""
    found: defaultdict[str, int] = defaultdict(int)
    for (store, _), item in counted.stores.items():
        found[store] += item.stock
    lots = {lot.code: lot for lot in problem.lots if lot.released and not lot.held}
    hubs = {store.code for store in problem.stores if store.hub}
    for heap in problem.heaps:
        lot = lots.get(heap.lot)
        if heap.store in hubs and heap.day == 0 and lot is not None and problem.usable_until(lot.last_day) > 0:
            found[heap.store] += heap.doses
    return found


def _of_store(code: str, counted: Value, stock: int, paces: dict[str, float], second: dict[str, int]) -> Figures:
    own = [item for (store, _), item in counted.stores.items() if store == code]
    unmet, pace = sum(item.unmet for item in own), paces.get(code, 0.0)
    return Figures(
        stock=stock,
        days=stock / pace if pace > 0 else None,
        lost=sum(item.lost for item in own),
        unmet=unmet,
        covered=second.get(code, 0) - unmet,
        short=counted.short.get(code, 0),
        given=sum(item.given for item in own),
    )


def _total(stores: Iterable[Figures], counted: Value, pace: float) -> Figures:
    found = list(stores)
    stock = sum(item.stock for item in found)
    return Figures(
        stock=stock,
        days=stock / pace if pace > 0 else None,
        lost=int(counted.aims[Aim.LOST]),
        unmet=int(counted.aims[Aim.UNMET]),
        covered=sum(item.covered for item in found),
        short=int(counted.aims[Aim.SHORT]),
        given=sum(item.given for item in found),
    )
