"""Regions with prices between them: the same model, and bounds that no plan is below, whatever the prices are."""

from __future__ import annotations

import time
from functools import cache

import numpy as np
import pytest

from bench.plan import Size
from bench.plan_districts import country
from campaign.plan_problem import Aim
from operations.plan_bounds import Proof, at_most
from operations.plan_highs import Solver
from operations.plan_index import Index, index
from operations.plan_linked import LIMITED, Links, Regions, least_of, linked
from operations.plan_model import model, moves_of
from operations.plan_nation import Nation
from operations.plan_proof import weighed
from operations.plan_solve import HAIR, Plan, Status, plan

PATIENT = 120.0
TINY = Size(provinces=3, regions=2, products=2, lots=8, doses=3_000, nearest=2)
SEEDS = range(8)
Apart = tuple[Index, Links, Regions, Nation]


def apart(size: Size, seed: int, districts: int) -> Apart:
    problem, province_of, region_of = country(size, seed, districts=districts)
    arrays = index(problem)
    region = {**region_of, **{code: region_of[hub] for code, hub in province_of.items()}}
    links = linked(arrays, model(arrays, moves_of(arrays)), region)
    regions = Regions(links, deadline=np.inf)
    return arrays, links, regions, Nation(problem, province_of, arrays, links, deadline=np.inf)


@cache
def best_of(seed: int) -> Plan:
    """In whole units, aim by aim to the end; a few are good plans only, of which the bounds must hold too."""
    return plan(country(TINY, seed, districts=7)[0], seconds=5.0, small=100_000)


def test_most_of_the_plans_compared_with_are_the_best() -> None:
    assert sum(best_of(seed).status is Status.OPTIMAL for seed in SEEDS) >= len(SEEDS) // 2


@pytest.mark.parametrize("seed", range(4))
def test_the_regions_come_to_the_same_solution_as_the_whole_from_nothing(seed: int) -> None:
    size = Size(provinces=8, regions=3, products=3, lots=24, doses=200_000, nearest=3)
    arrays, links, regions, nation = apart(size, seed, 30)
    assert links.kind.size > 0
    made = model(arrays, moves_of(arrays))
    best = Solver(made, deadline=np.inf).least(weighed(made))
    costs, prices = weighed(links.model), nation.weighed()
    first = regions.apart(costs, prices, onwards=False)
    whole = regions.together(costs, prices, until=np.inf)
    assert whole.done
    assert whole.columns is not None
    assert float(costs @ whole.columns) == pytest.approx(best.objective, rel=1e-7)
    assert first.duals is not None
    assert whole.duals is not None
    bound = least_of(at_most(links, []), costs, first.duals)
    assert 0 < bound <= best.objective * (1 + 1e-9)
    assert least_of(at_most(links, []), costs, whole.duals) == pytest.approx(best.objective, rel=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("hurry", [False, True])
def test_no_plan_is_better_than_the_bounds_that_are_found(seed: int, hurry: bool) -> None:
    best = best_of(seed)
    worth = {item.aim: item.value for item in best.reached}
    arrays, links, regions, nation = apart(TINY, seed, 7)
    costs, prices = weighed(links.model), nation.weighed()
    found = regions.apart(costs, prices, onwards=False)
    whole = found if hurry else regions.together(costs, prices, until=np.inf)
    assert whole.columns is not None
    proof = Proof(arrays, regions, nation, whole.columns)
    proof.find(solved=not hurry, until=time.monotonic() + (2.0 if hurry else PATIENT))
    made = model(arrays, moves_of(arrays))
    told = dict(zip(Aim, proof.bounds(made, worth), strict=True))
    for aim, bound in told.items():
        assert bound is not None
        assert bound + made.fixed[aim] <= worth[aim] + 0.01, (seed, aim)
    # They are bounds of something: the first is near the least of the linear model.
    first = told[Aim.LOST]
    assert first is not None
    least = Solver(made, deadline=np.inf).least(made.aims[Aim.LOST]).bound
    assert first == pytest.approx(least, rel=0.001, abs=0.01)


@pytest.mark.parametrize("seed", range(6))
def test_any_duals_bound_every_aim(seed: int) -> None:
    best = best_of(seed)
    arrays, links, _, nation = apart(TINY, seed, 7)
    made = model(arrays, moves_of(arrays))
    dice = np.random.default_rng(seed)
    worth = [item.value - made.fixed[item.aim] + HAIR for item in best.reached]
    for at, aim in enumerate(Aim):
        limited = at_most(links, worth[: min(at, len(LIMITED))])
        for scale in (0.0, 0.1, 1.0, 10.0):
            duals = nation.weighed() / 100 + dice.normal(0, scale, links.model.row_lower.size)
            assert least_of(limited, links.model.aims[aim], duals) <= worth[at] + 1e-6, (aim, scale)
