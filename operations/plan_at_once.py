"""A plan of a country down to its districts from one linear model of all of it, with bounds of the whole.

The linear model with all aims weighed, solved by its regions (operations/plan_linked.py), says what moves between hubs.
Those moves are settled, in whole units; with them the provinces have nothing to do with each other any more, and each
is planned by itself, to whole units. Beside that, bounds of the whole are looked for: how much better any plan could be
that is as good in the aims before. Source: issue 7 ("Done when"); ADR 60, 64."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from campaign.plan_problem import Problem
from campaign.plan_refusals import refusals
from campaign.plan_value import value
from operations.plan_bounds import Proof
from operations.plan_dive import below, dive, fitting
from operations.plan_highs import Solver
from operations.plan_index import Bools, Floats, Ints, index
from operations.plan_lines import lines
from operations.plan_linked import Regions, linked
from operations.plan_model import Model, model, moves_of
from operations.plan_nation import Nation
from operations.plan_pieces import Piece, pieces
from operations.plan_proof import reached, weighed
from operations.plan_solve import Plan, Status, improved

# Of the time, what the linear model may take; without its end, what the regions found by themselves is settled.
WHOLE_SHARE = 0.6
# What is kept for lines, values and what the duals prove, and for a solver that looks at its clock now and then only.
TELL_SHARE = 0.08
# A part of a unit between hubs that is worth sending a whole one for.
HALF = 0.5
# Of a province's moves in parts, the share that is rounded at once: a third less is lost than by halves, for a third
# more time.
DIVE_SHARE = 0.25


def plan_at_once(
    problem: Problem, province_of: Mapping[str, str], region_of: Mapping[str, str], *, seconds: float
) -> Plan:
    """Within `seconds` of wall time; whole trays are not preferred to vials. The gaps are of the whole. province_of:
    the hub of the province that each district belongs to. region_of: the region of each of these hubs, and of its own
    hub: they say how it is solved and change nothing about what is planned. Without a solution of the regions'
    linear models in that time there is no plan."""
    begun = time.monotonic()
    deadline = begun + seconds * (1 - TELL_SHARE)
    refused = refusals(problem)
    if refused:
        return Plan(status=Status.REFUSED, moves=(), reached=(), seconds=0.0, refused=tuple(refused))
    # Trays take time that there is not.
    problem = replace(problem, policy=replace(problem.policy, tray_gap=None))
    arrays = index(problem)
    made = model(arrays, moves_of(arrays))
    region = {**region_of, **{code: region_of.get(hub, hub) for code, hub in province_of.items()}}
    regions = Regions(linked(arrays, made, region), deadline=deadline)
    nation = Nation(problem, province_of, arrays, regions.links, deadline=deadline)
    costs, prices = weighed(regions.links.model), nation.weighed()
    whole = regions.apart(costs, prices, onwards=False)
    columns = whole.columns
    if columns is not None:
        whole = regions.together(costs, prices, until=begun + WHOLE_SHARE * seconds)
        columns = columns if whole.columns is None else whole.columns
    if columns is None or whole.impossible:
        status = Status.IMPOSSIBLE if whole.impossible else Status.TIME
        return Plan(status=status, moves=(), reached=(), seconds=time.monotonic() - begun)
    # A plan by itself, if a poor one: whatever is not improved in time stays so.
    between_hubs = arrays.hub[arrays.giver[made.moves.lane]] & arrays.hub[arrays.taker[made.moves.lane]]
    units = below(arrays, made, _nearest(made, between_hubs, columns))
    proof = Proof(arrays, regions, nation, columns)
    with ThreadPoolExecutor(1) as beside:
        proving = beside.submit(proof.find, solved=whole.done, until=deadline)
        _improve(list(pieces(made, between_hubs, units.astype(np.float64))), units, deadline)
        proving.result()
    moves = tuple(lines(arrays, made.moves, units))
    worth = value(problem, moves).aims
    found = reached(made, worth, proof.bounds(made, worth))
    gaps = [item.gap for item in found]
    status = Status.TIME if None in gaps else Status.OPTIMAL if not any(gaps) else Status.WITHIN
    return Plan(status=status, moves=moves, reached=found, seconds=time.monotonic() - begun)


def _nearest(made: Model, between_hubs: Bools, columns: Floats) -> Floats:
    """The columns with moves between hubs in whole units, up where that is nearer and the limits have room."""
    units = columns[: made.moves.kind.size].copy()
    whole = np.floor(units + 1e-6)
    up = np.flatnonzero(between_hubs & (units - whole >= HALF))
    up = up[np.argsort(whole[up] - units[up], kind="stable")]
    units[between_hubs] = whole[between_hubs]
    above = fitting(made, units, up, whole[up] + 1)
    units[above] += 1
    return np.concatenate([units, columns[units.size : made.lower.size]])


def _improve(found: list[Piece], units: Ints, until: float) -> None:
    """Writes the units of each piece's moves where they are better; as many pieces at once as there are processors.
    Each may take its share of what is left when it begins."""
    with_moves = [piece for piece in found if piece.model.moves.kind.size]
    at_once = len(os.sched_getaffinity(0))

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
    whole = dive(solver, made, costs, relaxed.columns, share=DIVE_SHARE)
    return improved(made, costs, relaxed.columns, whole, deadline)
