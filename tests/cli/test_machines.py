"""`app.py reader` and `app.py dhis2`: tokens made, listed and withdrawn by command; a period printed or written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cli.main import main
from tests.support.databases import database
from tests.support.reported import publish
from tests.support.snapshots import Recipe

SCHEMA = Path(__file__).resolve().parents[2] / "data" / "schemas" / "dhis2_data_value_set.schema.json"


@pytest.fixture
def registry(postgres: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with database(postgres) as url:
        monkeypatch.setenv("MCC_REGISTRY__URL", url)
        yield url


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_token_is_made_listed_and_withdrawn(
    registry: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = ["--state", str(tmp_path)]
    assert main(["reader", "add", "hcdc", "--province", "79", "74", "--days", "90", "--json", *state]) == 0
    (made,) = told(capsys)
    assert (made["reader"], made["scope"]) == ("hcdc", "p-74-79")
    assert len(made["token"]) == 43
    assert main(["reader", "list", "--json", *state]) == 0
    (listed,) = told(capsys)
    assert (listed["reader"], listed["scope"], listed["ended"], listed["used_at"]) == ("hcdc", "p-74-79", False, None)
    assert made["token"] not in json.dumps(listed)
    assert main(["reader", "add", "hcdc", "--nationwide", *state]) == 4
    assert "withdraw it first" in capsys.readouterr().err
    assert main(["reader", "withdraw", "hcdc", *state]) == 0
    assert main(["reader", "withdraw", "hcdc", *state]) == 4
    capsys.readouterr()
    assert main(["reader", "list", "--json", *state]) == 0
    assert told(capsys) == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["Big Name", "--nationwide"], "is no name of a reader"),
        (["x1", "--province", "99"], "no province is called '99'"),
        (["x1", "--nationwide", "--days", "0"], "is not between 1 and 730"),
        (["x1", "--nationwide", "--days", "731"], "is not between 1 and 730"),
    ],
)
def test_what_cannot_be_a_token_is_refused(
    registry: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], why: str
) -> None:
    assert main(["reader", "add", *words, "--state", str(tmp_path)]) == 4
    assert why in capsys.readouterr().err


def test_a_period_is_printed_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publish(tmp_path, Recipe(version=7))
    state = ["--state", str(tmp_path)]
    assert main(["dhis2", "--period", "202110", *state]) == 0
    (printed,) = told(capsys)
    jsonschema.validate(printed, json.loads(SCHEMA.read_text("utf-8")))
    assert {value["period"] for value in printed["dataValues"]} == {"202110"}
    out = tmp_path / "set.json"
    assert main(["dhis2", "--period", "202110", "--area", "79", "--snapshot", "7", "--out", str(out), *state]) == 0
    own = json.loads(out.read_bytes())["dataValues"]
    assert own == [value for value in printed["dataValues"] if value["orgUnit"] == "VN-SG"] != []
    capsys.readouterr()
    assert main(["dhis2", "--period", "202111", *state]) == 0
    assert "is not over" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["--period", "2021-10"], 2, "is no period"),
        (["--period", "202113"], 2, "in the calendar"),
        (["--period", "2021W60"], 2, "in the calendar"),
        (["--period", "202301"], 2, "there is nothing of 202301"),
        (["--period", "202110", "--area", "ZZ"], 2, "no area has the code 'ZZ'"),
        (["--period", "202110", "--snapshot", "8"], 1, "8"),
    ],
)
def test_a_period_that_cannot_be_told_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, why: str
) -> None:
    publish(tmp_path, Recipe(version=7))
    assert main(["dhis2", *words, "--state", str(tmp_path)]) == code
    assert why in capsys.readouterr().err
