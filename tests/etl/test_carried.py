"""A snapshot that goes on from the one before says what one written whole says."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import LiteralString

import duckdb
import psycopg
import pytest

from settings import Settings
from tests.support.centre import Centre
from tests.support.registry import NOON, Dose, add_doses, add_people, seed
from warehouse import details
from warehouse.details import CUBE_OF
from warehouse.engine.cubes import ALL_CUBES, sum_up
from warehouse.files import snapshot_path

# What says when, and which publication it is.
TOLD_APART = {"snapshot_info", "feed_status", "quarantine_day", "quarantine_row"}
EARLIER = "UPDATE registry.dose SET injected_at = injected_at - interval '3 days' WHERE dose_id > 30"
VIEWS = ("dose_cube", "doses_by_district_day", "doses_by_site_day", "doses_by_group_day")


@pytest.fixture
def written_whole(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Tables of cells that were written whole, in order."""
    found: list[str] = []
    add = details.add_rows

    def noted(connection: duckdb.DuckDBPyConnection, table: str, wanted: details.Part, *, after: int) -> int:
        if not after:
            found.append(table)
        return add(connection, table, wanted, after=after)

    monkeypatch.setattr(details, "add_rows", noted)
    return found


def figures(centre: Centre, version: int) -> dict[str, list[tuple[object, ...]]]:
    """Rows of every published table and view but those of cells, whose rows may be split otherwise."""
    path = snapshot_path(centre.settings.snapshot_dir, version)
    with duckdb.connect(path, read_only=True) as connection:
        tables = [row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        wanted = [table for table in tables if table not in TOLD_APART and table not in CUBE_OF]
        return {name: sorted(connection.execute(f"FROM {name}").fetchall(), key=repr) for name in (*wanted, *VIEWS)}


def hash_of(centre: Centre, version: int) -> str:
    with duckdb.connect(snapshot_path(centre.settings.snapshot_dir, version), read_only=True) as connection:
        return str(connection.execute("SELECT content_hash FROM snapshot_info").fetchall()[0][0])


def published_twice(centre: Centre) -> tuple[int, int]:
    """The same figures: as the refresh publishes them, then whole."""
    carried = centre.refresh().version
    centre.refresher.carry.forget()
    whole = centre.refresh().version
    assert carried is not None
    assert whole is not None
    return carried, whole


def test_it_says_the_same_after_every_kind_of_change(centre: Centre, written_whole: list[str]) -> None:
    rng = random.Random(7)
    add_people(centre.url, [(number, rng.choice(["01", "74", "79"])) for number in range(1, 41)])
    # One of the newest day: the last days of sites stay the same ones.
    add_doses(centre.url, [Dose(n, n, NOON - timedelta(rng.randrange(60) if n != 20 else 0)) for n in range(1, 41)])
    centre.refresh()
    changes: list[Callable[[], object]] = [
        lambda: add_doses(centre.url, [Dose(100 + n, n, NOON, site="QD-A") for n in range(1, 6)]),
        lambda: run(centre, "UPDATE registry.dose SET voided_at = now(), void_reason = 'twice' WHERE dose_id < 5"),
        lambda: run(
            centre, "UPDATE registry.dose SET injected_at = injected_at - interval '3 days' WHERE dose_id > 30"
        ),
        lambda: run(centre, "UPDATE registry.person SET province_code = '48' WHERE person_id % 7 = 0"),
        lambda: run(centre, "UPDATE registry.dose SET voided_at = NULL, void_reason = NULL WHERE dose_id < 3"),
    ]
    for change in changes:
        change()
        # The one before was written whole: this one goes on from it.
        written_whole.clear()
        carried = centre.refresh().version
        assert written_whole == []
        centre.refresher.carry.forget()
        whole = centre.refresh().version
        assert sorted(written_whole) == sorted(CUBE_OF)
        assert carried is not None
        assert whole is not None
        assert figures(centre, carried) == figures(centre, whole)
        assert hash_of(centre, carried) == hash_of(centre, whole)


def test_a_cube_written_anew_is_copied_whole(centre: Centre, written_whole: list[str]) -> None:
    add_people(centre.url, [(1, "79"), (2, "01")])
    add_doses(centre.url, [Dose(1, 1, NOON - timedelta(3)), Dose(2, 2, NOON)])
    centre.refresh()
    run(centre, "UPDATE registry.dose SET injected_at = injected_at - interval '1 day' WHERE dose_id = 1")
    centre.refresh()
    with centre.warehouse.transaction() as connection:
        for cube in ALL_CUBES:
            sum_up(connection, cube, hour_days=centre.refresher.rules.engine.hour_days)
    written_whole.clear()
    carried, whole = published_twice(centre)
    assert written_whole[: len(CUBE_OF)] != []
    assert figures(centre, carried) == figures(centre, whole)
    assert hash_of(centre, carried) == hash_of(centre, whole)


def test_the_last_days_of_sites_move_on_with_the_newest_day(centre: Centre, written_whole: list[str]) -> None:
    days = centre.refresher.rules.snapshot.site_days
    add_people(centre.url, [(1, "79"), (2, "01"), (3, "74")])
    add_doses(centre.url, [Dose(1, 1, NOON - timedelta(days)), Dose(2, 2, NOON - timedelta(1))])
    centre.refresh()
    written_whole.clear()
    add_doses(centre.url, [Dose(3, 3, NOON)])
    carried, whole = published_twice(centre)
    assert written_whole[0] == "site_day_cell"
    assert figures(centre, carried) == figures(centre, whole)


def test_a_file_that_has_grown_by_a_fifth_is_written_whole_next(tmp_path: Path) -> None:
    carry = details.Carry()

    def published(megabytes: int, *, whole: bool) -> Path | None:
        path = tmp_path / f"{megabytes}-{whole}"
        path.write_bytes(b"\0" * (megabytes << 20))
        carry.keep(path, {}, whole=whole)
        return carry.base()

    assert published(40, whole=True) is not None
    assert published(47, whole=False) is not None
    assert published(49, whole=False) is None, "a fifth more than 40"
    assert published(44, whole=True) is not None
    assert published(52, whole=False) is not None, "held against the last one written whole"
    assert published(3, whole=True) is not None
    assert published(9, whole=False) is not None, "small files grow by blocks"


def test_a_doubled_row_in_the_cube_or_a_changed_file_is_noticed(centre: Centre, written_whole: list[str]) -> None:
    add_people(centre.url, [(1, "79"), (2, "01")])
    add_doses(centre.url, [Dose(1, 1, NOON), Dose(2, 2, NOON)])
    version = centre.refresh().version
    assert version is not None
    # A row goes and another comes: as many as before, yet not the ones that were copied.
    centre.warehouse.connection.execute("DELETE FROM cube.dose WHERE rowid = (SELECT min(rowid) FROM cube.dose)")
    centre.warehouse.connection.execute("INSERT INTO cube.dose SELECT * REPLACE (5 AS n) FROM cube.dose LIMIT 1")
    written_whole.clear()
    centre.refresh()
    assert written_whole == ["dose_cell"]
    latest = centre.refresh().version
    assert latest is not None
    path: Path = snapshot_path(centre.settings.snapshot_dir, latest)
    path.write_bytes(path.read_bytes()[: 8 << 10])
    written_whole.clear()
    assert centre.refresh().version == latest + 1
    assert sorted(written_whole) == sorted(CUBE_OF)


def test_an_area_that_becomes_known_changes_what_numbers_mean(
    settings: Settings, open_centre: Callable[[Settings], Centre], written_whole: list[str]
) -> None:
    centre = open_centre(settings)
    seed(centre.url)
    add_people(centre.url, [(1, "79")])
    add_doses(centre.url, [Dose(1, 1, NOON)])
    centre.refresh()
    centre.warehouse.connection.execute("UPDATE core.code SET code = '01' WHERE kind = 'area' AND code = '79'")
    written_whole.clear()
    centre.refresh()
    assert sorted(written_whole) == sorted(CUBE_OF)


def run(centre: Centre, statement: LiteralString) -> None:
    with psycopg.connect(centre.url) as connection:
        connection.execute(statement)
