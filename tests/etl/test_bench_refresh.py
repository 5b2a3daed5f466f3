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


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    command = [
        sys.executable,
        str(ROOT / "app.py"),
        "bench",
        "refresh",
        "--json",
        "--people",
        "3000",
        "--doses",
        "8000",
    ]
    done = subprocess.run([*command, "--rounds", "1"], check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 1
    return json.loads(lines[0])


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
