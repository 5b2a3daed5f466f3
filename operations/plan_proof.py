"""How near a plan comes to the best one, whoever made it: bounds of the whole problem by its linear model in vials.

For plans that were made in parts, whose own bounds say nothing of the whole (operations/plan_country.py). It takes
longer than the plan, and is told apart from it. Source: issue 7 ("Done when"); ADR 51."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np

from campaign.plan_problem import Aim, Problem
from operations.plan_highs import Solver
from operations.plan_index import index
from operations.plan_model import model, moves_of
from operations.plan_solve import HAIR, WEIGHTS, Reached


def proven(problem: Problem, worth: Mapping[Aim, float], *, seconds: float) -> tuple[Reached, ...]:
    """Of each aim the value in `worth`, and the least of any plan that is as good in the aims before; a bound that was
    not found in `seconds` of wall time is None. Moves are in parts: the bound holds for whole vials and trays."""
    deadline = time.monotonic() + seconds
    arrays = index(problem)
    made = model(arrays, moves_of(arrays))
    solver = Solver(made, deadline=deadline)
    # All aims weighed have few ties: from its best solution the single aims are near, from nothing they are not.
    first = solver.least(sum((WEIGHTS[aim] * made.aims[aim] for aim in Aim), np.zeros(made.lower.size)))
    found: list[Reached] = []
    for aim in Aim:
        solved = solver.least(made.aims[aim]) if first.done else first
        bound = solved.bound + made.fixed[aim] if first.done and solved.done else None
        found.append(Reached(aim=aim, value=worth[aim], bound=bound))
        solver.limit(made.aims[aim], worth[aim] - made.fixed[aim] + HAIR)
    return tuple(found)
