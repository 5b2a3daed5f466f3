"""What `app.py bench plan` tells of any plan: its aims with their proof, and how it travels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from campaign.plan_problem import Move, Problem
from campaign.plan_trays import Packed, carried
from cli.registry_command import DONE, REFUSED
from operations.plan_solve import Reached, Status


def reached_json(reached: Iterable[Reached]) -> list[dict[str, object]]:
    return [{"aim": item.aim.value, "value": item.value, "bound": item.bound, "gap": item.gap} for item in reached]


def reached_line(item: Reached) -> str:
    told = f"  {item.aim}: {item.value:,.0f}"
    if item.gap is None or item.bound is None:
        return f"{told}, gap not known"
    return f"{told}, no plan as good in the aims before has less than {item.bound:,.0f}: gap {item.gap:.2%}"


def packed(problem: Problem, moves: Sequence[Move]) -> dict[str, int]:
    """Lines in whole trays, with vials that lie loose at the giver, and that open a tray."""
    found = Counter(line.packed for line in carried(problem, moves))
    return {kind.value: found[kind] for kind in Packed}


def packed_line(problem: Problem, moves: Sequence[Move]) -> str:
    return "lines: " + ", ".join(f"{count:,} {kind}" for kind, count in packed(problem, moves).items())


def exit_code(status: Status, broken: int) -> int:
    """4 where there is no plan that may be carried out. broken: rules, by the checker."""
    return REFUSED if broken or status in (Status.REFUSED, Status.IMPOSSIBLE) else DONE
