"""Which rule kept more of a line from going, proven by a plan: the same one with more on the line and without the rule.

A rule is named only if that plan breaks no other rule and is worth more, in the order of the aims. So its price is a
lower bound: without the rule a plan made anew may gain more (operations/plan_price.py solves it again). Pure, and
quick: only the two stores of the line are valued anew. Source: issue 7 ("Build" 3, "Done when")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from campaign.plan_check import violations
from campaign.plan_problem import BENDABLE, Aim, Move, Problem, Rule
from campaign.plan_value import value

# Doses, thousand VND: less is rounding.
HAIR = 1e-6
# How often the amount is doubled while that is worth more still.
DOUBLINGS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """rule, subject: left out. more: doses more on the line. aim, amount: the first aim that gets better, and by how
    much (doses; thousand VND)."""

    rule: Rule
    subject: str
    more: int
    aim: Aim
    amount: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What one unit more on a line would break: rules that may be left out and others (stock that is not there).
    binding: the one rule without which more would have been worth it; None: none is proven."""

    rules: tuple[Rule, ...]
    binding: Binding | None


def held(problem: Problem, moves: Sequence[Move], line: int) -> Held:
    """Of one line of a plan that breaks no rule."""
    unit = next(item.unit_doses for item in problem.products if item.code == moves[line].product)
    broken = violations(problem, more_of(moves, line, unit))
    rules = tuple(dict.fromkeys(item.rule for item in broken))
    causes = {(item.rule, item.subject) for item in broken}
    if len(causes) != 1 or not rules or rules[0] not in BENDABLE:
        return Held(rules=rules, binding=None)
    rule, subject = next(iter(causes))
    free = replace(problem, without=problem.without | {(rule, subject)})
    small, own = near(free, moves, line)
    start = value(small, own).aims
    best: tuple[int, tuple[Aim, float]] | None = None
    doses = unit
    for _ in range(DOUBLINGS):
        gained = _gain(start, value(small, more_of(own, 0, doses)).aims)
        if gained is None or (best is not None and not _better(gained, best[1])):
            break
        if violations(free, more_of(moves, line, doses)):
            break
        best, doses = (doses, gained), doses * 2
    if best is None:
        return Held(rules=rules, binding=None)
    more, (aim, amount) = best
    return Held(rules=rules, binding=Binding(rule=rule, subject=subject, more=more, aim=aim, amount=amount))


def more_of(moves: Sequence[Move], line: int, doses: int) -> list[Move]:
    return [replace(move, doses=move.doses + doses) if at == line else move for at, move in enumerate(moves)]


def near(problem: Problem, moves: Sequence[Move], line: int) -> tuple[Problem, list[Move]]:
    """The problem of the line's two stores, and the moves that touch them, the line first. What is worth anything
    elsewhere does not change with this line."""
    chosen = moves[line]
    stores = {chosen.giver, chosen.taker}
    own = [chosen, *(move for at, move in enumerate(moves) if at != line and {move.giver, move.taker} & stores)]
    lots = {move.lot for move in own}
    heaps = tuple(heap for heap in problem.heaps if heap.store in stores)
    lots |= {heap.lot for heap in heaps}
    small = replace(
        problem,
        stores=tuple(store for store in problem.stores if store.code in stores or store.hub),
        lots=tuple(lot for lot in problem.lots if lot.code in lots),
        heaps=heaps,
        needs=tuple(need for need in problem.needs if need.store in stores),
    )
    return small, own


def _gain(before: Mapping[Aim, float], after: Mapping[Aim, float]) -> tuple[Aim, float] | None:
    """The first aim that differs, if it got better."""
    for aim in Aim:
        change = before[aim] - after[aim]
        if abs(change) > HAIR:
            return (aim, change) if change > 0 else None
    return None


def _better(one: tuple[Aim, float], other: tuple[Aim, float]) -> bool:
    order = list(Aim)
    if one[0] is other[0]:
        return one[1] > other[1] + HAIR
    return order.index(one[0]) < order.index(other[0])
