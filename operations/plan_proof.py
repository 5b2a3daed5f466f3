"""How near a plan comes to the best one, whoever made it: bounds of the whole problem by its linear model in vials.

For plans that were made in parts, whose own bounds say nothing of the whole (operations/plan_country.py). It takes
longer than the plan, and is told apart from it. Source: issue 7 ("Done when"); ADR 51."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from campaign.plan_problem import Aim, Problem
from operations.plan_highs import least_inside
from operations.plan_index import index
from operations.plan_model import model, moves_of
from operations.plan_solve import HAIR, Reached


def proven(problem: Problem, worth: Mapping[Aim, float], *, seconds: float) -> tuple[Reached, ...]:
    """Of each aim the value in `worth`, and the least of any plan that is as good in the aims before; a bound that was
    not found in `seconds` of wall time is None. Moves are in parts: the bound holds for whole vials and trays.

    The aims do not wait for each other: as many at once as there are processors."""
    deadline = time.monotonic() + seconds
    arrays = index(problem)
    made = model(arrays, moves_of(arrays))
    aims = list(Aim)

    def least(at: int) -> float | None:
        if time.monotonic() >= deadline:
            return None
        limits = tuple((made.aims[aim], worth[aim] - made.fixed[aim] + HAIR) for aim in aims[:at])
        return least_inside(made, made.aims[aims[at]], limits=limits, deadline=deadline)

    with ThreadPoolExecutor(min(len(aims), len(os.sched_getaffinity(0)))) as threads:
        bounds = list(threads.map(least, range(len(aims))))
    return tuple(
        Reached(aim=aim, value=worth[aim], bound=None if bound is None else bound + made.fixed[aim])
        for aim, bound in zip(aims, bounds, strict=True)
    )
