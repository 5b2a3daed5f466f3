"""`app.py bench plan --districts`: a country down to its districts, planned in parts, and how near that is to the best.

The plan has its seconds; the bounds of the whole, which take longer than it, have theirs after it, and are told apart
from it: what the parts prove of themselves proves nothing of the whole (ADR 44). With `--at-once` the whole is one
linear model, and plan and bounds have one limit of time (ADR 60)."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from bench.plan import Size
from bench.plan_districts import country
from campaign.plan_check import violations
from campaign.plan_problem import Aim, Level, Move, Problem
from campaign.plan_value import value
from cli.bench_plan_told import exit_code, packed, packed_line, reached_json, reached_line
from operations.plan_at_once import plan_at_once
from operations.plan_country import CountryPlan, plan_country
from operations.plan_proof import proven
from operations.plan_solve import Plan, Reached

SECONDS = 60.0
PROOF_SECONDS = 240.0
AT_ONCE_SECONDS = 240.0


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
    """seconds: of wall time for the plan; prove: for the bounds, after it. at_once: one limit for both."""

    districts: int
    seed: int
    seconds: float
    prove: float
    at_once: bool = False


def run(size: Size, asked: Asked, *, as_json: bool) -> int:
    """Prints one object or a few lines. Exit code 4 where a plan breaks a rule or there is none."""
    problem, province_of, region_of = country(size, asked.seed, districts=asked.districts)
    if asked.at_once:
        found = plan_at_once(problem, seconds=asked.seconds)
        judged = _judged(problem, found.moves, found.reached, proof_seconds=0.0)
    else:
        found = plan_country(problem, province_of, region_of, seconds=asked.seconds)
        judged = judge(problem, found, prove=asked.prove)
    if as_json:
        sys.stdout.buffer.write(orjson.dumps(told(problem, found, judged, asked)) + b"\n")
    else:
        print("\n".join(as_lines(problem, found, judged)))
    return exit_code(found.status, judged.violations)


def judge(problem: Problem, found: CountryPlan, *, prove: float) -> Judged:
    begun = time.monotonic()
    whole = proven(problem, found.worth, seconds=prove) if found.worth and prove > 0 else _unproven(found)
    return _judged(problem, found.moves, whole, proof_seconds=time.monotonic() - begun)


def _judged(problem: Problem, moves: Sequence[Move], whole: tuple[Reached, ...], *, proof_seconds: float) -> Judged:
    return Judged(
        without=value(problem).aims,
        whole=whole,
        violations=len(violations(problem, moves)),
        proof_seconds=proof_seconds,
    )


def _unproven(found: CountryPlan) -> tuple[Reached, ...]:
    return tuple(Reached(aim=aim, value=worth, bound=None) for aim, worth in found.worth.items())


def told(problem: Problem, found: CountryPlan | Plan, judged: Judged, asked: Asked) -> dict[str, object]:
    """objective: against bounds of the whole; nation and parts: what each was proven to be by itself, which proves
    nothing of the whole; a plan made at once has none."""
    apart = isinstance(found, CountryPlan)
    return {
        "status": found.status.value,
        "gap": judged.gap,
        "seconds": round(found.seconds, 3),
        "proof_seconds": round(judged.proof_seconds, 3),
        "objective": reached_json(judged.whole),
        "nation": reached_json(found.nation.reached) if apart else [],
        "parts": {
            name: {"status": item.status.value, "seconds": round(item.seconds, 3), "gap": item.gap}
            for name, item in (found.parts.items() if apart else ())
        },
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


def as_lines(problem: Problem, found: CountryPlan | Plan, judged: Judged) -> list[str]:
    """What holds of the whole, aim by aim."""
    return [
        f"{found.status}, {found.seconds:.1f} s; bounds of the whole in {judged.proof_seconds:.0f} s more",
        *(f"{reached_line(item)}; without a plan {judged.without[item.aim]:,.0f}" for item in judged.whole),
        packed_line(problem, found.moves),
        f"rules broken: {judged.violations}",
    ]
