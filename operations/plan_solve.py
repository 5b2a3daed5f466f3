"""A plan from a problem: the aims in their order, each with the least that is possible and how near the plan comes.

Small problems are solved with whole units, aim by aim, to the end. Large ones are solved as a linear model with all
aims weighed; its moves are made whole a part at a time, the linear model solved again after each, and improved while
there is time; then, aim by aim, the linear model tells the least that any plan could reach that is no worse in the aims
before. The weights decide nothing about what is proven: each gap is measured against that bound (ADR 44).

Source: issue 7 ("Build" 2, "Done when"); FEATURES M1."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from campaign.plan_problem import Aim, Move, Problem, Refused
from campaign.plan_refusals import refusals
from campaign.plan_value import value
from operations.plan_dive import below, dive
from operations.plan_highs import Solved, Solver, least_whole
from operations.plan_index import Floats, Index, Ints, index
from operations.plan_lines import lines, units_of
from operations.plan_model import Model, model, moves_of
from operations.plan_trays import preferred, tray_dive

# A problem with at most so many possible moves is solved to the end.
SMALL = 400
# What one unit of each aim weighs against one of the next: a dose lost more than two second doses, and so on.
WEIGHTS = {Aim.LOST: 100.0, Aim.UNMET: 10.0, Aim.SHORT: 1.0, Aim.COST: 1.0}
# A plan of which every aim is so near to its bound is not improved any further: stock is not counted more exactly.
ENOUGH = 0.001
# Of the time that the first linear model took, what is kept for the bounds, which start where it ended.
BOUNDS_SHARE = 1.0
# Of the time that is left after the linear model, or the last aim, what may be used to find moves in whole trays; and
# how near to the fewest opened ones is near enough.
TRAYS_SHARE = 0.55
TRAYS_GAP = 0.05
# Of the whole time, what is kept for lines and values, and for a solver that looks at its clock now and then only.
TELL_SHARE = 0.05
WHOLE_GAP = 1e-4
# Doses, litres: sums of many parts are exact to this.
HAIR = 1e-4


class Status(StrEnum):
    OPTIMAL = "optimal"  # no gap at any aim
    WITHIN = "within"  # the gap of every aim is known
    TIME = "time"  # out of time: the best plan found, with the gaps that are known; none where nothing is reached
    IMPOSSIBLE = "impossible"  # what is demanded cannot be had
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """bound: no plan that is as good in the aims before reaches less; None: not known. gap: (value - bound) / value; 0
    where both are none; None: not known."""

    aim: Aim
    value: float
    bound: float | None

    @property
    def gap(self) -> float | None:
        if self.bound is None:
            return None
        over = self.value - self.bound
        return 0.0 if over <= max(10 * HAIR, 1e-6 * self.value) else over / self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    status: Status
    moves: tuple[Move, ...]
    reached: tuple[Reached, ...]
    seconds: float
    refused: tuple[Refused, ...] = ()

    @property
    def gap(self) -> float | None:
        """The largest of the aims'; None: one is not known, or there is no plan."""
        gaps = [item.gap for item in self.reached if item.gap is not None]
        return max(gaps) if gaps and len(gaps) == len(self.reached) else None


def plan(problem: Problem, *, seconds: float = 10.0, small: int = SMALL, enough: float = ENOUGH) -> Plan:
    """The plan within `seconds` of wall time. enough: gap of every aim at which a large problem is left as it is. Never
    raises for a bad problem: its refusals are told."""
    begun = time.monotonic()
    deadline = begun + seconds * (1 - TELL_SHARE)
    refused = refusals(problem)
    if refused:
        return Plan(status=Status.REFUSED, moves=(), reached=(), seconds=0.0, refused=tuple(refused))
    arrays = index(problem)
    made = model(arrays, moves_of(arrays))
    exact = made.moves.kind.size <= small
    found = _to_the_end(arrays, made, deadline) if exact else _at_large(arrays, made, deadline, enough)
    if found is None:
        return Plan(status=Status.IMPOSSIBLE, moves=(), reached=(), seconds=time.monotonic() - begun)
    units, bounds = found
    if units is None:
        return Plan(status=Status.TIME, moves=(), reached=(), seconds=time.monotonic() - begun)
    moves = tuple(lines(arrays, made.moves, units))
    # What is told of a plan is counted from its lines, apart from the model.
    worth = value(problem, moves).aims
    reached = tuple(
        Reached(aim=aim, value=worth[aim], bound=None if bound is None else bound + made.fixed[aim])
        for aim, bound in zip(Aim, bounds, strict=True)
    )
    gaps = [item.gap for item in reached]
    status = Status.TIME if None in gaps else Status.OPTIMAL if not any(gaps) else Status.WITHIN
    return Plan(status=status, moves=moves, reached=reached, seconds=time.monotonic() - begun)


# Units of each move, None: no plan found yet; the least of each aim, without what is fixed.
Found = tuple[Ints | None, list[float | None]]


