"""`app.py coldchain --import | --register | --watch-once` as they are typed, against a real registry."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import orjson
import psycopg
import pytest

from cli.main import main
from tests.support.loggers import FILE, LATER, SERIAL, export, files, held, rows


class Desk:
    def __init__(self, state: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self._state = state
        self._capfd = capfd

    def run(self, *arguments: str | Path) -> tuple[int, str, str]:
        self._capfd.readouterr()
        code = main(["coldchain", *map(str, arguments), "--state", str(self._state)])
        told = self._capfd.readouterr()
        return code, told.out, told.err


@pytest.fixture
def desk(registry_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Desk:
    monkeypatch.setenv("MCC_REGISTRY__URL", registry_url)
    return Desk(tmp_path / "state", capfd)


def test_the_command_takes_registers_and_refuses(desk: Desk, fridges: psycopg.Connection, tmp_path: Path) -> None:
    fridges.execute("UPDATE registry.equipment SET serial = NULL")
    file, bad = tmp_path / "tháng 11.txt", tmp_path / "cut.txt"
    file.write_bytes(FILE)
    bad.write_bytes(FILE[:700])
    who = ("--actor", "Lê An")
    code, out, err = desk.run(file, "--import", *who)
    assert (code, out) == (3, "")
    assert f"kept, but no equipment has the serial {SERIAL}" in err
    code, out, err = desk.run("--register", SERIAL, "--equipment", "F-01", "--json", *who)
    assert (code, err) == (0, "")
    assert orjson.loads(out)["files"][0]["added"] == 4
    code, out, _ = desk.run(file, "--import", *who)
    assert (code, out) == (0, "tháng 11.txt: 0 of 4 readings are new in F-01, 2 days\n")
    code, out, err = desk.run(bad, "--import", *who)
    assert (code, out) == (4, "")
    assert err.startswith("cut.txt: Sig: cut off")
    assert desk.run("--register", SERIAL, "--equipment", "F-79", *who)[0] == 4
    assert sorted(files(fridges)) == [("imported", SERIAL), ("unreadable", None)]


def test_what_lies_after_the_present_would_hold_the_feed_and_stays_out(
    desk: Desk, fridges: psycopg.Connection, tmp_path: Path
) -> None:
    """The clock of a demonstration stands in 2021; without one the present is the wall's."""
    file = tmp_path / "later.txt"
    file.write_bytes(export(rows("5.0", start=datetime(2021, 12, 1)), created="2021-12-02 09:00"))  # noqa: DTZ001
    for name, value in (("kind", "demo"), ("clock_campaign_start", "2021-11-22T01:00:00+00:00"),
                        ("clock_wall_start", datetime.now(UTC).isoformat()), ("clock_speed", "1")):  # fmt: skip
        fridges.execute("INSERT INTO registry.dataset_fact (name, value) VALUES (%s, %s)", [name, value])
    code, _, err = desk.run(file, "--import", "--actor", "Lê An")
    assert code == 4
    assert "2021-12-02 09:00 is after the present (2021-11-22 09:00)" in err
    assert (held(fridges), files(fridges)) == ([], [("unreadable", None)])
    fridges.execute("DELETE FROM registry.dataset_fact")
    assert desk.run(file, "--import", "--actor", "Lê An")[0] == 0, "the same file again is looked at anew"
    assert (len(held(fridges)), files(fridges)) == (1, [("imported", SERIAL)])
    file.write_bytes(export(rows("5.0", start=datetime(2019, 12, 1))))  # noqa: DTZ001
    code, _, err = desk.run(file, "--import", "--actor", "Lê An")
    assert (code, "is before 2020-06-01" in err) == (4, True)


def test_a_folder_of_files_is_taken_once(
    desk: Desk, fridges: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    monkeypatch.setenv("MCC_COLDCHAIN__DROP_DIR", str(folder))
    monkeypatch.setenv("MCC_ETL__DROP_SETTLE_SECONDS", "1")
    (folder / "a.txt").write_bytes(FILE)
    (folder / "a.txt.done").touch()
    (folder / "b.txt").write_bytes(FILE[:700])
    (folder / "c.txt").write_bytes(LATER)
    (folder / "c.txt.manifest").write_text('{"sha256": "00"}', encoding="utf-8")
    (folder / "d.csv").write_bytes(FILE)
    code, out, err = desk.run("--watch-once")
    assert code == 4
    assert out == "a.txt: 4 of 4 readings are new in F-79, 2 days; low and high limit taken over from the logger\n"
    assert "c.txt waits: its sha256" in err
    assert sorted(file.name for file in folder.iterdir()) == ["c.txt", "c.txt.manifest", "d.csv", "refused", "taken"]
    assert sorted(file.name.partition("-")[2] for file in (folder / "taken").iterdir()) == ["a.txt", "a.txt.done"]
    (reason,) = (folder / "refused").glob("*-b.txt.reason.txt")
    assert reason.read_text(encoding="utf-8").startswith("Sig: cut off")
    audit = fridges.execute("SELECT DISTINCT actor, origin FROM operations.audit").fetchall()
    assert audit == [{"actor": "drop folder", "origin": "drop"}]
    assert desk.run("--watch-once")[:2] == (0, ""), "nothing is left to take"


def test_a_file_still_being_written_is_left(
    desk: Desk, fridges: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_bytes(FILE[:900])
    monkeypatch.setenv("MCC_COLDCHAIN__DROP_DIR", str(tmp_path))
    monkeypatch.setattr("time.sleep", lambda _seconds: (tmp_path / "a.txt").write_bytes(FILE))
    code, out, err = desk.run("--watch-once")
    assert (code, out, err) == (0, "", "a.txt waits: it is still being written\n")
    assert (tmp_path / "a.txt").exists()
    assert files(fridges) == []
