"""The optimiser against the checker, against every plan, and against plain rules."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bench.plan import Size, national
from campaign.plan_check import violations
from campaign.plan_policies import fefo, ministry
from campaign.plan_problem import Aim, Demand, Move
from campaign.plan_value import value
from operations.plan_dive import below
from operations.plan_highs import Solver
from operations.plan_index import index
from operations.plan_lines import lines
from operations.plan_model import model, moves_of
from operations.plan_solve import Status, plan
from tests.support.every_plan import best
from tests.support.plan_problems import small_problem

PROBLEMS = 1000
# Long enough that a busy machine ends no solve: what is tested is the plan, not its speed.
PATIENT = 600.0


@pytest.mark.parametrize("hundred", range(PROBLEMS // 100))
def test_no_plan_breaks_a_rule_and_each_is_worth_what_the_model_says(hundred: int) -> None:
    moved = 0
    for seed in range(hundred * 100, hundred * 100 + 100):
        problem = small_problem(seed)
        # Every second one goes the way of the large problems.
        found = plan(problem, seconds=PATIENT, small=0 if seed % 2 else 10_000)
        assert violations(problem, found.moves) == [], seed
        assert found.gap is not None, seed
        for reached in found.reached:
            assert reached.bound is not None
            assert reached.bound <= reached.value + 0.01, (seed, reached)
            if not seed % 2:
                assert reached.gap == 0, (seed, reached)
        moved += bool(found.moves)
    assert moved > 20


def test_the_best_of_every_plan_is_found() -> None:
    tried = 0
    for seed in range(400):
        problem = small_problem(seed, tiny=True)
        wanted = best(problem)
        if wanted is None:
            continue
        found = plan(problem, seconds=PATIENT)
        assert [item.value for item in found.reached] == pytest.approx(list(wanted), abs=0.01), seed
        tried += bool(found.moves)
    assert tried > 20


def test_plain_rules_break_no_rule_and_beat_nobody() -> None:
    better = {fefo: 0, ministry: 0}
    for seed in range(120):
        problem = small_problem(seed)
        ours = _aims(plan(problem, seconds=PATIENT, small=10_000).moves, seed)
        for policy in better:
            moves = policy(problem)
            assert violations(problem, moves) == [], seed
            theirs = _aims(moves, seed)
            # Compared aim by aim in their order, as far as hairs allow.
            assert [round(item) for item in ours[:2]] <= [round(item) for item in theirs[:2]], seed
            better[policy] += ours[:2] < theirs[:2]
    assert min(better.values()) > 10


def _aims(moves: Sequence[Move], seed: int) -> list[float]:
    aims = value(small_problem(seed), moves).aims
    return [aims[aim] for aim in Aim]


def test_a_country_is_planned_within_the_rules() -> None:
    problem = national(Size(provinces=16, products=4, lots=40, doses=1_000_000), seed=1)
    found = plan(problem, seconds=PATIENT, enough=0.01)
    assert found.status in (Status.OPTIMAL, Status.WITHIN)
    assert found.moves
    assert violations(problem, found.moves) == []
    nothing = value(problem).aims
    assert found.reached[0].value < nothing[Aim.LOST]


@pytest.mark.parametrize("seed", [1, 2])
def test_at_full_size_every_aim_is_proven_to_within_a_hundredth(seed: int) -> None:
    problem = national(Size(), seed)
    assert (len(problem.stores), len(problem.products), len(problem.lots), problem.days) == (63 + 5, 8, 200, 14)
    found = plan(problem, seconds=PATIENT, enough=0.01)
    assert violations(problem, found.moves) == []
    assert [item.value for item in found.reached] == [value(problem, found.moves).aims[aim] for aim in Aim]
    for reached in found.reached:
        assert reached.gap is not None
        assert reached.gap <= 0.01, reached


def test_a_plan_that_time_cut_short_is_the_whole_part_of_the_linear_one() -> None:
    for seed in range(200):
        problem = small_problem(seed)
        arrays = index(problem)
        made = model(arrays, moves_of(arrays))
        solved = Solver(made, deadline=time.monotonic() + PATIENT).least(made.aims[Aim.LOST] + made.aims[Aim.SHORT])
        assert solved.columns is not None
        moves = list(lines(arrays, made.moves, below(arrays, made, solved.columns)))
        assert violations(problem, moves) == [], seed


def test_out_of_time_with_demands_there_is_no_plan_and_nothing_is_called_impossible() -> None:
    problem = national(Size(provinces=16, products=4, lots=40, doses=1_000_000), seed=1)
    counted = next(store.code for store in problem.stores if not store.hub and store.counted in range(8))
    asked = replace(problem, demands=(Demand(store=counted, product="V0", doses=10),))
    assert plan(asked, seconds=PATIENT, enough=1.0).moves
    found = plan(asked, seconds=0.0)
    assert (found.status, found.moves, found.gap) == (Status.TIME, (), None)


def test_out_of_time_is_said_and_never_a_silent_zero() -> None:
    problem = national(Size(provinces=16, products=4, lots=40, doses=1_000_000), seed=1)
    found = plan(problem, seconds=0.0)
    assert found.status is Status.TIME
    assert found.gap is None
    assert [item.value for item in found.reached] == [value(problem, found.moves).aims[aim] for aim in Aim]
