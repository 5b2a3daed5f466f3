"""The history in a real registry: complete, the same twice, and whole again after having been cut off anywhere."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest

from demo.facts import DemoMismatch
from demo.history import PHASES, DemoSummary, write_history
from demo.live import HistoryMissing, LiveDemo, burst
from settings import DemoSettings
from tests.support.databases import database

TABLES = (
    *("area", "recipient", "site", "site_district", "store", "priority_group", "person", "person_merge"),
    *("registration", "session", "dose", "lot", "lot_expiry", "lot_state", "allocation_decision", "allocation_line"),
    *("stock_movement", "equipment", "temperature_reading", "declared_count", "adverse_event", "correction_ticket"),
    *("supply_movement", "vial_reading"),
)
# Wall-clock columns of the database itself: when a row was written, not what it says.
# Whether an age is kept with the record or looked up depends on who was written first; what the feeds tell does not.
WRITTEN = ("row_version", "created_at", "updated_at", "stated_at", "age_years")
AGES = {"dose": "dose_id", "registration": "registration_id"}
SEPTEMBER = date(2021, 9, 1)
SMALL = DemoSettings(one_in=4000, reading_devices=20)
Progress = Callable[[str, float], None]


def quiet(_name: str, _share: float) -> None:
    """Nobody watches."""


def digests(url: str) -> dict[str, tuple[int, str]]:
    """Rows and a hash of the contents, by table."""
    found: dict[str, tuple[int, str]] = {}
    with psycopg.connect(url) as connection:
        for table in TABLES:
            row = connection.execute(
                "SELECT count(*), coalesce(md5(string_agg(t, '|' ORDER BY t)), '') "
                f"FROM (SELECT (to_jsonb(r) - %s::text[])::text AS t FROM registry.{table} AS r) AS rows",
                (list(WRITTEN),),
            ).fetchone()
            assert row is not None
            found[table] = (int(row[0]), str(row[1]))
        for feed, key in AGES.items():
            row = connection.execute(
                f"SELECT count(age_years), md5(string_agg(concat({key}, ':', age_years), '|' ORDER BY {key})) "
                f"FROM feed.{feed}"
            ).fetchone()
            assert row is not None
            assert row[0], f"no {feed} has an age"
            found[f"age of {feed}"] = (int(row[0]), str(row[1]))
    return found


def history(
    url: str,
    reference_dir: Path,
    zone: str,
    *,
    demo: DemoSettings = SMALL,
    progress: Progress = quiet,
    until: date | None = None,
) -> DemoSummary:
    return write_history(url, reference_dir=reference_dir, demo=demo, timezone=zone, progress=progress, until=until)


class CutOffError(RuntimeError):
    """The process died here."""


def cut_at(phase: str, share: float) -> Progress:
    def progress(name: str, done: float) -> None:
        if name == phase and done >= share:
            raise CutOffError(name)

    return progress


@dataclass(frozen=True)
class Kept:
    """A history that is written once; tests get copies. `begun`: before anything of it was written."""

    url: str
    begun: datetime


@pytest.fixture(scope="module")
def kept(postgres: str, reference_dir: Path, zone: str) -> Iterator[Kept]:
    """Until September."""
    begun = datetime.now(UTC)
    with database(postgres) as url:
        history(url, reference_dir, zone, until=SEPTEMBER)
        yield Kept(url, begun)


@pytest.fixture
def september_url(postgres: str, kept: Kept) -> Iterator[str]:
    with database(postgres, like=kept.url) as url:
        yield url


@pytest.fixture
def second_url(postgres: str) -> Iterator[str]:
    with database(postgres) as url:
        yield url


@pytest.mark.slow
def test_same_seed_same_rows_also_after_being_cut_off_in_every_phase(
    registry_url: str, second_url: str, reference_dir: Path, zone: str
) -> None:
    summary = history(registry_url, reference_dir, zone)
    wanted = digests(registry_url)
    assert {table: wanted[table][0] for table in TABLES if wanted[table][0]} == summary.rows
    assert min(rows for table, (rows, _) in wanted.items() if table != "person_merge") > 0
    for phase in PHASES:
        for share in (0.0, 0.5):
            with pytest.raises(CutOffError):
                history(second_url, reference_dir, zone, progress=cut_at(phase, share))
    history(second_url, reference_dir, zone)
    assert digests(second_url) == wanted
    assert history(second_url, reference_dir, zone).rows == {}
    assert digests(second_url) == wanted


def test_a_sample_too_large_for_memory_gives_the_same_rows_in_chunks(
    kept: Kept, second_url: str, reference_dir: Path, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Provinces are made anew for each phase and committed in groups; a run that was cut off goes on between them."""
    monkeypatch.setattr("demo.chronicle.KEPT_PEOPLE", 4_000)
    monkeypatch.setattr("demo.tasks.SLICE_DOSES", 500)
    with pytest.raises(CutOffError):
        history(second_url, reference_dir, zone, until=SEPTEMBER, progress=cut_at(PHASES[1], 0.3))
    history(second_url, reference_dir, zone, until=SEPTEMBER)
    assert digests(second_url) == digests(kept.url)


