"""How good and how fast plans are at full size: 63 provinces, or 705 districts in them.

    .venv/bin/python scripts/plan_at_size.py [--districts [--by-province]] [--seeds 1,2,3] [--seconds 10] [--trays]

Prints a JSON object a line and seed: seconds of wall and of processor, violations, and of each aim the value without a
plan, the value with it, the bound and the gap. Of districts the nation's and the regions' (or
provinces') are told apart.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.plan import Size, national  # noqa: E402
from bench.plan_districts import country  # noqa: E402
from campaign.plan_check import violations  # noqa: E402
from campaign.plan_problem import Move, Problem  # noqa: E402
from campaign.plan_value import value  # noqa: E402
from operations.plan_country import plan_country  # noqa: E402
from operations.plan_solve import Reached, plan  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--districts", action="store_true")
    parser.add_argument("--by-province", action="store_true")
    parser.add_argument("--seeds", default="1")
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--trays", action="store_true")
    asked = parser.parse_args()
    size = Size(trays=asked.trays)
    for seed in map(int, asked.seeds.split(",")):
        begun, processor = time.monotonic(), time.process_time()
        if asked.districts:
            problem, province_of, region_of = country(size, seed)
            groups = None if asked.by_province else region_of
            found = plan_country(problem, province_of, groups, seconds=asked.seconds or 60.0)
            told = {"nation": _gaps(found.nation.reached), "parts": _gaps(found.shared)}
            told |= {name: {"status": item.status, "seconds": item.seconds} for name, item in found.parts.items()}
        else:
            problem = national(size, seed)
            found = plan(problem, seconds=asked.seconds or 10.0)
            told = {"aims": _gaps(found.reached)}
        told |= {"status": found.status, "seed": seed, "seconds": round(found.seconds, 2)}
        told |= {"processor": round(time.process_time() - processor, 2), "all": round(time.monotonic() - begun, 2)}
        print(json.dumps(told | _judged(problem, found.moves)), flush=True)


def _gaps(reached: Iterable[Reached]) -> dict[str, object]:
    return {item.aim: {"value": item.value, "bound": item.bound, "gap": item.gap} for item in reached}


def _judged(problem: Problem, moves: tuple[Move, ...]) -> dict[str, object]:
    trays = {product.code: product for product in problem.products}
    broken = sum(trays[move.product].parcels(move.doses).units > 0 for move in moves)
    return {
        "moves": len(moves),
        "with_loose_units": broken,
        "violations": len(violations(problem, moves)),
        "without": value(problem).aims,
        "with": value(problem, moves).aims,
    }


if __name__ == "__main__":
    main()
