"""The bench at a toy's size: its figures have the shape that is promised, its peers agree with us to the cell."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PEERS = {"postgres_matview", "postgres_delta", "pandas"}
PROMISED = {
    "people", "doses", "steps", "publish_seconds", "source_to_worker_seconds", "rebuild_seconds", "restart_seconds",
    "differing_cells", "peers",
}  # fmt: skip


def bench(*options: str, keep: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "app.py"), "bench", "refresh", "--json", "--keep", str(keep), "--rounds", "1"]
    return subprocess.run([*command, *options], check=False, capture_output=True, text=True, cwd=ROOT)


def told(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 1
    return json.loads(lines[0])


@pytest.fixture(scope="module")
def keep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def figures(keep: Path) -> dict[str, Any]:
    return told(bench("--people", "3000", "--doses", "8000", keep=keep))


def test_the_figures_have_the_promised_shape(figures: dict[str, Any]) -> None:
    assert figures.keys() >= PROMISED
    assert (figures["people"], figures["doses"]) == (3000, 8000)
    assert list(figures["steps"]) == ["10k", "100k_recent", "100k_uniform", "1m"]
    for step in figures["steps"].values():
        assert step.keys() >= {"seconds", "rss_gb", "bytes_written", "step_seconds"}
        assert {"pull_and_check", "keys", "lookup", "series", "cubes", "write", "commit"} <= step["step_seconds"].keys()
        assert step["records"] == 2000
        assert step["seconds"] > 0
        assert step["rss_gb"] > step["own_gb"] > 0


def test_no_cell_differs_from_a_recount_from_the_records(figures: dict[str, Any]) -> None:
    assert figures["differing_cells"] == 0
    assert figures["cells_checked"] > 10_000


def test_every_peer_agreed_and_was_timed(figures: dict[str, Any]) -> None:
    assert figures["peers"].keys() == PEERS
    assert all(peer["seconds"] > 0 and peer["ratio"] > 0 for peer in figures["peers"].values())


def test_a_kept_history_is_gone_on_with(figures: dict[str, Any], keep: Path) -> None:
    assert figures["history_seconds"] > 0
    assert figures["backlog"] is None
    again = told(bench("--people", "3000", "--doses", "8000", "--peer-doses", "0", "--late", "6000", keep=keep))
    assert again["history_seconds"] == 0
    assert again["cells_checked"] > figures["cells_checked"] - 1000
    assert again["differing_cells"] == 0, "nothing of the first run was counted twice or left behind"
    assert again["backlog"]["records"] == 6_000
    assert again["backlog"]["late_fresh"] == 0
    assert again["backlog"]["longest_wait_seconds"] > 0
    other = bench("--people", "4000", "--doses", "8000", keep=keep)
    assert other.returncode == 2
    assert "another size" in other.stderr
