"""Moves of classes, in units, as lines of a plan: lots, doses and days. Of a class the lot that ends first goes
first."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator

import numpy as np

from campaign.plan_problem import Heap, Move
from operations.plan_index import Floats, Index, Ints
from operations.plan_model import Moves


def units_of(moves: Moves, columns: Floats) -> Ints:
    return np.rint(columns[: moves.kind.size]).astype(np.int64)


def lines(index: Index, moves: Moves, units: Ints) -> Iterator[Move]:
    """In the order of departure. The units keep the limits of the model."""
    problem = index.problem
    there = _there(index)
    going = deque(
        sorted(np.flatnonzero(units > 0).tolist(), key=lambda at: (moves.cycle[at], moves.lane[at], moves.kind[at]))
    )
    waited = 0
    while going:
        at = going.popleft()
        pile = there[int(moves.kind[at]), problem.lanes[int(moves.lane[at])].giver]
        if waited < len(going) and _within(pile, int(moves.cycle[at])) < units[at]:
            # It passes on what another line brings on the same day: after that one.
            going.append(at)
            waited += 1
            continue
        waited = 0
        kind, lane, cycle = int(moves.kind[at]), problem.lanes[int(moves.lane[at])], int(moves.cycle[at])
        unit, wanted = int(index.unit[kind]), int(units[at])
        arrives = problem.cycles[cycle] + lane.days
        tray = problem.products[index.kinds[kind].product].tray_units
        for lot, taken in _take(there[kind, lane.giver], cycle, wanted, tray):
            if index.hub[index.taker[int(moves.lane[at])]]:
                there[kind, lane.taker].append([int(moves.arrives[at]), lot, taken])
            yield Move(
                lot=lot,
                product=problem.products[index.kinds[kind].product].code,
                lane=lane.code,
                giver=lane.giver,
                taker=lane.taker,
                doses=taken * unit,
                ship_day=problem.cycles[cycle],
                arrive_day=arrives,
            )


def _there(index: Index) -> dict[tuple[int, str], list[list[int | str]]]:
    """[cycle, lot, units] in each store, by class: lots in the order of their last days."""
    problem = index.problem
    stores = {store.code: store for store in problem.stores}
    heaps: dict[str, list[Heap]] = defaultdict(list)
    for heap in problem.heaps:
        if not heap.bound and (heap.day == 0 or stores[heap.store].hub):
            heaps[heap.lot].append(heap)
    there: dict[tuple[int, str], list[list[int | str]]] = defaultdict(list)
    for kind, lots in enumerate(index.lots):
        for lot in lots:
            for heap in heaps[lot.code]:
                there[kind, heap.store].append(
                    [problem.usable_from(heap.day), lot.code, heap.doses // int(index.unit[kind])]
                )
    return there


def _within(piles: list[list[int | str]], cycle: int) -> int:
    """Units there by a cycle."""
    return sum(int(pile[2]) for pile in piles if int(pile[0]) <= cycle)


def _take(piles: list[list[int | str]], cycle: int, wanted: int, tray: int) -> Iterator[tuple[str, int]]:
    """Units by lot, from the piles in their order: whole trays from what lies in whole trays, the rest from what lies
    loose, of the same lots where it can be; what then lacks from whatever there is."""
    taken = [0] * len(piles)

    def there(at: int) -> int:
        return int(piles[at][2]) - taken[at] if int(piles[at][0]) <= cycle else 0

    trays, rest = wanted // tray * tray, wanted % tray
    for at in range(len(piles)):
        got = min(trays, there(at) // tray * tray)
        taken[at] += got
        trays -= got
    left = trays + rest
    for at in sorted(range(len(piles)), key=lambda at: not taken[at]):
        got = min(left, there(at) % tray)
        taken[at] += got
        left -= got
    for at in range(len(piles)):
        got = min(left, there(at))
        taken[at] += got
        left -= got
    of_lot: dict[str, int] = {}
    for pile, units in zip(piles, taken, strict=True):
        if units:
            pile[2] = int(pile[2]) - units
            of_lot[str(pile[1])] = of_lot.get(str(pile[1]), 0) + units
    yield from of_lot.items()
