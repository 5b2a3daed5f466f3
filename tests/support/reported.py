"""Reports written by the command, and read back from their files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cli.main import main
from tests.support.snapshots import Recipe, write_snapshot

VERSION = 7
AREA = "79"
LANGUAGES = ("vi", "en")


def publish(state: Path, recipe: Recipe) -> Path:
    return write_snapshot(state / "warehouse" / "snapshots", recipe)


def write_reports(state: Path, out: Path, *more: str) -> int:
    """Of the country unless told otherwise; the exit code. By this process alone: the tests' own has connections and
    threads that a fork would break."""
    return main(["report", "--state", str(state), "--out", str(out), "--jobs", "1", *more])


def name_of(area: str, language: str, version: int = VERSION) -> str:
    return f"report-{area}-{version:010d}-{language}"


class Read:
    """One report as its JSON tells it: tables by key as texts' sources, figures by key."""

    def __init__(self, file: Path) -> None:
        self.all: dict[str, Any] = json.loads(file.read_bytes())
        self.tables: dict[str, Any] = {
            table["key"]: table for section in self.all["sections"] for table in section["tables"]
        }
        self.figures: dict[str, Any] = {
            figure["key"]: figure["value"] for section in self.all["sections"] for figure in section["figures"]
        }
        self.charts: dict[str, Any] = {
            chart["key"]: chart for section in self.all["sections"] for chart in section["charts"]
        }

    def rows(self, table: str) -> list[dict[str, Any]]:
        columns = [column["key"] for column in self.tables[table]["columns"]]
        return [dict(zip(columns, row, strict=True)) for row in self.tables[table]["rows"]]
