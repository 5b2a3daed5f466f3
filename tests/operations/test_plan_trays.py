"""Whole trays first: what that costs, that it breaks nothing, and what is told of each line."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from bench.plan import Size, national
from campaign.plan_check import violations
from campaign.plan_problem import Aim, Heap, Lot, Move, Problem
from campaign.plan_trays import Carried, Packed, carried, kept_whole, opened_for
from campaign.plan_value import value
from operations.plan_proof import proven
from operations.plan_solve import Plan, Status, plan
from tests.support.every_plan import best
from tests.support.plan_problems import small_problem

# Long enough that a busy machine ends no solve.
PATIENT = 600.0
HELD = (Aim.LOST, Aim.UNMET, Aim.SHORT)


def in_trays(seed: int, *, tiny: bool = False, tray_gap: float | None = 0.01) -> Problem:
    """A small problem whose products come in trays of two to four units."""
    problem, dice = small_problem(seed, tiny=tiny), random.Random(seed)
    return replace(
        problem,
        products=tuple(replace(item, tray_doses=item.unit_doses * dice.randint(2, 4)) for item in problem.products),
        policy=replace(problem.policy, tray_gap=tray_gap),
    )


def opening(problem: Problem, found: Plan) -> int:
    return sum(line.packed is Packed.OPENED for line in carried(problem, found.moves))


def test_small_problems_lose_nothing_by_trays_and_open_fewer() -> None:
    opened = {"first": 0, "plain": 0}
    for seed in range(150):
        problem, plain = in_trays(seed), in_trays(seed, tray_gap=None)
        first, other = plan(problem, seconds=PATIENT, small=10_000), plan(plain, seconds=PATIENT, small=10_000)
        assert violations(problem, first.moves) == [], seed
        # What was solved to the end stays the best there is: trays come after the last aim.
        for mine, theirs in zip(first.reached, other.reached, strict=True):
            assert mine.value <= theirs.value + 0.01, (seed, mine, theirs)
            assert mine.gap == 0, (seed, mine)
        opened["first"] += opening(problem, first)
        opened["plain"] += opening(plain, other)
    assert opened["first"] < opened["plain"]


def test_the_large_way_keeps_every_aim_within_the_share_or_is_in_vials() -> None:
    preferred = 0
    for seed in range(150):
        problem = in_trays(seed)
        found = plan(problem, seconds=PATIENT, small=0)
        assert violations(problem, found.moves) == [], seed
        gaps = [item.gap for item in found.reached]
        assert None not in gaps, seed
        if all(gap is not None and gap <= 0.01 for gap in gaps):
            preferred += bool(found.moves)
            continue
        vials = plan(in_trays(seed, tray_gap=None), seconds=PATIENT, small=0)
        for mine, theirs in zip(found.reached[:3], vials.reached[:3], strict=True):
            assert mine.value <= theirs.value + 0.01, seed
    assert preferred > 3


def test_the_best_of_every_plan_is_found_with_trays_first() -> None:
    tried = 0
    for seed in range(200):
        problem = in_trays(seed, tiny=True)
        wanted = best(problem)
        if wanted is None:
            continue
        found = plan(problem, seconds=PATIENT)
        assert [item.value for item in found.reached] == pytest.approx(list(wanted), abs=0.01), seed
        tried += bool(found.moves)
    assert tried > 10


def test_closing_trays_that_were_opened_for_nothing_costs_no_aim_and_breaks_no_rule() -> None:
    closed = 0
    for seed in range(200):
        problem = in_trays(seed)
        moves = plan(in_trays(seed, tray_gap=None), seconds=PATIENT, small=10_000).moves
        # As somebody would change it who does not count: a vial more on every line that has the room for it.
        units = {item.code: item.unit_doses for item in problem.products}
        for at, move in enumerate(moves):
            more = [*moves[:at], replace(move, doses=move.doses + units[move.product]), *moves[at + 1 :]]
            moves = moves if violations(problem, more) else tuple(more)
        kept = kept_whole(problem, moves)
        assert violations(problem, kept) == [], seed
        before, after = value(problem, moves).aims, value(problem, kept).aims
        assert [after[aim] <= before[aim] + 1e-6 for aim in HELD] == [True] * 3, seed
        for at, line in enumerate(carried(problem, kept)):
            if line.opened and line.opened < kept[at].doses:
                hub = any(store.hub for store in problem.stores if store.code == kept[at].taker)
                assert hub or opened_for(problem, kept, at, line.opened) is not None, seed
        closed += kept != list(moves)
    assert closed > 10


def test_what_lies_loose_goes_first_and_what_an_opened_tray_leaves_is_loose() -> None:
    """Trays of 20, vials of 5. P0 has 47 doses of L0: two trays and a vial, and 2 doses that are no vial."""
    problem = in_trays(0)
    product = replace(problem.products[0], unit_doses=5, tray_doses=20)
    lot = Lot(code="L0", product=product.code, last_day=30)
    problem = replace(
        problem, products=(product,), lots=(lot,), heaps=(Heap(lot="L0", store="P0", doses=47),), needs=()
    )

    def line(doses: int, day: int) -> Move:
        return Move(
            lot="L0", product=product.code, lane="P0-P1", giver="P0", taker="P1", doses=doses, ship_day=day,
            arrive_day=day + 1,
        )  # fmt: skip

    assert carried(problem, [line(10, 3), line(20, 0), line(5, 0), line(10, 3)]) == [
        Carried(packed=Packed.OPENED, trays=0, loose=10, opened=10),
        Carried(packed=Packed.WHOLE, trays=1, loose=0),
        Carried(packed=Packed.LOOSE, trays=0, loose=5),
        Carried(packed=Packed.LOOSE, trays=0, loose=10),
    ]


@pytest.mark.parametrize("seed", [1, 3])
def test_at_full_size_most_lines_open_no_tray_and_every_aim_is_proven(seed: int) -> None:
    problem = national(Size(tray_gap=0.01), seed)
    found = plan(problem, seconds=PATIENT, enough=0.01)
    assert found.status is Status.WITHIN
    assert violations(problem, found.moves) == []
    for reached in found.reached:
        assert reached.gap is not None
        assert reached.gap <= 0.01, reached
    lines = carried(problem, found.moves)
    assert sum(line.packed is not Packed.OPENED for line in lines) > 0.5 * len(lines)
    whys = [opened_for(problem, found.moves, at, line.opened) for at, line in enumerate(lines) if line.opened]
    assert sum(why is not None for why in whys) > 0.5 * len(whys)


def test_where_nobody_has_or_needs_anything_nothing_is_missing() -> None:
    problem = small_problem(1)
    empty = replace(problem, stores=(), lots=(), heaps=(), needs=(), lanes=())
    assert (plan(empty, seconds=PATIENT).status, plan(empty, seconds=PATIENT).gap) == (Status.OPTIMAL, 0.0)


def test_bounds_of_the_whole_are_below_the_best_plan_of_small_problems() -> None:
    for seed in range(60):
        problem = small_problem(seed)
        exact = plan(problem, seconds=PATIENT, small=10_000)
        found = proven(problem, {item.aim: item.value for item in exact.reached}, seconds=PATIENT)
        for mine, theirs in zip(found, exact.reached, strict=True):
            assert mine.bound is not None
            assert mine.bound <= theirs.value + 0.01, seed
    assert [item.bound for item in proven(small_problem(1), value(small_problem(1)).aims, seconds=0.0)] == [None] * 4
