"""`bench plan` tells each way by the same figures, and its proof."""

from __future__ import annotations

import orjson
import pytest

from bench.plan import Size, national
from cli.bench_plan import as_json, as_lines, compared
from cli.main import main
from operations.plan_solve import plan

CaptureBinary = pytest.CaptureFixture[bytes]


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
    assert sum(told["trays"].values()) == len(found.moves)  # type: ignore[attr-defined]
    assert len(as_lines(problem, found, ways)) == 1 + 4 + 1 + 1 + 8


def test_districts_are_one_command_that_says_what_is_proven_of_the_whole(capsysbinary: CaptureBinary) -> None:
    asked = ["bench", "plan", "--provinces", "4", "--districts", "14", "--seconds", "30"]
    assert main([*asked, "--json"]) == 0
    told = orjson.loads(capsysbinary.readouterr().out)
    assert told["problem"] | {"provinces": 4, "districts": 14, "products": 8, "lots": 200} == told["problem"]
    assert told["status"] in ("within", "optimal")
    assert told["checker"] == {"violations": 0}
    assert told["lines"] == sum(told["trays"].values())
    assert told["proof_seconds"] == 0
    assert [item["aim"] for item in told["objective"]] == ["lost", "unmet", "short", "cost"]
    for item in told["objective"]:
        assert 0 <= item["bound"] <= item["value"] + 1
        assert item["value"] <= told["without"][item["aim"]] or item["aim"] == "cost"
    assert told["gap"] == max(item["gap"] for item in told["objective"])
    assert main([*asked, "--prove", "120"]) == 0
    assert capsysbinary.readouterr().out.decode().count("no plan as good") == 4


@pytest.mark.parametrize("wrong", [["--districts", "3"], ["--provinces", "0"], ["--seconds", "0"], ["--prove", "-1"]])
def test_a_size_that_is_none_is_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "plan", *wrong]) == 2
    assert "--" in capsys.readouterr().err
