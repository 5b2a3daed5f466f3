"""The ETL dies with kill -9 at each write and commit of a refresh, and at random moments inside one. After the restart
nothing is lost and nothing is doubled: the figures equal a rebuild from the registry. Readers never see half of one."""

from __future__ import annotations

import random
import signal
import time
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from campaign.coverage import Measure, PopulationGroup
from etl.feeds.registry import FEEDS
from settings import load
from tests.support.refresher import Refresh, refresh
from tests.support.registry import NOON, Dose, add_doses, add_people, seed
from warehouse import reads
from warehouse.files import SnapshotUnavailable
from warehouse.snapshot import Snapshots

POINTS = (
    *(f"pulled_{feed.name}" for feed in FEEDS if feed.name in ("person", "dose", "temperature_reading")),
    *(f"applied_{feed.name}" for feed in FEEDS if feed.name in ("area", "person", "dose", "stock_movement")),
    "cubes_added",
    "before_commit",
    "after_commit",
    "snapshot_written",
    "snapshot_renamed",
    "snapshot_current",
    "after_checkpoint",
    "summed_before_commit",
    "summed_after_commit",
)
# From here on readers have the new figures.
PUBLISHED = POINTS[POINTS.index("snapshot_current") :]


KILLS, MOST_TRIES = 20, 80


def figures(state: Path) -> tuple[str, int, int]:
    """Content hash, doses, people with at least one dose of the current snapshot."""
    snapshots = Snapshots(load(state=state, environ={}).snapshot_dir)
    try:
        version = snapshots.current()
        headline = reads.headline(snapshots, version, denominator="est_2021")
        areas = reads.area_rows(snapshots, version, denominator="est_2021")
        people = sum(
            row.coverage[PopulationGroup.ALL, Measure.DOSE1].people
            for row in areas
            if (PopulationGroup.ALL, Measure.DOSE1) in row.coverage
        )
        assert all(item.holds for item in reads.invariants(snapshots, version))
        return headline.info.content_hash, headline.doses, people
    finally:
        snapshots.close()


def truth(url: str) -> tuple[int, int]:
    """Doses and people straight from the registry."""
    with psycopg.connect(url) as connection:
        query = "SELECT count(*), count(DISTINCT person_id) FROM registry.dose WHERE voided_at IS NULL"
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def add_history(url: str, *, people: int) -> None:
    seed(url)
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO registry.person (person_id, birth_date, sex, province_code) "
            "SELECT g, date '1980-01-01' + g %% 9000, 'f', (ARRAY['79','01','48','74'])[1 + g %% 4] "
            "FROM generate_series(1, %s) g",
            [people],
        )
        connection.execute(
            "INSERT INTO registry.dose (dose_id, person_id, product_code, lot_number, site_code, injected_at, "
            "recorded_at, identity_status) SELECT g, g, 'astrazeneca', 'L1', '79-A', "
            "timestamptz '2021-06-01 09:00+07' + g %% 90 * interval '1 day', "
            "timestamptz '2021-06-01 10:00+07' + (g %% 90 + g %% 7) * interval '1 day', 'matched' "
            "FROM generate_series(1, %s) g",
            [people],
        )


def change(url: str, *, step: int) -> None:
    """New people and doses, a void, a move: a few of everything."""
    first = 10_000_000 + step * 100
    add_people(url, [(first + n, "40") for n in range(50)])
    add_doses(url, [Dose(first + n, first + n, NOON + timedelta(minutes=n)) for n in range(50)])
    with psycopg.connect(url) as connection:
        connection.execute(
            "UPDATE registry.dose SET voided_at = now(), void_reason = 'test' WHERE dose_id = %s", [step + 1]
        )
        connection.execute("UPDATE registry.person SET province_code = '52' WHERE person_id = %s", [step + 1000])


@pytest.mark.slow
def test_killed_at_every_named_point(registry_url: str, tmp_path: Path) -> None:
    add_history(registry_url, people=2000)
    state = tmp_path / "state"
    assert refresh(registry_url, state) == 0
    before = figures(state)
    for step, point in enumerate(POINTS):
        change(registry_url, step=step)
        assert refresh(registry_url, state, kill_at=point) == -signal.SIGKILL, f"{point} was never reached"
        seen = figures(state)
        if point in PUBLISHED:
            assert seen[1:] == truth(registry_url), point
        else:
            assert seen == before, f"{point}: readers must see the snapshot before, whole"
        assert refresh(registry_url, state) == 0
        before = figures(state)
        assert before[1:] == truth(registry_url), point
    assert refresh(registry_url, tmp_path / "rebuilt") == 0
    rebuilt = figures(tmp_path / "rebuilt")
    assert rebuilt[1:] == before[1:]
    assert content(tmp_path / "rebuilt") == content(state)


@pytest.mark.slow
def test_killed_at_random_moments(registry_url: str, tmp_path: Path) -> None:
    add_history(registry_url, people=30_000)
    state = tmp_path / "state"
    # Seeded, so that a failure can be looked at again; how far each refresh gets still varies with the machine.
    dice = random.Random(20211122)
    assert refresh(registry_url, state) == 0
    change(registry_url, step=0)
    duration = _until_it_ends(Refresh(registry_url, state))
    killed = 0
    for step in range(1, MOST_TRIES):
        if killed == KILLS:
            break
        change(registry_url, step=step)
        running = Refresh(registry_url, state)
        running.until_told("refresh begins")
        time.sleep(dice.uniform(0, duration))
        running.kill()
        killed += running.wait() == -signal.SIGKILL
        figures(state)
        assert refresh(registry_url, state) == 0
        assert figures(state)[1:] == truth(registry_url)
    assert killed == KILLS, "the machine was too quick for the dice: no kill that came too late is counted"
    assert refresh(registry_url, tmp_path / "rebuilt") == 0
    assert content(tmp_path / "rebuilt") == content(state)


def content(state: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all published tables that do not tell of the refreshes themselves."""
    snapshots = Snapshots(load(state=state, environ={}).snapshot_dir)
    try:
        version = snapshots.current()
        query = f"SELECT table_name FROM duckdb_tables() WHERE database_name = 's_{version}'"
        tables = [row["table_name"] for row in snapshots.rows(version, query)]
        # A rebuild has seen no correction and its feeds have another past: what they count is compared above.
        told = {name for name in tables if not name.endswith("_cell") and not name.startswith("name_")}
        # The details as their views tell them: cells are split into rows, and codes numbered, as records came.
        details = {"dose_cube", "doses_by_district_day", "doses_by_site_day", "doses_by_group_day"}
        wanted = sorted((told | details) - {"snapshot_info", "feed_status", "correction"})
        assert len(wanted) > 10
        return {
            table: sorted((tuple(row.values()) for row in snapshots.rows(version, f"FROM {table}")), key=repr)
            for table in wanted
        }
    finally:
        snapshots.close()


def test_before_the_first_snapshot_readers_are_told_so(tmp_path: Path) -> None:
    with pytest.raises(SnapshotUnavailable):
        Snapshots(load(state=tmp_path, environ={}).snapshot_dir).current()


def _until_it_ends(running: Refresh) -> float:
    """Seconds that one undisturbed refresh takes, from its beginning to its last line."""
    running.until_told("refresh begins")
    began = time.monotonic()
    running.until_told("event='refreshed'")
    took = time.monotonic() - began
    assert running.wait() == 0
    return took
