"""What `bench web` is given to look at."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from cli.bench_web import number_in
from cli.main import main
from tests.support.snapshots import Recipe, write_snapshot


@pytest.mark.parametrize("content", ["", "no database"])
def test_a_file_that_is_no_snapshot_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str], content: str) -> None:
    file = tmp_path / "figures.duckdb"
    if content:
        file.write_text(content, encoding="utf-8")
    else:
        duckdb.connect(file).close()
    assert main(["bench", "web", "--snapshot", str(file), "--state", str(tmp_path / "state")]) == 2
    assert "figures.duckdb is no snapshot of a centre" in capfd.readouterr().err


def test_a_snapshot_may_have_any_name(tmp_path: Path) -> None:
    moved = write_snapshot(tmp_path, Recipe(version=7)).rename(tmp_path / "yesterday.duckdb")
    assert number_in(moved) == 7