def _to_the_end(arrays: Index, made: Model, deadline: float) -> Found | None:
    """Aim by aim with whole units. None: impossible."""
    if made.lower.size == 0:
        # Nobody has or needs anything: there is nothing to be better at, unless somebody demands it.
        return None if (made.row_lower > 0).any() else (np.zeros(0, dtype=np.int64), [0.0] * len(Aim))
    limits: list[tuple[Floats, float]] = []
    bounds: list[float | None] = []
    last: Solved | None = None
    for aim in Aim:
        solved = least_whole(made, made.aims[aim], deadline=deadline, limits=tuple(limits))
        if solved.columns is None:
            if last is None:
                return None if solved.impossible else _stay(made)
            bounds.append(None)
            continue
        last = solved
        bounds.append(solved.bound if np.isfinite(solved.bound) else None)
        limits.append((made.aims[aim], float(made.aims[aim] @ solved.columns) + HAIR))
    if last is None or last.columns is None:
        raise RuntimeError("a loop over aims that solved none has returned")
    columns = last.columns
    if arrays.problem.policy.tray_gap is not None and made.moves.kind.size:
        # After the last aim: of the plans that are as good, one that opens the fewest trays.
        solved = least_whole(
            made,
            np.zeros(made.lower.size),
            deadline=time.monotonic() + TRAYS_SHARE * (deadline - time.monotonic()),
            gap=TRAYS_GAP,
            limits=tuple(limits),
            start=columns,
            trays=preferred(arrays, made),
        )
        columns = columns if solved.columns is None else solved.columns
    return units_of(made.moves, columns), bounds


def _at_large(arrays: Index, made: Model, deadline: float, enough: float) -> Found | None:
    weighed = sum((WEIGHTS[aim] * made.aims[aim] for aim in Aim), np.zeros(made.lower.size))
    solver = Solver(made, deadline=deadline)
    begun = time.monotonic()
    relaxed = solver.least(weighed)
    kept = (time.monotonic() - begun) * BOUNDS_SHARE
    if relaxed.columns is None:
        return None if relaxed.impossible else _stay(made)
    tray_gap = arrays.problem.policy.tray_gap
    with ThreadPoolExecutor(1) as beside:
        in_trays = None
        if tray_gap is not None:
            # HiGHS lets go of the interpreter while it solves: on two processors both take the time of the longer one.
            until = time.monotonic() + TRAYS_SHARE * (deadline - kept - time.monotonic())
            own = solver.another(deadline=deadline - kept)
            in_trays = beside.submit(tray_dive, arrays, own, made, weighed, relaxed.columns, until=until)
        with solver.aside():
            whole = dive(solver, made, weighed, relaxed.columns)
        trays = None if in_trays is None else in_trays.result()
    if trays is not None:
        bounds = _bounds(solver, made, trays, deadline)
        if _near(made, trays, bounds, tray_gap or 0.0):
            return units_of(made.moves, trays), bounds
    # Bounds that take longer than is kept for them come last: a better plan before a proof of this one.
    bounds = None if whole is None else _bounds(solver, made, whole, time.monotonic() + kept)
    if bounds is None or (time.monotonic() < deadline - kept and not _near(made, whole, bounds, enough)):
        better = improved(made, weighed, relaxed.columns, whole, deadline - kept)
        if better is not None and (better is not whole or bounds is None or None in bounds):
            whole, bounds = better, _bounds(solver, made, better, deadline)
    if whole is None or bounds is None:
        units, unknown = _stay(made)
        return (None if units is None else below(arrays, made, relaxed.columns)), unknown
    return units_of(made.moves, whole), bounds


def _bounds(solver: Solver, made: Model, whole: Floats, until: float) -> list[float | None]:
    """Aim by aim the least of the linear model that is as good as `whole` in those before. None: not known in time."""
    bounds: list[float | None] = []
    with solver.aside():
        for aim in Aim:
            solved = solver.least(made.aims[aim], until=until)
            bounds.append(solved.bound if solved.done else None)
            solver.limit(made.aims[aim], float(made.aims[aim] @ whole) + HAIR)
    return bounds


def _near(made: Model, whole: Floats | None, bounds: list[float | None], enough: float) -> bool:
    if whole is None:
        return False
    gaps = [
        Reached(
            aim=aim,
            value=float(made.aims[aim] @ whole) + made.fixed[aim],
            bound=None if bound is None else bound + made.fixed[aim],
        ).gap
        for aim, bound in zip(Aim, bounds, strict=True)
    ]
    return all(gap is not None and gap <= enough for gap in gaps)


def improved(made: Model, costs: Floats, columns: Floats, begin: Floats | None, deadline: float) -> Floats | None:
    """The best found in the time among the units just below and above a solution in parts, and those of `begin`."""
    count = made.moves.kind.size
    below = np.floor(columns[:count] + 1e-6)
    above = below + (columns[:count] - below > 1e-6)
    if begin is not None:
        begun = np.rint(begin[:count])
        below, above = np.minimum(below, begun), np.maximum(above, begun)
    found = least_whole(made, costs, deadline=deadline, gap=WHOLE_GAP, between=(below, above), start=begin).columns
    if found is None or (begin is not None and costs @ begin <= costs @ found):
        return begin
    return found


def _stay(made: Model) -> Found:
    """Nothing moves: what is left when the time is over before anything better is found. Where something is demanded
    that is no plan, and not known to be impossible either."""
    demanded = (made.row_lower > 0) & np.array([at in made.rules for at in range(made.row_lower.size)], dtype=np.bool_)
    return None if demanded.any() else np.zeros(made.moves.kind.size, dtype=np.int64), [None] * len(Aim)
