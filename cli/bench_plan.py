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
from campaign.plan_rules import Whole
from campaign.plan_value import value
from cli import bench_districts
from cli.bench_plan_told import exit_code, packed, packed_line, reached_json, reached_line
from operations.plan_solve import Plan, plan
from settings import ConfigError, Settings

SECONDS = 10.0
DISTRICTS = 705
RULES: dict[Way, Callable[[Problem], list[Move]]] = {Way.FEFO: fefo, Way.MINISTRY: ministry}


def add_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--seconds", type=float, metavar="S", help="of wall time for our plan; by default 10, of districts 60"
    )
    command.add_argument("--seed", type=int, default=1, metavar="N", help="of the made problem")
    command.add_argument("--provinces", type=int, default=63, metavar="N", help="how many")
    command.add_argument(
        "--districts", type=int, nargs="?", const=DISTRICTS, metavar="N", help="down to so many districts; 705"
    )
    command.add_argument(
        "--prove", type=float, metavar="S", help="of wall time for better bounds after a plan of districts; none"
    )
    command.add_argument("--whole", choices=list(Whole), help="what travels; by default plan.whole")
    command.add_argument("--json", action="store_true", help="one compact JSON object on standard output")


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Exit code 2 for a size that is none, 4 where a plan breaks a rule or there is none."""
    size = size_of(chosen, settings)
    if chosen.districts is not None:
        asked = bench_districts.Asked(
            districts=chosen.districts,
            seed=chosen.seed,
            seconds=bench_districts.SECONDS if chosen.seconds is None else chosen.seconds,
            prove=chosen.prove or 0.0,
        )
        return bench_districts.run(size, asked, as_json=chosen.json)
    problem = national(size, chosen.seed)
    found = plan(problem, seconds=SECONDS if chosen.seconds is None else chosen.seconds)
    ways = compared(problem, found)
    if chosen.json:
        sys.stdout.buffer.write(orjson.dumps(as_json(problem, found, ways, seed=chosen.seed)) + b"\n")
    else:
        print("\n".join(as_lines(problem, found, ways)))
    return exit_code(found.status, ways[Way.OURS.value].violations)


def size_of(chosen: argparse.Namespace, settings: Settings) -> Size:
    """Raises ConfigError."""
    whole = Whole(chosen.whole or settings.plan.whole)
    if chosen.provinces < 1 or (chosen.districts is not None and chosen.districts < chosen.provinces):
        raise ConfigError("--provinces is at least 1, --districts at least as many as the provinces")
    if (chosen.seconds is not None and not chosen.seconds > 0) or (chosen.prove is not None and chosen.prove < 0):
        raise ConfigError("--seconds is above 0, --prove at least 0")
    return Size(
        provinces=chosen.provinces,
        trays=whole is Whole.TRAY,
        tray_gap=settings.plan.tray_gap if whole is Whole.TRAY_FIRST else None,
    )


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
        "objective": reached_json(found.reached),
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
        "trays": packed(problem, found.moves),
        "checker": {"violations": ways[Way.OURS.value].violations},
        "compared": {way: asdict(figures) for way, figures in ways.items()},
    }


def as_lines(problem: Problem, found: Plan, ways: Mapping[str, Figures]) -> list[str]:
    """Side by side, the aims in their order."""
    names = [item.name for item in fields(Figures)]
    gap = "not known" if found.gap is None else f"{found.gap:.2%}"
    return [
        f"{found.status}, gap {gap}, {found.seconds:.1f} s",
        *(reached_line(item) for item in found.reached),
        packed_line(problem, found.moves),
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
