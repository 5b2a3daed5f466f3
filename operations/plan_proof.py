"""How near a plan comes to the best one, whoever made it: bounds of the whole problem by its linear model in vials.

One linear model with all aims weighed takes nearly all of the time; from its solution each aim's bound is a few steps
away (ADR 60). A plan of a country has bounds sooner, and not to their ends (operations/plan_bounds.py). Source: issue 7
("Done when")."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np

from campaign.plan_problem import Aim, Problem, Rule
from operations.plan_highs import Solver
from operations.plan_index import Floats, Index, index
from operations.plan_model import Model, model, moves_of
from operations.plan_solve import HAIR, WEIGHTS, Reached

# Of an aim, what its bound may be lower for the sake of fewer ties; and what it weighs, for HiGHS to see the rest.
TIES_SHARE = 0.0005
TIES_SCALE = 100.0


def proven(problem: Problem, worth: Mapping[Aim, float], *, seconds: float) -> tuple[Reached, ...]:
    """Of each aim the value in `worth`, and the least of any plan that is as good in the aims before; a bound that was
    not found in `seconds` of wall time is None. Moves are in parts: the bound holds for whole vials and trays."""
    deadline = time.monotonic() + seconds
    arrays = index(problem)
    made = model(arrays, moves_of(arrays))
    if made.lower.size == 0:
        return reached(made, worth, [0.0] * len(Aim))
    solver = Solver(made, deadline=deadline)
    # HiGHS looks at its clock only now and then: without any time it is not begun.
    if time.monotonic() >= deadline or not solver.least(weighed(made)).done:
        return reached(made, worth, [None] * len(Aim))
    return reached(made, worth, bounds(solver, arrays, made, worth))


def weighed(made: Model) -> Floats:
    """The costs of all aims together."""
    return sum((WEIGHTS[aim] * made.aims[aim] for aim in Aim), np.zeros(made.lower.size))


def reached(made: Model, worth: Mapping[Aim, float], found: list[float | None]) -> tuple[Reached, ...]:
    """found: bounds without what is fixed."""
    return tuple(
        Reached(aim=aim, value=worth[aim], bound=None if bound is None else bound + made.fixed[aim])
        for aim, bound in zip(Aim, found, strict=True)
    )


def bounds(solver: Solver, arrays: Index, made: Model, worth: Mapping[Aim, float]) -> list[float | None]:
    """Aim by aim the least of the linear model that is as good as the plan in those before, without what is fixed.
    None: not known in time. The solver has just solved the weighed model; its new limits are not put back.

    Of each aim a little of those after it is counted with it, so that few solutions are equally good: ties are what
    costs. That is taken off again, at the most that it can be."""
    found: list[float | None] = []
    most = most_of(arrays)
    for aim in Aim:
        own = worth[aim] - made.fixed[aim]
        costs, spent = nearly(made, aim, own, most)
        solved = solver.least(costs, onwards=True)
        found.append(max(0.0, solved.bound / TIES_SCALE - spent) if solved.done else None)
        solver.limit(made.aims[aim], own + HAIR)
    return found


def nearly(made: Model, aim: Aim, own: float, most: Mapping[Aim, float]) -> tuple[Floats, float]:
    """Costs of the aim with a little of those after it, TIES_SCALE times; and the most that this adds to the aim. own:
    its value in a plan, about."""
    after = list(Aim)[list(Aim).index(aim) + 1 :]
    spent = TIES_SHARE * own if after else 0.0
    costs = made.aims[aim].copy()
    for later in after:
        if most[later] > 0:
            costs += spent / len(after) / most[later] * made.aims[later]
    return TIES_SCALE * costs, spent


def most_of(arrays: Index) -> dict[Aim, float]:
    """What no plan exceeds, of each aim after the first: all second doses, all targets, every lane full whenever it
    leaves and every store opened."""
    problem = arrays.problem
    days = sum(problem.departs(cycle) for cycle in range(problem.spans))
    bent = any(rule is Rule.TRANSPORT for rule, _ in problem.without)
    lanes = np.inf if bent else days * sum(lane.litres * lane.cost for lane in problem.lanes)
    return {
        Aim.UNMET: float(arrays.second.sum()),
        Aim.SHORT: float(sum(store.target for store in problem.stores)),
        Aim.COST: lanes + sum(store.opening for store in problem.stores),
    }
