"""A change wakes the refresh early; the announcement is one a statement and costs next to nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest

from cli.places import as_role
from etl.feeds.wake import Waker

BULK = (
    "INSERT INTO registry.temperature_reading (reading_id, equipment_id, read_at, received_at) "
    "SELECT i, 'E', now(), now() FROM generate_series(%s::bigint, %s) i"
)


class Wakes:
    """Counts, and lets a test wait for the next."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self._more = threading.Semaphore(0)

    def __call__(self) -> None:
        self.times.append(time.monotonic())
        self._more.release()

    def wait(self) -> None:
        assert self._more.acquire(timeout=20)


@pytest.fixture
def wakes(registry_url: str) -> Iterator[Wakes]:
    heard = Wakes()
    waker = Waker(lambda: as_role(registry_url, "mcc_etl"), heard, min_seconds=0.5)
    waker.start()
    heard.wait()  # once at the beginning, for what was announced before
    yield heard
    waker.stop()


def test_a_committed_change_wakes_and_a_burst_wakes_once_more(registry_url: str, wakes: Wakes) -> None:
    with psycopg.connect(registry_url) as connection:
        connection.execute(BULK, [1, 10])
        assert len(wakes.times) == 1, "not before the commit"
        connection.commit()
        wakes.wait()
        for start in range(100, 1000, 100):
            connection.execute(BULK, [start, start])
            connection.commit()
        wakes.wait()
    assert wakes.times[2] - wakes.times[1] >= 0.45


def test_it_listens_again_after_its_connection_was_cut(registry_url: str, wakes: Wakes) -> None:
    with psycopg.connect(registry_url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
        wakes.wait()  # on coming back
        connection.execute(BULK, [1, 1])
        wakes.wait()


def test_one_transaction_announces_a_feed_once(registry_url: str) -> None:
    with psycopg.connect(registry_url, autocommit=True) as listener, psycopg.connect(registry_url) as writer:
        listener.execute("LISTEN mcc_feed")
        writer.execute(BULK, [1, 1000])
        writer.execute(BULK, [2000, 3000])
        writer.execute("UPDATE registry.temperature_reading SET temp_c = 4")
        writer.commit()
        heard = [note.payload for note in listener.notifies(timeout=1)]
    assert heard == ["temperature_reading"]
