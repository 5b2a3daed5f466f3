"""Which rules held a plan back, at what price; and which ones conflict where nothing can be planned.

A rule is named only if the same problem without it has a better plan: it is solved again, and the first aim that gets
better tells the price (doses; thousand VND where only the cost does). A conflict is irreducible: without any one of its
members there is a plan. Source: issue 7 ("Build" 3); FEATURES M6."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from campaign.plan_check import violations
from campaign.plan_problem import BENDABLE, Aim, Demand, Move, Problem, Rule
from operations.plan_highs import least_whole
from operations.plan_index import index
from operations.plan_model import model, moves_of
from operations.plan_solve import SMALL, Plan, Status, plan

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a rule costs the plan. subject: of the rule; '' for the rule as a whole. amount: by how much less the aim
    would be without it."""

    rule: Rule
    subject: str
    aim: Aim
    amount: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Demands and rules that cannot all hold. Empty both: there is no conflict."""

    demands: tuple[Demand, ...]
    rules: tuple[Rule, ...]


def prices(
    problem: Problem, found: Plan, rules: Iterable[tuple[Rule, str]] = (), *, seconds: float, small: int = SMALL
) -> list[Price]:
    """Of the rules that have one: all that may be left out, where none is named. seconds: for each question."""
    asked = tuple(rules) or tuple((rule, "") for rule in BENDABLE)
    told = (_price(problem, found, rule, subject, seconds, small) for rule, subject in asked)
    return [price for price in told if price is not None]


def binding(
    problem: Problem, found: Plan, moves: Sequence[Move], line: int, *, seconds: float, small: int = SMALL
) -> list[Price]:
    """The rules that kept one more unit from going on this line, and that would have been worth it."""
    held = dict.fromkeys(_held(problem, moves, line))
    return prices(problem, found, held, seconds=seconds, small=small) if held else []


def _held(problem: Problem, moves: Sequence[Move], line: int) -> Iterator[tuple[Rule, str]]:
    """The rules that the plan would break with one unit more on the line, as the checker sees it."""
    units = {product.code: product.unit_doses for product in problem.products}
    more = [
        replace(move, doses=move.doses + units[move.product]) if at == line else move for at, move in enumerate(moves)
    ]
    for item in violations(problem, more):
        if item.rule in BENDABLE:
            yield item.rule, item.subject


def _price(problem: Problem, found: Plan, rule: Rule, subject: str, seconds: float, small: int) -> Price | None:
    free = replace(problem, without=problem.without | {(rule, subject)})
    other = plan(free, seconds=seconds, small=small)
    if other.status is Status.REFUSED:
        return None
    for mine, theirs in zip(found.reached, other.reached, strict=False):
        # The other plan must be better beyond what is unknown of both, or it is no proof.
        if theirs.value < mine.value and mine.bound is not None and theirs.value < mine.bound - 0.5:
            return Price(rule=rule, subject=subject, aim=mine.aim, amount=mine.value - theirs.value)
        if abs(theirs.value - mine.value) > 0.5:
            return None
    return None


def conflict(problem: Problem, *, seconds: float) -> Conflict:
    """An irreducible set, found by leaving out one member after another for as long as no plan exists. Where even all
    rules left out give no plan, it is the doses that lack: the demands alone conflict."""
    deadline = time.monotonic() + seconds
    if _possible(problem, deadline):
        return Conflict(demands=(), rules=())
    demands = _needed(problem.demands, lambda kept: not _possible(replace(problem, demands=kept), deadline))
    held = replace(problem, demands=demands)
    rules = _needed(
        tuple(rule for rule in BENDABLE if not problem.bent(rule)),
        lambda kept: (
            not _possible(
                replace(held, without=held.without | {(rule, "") for rule in BENDABLE if rule not in kept}), deadline
            )
        ),
    )
    # With fewer rules, fewer demands may be enough to conflict.
    free = replace(held, without=held.without | {(rule, "") for rule in BENDABLE if rule not in rules})
    demands = _needed(demands, lambda kept: not _possible(replace(free, demands=kept), deadline))
    return Conflict(demands=demands, rules=rules)


def _needed(items: tuple[Item, ...], still: Callable[[tuple[Item, ...]], bool]) -> tuple[Item, ...]:
    """Leaves out each item without which it is `still` so."""
    kept = items
    for item in items:
        fewer = tuple(other for other in kept if other is not item)
        if still(fewer):
            kept = fewer
    return kept


def _possible(problem: Problem, deadline: float) -> bool:
    """TimeoutError where it is not known in time."""
    arrays = index(problem)
    made = model(arrays, moves_of(arrays))
    solved = least_whole(made, np.zeros(made.lower.size), deadline=deadline)
    if solved.columns is None and not solved.impossible:
        raise TimeoutError("not known in time whether a plan exists")
    return solved.columns is not None
