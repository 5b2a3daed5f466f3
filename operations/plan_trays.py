"""Whole trays first: moves of a linear solution rounded to whole trays as far as that costs the aims next to nothing.

Half of the moves in parts of a tray are rounded, those nearest to a whole one first, and the model solved again under
limits on every aim; where it has no solution, fewer of them; a move that cannot be rounded even alone stays in vials.
The limits choose and prove nothing: the plan is measured against the bounds of plans in vials (ADR 51)."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from campaign.plan_problem import Aim
from operations.plan_dive import FREE, PART, dive, step
from operations.plan_highs import Solver, Trays
from operations.plan_index import Floats, Index, Ints
from operations.plan_model import Model

# By how much an aim may be worse than in the linear solution, for whole trays. The first the least: what is lost more
# makes room for what follows to be better, which is what their gaps are measured against.
SLACK = {Aim.LOST: 0.0003, Aim.UNMET: 0.002, Aim.SHORT: 0.002, Aim.COST: 0.002}
# Of the moves in parts, the share that is tried at once.
SHARE = 0.5
# Doses (thousand VND): an aim that is none in the linear solution still needs some room.
ROOM = 5.0


def tray_dive(
    index: Index, solver: Solver, made: Model, costs: Floats, columns: Floats, *, until: float
) -> Floats | None:
    """Columns whose moves are whole units, most of them whole trays. The solver is this call's own: its limits are not
    put back. until: of time.monotonic, when what is not rounded stays in vials. None: no way was found, or the time is
    over."""
    lower, upper = (bound[: made.moves.kind.size].copy() for bound in (made.lower, made.upper))
    grain = grains(index, made)
    limits = [
        solver.limit(made.aims[aim], float(made.aims[aim] @ columns) + _room(made, aim, columns, share))
        for aim, share in SLACK.items()
    ]
    vials = grain <= 1
    own = ~made.moves.from_hub
    turn, most = 0, columns.size
    while time.monotonic() < until:
        units = columns[: lower.size]
        near = np.rint(units / grain) * grain
        part = (np.abs(units - near) > PART) & ~vials
        if not part.any():
            break
        if turn >= FREE:
            upper[(units <= PART) & (lower <= 0)] = 0.0
        whole = own & ~vials & (np.abs(units - near) <= PART) & (units > 0.5)
        lower[whole] = np.maximum(lower[whole], near[whole])
        # Hubs last: their moves are whole by themselves as soon as what comes to them is.
        parts = np.flatnonzero(part & own) if (part & own).any() else np.flatnonzero(part)
        away = np.abs(units[parts] - near[parts]) / grain[parts]
        chosen = parts[np.argsort(away, kind="stable")][: min(most, max(1, int(parts.size * SHARE)))]
        below = np.floor(units[chosen] / grain[chosen]) * grain[chosen]
        tried = step(made, solver, costs, (lower, upper), grain, chosen, below, near[chosen] > below, until=until)
        if tried is not None:
            lower, upper, columns = tried
            turn, most = turn + 1, 2 * chosen.size
        elif chosen.size == 1:
            vials[chosen] = True
        else:
            most = chosen.size // 2
    solver.at_most(np.array(limits, dtype=np.int64), np.full(len(limits), np.inf))
    solver.between(lower, upper)
    last = solver.least(costs)
    return None if last.columns is None else dive(solver, made, costs, last.columns, between=(lower, upper))


def grains(index: Index, made: Model) -> Floats:
    """Units of a whole tray, of each move; 1: the product is not told in trays."""
    return _units_of_trays(index)[made.moves.kind].astype(np.float64)


def preferred(index: Index, made: Model) -> Trays:
    """What vials beside trays cost where everything else is equal: a tray opened more than all loose vials together."""
    grain, pools = grains(index, made), tuple(_pools(index, made))
    return Trays(grain=grain, pools=pools, loose=1.0, opened=1.0 + float(made.row_upper[made.pools.rows].sum()))


def _room(made: Model, aim: Aim, columns: Floats, share: float) -> float:
    return ROOM + share * (float(made.aims[aim] @ columns) + made.fixed[aim])


def _pools(index: Index, made: Model) -> Iterator[tuple[Ints, float]]:
    """The moves from each pool, and the units in it that lie loose."""
    cell = np.full(index.units.shape, -1, dtype=np.int64)
    cell[made.pools.kind, made.pools.store] = np.arange(made.pools.rows.size)
    of_move = np.where(made.moves.from_hub, -1, cell[made.moves.kind, index.giver[made.moves.lane]])
    loose = made.row_upper[made.pools.rows] - _in_trays(index, made)
    order = np.argsort(of_move, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(of_move[order])) + 1):
        if group.size and of_move[group[0]] >= 0:
            yield group, float(loose[of_move[group[0]]])


def _in_trays(index: Index, made: Model) -> Floats:
    """Units of each pool that lie in whole trays."""
    units = np.zeros(index.units.shape, dtype=np.int64)
    of_tray = _units_of_trays(index)
    of_lot = {lot.code: kind for kind, lots in enumerate(index.lots) for lot in lots}
    stores = {store.code: at for at, store in enumerate(index.problem.stores)}
    for heap in index.problem.heaps:
        kind = of_lot.get(heap.lot)
        if kind is not None and heap.day == 0 and not heap.bound:
            tray = int(of_tray[kind])
            units[kind, stores[heap.store]] += heap.doses // (tray * int(index.unit[kind])) * tray
    return np.minimum(units, index.units)[made.pools.kind, made.pools.store].astype(np.float64)


def _units_of_trays(index: Index) -> Ints:
    """Of each class."""
    products = index.problem.products
    return np.array([products[kind.product].tray_units for kind in index.kinds], dtype=np.int64)
