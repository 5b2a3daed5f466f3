"""`app.py coldchain FILE`: what a logger file says, without any database."""

from __future__ import annotations

import csv
from pathlib import Path

import orjson
import pytest

from cli.main import main
from tests.support.loggers import SERIAL, export, rows

FOLDER = Path("real") / "coldchain_berlinger"
KEYS = [
    "device", "serial", "interval_minutes", "readings", "missing", "first", "last", "min_c", "max_c", "limits", "above",
    "below", "at_limit", "at_low_limit", "excursions", "alarm_days", "message",
]  # fmt: skip


class Shell:
    """The command as it is typed, with an address at which no registry is."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capfd = capfd

    def run(self, *arguments: str | Path) -> tuple[int, str, str]:
        self._capfd.readouterr()
        code = main(["coldchain", *map(str, arguments), "--state", str(self.folder / "state")])
        told = self._capfd.readouterr()
        return code, told.out, told.err

    def file(self, content: bytes, name: str = "logger.txt") -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.setenv("MCC_REGISTRY__URL", "postgresql://nobody@127.0.0.1:1/none")
    return Shell(tmp_path, capfd)


@pytest.mark.shared
def test_the_real_file_as_json(shared: Path, shell: Shell) -> None:
    code, out, err = shell.run(shared / FOLDER / "fridgetag2L_130500109088_202206081014.txt", "--json")
    assert (code, err) == (0, "")
    found = orjson.loads(out)
    assert list(found) == KEYS
    assert (found["readings"], found["missing"], found["above"], found["below"]) == (10653, 0, 3229, 2765)
    assert (found["at_limit"], found["at_low_limit"]) == (52, 4)
    assert (found["first"], found["last"]) == ("2022-05-02 04:44:00", "2022-06-08 10:11:00")
    assert found["limits"] == {"low": {"celsius": 2.0, "minutes": 60}, "high": {"celsius": 8.0, "minutes": 60}}
    with (shared / FOLDER / "expected_excursions.csv").open(encoding="utf-8", newline="") as stream:
        known = list(csv.DictReader(stream))
    names = ["kind", "start", "end", "minutes", "extreme_c", "ended"]
    assert [list(item) for item in found["excursions"]] == [names] * 47
    assert [[str(item[name]) for name in names] for item in found["excursions"]] == [
        [row[name] for name in names] for row in known
    ]
    days = found["alarm_days"]
    assert [sum(item["kind"] == side for item in days) for side in ("high", "low")] == [19, 11]
    assert days[0] == {"day": "2022-05-03", "kind": "high", "minutes": 84, "alarm_at": "2022-05-03 10:32:00"}
    assert "2022-05-10" not in {item["day"] for item in days}


@pytest.mark.shared
def test_daily_summaries_as_json(shared: Path, shell: Shell) -> None:
    code, out, _ = shell.run(shared / FOLDER / "fridgetag2_160400347643_sample.txt", "--json")
    found = orjson.loads(out)
    assert (code, list(found)) == (0, KEYS)
    assert (found["readings"], found["first"], found["interval_minutes"]) == (0, None, None)
    assert [item["kind"] for item in found["alarm_days"]] == ["high"] * 60
    assert found["min_c"] == 21.6
    assert found["message"].startswith("Only daily summaries are in the file, no readings: 60 days from 2026-03-01")


def test_the_same_for_people(shell: Shell) -> None:
    code, out, _ = shell.run(shell.file(export(rows("5.0", "9.5", "9.1", "5.0"))))
    lines = out.splitlines()
    assert code == 0
    assert lines[0] == f"Q-tag Fridge-tag 2 L {SERIAL}: 4 readings, every 5 minutes, 2 days"
    assert lines[2] == (
        "1 excursion (1 high, 0 low), the longest high for 10 minutes from 2021-11-20 08:05; "
        "4 readings between 5.0 and 9.5 °C."
    )
    assert " ".join(lines[3].split()) == "high 2021-11-20 08:05 to 2021-11-20 08:15 10 min 9.5 °C back in range"


def test_the_gap_is_a_setting(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    file = shell.file(export([*rows("9.5"), *rows("", "", "", "9.5", "5.0")]))
    assert len(orjson.loads(shell.run(file, "--json")[1])["excursions"]) == 1
    monkeypatch.setenv("MCC_COLDCHAIN__GAP_MINUTES", "10")
    assert [item["ended"] for item in orjson.loads(shell.run(file, "--json")[1])["excursions"]] == [
        "unknown",
        "back_in_range",
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (export(rows("5.0"))[:-140], "Sig: cut off"),
        (export(rows("5.0"), unit="F"), "Temp unit: 'F' instead of C; set the logger to Celsius"),
        (b"", "file: it is empty"),
        (b"Device: " + b"x" * 20_000, "file: longer than 10000 bytes"),
    ],
)
def test_a_bad_file_is_one_line_and_exit_code_4(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, content: bytes, told: str
) -> None:
    monkeypatch.setenv("MCC_COLDCHAIN__FILE_MAX_BYTES", "10000")
    code, out, err = shell.run(shell.file(content), "--json")
    assert (code, out, err.count("\n")) == (4, "", 1)
    assert err.startswith(f"logger.txt: {told}")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "name one thing to do"),
        (["nowhere.txt"], "nowhere.txt: No such file"),
        (["nowhere.txt", "--import"], "--actor NAME"),
        (["nowhere.txt", "--watch-once"], "name one thing to do"),
        (["--import"], "name one thing to do"),
        (["--register", "123456"], "--actor NAME"),
        (["--register", "123456", "--actor", "Lê An"], "--equipment ID"),
        (["--watch-once"], "set coldchain.drop_dir"),
    ],
)
def test_a_command_that_says_too_little_is_exit_code_2(shell: Shell, arguments: list[str], told: str) -> None:
    code, out, err = shell.run(*arguments)
    assert (code, out) == (2, "")
    assert told in err


def test_without_a_registry_an_import_says_so(shell: Shell) -> None:
    code, out, err = shell.run(shell.file(export(rows("5.0"))), "--import", "--actor", "Lê An")
    assert (code, out) == (1, "")
    assert err.startswith("the registry does not answer")
