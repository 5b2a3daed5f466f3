"""A country of districts from one linear model: pieces that add up to it, and bounds that hold of the whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.plan import Size
from bench.plan_districts import country
from campaign.plan_check import violations
from campaign.plan_problem import Aim, Demand, Problem
from campaign.plan_value import value
from operations import plan_at_once as plan_at_once_module
from operations.plan_at_once import plan_at_once
from operations.plan_highs import Solver
from operations.plan_index import index
from operations.plan_model import model, moves_of
from operations.plan_pieces import pieces
from operations.plan_proof import proven, weighed
from operations.plan_solve import HAIR, Status, plan
from tests.support.plan_problems import small_problem

PATIENT = 600.0
# Improving takes all the time that it is given.
TWENTY = 20.0
SMALL = Size(provinces=4, regions=2, products=3, lots=24, doses=200_000, nearest=2)


Country = tuple[Problem, dict[str, str], dict[str, str]]


def made(seed: int = 1) -> Country:
    return country(SMALL, seed, districts=14)


@pytest.mark.parametrize("seed", range(3))
def test_a_plan_at_once_breaks_no_rule_and_is_worth_what_it_says(seed: int) -> None:
    problem, province_of, region_of = made(seed)
    found = plan_at_once(problem, province_of, region_of, seconds=TWENTY)
    assert found.status in (Status.OPTIMAL, Status.WITHIN)
    assert violations(problem, found.moves) == []
    assert {item.aim: item.value for item in found.reached} == value(problem, found.moves).aims
    assert all(item.bound is not None and item.bound <= item.value + 0.01 for item in found.reached)
    assert found.reached[0].value < value(problem).aims[Aim.LOST]


def test_the_provinces_settled_where_the_linear_model_has_them_add_up_to_it() -> None:
    arrays = index(made()[0])
    whole = model(arrays, moves_of(arrays))
    best = Solver(whole, deadline=np.inf).least(weighed(whole))
    assert best.columns is not None
    lanes = whole.moves.lane
    settled = arrays.hub[arrays.giver[lanes]] & arrays.hub[arrays.taker[lanes]]
    assert settled.any()
    units = best.columns[: settled.size]
    found = list(pieces(whole, settled, units))
    columns = np.concatenate([piece.columns for piece in found])
    assert np.array_equal(np.sort(columns), np.setdiff1d(np.arange(whole.lower.size), np.flatnonzero(settled)))
    together = float(weighed(whole)[: settled.size] @ (units * settled))
    for piece in found:
        solved = Solver(piece.model, deadline=np.inf).least(weighed(piece.model))
        assert solved.columns is not None
        together += solved.objective
    assert together == pytest.approx(best.objective, rel=1e-6)
    districts = {problem_store.code for problem_store in arrays.problem.stores if not problem_store.hub}
    assert len(found) >= len({code[:3] for code in districts})


def test_the_bounds_of_the_whole_are_below_the_best_plan_and_near_the_linear_model() -> None:
    for seed in range(60):
        problem = small_problem(seed)
        best = plan(problem, seconds=PATIENT, small=10_000)
        if best.status is not Status.OPTIMAL:
            continue
        worth = {item.aim: item.value for item in best.reached}
        told = proven(problem, worth, seconds=PATIENT)
        arrays = index(problem)
        whole = model(arrays, moves_of(arrays))
        solver = Solver(whole, deadline=np.inf)
        for item in told:
            assert item.bound is not None, seed
            assert item.bound <= item.value + 0.01, (seed, item)
            if whole.lower.size:
                least = solver.least(whole.aims[item.aim]).bound + whole.fixed[item.aim]
                assert least - 0.001 * item.value - 0.01 <= item.bound <= least + 0.01, (seed, item, least)
                solver.limit(whole.aims[item.aim], worth[item.aim] - whole.fixed[item.aim] + HAIR)


def test_what_one_district_cannot_have_is_told_and_nothing_is_planned() -> None:
    problem, province_of, region_of = made()
    asked = replace(problem, demands=(Demand(store=next(iter(province_of)), product="V0", doses=10_000_000),))
    found = plan_at_once(asked, province_of, region_of, seconds=TWENTY)
    assert (found.status, found.moves, found.gap) == (Status.IMPOSSIBLE, (), None)


def test_without_the_time_for_the_whole_the_regions_tell_what_is_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_at_once_module, "WHOLE_SHARE", 0.0)
    problem, province_of, region_of = made()
    found = plan_at_once(problem, province_of, region_of, seconds=TWENTY)
    assert violations(problem, found.moves) == []
    assert found.reached[0].value < value(problem).aims[Aim.LOST]
    assert all(item.bound is None or item.bound <= item.value + 0.01 for item in found.reached)


def test_a_country_is_one_problem_where_it_has_705_districts() -> None:
    problem, province_of, region_of = country(Size(), seed=1)
    assert len(province_of) == 705
    assert (len(region_of), len(set(region_of.values()))) == (63 + 4, 4)
    assert (len(problem.products), len(problem.lots), problem.days) == (8, 200, 14)
    assert sum(store.hub for store in problem.stores) == 68


def test_out_of_time_and_bad_figures_are_told() -> None:
    problem, province_of, region_of = made()
    assert plan_at_once(problem, province_of, region_of, seconds=0.0).status is Status.TIME
    stale = replace(problem, stock_hours=1_000.0)
    refused = plan_at_once(stale, province_of, region_of, seconds=PATIENT)
    assert (refused.status, refused.moves) == (Status.REFUSED, ())
