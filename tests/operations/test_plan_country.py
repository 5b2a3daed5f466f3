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

# A busy machine needs longer, and nothing here asks how good a plan is: only that it is one, and says what it knows.
PATIENT = 12.0
SMALL = Size(provinces=4, regions=2, products=3, lots=24, doses=200_000, nearest=2)


def made(seed: int = 1) -> tuple[Problem, dict[str, str], dict[str, str]]:
    return country(SMALL, seed, districts=14)


@pytest.mark.parametrize("by_region", [False, True])
@pytest.mark.parametrize("seed", range(2))
def test_the_parts_are_one_plan_within_the_rules(seed: int, by_region: bool) -> None:
    problem, province_of, region_of = made(seed)
    found = plan_country(problem, province_of, region_of if by_region else None, seconds=PATIENT)
    assert found.status in (Status.OPTIMAL, Status.WITHIN, Status.TIME)
    assert violations(problem, found.moves) == []
    assert found.worth == value(problem, found.moves).aims
    assert found.worth[Aim.LOST] < value(problem).aims[Aim.LOST]
    assert set(found.parts) == set(region_of.values() if by_region else province_of.values())
    assert (found.gap is None) is (found.status is Status.TIME)
    # What the parts tell of themselves adds up to what is counted of the whole: nothing is left out between them.
    outside = found.worth[Aim.UNMET] - sum(part.reached[1].value for part in found.parts.values())
    assert outside == pytest.approx(0)
    for part in (found.nation, *found.parts.values()):
        for reached in part.reached:
            assert reached.bound is None or reached.bound <= reached.value + 0.01


def test_a_country_is_one_problem_where_it_has_705_districts() -> None:
    problem, province_of, region_of = country(Size(), seed=1)
    assert len(province_of) == 705
    assert (len(region_of), len(set(region_of.values()))) == (63 + 4, 4)
    assert (len(problem.products), len(problem.lots), problem.days) == (8, 200, 14)
    assert sum(store.hub for store in problem.stores) == 68


def test_what_one_province_cannot_have_is_told_and_nothing_is_planned() -> None:
    problem, province_of, _ = made()
    district = next(iter(province_of))
    asked = replace(problem, demands=(Demand(store=district, product="V0", doses=10_000_000),))
    found = plan_country(asked, province_of, seconds=PATIENT)
    assert found.status is Status.IMPOSSIBLE
    assert _nothing(found)


def test_a_bad_problem_is_refused_by_name() -> None:
    problem, province_of, _ = made()
    found = plan_country(replace(problem, stock_hours=1_000.0), province_of, seconds=PATIENT)
    assert found.status is Status.REFUSED
    assert found.refused
    assert _nothing(found)


def test_out_of_time_is_said() -> None:
    problem, province_of, _ = made()
    found = plan_country(problem, province_of, seconds=0.0)
    assert found.status is Status.TIME
    assert found.gap is None
    assert violations(problem, found.moves) == []
    assert found.worth == value(problem, found.moves).aims


def _nothing(found: CountryPlan) -> bool:
    return not found.moves and found.gap is None and not found.worth
