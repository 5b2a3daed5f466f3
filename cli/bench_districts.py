"""`app.py bench plan --districts`: a country down to its districts, and how near its plan is to the best.

Plan and bounds of the whole have one limit of time (ADR 64). Bounds that are looked for to the end take longer than
that; they are asked for apart and have their own time after the plan's (ADR 60)."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from bench.plan import Size
from bench.plan_districts import country
from campaign.plan_check import violations
from campaign.plan_problem import Aim, Level, Problem
from campaign.plan_value import value
from cli.bench_plan_told import exit_code, packed, packed_line, reached_json, reached_line
from operations.plan_at_once import plan_at_once
from operations.plan_proof import proven
from operations.plan_solve import Plan, Reached

SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """without: the aims if nobody moves anything. whole: of the plan against bounds of the whole problem; none where
    there is no plan. proof_seconds: of wall time, after the plan's."""

    without: Mapping[Aim, float]
    whole: tuple[Reached, ...]
    violations: int
    proof_seconds: float

    @property
    def gap(self) -> float | None:
        """The largest of the aims'; None: one is not known."""
        gaps = [item.gap for item in self.whole]
        known = [gap for gap in gaps if gap is not None]
        return max(known) if known and len(known) == len(gaps) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """seconds: of wall time for the plan; prove: for better bounds, after it."""

    districts: int
    seed: int
    seconds: float
    prove: float


def run(size: Size, asked: Asked, *, as_json: bool) -> int:
    """Prints one object or a few lines. Exit code 4 where a plan breaks a rule or there is none."""
    problem, province_of, region_of = country(size, asked.seed, districts=asked.districts)
    found = plan_at_once(problem, province_of, region_of, seconds=asked.seconds)
    judged = judge(problem, found, prove=asked.prove)
    if as_json:
        sys.stdout.buffer.write(orjson.dumps(told(problem, found, judged, asked)) + b"\n")
    else:
        print("\n".join(as_lines(problem, found, judged)))
    return exit_code(found.status, judged.violations)


def judge(problem: Problem, found: Plan, *, prove: float) -> Judged:
    begun = time.monotonic()
    whole = found.reached
    if whole and prove > 0:
        own = proven(problem, {item.aim: item.value for item in whole}, seconds=prove)
        whole = tuple(max(both, key=_bound) for both in zip(whole, own, strict=True))
    return Judged(
        without=value(problem).aims,
        whole=whole,
        violations=len(violations(problem, found.moves)),
        proof_seconds=time.monotonic() - begun if prove > 0 else 0.0,
    )


def _bound(item: Reached) -> float:
    return -1.0 if item.bound is None else item.bound


def told(problem: Problem, found: Plan, judged: Judged, asked: Asked) -> dict[str, object]:
    """objective: against bounds of the whole."""
    return {
        "status": found.status.value,
        "gap": judged.gap,
        "seconds": round(found.seconds, 3),
        "proof_seconds": round(judged.proof_seconds, 3),
        "objective": reached_json(judged.whole),
        "problem": {
            "provinces": sum(store.level is Level.PROVINCE for store in problem.stores),
            "districts": sum(store.level is Level.DISTRICT for store in problem.stores),
            "products": len(problem.products),
            "lots": len(problem.lots),
            "days": problem.days,
            "heaps": len(problem.heaps),
            "lanes": len(problem.lanes),
            "seed": asked.seed,
        },
        "lines": len(found.moves),
        "trays": packed(problem, found.moves),
        "checker": {"violations": judged.violations},
        "without": {aim.value: doses for aim, doses in judged.without.items()},
    }


def as_lines(problem: Problem, found: Plan, judged: Judged) -> list[str]:
    """What holds of the whole, aim by aim."""
    return [
        f"{found.status}, {found.seconds:.1f} s; bounds asked for apart {judged.proof_seconds:.0f} s",
        *(f"{reached_line(item)}; without a plan {judged.without[item.aim]:,.0f}" for item in judged.whole),
        packed_line(problem, found.moves),
        f"rules broken: {judged.violations}",
    ]
