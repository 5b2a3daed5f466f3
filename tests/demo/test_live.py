"""The live clock writes exactly what the history would have written later, whatever happens to the registry."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest

from demo.calendar import seconds_of
from demo.history import write_history
from demo.live import LiveDemo
from registry import embedded
from registry.migrate import migrate
from settings import DemoSettings
from tests.demo.test_history import TABLES, digests, history
from tests.support.databases import database

START, END = date(2021, 11, 22), date(2021, 11, 24)
DEMO = DemoSettings(one_in=4000, reading_devices=20, start_date=START)
# Readings of the last 48 hours only, and the equipment's, depend on when the history was written.
COMPARED = [table for table in TABLES if table != "temperature_reading"]


def at(day: date, zone: str) -> int:
    return seconds_of(datetime.fromisoformat(f"{day.isoformat()}T08:00:00+07:00"), zone)


@pytest.fixture
def other_url(postgres: str) -> Iterator[str]:
    with database(postgres) as url:
        yield url


@pytest.mark.slow
def test_history_and_live_together_equal_a_later_history(
    registry_url: str, other_url: str, reference_dir: Path, zone: str
) -> None:
    history(registry_url, reference_dir, zone, demo=DEMO)
    live = LiveDemo(registry_url, reference_dir, DEMO, zone)
    steps = [0, 300, 600, 21_600, 25_260, 43_200, 63_000, 79_200, 108_000, 158_400, 172_800]
    start = at(START, zone)
    with psycopg.connect(registry_url) as connection:
        for before, after in pairwise(steps):
            written = live.write_tick(connection, after=start + before, at=start + after)
            again = live.write_tick(connection, after=start + before, at=start + after)
            assert not any(again.values()), again
            assert after - before < 3600 or sum(written.values()) > 0
        row = connection.execute("SELECT value FROM registry.dataset_fact WHERE name = 'live_until'").fetchone()
    assert row == ("2021-11-24T08:00:00+07:00",)
    history(other_url, reference_dir, zone, demo=DEMO, until=END)
    ours, theirs = digests(registry_url), digests(other_url)
    assert {table: ours[table] for table in COMPARED} == {table: theirs[table] for table in COMPARED}
    assert ours["temperature_reading"][0] > 1.5 * theirs["temperature_reading"][0]


@pytest.fixture
def own_server() -> Iterator[tuple[Path, str]]:
    folder = Path(tempfile.mkdtemp(prefix="mcc-demo-"))
    folder.chmod(0o755)
    try:
        server = embedded.start(folder / "pg")
        migrate(server.url, etl_role="mcc_etl")
        yield folder / "pg", server.url
    finally:
        embedded.stop(folder / "pg")
        shutil.rmtree(folder, ignore_errors=True)


def live_until(url: str) -> datetime:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT value FROM registry.dataset_fact WHERE name = 'live_until'").fetchone()
    assert row is not None
    return datetime.fromisoformat(row[0])


def wait_for(writer: threading.Thread, condition: Callable[[], bool]) -> None:
    while not condition():
        assert writer.is_alive(), "the writer ended"
        time.sleep(0.1)


@pytest.mark.slow
def test_live_survives_the_registry_and_loses_nothing(
    own_server: tuple[Path, str], registry_url: str, reference_dir: Path, zone: str
) -> None:
    folder, url = own_server
    # A campaign minute takes 1/60 second: the two days pass while the test looks on.
    fast = DEMO.model_copy(update={"speed": 3600.0, "tick_seconds": 0.2})
    history(url, reference_dir, zone, demo=fast)
    stop = threading.Event()
    writer = threading.Thread(target=LiveDemo(url, reference_dir, fast, zone).run, args=(stop,))
    writer.start()
    try:
        begun = live_until(url)
        wait_for(writer, lambda: live_until(url) > begun)
        reached = live_until(url)
        embedded.stop(folder)
        embedded.start(folder)
        wait_for(writer, lambda: live_until(url) > reached)
    finally:
        stop.set()
        writer.join()
    # A second process takes over where the first stopped.
    reached, stop = live_until(url), threading.Event()
    writer = threading.Thread(target=LiveDemo(url, reference_dir, fast, zone).run, args=(stop,))
    writer.start()
    try:
        wait_for(writer, lambda: live_until(url) > reached)
    finally:
        stop.set()
        writer.join()
    ended = live_until(url)
    with psycopg.connect(url) as connection:
        facts = dict(connection.execute("SELECT name, value FROM registry.dataset_fact").fetchall())
    assert begun < datetime.fromisoformat(facts["clock_campaign_start"]) <= ended
    # The same in one go, by ticks that nothing disturbs, in another registry.
    write_history(
        registry_url, reference_dir=reference_dir, demo=fast, timezone=zone, progress=lambda _name, _share: None
    )
    calm = LiveDemo(registry_url, reference_dir, fast, zone)
    with psycopg.connect(registry_url) as connection:
        calm.write_tick(connection, after=at(START, zone), at=seconds_of(ended, zone))
    assert digests(url) == digests(registry_url)
