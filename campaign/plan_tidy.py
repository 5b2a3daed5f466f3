"""Shipments too small to be worth a decision, a car and two signatures are left out of a plan.

A model that counts litres sends a tray to the next province for a fraction of its worth. Whole shipments (all lines of
a lane on a day) below the least are dropped, and with them what hubs could then not send on; what is told of the plan
is counted from what is left, so that its gap says what this cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from campaign.plan_check import violations
from campaign.plan_problem import Move, Problem, Rule


def tidied(problem: Problem, moves: Sequence[Move], *, least: int) -> list[Move]:
    """Without shipments of fewer doses than `least`, but for those that the planner's demands need. A plan that would
    break a rule without them is left as it was."""
    kept = _without_small(moves, least)
    while kept:
        broken = {item.subject for item in violations(problem, kept) if item.rule is Rule.STOCK}
        if not broken:
            break
        kept = _without_small(_covered(kept, broken), least)
    return list(moves) if violations(problem, kept) else kept


def _without_small(moves: Iterable[Move], least: int) -> list[Move]:
    found = list(moves)
    sizes: defaultdict[tuple[str, int], int] = defaultdict(int)
    for move in found:
        sizes[move.lane, move.ship_day] += move.doses
    return [move for move in found if sizes[move.lane, move.ship_day] >= least]


def _covered(moves: Sequence[Move], short: set[str]) -> list[Move]:
    """Of each hub and lot that has too little now, its last line goes too: the others may have enough."""
    last: dict[str, int] = {}
    for at, move in enumerate(moves):
        key = f"{move.giver} {move.lot}"
        if key in short and (key not in last or move.ship_day >= moves[last[key]].ship_day):
            last[key] = at
    gone = set(last.values())
    return [move for at, move in enumerate(moves) if at not in gone]
