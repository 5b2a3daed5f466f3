"""A monitor of heat on vials is read by named persons: who may, what is refused, and what the feed then tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest

from campaign.access import Role
from cli.main import main
from cli.places import as_role
from operations.action_log import ActRefused, NotAllowed
from operations.decisions import Actor
from operations.ems import Window
from operations.vial_readings import VialSeen, take
from tests.support.people import add_account, grant
from tests.support.registry import seed
from tests.support.snapshots import Recipe, write_snapshot
from tests.support.webserver import settings_for

NOW = datetime(2021, 11, 22, 3, tzinfo=UTC)
WINDOW = Window(since=datetime(2021, 3, 1, tzinfo=UTC), until=NOW)
LE_AN = Actor(name="Lê An", origin="command", now=NOW)
SEEN = VialSeen(store="S-79-A", lot="VC1", stage=3, read_at=NOW, doses=40, occasion="count", note="tủ mất điện")


@pytest.fixture
def url(registry_url: str) -> str:
    seed(registry_url)
    with psycopg.connect(registry_url) as connection:
        connection.execute(
            "INSERT INTO registry.lot (lot_number, product_code, source, doses_received, doses_per_vial, "
            "vials_per_tray) VALUES ('VC1', 'vero_cell', 'donation', 900, 1, 1), "
            "('CO1', 'comirnaty', 'COVAX', 900, 6, 195)"
        )
    return as_role(registry_url, "mcc_app")


def say(url: str, *, by: Actor = LE_AN, **changed: Any) -> None:
    take(url, replace(SEEN, **changed), window=WINDOW, without={"comirnaty"}, by=by)


def fed(registry_url: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(registry_url) as connection:
        query = "SELECT store_code, lot_number, stage, doses, occasion FROM feed.vial_reading ORDER BY read_at"
        return connection.execute(query).fetchall()


def test_a_reading_is_kept_told_to_the_feed_and_in_the_audit(url: str, registry_url: str) -> None:
    say(url)
    say(url, read_at=NOW - timedelta(hours=2), stage=1, doses=None, occasion="receipt")
    assert fed(registry_url) == [("S-79-A", "VC1", 1, None, "receipt"), ("S-79-A", "VC1", 3, 40, "count")]
    with psycopg.connect(registry_url) as connection:
        audit = connection.execute("SELECT action, subject, outcome FROM operations.audit").fetchall()
        by = connection.execute("SELECT DISTINCT read_by FROM registry.vial_reading").fetchall()
    assert audit == [("vial_reading", "S-79-A VC1", "done")] * 2
    assert by == [("Lê An",)]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"store": "X9"}, "unknown_store"),
        ({"store": " "}, "empty"),
        ({"lot": "ZZ9"}, "no_lot"),
        # Nobody can read what is not there.
        ({"lot": "CO1"}, "no_monitor"),
        ({"stage": 5}, "no_stage"),
        ({"doses": 0}, "no_vial_doses"),
        ({"occasion": "dream"}, "no_occasion"),
        ({"read_at": NOW + timedelta(minutes=2)}, "reading_later"),
        ({"read_at": WINDOW.since - timedelta(days=1)}, "reading_early"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    url: str, registry_url: str, changed: dict[str, Any], why: str
) -> None:
    with pytest.raises(ActRefused) as refused:
        say(url, **changed)
    assert refused.value.why == why
    assert fed(registry_url) == []


def test_one_reading_a_minute_and_a_later_one_beside_it(url: str, registry_url: str) -> None:
    say(url)
    with pytest.raises(ActRefused) as again:
        say(url, stage=1)
    assert again.value.why == "vial_read_there"
    assert [row[2] for row in fed(registry_url)] == [3]


def test_only_who_may_handle_alerts_there_says_so(url: str, registry_url: str) -> None:
    add_account(registry_url, "truc.ban", [grant(Role.OPERATOR, "79")])
    add_account(registry_url, "nguoi.xem", [grant(Role.VIEWER, "79")])
    add_account(registry_url, "tinh.khac", [grant(Role.OPERATOR, "01")])
    for login in ("nguoi.xem", "tinh.khac"):
        with pytest.raises(NotAllowed):
            say(url, by=replace(LE_AN, name=login))
    say(url, by=replace(LE_AN, name="truc.ban"))
    assert len(fed(registry_url)) == 1


def test_the_commands_tell_and_take(
    url: str, registry_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MCC_REGISTRY__URL", registry_url)
    settings = settings_for(tmp_path / "state", registry=registry_url)
    write_snapshot(settings.snapshot_dir, Recipe(version=1))
    state = ["--state", str(settings.state)]
    assert main(["vials", "--store", "P79", "--json", *state]) == 0
    told = [orjson.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert {row["lot"]: row["discard"] for row in told if row["discard"]} == {"VC00007": 5_500}
    assert main(["vials", "--lot", "VC00007", *state]) == 0
    assert "not to be given     5,500" in capfd.readouterr().out
    assert main(["supplies", "--json", *state]) == 0
    rows = [orjson.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert rows
    assert all(row["usable"] == row["givable"] + row["stranded"] for row in rows)
    assert main(["supplies", "--store", "S-404", *state]) == 4
    assert "no store with a ledger is called 'S-404'" in capfd.readouterr().err
    read = ["vials", "--store", "S-79-A", "--lot", "VC1", "--stage", "2", *state]
    assert main(read) == 2, "nobody said it"
    assert main([*read, "--actor", "Lê An", "--at", "hôm qua"]) == 4
    assert "'hôm qua' is no time" in capfd.readouterr().err
    assert fed(registry_url) == []
    assert main([*read, "--actor", "Lê An", "--at", "2021-11-20 08:30"]) == 0
    assert fed(registry_url) == [("S-79-A", "VC1", 2, None, "other")]
