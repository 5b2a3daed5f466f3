"""`bench plan` tells each way by the same figures, and its proof."""

from __future__ import annotations

from bench.plan import Size, national
from cli.bench_plan import as_json, as_lines, compared
from operations.plan_solve import plan


def test_three_ways_stand_beside_nothing_and_none_breaks_a_rule() -> None:
    problem = national(Size(provinces=6, regions=1, products=2, lots=8, nearest=3, doses=600_000, trays=False), 3)
    found = plan(problem, seconds=20)
    ways = compared(problem, found)
    assert list(ways) == ["nothing", "ours", "fefo", "ministry"]
    assert {way: figures.violations for way, figures in ways.items()} == dict.fromkeys(ways, 0)
    assert ways["ours"].doses_lost <= min(ways["fefo"].doses_lost, ways["nothing"].doses_lost)
    told = as_json(problem, found, ways, seed=3)
    assert told["problem"] | {"provinces": 6, "products": 2, "lots": 8, "days": 14, "seed": 3} == told["problem"]
    assert told["checker"] == {"violations": 0}
    assert len(as_lines(found, ways)) == 1 + 4 + 1 + 8