def test_facts_name_the_sample_and_start_the_clock(september_url: str, kept: Kept) -> None:
    with psycopg.connect(september_url) as connection:
        facts = dict(connection.execute("SELECT name, value FROM registry.dataset_fact").fetchall())
        latest = connection.execute("SELECT max(recorded_at) FROM registry.dose").fetchone()
        first = connection.execute("SELECT min(recorded_at) FROM registry.dose").fetchone()
    assert (facts["kind"], facts["one_in"], facts["seed"]) == ("demo", "4000", "2021")
    assert facts["demo_start_date"] == "2021-09-01"
    assert facts["clock_campaign_start"] == "2021-09-01T08:00:00+07:00"
    assert kept.begun <= datetime.fromisoformat(facts["clock_wall_start"]) <= datetime.now(UTC)
    assert float(facts["clock_speed"]) == SMALL.speed
    assert facts["history_phase_done"] == str(len(PHASES))
    start = datetime.fromisoformat(facts["clock_campaign_start"])
    assert latest is not None
    assert first is not None
    assert latest[0] <= start
    assert first[0] >= datetime.fromisoformat("2021-03-08T00:00:00+07:00")


def test_another_demonstration_is_not_mixed_in(september_url: str, reference_dir: Path, zone: str) -> None:
    for other in (SMALL.model_copy(update={"seed": 7}), SMALL.model_copy(update={"one_in": 5000})):
        with pytest.raises(DemoMismatch, match=r"--state"):
            history(september_url, reference_dir, zone, demo=other, until=SEPTEMBER)
    with pytest.raises(DemoMismatch, match="demo_start_date"):
        history(september_url, reference_dir, zone)


def test_real_records_are_never_mixed_with_the_demonstration(registry_url: str, reference_dir: Path, zone: str) -> None:
    with psycopg.connect(registry_url) as connection:
        connection.execute("INSERT INTO registry.person (person_id) VALUES (1)")
    with pytest.raises(DemoMismatch, match="no demonstration"):
        history(registry_url, reference_dir, zone)


def test_dates_outside_the_campaign_are_refused(registry_url: str, reference_dir: Path, zone: str) -> None:
    for wrong in (date(2021, 3, 8), date(2023, 1, 1)):
        with pytest.raises(ValueError, match="can start after"):
            history(registry_url, reference_dir, zone, until=wrong)


def test_live_waits_for_the_history(registry_url: str, reference_dir: Path, zone: str) -> None:
    with pytest.raises(HistoryMissing):
        LiveDemo(registry_url, reference_dir, SMALL, zone).run(threading.Event())


def test_identity_fields_are_marked_as_tests(september_url: str) -> None:
    with psycopg.connect(september_url) as connection:
        row = connection.execute(
            "SELECT count(*) FILTER (WHERE phone NOT LIKE '0000%'), "
            "count(*) FILTER (WHERE national_id NOT LIKE 'TEST%'), count(DISTINCT full_name), "
            "count(*) FILTER (WHERE sex IS NULL OR birth_date IS NULL OR province_code IS NULL), "
            "count(*) FILTER (WHERE birth_date > DATE '2022-06-30' OR birth_date < DATE '1919-01-01') "
            "FROM registry.person"
        ).fetchone()
        ages = connection.execute(
            "SELECT count(*) FROM feed.dose WHERE age_years < 12 AND injected_at > '2021-01-01' AND injected_at < now()"
        ).fetchone()
    assert row is not None
    assert row[0] == 0
    assert row[1] == 0
    assert row[2] > 1000
    assert row[3:] == (0, 0)
    assert ages == (0,)


def test_burst_inserts_valid_doses_of_new_people(september_url: str) -> None:
    at = datetime.fromisoformat("2021-08-31T20:00:00+07:00")
    assert burst(september_url, doses=250, at=at) == 250
    assert burst(september_url, doses=50, at=at) == 50
    with psycopg.connect(september_url) as connection:
        row = connection.execute(
            "SELECT count(*), count(DISTINCT d.person_id), count(DISTINCT p.province_code), min(d.injected_at), "
            "count(*) FILTER (WHERE s.code IS NULL OR l.lot_number IS NULL OR p.birth_date > '2003-01-01') "
            "FROM registry.dose d JOIN registry.person p USING (person_id) "
            "LEFT JOIN registry.site s ON s.code = d.site_code LEFT JOIN registry.lot l USING (lot_number) "
            "WHERE d.dose_id >= 8000000000000000"
        ).fetchone()
    assert row is not None
    assert row[:2] == (300, 300)
    assert row[2] > 20
    assert row[3] == at
    assert row[4] == 0


def test_a_burst_is_never_in_the_campaigns_future(september_url: str) -> None:
    burst(september_url, doses=5, at=datetime.now(UTC))
    with psycopg.connect(september_url) as connection:
        row = connection.execute(
            "SELECT max(injected_at) FROM registry.dose WHERE dose_id >= 8000000000000000"
        ).fetchone()
    assert row is not None
    assert row[0] < datetime.fromisoformat("2021-09-10T00:00:00+07:00")
