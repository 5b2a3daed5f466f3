"""The audit of packages: what is known blocks, silence does not, and neither is told as the other."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2021, 11, 22)
FAULT = {"id": "PYSEC-2021-1", "fix_versions": ["1.1"], "aliases": ["CVE-2021-1"]}


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit_script", ROOT / "scripts" / "audit.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def answer(*faults: dict[str, Any]) -> str:
    return json.dumps({"dependencies": [{"name": "dash", "version": "1.0", "vulns": list(faults)}], "fixes": []})


def test_nothing_known_is_told_with_its_day(audit: ModuleType) -> None:
    judged = audit.judge(answer(), today=TODAY, accepted={})
    assert (judged.code, judged.lines) == (0, ("dependencies on 2021-11-22: 1 checked, no advisory known",))


def test_a_known_advisory_blocks_and_is_named_with_its_remedy(audit: ModuleType) -> None:
    judged = audit.judge(answer(FAULT), today=TODAY, accepted={})
    assert judged.code == 1
    assert "dash 1.0: PYSEC-2021-1, mended in 1.1" in judged.lines


@pytest.mark.parametrize("name", ["PYSEC-2021-1", "CVE-2021-1"])
def test_an_accepted_one_passes_until_its_day(audit: ModuleType, name: str) -> None:
    accepted = {name: ("only on Windows", TODAY)}
    assert audit.judge(answer(FAULT), today=TODAY, accepted=accepted).code == 0
    assert audit.judge(answer(FAULT), today=date(2021, 11, 23), accepted=accepted).code == 1


@pytest.mark.parametrize("said", ["", "ERROR: connection", "[]", "{}", '{"dependencies": []}'])
def test_silence_is_not_checked_and_never_clean(audit: ModuleType, said: str) -> None:
    judged = audit.judge(said, today=TODAY)
    assert judged.code == 0
    assert "not checked" in judged.lines[0] and "2021-11-22" in judged.lines[0]
    assert "no advisory" not in judged.lines[0]


def test_what_it_runs_writes_nothing_into_the_tree(audit: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def run(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        assert not Path(options["cwd"]).is_relative_to(ROOT)
        assert not Path(command[command.index("--cache-dir") + 1]).is_relative_to(ROOT)
        raise subprocess.TimeoutExpired(command, 1)

    monkeypatch.setattr(audit.subprocess, "run", run)
    assert audit.main() == 0
    assert len(asked) == 1
