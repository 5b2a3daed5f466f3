"""`app.py bench plan`: a plan of full size, beside first-expired-first-out and the Ministry's rule."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields

import orjson

from bench.plan import Size, national
from campaign.plan_check import violations
from campaign.plan_policies import Way, fefo, ministry
from campaign.plan_problem import Aim, Move, Problem
from campaign.plan_value import value
from operations.plan_solve import Plan, plan
from settings import Settings

SECONDS = 10.0
RULES: dict[Way, Callable[[Problem], list[Move]]] = {Way.FEFO: fefo, Way.MINISTRY: ministry}


def add_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--seconds", type=float, default=SECONDS, metavar="S", help="of wall time for our plan")
    command.add_argument("--seed", type=int, default=1, metavar="N", help="of the made problem")
    command.add_argument("--provinces", type=int, default=63, metavar="N", help="how many; 705 as there are districts")
    command.add_argument("--trays", action="store_true", help="whole trays travel, as plan.whole has it; else vials")
    command.add_argument("--json", action="store_true", help="one compact JSON object on standard output")


def run(chosen: argparse.Namespace, _settings: Settings) -> int:
    problem = national(Size(provinces=chosen.provinces, trays=chosen.trays), chosen.seed)
    found = plan(problem, seconds=chosen.seconds)
    ways = compared(problem, found)
    if chosen.json:
        sys.stdout.buffer.write(orjson.dumps(as_json(problem, found, ways, seed=chosen.seed)) + b"\n")
    else:
        print("\n".join(as_lines(found, ways)))
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one way: doses, thousand VND, seconds of wall time."""

    doses_lost: int
    second_doses_unmet: int
    short_of_targets: int
    cost: int
    lines: int
    doses_moved: int
    violations: int
    seconds: float


def compared(problem: Problem, found: Plan) -> dict[str, Figures]:
    """Each way by the same figures; nothing: if nobody moves anything."""
    told = {"nothing": _figures(problem, (), 0.0), Way.OURS.value: _figures(problem, found.moves, found.seconds)}
    for way, rule in RULES.items():
        begun = time.monotonic()
        moves = rule(problem)
        told[way.value] = _figures(problem, moves, time.monotonic() - begun)
    return told


def as_json(problem: Problem, found: Plan, ways: Mapping[str, Figures], *, seed: int) -> dict[str, object]:
    """Ours with its proof, then all ways side by side."""
    return {
        "status": found.status.value,
        "gap": found.gap,
        "seconds": round(found.seconds, 3),
        "objective": [
            {"aim": item.aim.value, "value": item.value, "bound": item.bound, "gap": item.gap} for item in found.reached
        ],
        "problem": {
            "provinces": sum(not store.hub for store in problem.stores),
            "products": len(problem.products),
            "lots": len(problem.lots),
            "days": problem.days,
            "cycles": problem.cycles,
            "heaps": len(problem.heaps),
            "lanes": len(problem.lanes),
            "seed": seed,
        },
        "lines": len(found.moves),
        "checker": {"violations": ways[Way.OURS.value].violations},
        "compared": {way: asdict(figures) for way, figures in ways.items()},
    }


def as_lines(found: Plan, ways: Mapping[str, Figures]) -> list[str]:
    """Side by side, the aims in their order."""
    names = [item.name for item in fields(Figures)]
    gap = "not known" if found.gap is None else f"{found.gap:.2%}"
    return [
        f"{found.status}, gap {gap}, {found.seconds:.1f} s",
        *(f"  {item.aim}: gap {'not known' if item.gap is None else f'{item.gap:.2%}'}" for item in found.reached),
        f"{'':<20}" + "".join(f"{way:>14}" for way in ways),
        *(f"{name:<20}" + "".join(f"{getattr(item, name):>14,}" for item in ways.values()) for name in names),
    ]


def _figures(problem: Problem, moves: Sequence[Move], seconds: float) -> Figures:
    aims = value(problem, moves).aims
    return Figures(
        doses_lost=round(aims[Aim.LOST]),
        second_doses_unmet=round(aims[Aim.UNMET]),
        short_of_targets=round(aims[Aim.SHORT]),
        cost=round(aims[Aim.COST]),
        lines=len(moves),
        doses_moved=sum(move.doses for move in moves),
        violations=len(violations(problem, moves)),
        seconds=round(seconds, 3),
    )
