"""Which lines of a plan take whole trays, which take vials that lie loose already, and which open a tray, and what for.

Counted from the problem and the lines alone. What a store has of a lot beyond whole trays lies loose there; in a store
that passes on, so does what came loose. Source: issue 7 ("Build" 2: whole trays and vials); ADR 51."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from campaign.plan_binding import HAIR, near
from campaign.plan_problem import Aim, Move, Problem, Product
from campaign.plan_value import value


class Packed(StrEnum):
    WHOLE = "whole"  # whole trays
    LOOSE = "loose"  # with vials that lie loose at the giver
    OPENED = "opened"  # a tray is opened for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """trays: whole ones. loose: doses beside them. opened: of those, the doses that lay in a whole tray."""

    packed: Packed
    trays: int
    loose: int
    opened: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedFor:
    """What would be worse without the doses for which a tray is opened: the first aim that is, and by how much
    (doses)."""

    aim: Aim
    amount: float


def carried(problem: Problem, moves: Sequence[Move]) -> list[Carried]:
    """Of each line, in their order. Of what leaves a store on one day the smallest loose part takes what lies loose."""
    products = {item.code: item for item in problem.products}
    trays = {code: _tray(item) for code, item in products.items()}
    product_of = {lot.code: products[lot.product] for lot in problem.lots}
    hubs = {store.code for store in problem.stores if store.hub}
    comes: defaultdict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for heap in problem.heaps:
        if not heap.bound and (heap.day == 0 or heap.store in hubs):
            product = product_of[heap.lot]
            vials = heap.doses // product.unit_doses * product.unit_doses
            comes[heap.store, heap.lot].append((heap.day, vials % trays[product.code]))
    for move in moves:
        if move.taker in hubs:
            comes[move.taker, move.lot].append((move.arrive_day, move.doses % trays[move.product]))
    leaving: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for at, move in enumerate(moves):
        leaving[move.giver, move.lot].append(at)
    found: dict[int, Carried] = {}
    for key, lines in leaving.items():
        taken = 0
        for at in sorted(lines, key=lambda at: (moves[at].ship_day, moves[at].doses % trays[moves[at].product], at)):
            move, tray = moves[at], trays[moves[at].product]
            whole, rest = divmod(move.doses, tray)
            there = sum(loose for day, loose in comes[key] if day <= move.ship_day) - taken
            opened = rest - there if rest > there else 0
            # What is left of an opened tray lies loose from then on.
            taken += rest - (tray if opened else 0)
            packed = Packed.OPENED if opened else Packed.LOOSE if rest else Packed.WHOLE
            found[at] = Carried(packed=packed, trays=whole, loose=rest, opened=opened)
    return [found[at] for at in range(len(moves))]


def opened_for(problem: Problem, moves: Sequence[Move], line: int, opened: int) -> OpenedFor | None:
    """None: nothing would be worse without these doses of the line but what it costs. Only for lines to stores that
    vaccinate: what a hub gets is used by lines that follow."""
    small, own = near(problem, moves, line)
    before, after = value(small, own).aims, value(small, _less(own, 0, opened)).aims
    for aim in (Aim.LOST, Aim.UNMET, Aim.SHORT):
        if after[aim] > before[aim] + HAIR:
            return OpenedFor(aim=aim, amount=after[aim] - before[aim])
    return None


def kept_whole(problem: Problem, moves: Sequence[Move]) -> list[Move]:
    """Without the doses for which a tray would be opened for nothing: no aim is worse without them. What a hub gets and
    what is demanded stays as it is; so no rule is broken by it."""
    hubs = {store.code for store in problem.stores if store.hub}
    demanded = {(demand.store, demand.product) for demand in problem.demands}
    now, last = list(moves), list[Move]()
    # A tray that is closed leaves nothing loose for the lines after it: they are asked once more.
    while now != last:
        last = now
        for at, first in enumerate(carried(problem, last)):
            move = last[at]
            if not first.opened or move.taker in hubs or (move.taker, move.product) in demanded:
                continue
            opened = carried(problem, now)[at].opened
            if 0 < opened < move.doses and opened_for(problem, now, at, opened) is None:
                now = _less(now, at, opened)
    return now


def _less(moves: Sequence[Move], line: int, doses: int) -> list[Move]:
    return [replace(move, doses=move.doses - doses) if at == line else move for at, move in enumerate(moves)]


def _tray(product: Product) -> int:
    return product.tray_doses or product.unit_doses
