"""A country down to its districts: the parts are one plan that breaks no rule, each with its proven gaps."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.plan import Size
from bench.plan_districts import country
from campaign.plan_check import violations
from campaign.plan_problem import Aim, Demand, Problem
from campaign.plan_value import value
from operations.plan_country import CountryPlan, plan_country
from operations.plan_solve import Status

# Long enough that a busy machine ends no solve: what is tested is the plan, not its speed.
PATIENT = 600.0
SMALL = Size(provinces=4, regions=1, products=3, lots=24, doses=200_000, nearest=2)


def made(seed: int = 1) -> tuple[Problem, dict[str, str]]:
    return country(SMALL, seed, districts=14)


@pytest.mark.parametrize("seed", range(6))
def test_the_parts_are_one_plan_within_the_rules(seed: int) -> None:
    problem, province_of = made(seed)
    found = plan_country(problem, province_of, seconds=PATIENT)
    assert found.status in (Status.OPTIMAL, Status.WITHIN)
    assert violations(problem, found.moves) == []
    assert found.worth == value(problem, found.moves).aims
    assert found.worth[Aim.LOST] < value(problem).aims[Aim.LOST]
    assert set(found.provinces) == set(province_of.values())
    assert found.gap is not None
    # What the provinces tell of themselves adds up to what is counted of the whole: nothing is left out between them.
    outside = found.worth[Aim.UNMET] - sum(part.reached[1].value for part in found.provinces.values())
    assert outside == pytest.approx(0)
    for part in (found.nation, *found.provinces.values()):
        for reached in part.reached:
            assert reached.bound is not None
            assert reached.bound <= reached.value + 0.01


def test_a_country_is_one_problem_where_it_has_705_districts() -> None:
    problem, province_of = country(Size(), seed=1)
    assert len(province_of) == 705
    assert (len(problem.products), len(problem.lots), problem.days) == (8, 200, 14)
    assert sum(store.hub for store in problem.stores) == 68


def test_what_one_province_cannot_have_is_told_and_nothing_is_planned() -> None:
    problem, province_of = made()
    district = next(iter(province_of))
    asked = replace(problem, demands=(Demand(store=district, product="V0", doses=10_000_000),))
    found = plan_country(asked, province_of, seconds=PATIENT)
    assert found.status is Status.IMPOSSIBLE
    assert _nothing(found)


def test_a_bad_problem_is_refused_by_name() -> None:
    problem, province_of = made()
    found = plan_country(replace(problem, stock_hours=1_000.0), province_of, seconds=PATIENT)
    assert found.status is Status.REFUSED
    assert found.refused
    assert _nothing(found)


def test_out_of_time_is_said() -> None:
    problem, province_of = made()
    found = plan_country(problem, province_of, seconds=0.0)
    assert found.status is Status.TIME
    assert found.gap is None
    assert violations(problem, found.moves) == []
    assert found.worth == value(problem, found.moves).aims


def _nothing(found: CountryPlan) -> bool:
    return not found.moves and found.gap is None and not found.worth
