"""Two million doses: the process dies at each named point of a refresh and of a fold, and at random instants. A refresh
is then wholly there or wholly absent, and going on where it stopped completes it."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.engine import ROOT, Batch, Bench
from tests.support.engine_worker import Sums, history, sums_after, sums_of, take
from warehouse.verify import rebuild

DOSES = 2_000_000
POINTS = (
    "cubes_added",
    "before_commit",
    "after_commit",
    "fold:segments_written",
    "fold:before_commit",
    "fold:after_commit",
)
RANDOM_KILLS, UPTO = 4, 14


def start(folder: Path, *, upto: int, point: str = "") -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.support.engine_worker", str(folder), str(DOSES), str(upto), point]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_killed_at_named_points_and_random_instants(tmp_path: Path) -> None:
    expected = sums_after(DOSES, UPTO)
    state = tmp_path / "state"
    bench = Bench(state)
    take(bench, history(DOSES))
    bench.fold()
    bench.close()
    shutil.copytree(state, tmp_path / "undisturbed")
    done = 1  # refreshes applied; number 0 is history
    for point in POINTS:
        process = start(state, upto=done, point=point)
        process.communicate()
        assert process.returncode == -signal.SIGKILL, f"{point} was never reached"
        now = applied(state, expected)
        assert now == done + (point == "after_commit"), point
        done = now
    dice = random.Random(7)
    for _ in range(RANDOM_KILLS):
        process = start(state, upto=UPTO, point="")
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(dice.uniform(0, 1.0))
        process.kill()
        process.communicate()
        now = applied(state, expected)
        assert now >= done
        done = now
    for folder in (state, tmp_path / "undisturbed"):
        process = start(folder, upto=UPTO)
        process.communicate()
        assert process.returncode == 0
    disturbed, undisturbed = Bench(state), Bench(tmp_path / "undisturbed")
    try:
        assert disturbed.verify().cells_differing == 0
        hashes = {bench.content_hash() for bench in (disturbed, undisturbed)}
        assert len(hashes) == 1
        rebuild(disturbed.warehouse, disturbed.engine, deep=False)
        assert {disturbed.content_hash()} == hashes
    finally:
        disturbed.close()
        undisturbed.close()


def applied(folder: Path, expected: list[Sums]) -> int:
    """How many refreshes the warehouse holds, each of them whole."""
    bench = Bench(folder)
    try:
        assert sums_of(bench) == expected[bench.engine.sequence - 1]
        assert bench.engine.people.count == DOSES // 4
        bench.apply(Batch(), fail=True)
        return bench.engine.sequence
    finally:
        bench.close()
