"""A plan of a country down to its districts from one linear model of all of it: slower than in parts, and proven.

The linear model with all aims weighed says what moves between hubs. Those moves are settled, in whole units; with them
the provinces have nothing to do with each other any more, and each is planned by itself, two at once, to whole units.
Then the linear model of the whole, which starts where it ended, tells of each aim how much better any plan could be
that is as good in the aims before. Source: issue 7 ("Done when"); ADR 60."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from campaign.plan_problem import Problem
from campaign.plan_refusals import refusals
from campaign.plan_value import value
from operations.plan_dive import below, dive
from operations.plan_highs import Solver
from operations.plan_index import Floats, Ints, index
from operations.plan_lines import lines
from operations.plan_model import Model, model, moves_of
from operations.plan_pieces import Piece, pieces
from operations.plan_proof import bounds, reached, weighed
from operations.plan_solve import Plan, Status, improved

# Of the time that is left after the linear model, what the provinces may take; the rest is for the bounds.
PIECES_SHARE = 0.6
# What is kept for lines and values.
TELL_SHARE = 0.03


def plan_at_once(problem: Problem, *, seconds: float) -> Plan:
    """Within `seconds` of wall time; whole trays are not preferred to vials. The gaps are of the whole. Without a
    solution of the linear model in that time there is no plan."""
    begun = time.monotonic()
    deadline = begun + seconds * (1 - TELL_SHARE)
    refused = refusals(problem)
    if refused:
        return Plan(status=Status.REFUSED, moves=(), reached=(), seconds=0.0, refused=tuple(refused))
    arrays = index(replace(problem, policy=replace(problem.policy, tray_gap=None)))
    made = model(arrays, moves_of(arrays))
    solver = Solver(made, deadline=deadline)
    relaxed = solver.least(weighed(made))
    if relaxed.columns is None:
        status = Status.IMPOSSIBLE if relaxed.impossible else Status.TIME
        return Plan(status=status, moves=(), reached=(), seconds=time.monotonic() - begun)
    # A plan by itself, if a poor one: whatever is not improved in time stays so.
    units = below(arrays, made, relaxed.columns)
    between_hubs = arrays.hub[arrays.giver[made.moves.lane]] & arrays.hub[arrays.taker[made.moves.lane]]
    provinces = list(pieces(made, between_hubs, units.astype(np.float64)))
    _improve(provinces, units, time.monotonic() + PIECES_SHARE * (deadline - time.monotonic()))
    moves = tuple(lines(arrays, made.moves, units))
    worth = value(problem, moves).aims
    found = reached(made, worth, bounds(solver, arrays, made, worth))
    gaps = [item.gap for item in found]
    status = Status.TIME if None in gaps else Status.OPTIMAL if not any(gaps) else Status.WITHIN
    return Plan(status=status, moves=moves, reached=found, seconds=time.monotonic() - begun)


def _improve(found: list[Piece], units: Ints, until: float) -> None:
    """Writes the units of each piece's moves where they are better; as many pieces at once as there are processors.
    Each may take its share of what is left when it begins."""
    with_moves = [piece for piece in found if piece.model.moves.kind.size]
    at_once = max(1, len(os.sched_getaffinity(0)))

    def better(at: int) -> None:
        piece, now = with_moves[at], time.monotonic()
        rounds = -(-(len(with_moves) - at) // at_once)
        whole = _whole(piece.model, now + max(0.0, until - now) / rounds)
        if whole is not None:
            count = piece.model.moves.kind.size
            units[piece.columns[:count]] = np.rint(whole[:count]).astype(np.int64)

    with ThreadPoolExecutor(at_once) as threads:
        list(threads.map(better, range(len(with_moves))))


def _whole(made: Model, deadline: float) -> Floats | None:
    """Columns in whole units, rounded and then improved among the units just below and above the linear solution."""
    costs = weighed(made)
    solver = Solver(made, deadline=deadline)
    relaxed = solver.least(costs)
    if relaxed.columns is None:
        return None
    whole = dive(solver, made, costs, relaxed.columns)
    return improved(made, costs, relaxed.columns, whole, deadline)
