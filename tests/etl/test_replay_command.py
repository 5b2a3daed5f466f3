"""`app.py replay`: streams, exit codes, and where its state lies."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from cli import replay
from settings import ConfigError, load
from tests.support.declared import RAW, doses_csv, publish, write_profile


def call(tmp_path: Path, *arguments: str, state: Path | None = None) -> int:
    parser = argparse.ArgumentParser()
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--state", type=Path)
    replay.register(parser.add_subparsers(), common)
    chosen = parser.parse_args(["replay", *arguments, *(["--state", str(state)] if state else [])])
    settings = load(state=state or tmp_path / "default", environ={})
    return chosen.handler(chosen, settings)


@pytest.fixture
def profile(tmp_path: Path) -> str:
    write_profile(tmp_path / "profile", raw=RAW)
    return str(tmp_path / "profile" / "trial.yaml")


ROWS = [("2021-05-01", "North", 10, 0), ("2021-05-01", "South", 4, 0)]


def test_json_is_one_object_a_line_and_nothing_else(
    tmp_path: Path, profile: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("2021-05-02", "2021-05-03"):
        publish(tmp_path / "data", name, doses=doses_csv(ROWS))
    assert call(tmp_path, str(tmp_path / "data"), "--profile", profile, "--json", state=tmp_path / "state") == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["snapshot"], line["status"], line["doses"]) for line in lines] == [
        ("2021-05-02", "applied", 14),
        ("2021-05-03", "unchanged", 14),
    ]
    assert (tmp_path / "state" / "warehouse" / "snapshots" / "current.json").is_file()


def test_something_set_aside_is_exit_code_3(tmp_path: Path, profile: str, capsys: pytest.CaptureFixture[str]) -> None:
    publish(tmp_path / "data", "2021-05-02", doses=doses_csv([*ROWS, ("1899-12-30", "North", 1, 0)]))
    assert call(tmp_path, str(tmp_path / "data"), "--profile", profile) == 3
    out = capsys.readouterr().out
    assert "2021-05-02" in out
    assert "1899-12-30" in out.replace("\n", "")


def test_without_a_state_folder_the_registrys_warehouse_is_left_alone(tmp_path: Path, profile: str) -> None:
    publish(tmp_path / "data", "2021-05-02", doses=doses_csv(ROWS))
    assert call(tmp_path, str(tmp_path / "data"), "--profile", profile, "--json") == 0
    assert not (tmp_path / "default" / "warehouse").exists()
    assert (tmp_path / "default" / "replay" / "trial" / "warehouse" / "warehouse.duckdb").is_file()


def test_a_folder_that_holds_nothing_is_a_fault_of_usage(
    tmp_path: Path, profile: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(tmp_path, str(tmp_path / "nowhere"), "--profile", profile, "--json") == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "nowhere: is not a folder" in captured.err


def test_an_unknown_profile_is_told_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="did you mean 'italy_vaccini'"):
        call(tmp_path, str(tmp_path), "--profile", "italy_vacini")
    assert not (tmp_path / "default").exists()
