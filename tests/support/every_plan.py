"""The best plan by trying every one: what the optimiser is compared with on tiny problems."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from campaign.plan_check import violations
from campaign.plan_problem import Aim, Move, Problem
from campaign.plan_value import value

# More plans than this are too many to try.
MOST = 4000


def candidates(problem: Problem) -> list[list[Move | None]]:
    """For each lot, lane and departure: every number of whole units up to all that the country has of the lot."""
    products = {item.code: item for item in problem.products}
    choices: list[list[Move | None]] = []
    for lot, lane, cycle in itertools.product(problem.lots, problem.lanes, range(problem.spans)):
        unit = products[lot.product].unit_doses
        doses = sum(heap.doses for heap in problem.heaps if heap.lot == lot.code)
        alone: list[Move | None] = [None]
        for count in range(1, doses // unit + 1):
            day = problem.cycles[cycle]
            move = Move(
                lot=lot.code,
                product=lot.product,
                lane=lane.code,
                giver=lane.giver,
                taker=lane.taker,
                doses=count * unit,
                ship_day=day,
                arrive_day=day + lane.days,
            )
            # Stock aside, which another move may bring, a move that breaks a rule alone breaks it with others.
            if not [item for item in violations(problem, [move]) if item.rule not in ("stock", "onward")]:
                alone.append(move)
        if len(alone) > 1:
            choices.append(alone)
    return choices


def best(problem: Problem) -> tuple[float, ...] | None:
    """The aims of the best plan, in their order; None: too many plans to try."""
    choices = candidates(problem)
    size = 1
    for alone in choices:
        size *= len(alone)
    if size > MOST:
        return None
    return min(_aims(problem, plan) for plan in _plans(choices) if not violations(problem, plan))


def _plans(choices: list[list[Move | None]]) -> Iterator[list[Move]]:
    for chosen in itertools.product(*choices):
        yield [move for move in chosen if move is not None]


def _aims(problem: Problem, plan: list[Move]) -> tuple[float, ...]:
    aims = value(problem, plan).aims
    return tuple(round(aims[aim], 6) for aim in Aim)
