"""`app.py figure`: what a named person says of a province's figures from a terminal; nobody changes it later."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import orjson
import psycopg
import pytest

from campaign.access import Role
from campaign.statements import Kind
from cli.main import main
from operations.action_log import NotAllowed
from operations.locks import Figures
from operations.statements import state, statements
from settings import load
from tests.support.people import add_account, grant
from tests.support.snapshots import Recipe, write_snapshot

NOW = datetime(2021, 11, 22, 9, 30, tzinfo=UTC)


def say(url: str, actor: str, area: str = "79") -> None:
    state(
        url,
        reporting_day=date(2021, 11, 21),
        area_code=area,
        kind=Kind.CONFIRMED,
        text="",
        snapshot_version=4,
        figures=Figures(doses=10, dose1_people=7, full_people=3, through=None),
        actor=actor,
        now=NOW,
    )


def test_a_grant_for_a_province_reaches_that_province(app_url: str) -> None:
    add_account(app_url, "hoa", [grant(Role.VIEWER), grant(Role.REPORTER, "79")])
    say(app_url, "hoa")
    with pytest.raises(NotAllowed, match="not for 01"):
        say(app_url, "hoa", "01")
    assert [(item.area_code, item.actor) for item in statements(app_url)] == [("79", "hoa")]


def test_nobody_changes_a_statement_or_a_scenario_behind_the_log(app_url: str) -> None:
    say(app_url, "Lê An")
    for change in ("UPDATE operations.figure_statement SET doses = 0", "DELETE FROM operations.figure_statement",
                   "UPDATE operations.scenario SET pace_percent = 1", "DELETE FROM operations.scenario",
                   "UPDATE operations.scenario_withdrawal SET actor = 'x'",
                   "DELETE FROM operations.scenario_withdrawal",
                   "DELETE FROM operations.plan_scenario_withdrawal"):  # fmt: skip
        with psycopg.connect(app_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(change)


def test_the_command_confirms_explains_lists_and_refuses(
    registry_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setenv("MCC_REGISTRY__URL", registry_url)
    write_snapshot(load(state=tmp_path).snapshot_dir, Recipe(version=1))
    end = ["--actor", "Lê An", "--state", str(tmp_path)]
    assert main(["figure", "confirm", "79", "2021-11-21", *end]) == 0
    assert main(["figure", "explain", "79", "2021-11-21", "--text", "mưa lũ", *end]) == 0
    assert main(["figure", "explain", "79", "2021-11-21", "--text", "đã xong", "--withdraw", *end]) == 0
    assert main(["figure", "confirm", "79", "2021-11-22", *end]) == 4, "the day has not closed"
    assert main(["figure", "confirm", "7", "2021-11-21", *end]) == 4
    capfdbinary.readouterr()
    assert main(["figure", "list", "--json", "--state", str(tmp_path)]) == 0
    found = orjson.loads(capfdbinary.readouterr().out)
    assert [(row["kind"], row["said"]) for row in found] == [
        ("confirmed", ""),
        ("explained", "mưa lũ"),
        ("withdrawn", "đã xong"),
    ]
    assert main(["figure", "list", "--area", "01", "--state", str(tmp_path)]) == 0
    assert b"nothing was said" in capfdbinary.readouterr().out
