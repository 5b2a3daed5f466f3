"""Doses that stay where they are: optimiser and plain rules leave them, and the optimum is that of trying all."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from campaign.plan_check import violations
from campaign.plan_policies import fefo, ministry
from campaign.plan_problem import Problem
from operations.plan_solve import plan
from tests.support.every_plan import best
from tests.support.plan_problems import small_problem


def with_bound(seed: int, *, tiny: bool = False) -> Problem:
    """Some of the heaps of stores that vaccinate are bound."""
    problem, dice = small_problem(seed, tiny=tiny), random.Random(seed)
    hubs = {store.code for store in problem.stores if store.hub}
    return replace(
        problem,
        heaps=tuple(replace(heap, bound=heap.store not in hubs and dice.random() < 0.5) for heap in problem.heaps),
    )


@pytest.mark.parametrize("seed", range(30))
def test_no_plan_takes_them(seed: int) -> None:
    problem = with_bound(seed)
    for moves in (plan(problem, seconds=20).moves, fefo(problem), ministry(problem)):
        assert violations(problem, moves) == []


def test_the_optimum_is_that_of_trying_every_plan() -> None:
    compared = 0
    for seed in range(60):
        problem = with_bound(seed, tiny=True)
        wanted = best(problem)
        if wanted is None or not any(heap.bound for heap in problem.heaps):
            continue
        found = plan(problem, seconds=20)
        assert tuple(round(item.value, 6) for item in found.reached) == pytest.approx(wanted, abs=1e-3), seed
        compared += 1
    assert compared >= 10
