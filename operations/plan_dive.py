"""Whole units from a solution in parts: round those that are nearly whole, solve again, and so on.

The linear model finds a way round what was rounded, over any move that is still free, and starts each time where it
ended: a hundred times cheaper than trying combinations. How near it comes on full-size problems is in ADR 44."""

from __future__ import annotations

import numpy as np

from operations.plan_highs import Solver
from operations.plan_index import Bools, Floats, Index, Ints
from operations.plan_model import Model

# Of the moves in parts, the share that is rounded before the model is solved again: those nearest to a whole number.
SHARE = 0.5
# After so many rounds no move is begun any more: each would be in parts again.
FREE = 8
# A part of a unit that is worth sending a whole one for: what is over at the taker would mostly be lost at the giver.
LITTLE = 0.15
ROUNDS = 60
PART = 1e-6


def dive(
    solver: Solver,
    made: Model,
    costs: Floats,
    columns: Floats,
    *,
    grain: Floats | None = None,
    between: tuple[Floats, Floats] | None = None,
    share: float = SHARE,
) -> Floats | None:
    """Columns whose moves are whole. grain: units of each move that travel together; None: one. between: least and most
    units of each move, whole grains, in place of the model's. share: of the moves in parts, what is rounded at once.
    None: no way was found, or the time is over."""
    count = made.moves.kind.size
    grain = np.ones(count) if grain is None else grain
    lower, upper = (bound.copy() for bound in between or (made.lower[:count], made.upper[:count]))
    # What a hub sends follows what it gets: it is never held up from below, so that rounding down always has a way.
    own = ~made.moves.from_hub
    for turn in range(ROUNDS):
        units = columns[:count]
        near = np.rint(units / grain) * grain
        part = np.abs(units - near) > PART
        if not part.any():
            return _settled(solver, costs, near)
        if turn >= FREE:
            upper[(units <= PART) & (lower <= 0)] = 0.0
        whole = own & ~part & (units > 0.5)
        lower[whole] = np.maximum(lower[whole], near[whole])
        # Hubs last: their moves are whole by themselves as soon as what comes to them is.
        parts = np.flatnonzero(part & own)
        if parts.size == 0:
            parts = np.flatnonzero(part)
        below = np.floor(units[parts] / grain[parts]) * grain[parts]
        over = (units[parts] - below) / grain[parts]
        up = over > LITTLE
        order = np.argsort(np.where(up, 1 - over, over), kind="stable")
        chosen = order[: max(1, int(np.ceil(order.size * share)))]
        found = step(made, solver, costs, (lower, upper), grain, parts[chosen], below[chosen], up[chosen])
        if found is None and not own[parts[chosen]].any():
            # A hub cannot send what does not come: down always has a way.
            none = up[chosen] & False
            found = step(made, solver, costs, (lower, upper), grain, parts[chosen], below[chosen], none)
        if found is None:
            return None
        lower, upper, columns = found
    return None


def step(
    made: Model,
    solver: Solver,
    costs: Floats,
    between: tuple[Floats, Floats],
    grain: Floats,
    parts: Ints,
    below: Floats,
    up: Bools,
    *,
    until: float = np.inf,
) -> tuple[Floats, Floats, Floats] | None:
    """Rounds these moves: up where the limits have room beside what is fixed already, else down. Bounds of the moves
    and columns; None: there is no solution then, or not until `until`."""
    least, most = (bound.copy() for bound in between)
    most[parts] = np.maximum(below, least[parts])
    for at in fitting(made, between[0], parts[up], below[up] + grain[parts[up]]):
        least[at] = most[at] = most[at] + grain[at]
    solver.between(least, most)
    solved = solver.least(costs, until=until)
    return None if solved.columns is None else (least, most, solved.columns)


def fitting(made: Model, least: Floats, parts: Ints, above: Floats) -> list[int]:
    """Those of the parts, the first before the others, whose limits have room for the units above, beside what the
    moves have at least."""
    limited = np.isneginf(made.row_lower)
    ends = int(made.starts[least.size])
    column = np.repeat(np.arange(least.size), np.diff(made.starts[: least.size + 1]))
    rows, values = made.rows[:ends], made.values[:ends]
    used = np.bincount(rows, weights=values * least[column], minlength=made.row_lower.size)
    found: list[int] = []
    for at, units in zip(parts.tolist(), above.tolist(), strict=True):
        own = slice(int(made.starts[at]), int(made.starts[at + 1]))
        held = limited[rows[own]]
        row, more = rows[own][held], values[own][held] * (units - least[at])
        if (used[row] + more <= made.row_upper[row] + PART).all():
            used[row] += more
            found.append(at)
    return found


def below(index: Index, made: Model, columns: Floats) -> Ints:
    """Units of each move: the whole ones of a solution in parts, and of a hub no more than then comes to it. Less is
    sent everywhere, so that every limit holds; demands may not be met."""
    moves = made.moves
    units = np.floor(columns[: moves.kind.size] + PART).astype(np.int64)
    giver, taker = index.giver[moves.lane], index.taker[moves.lane]
    there = np.cumsum(index.stock, axis=2) // index.unit[:, np.newaxis, np.newaxis]
    for at in np.lexsort((~index.hub[taker], moves.cycle)).tolist():
        if not units[at]:
            continue
        if moves.from_hub[at]:
            pile = there[moves.kind[at], giver[at]]
            units[at] = max(0, min(units[at], int(pile[moves.cycle[at] :].min())))
            pile[moves.cycle[at] :] -= units[at]
        if index.hub[taker[at]]:
            there[moves.kind[at], taker[at], moves.arrives[at] :] += units[at]
    return units


def _settled(solver: Solver, costs: Floats, units: Floats) -> Floats | None:
    """The best use of what the moves bring."""
    solver.between(units, units)
    return solver.least(costs).columns
