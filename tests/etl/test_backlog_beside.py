"""A backlog beside the minute: each refresh shows what was recorded since the last; the end is that of one reading."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from etl import run
from etl.feeds.source import ReadLimits
from settings import Settings, load
from tests.support.centre import Centre
from tests.support.registry import NOON, Dose, add_doses, add_people, insert_doses, seed

MAX_ROWS = 20


def backlog(url: str, *, doses: int, a_transaction: int) -> None:
    """Doses of HCMC, each of a person of their own."""
    with psycopg.connect(url) as connection:
        for start in range(1, doses + 1, a_transaction):
            numbers = range(start, min(start + a_transaction, doses + 1))
            insert_doses(connection, [Dose(1000 + number, number, NOON - timedelta(days=30)) for number in numbers])
            connection.commit()


def state(centre: Centre, feed: str) -> str:
    return str(centre.rows(f"SELECT state FROM feed_status WHERE name = '{feed}'")[0]["state"])


def in_hanoi(centre: Centre) -> int:
    return centre.area("01").doses


@pytest.mark.parametrize("a_transaction", [7, 200], ids=["many transactions", "one transaction above the limit"])
def test_a_fresh_dose_is_in_the_next_snapshot_while_a_backlog_is_read(
    centre: Centre, open_centre: Callable[[Settings], Centre], tmp_path: Path, a_transaction: int
) -> None:
    add_people(centre.url, [(number, "79") for number in range(1, 201)])
    add_people(centre.url, [(number, "01") for number in range(501, 560)])
    centre.refresh()
    centre.limits = ReadLimits(max_rows=MAX_ROWS)
    backlog(centre.url, doses=200, a_transaction=a_transaction)
    minutes = 0
    more_waits = True
    while more_waits:
        minutes += 1
        add_doses(centre.url, [Dose(minutes, 500 + minutes, NOON, site="01-A")])
        centre.later += timedelta(minutes=1)
        done = centre.refresh()
        more_waits = done.more_waits
        assert not done.failed
        assert in_hanoi(centre) == minutes, "recorded after the backlog, shown before it"
        assert state(centre, "dose") == ("filling" if more_waits else "ok")
        assert state(centre, "person") == "ok", "another feed has nothing to do with it"
        assert centre.holds()
        if minutes == 3:
            with psycopg.connect(centre.url) as connection:
                connection.execute("UPDATE registry.dose SET site_code = 'QD-A' WHERE dose_id IN (1001, 1100, 1200)")
    assert minutes >= 10, "the backlog was ten times the limit"
    at_once = open_centre(load(state=tmp_path / "at-once", environ={}))
    at_once.later = centre.later
    at_once.refresh()
    assert at_once.headline().doses == 200 + minutes
    assert centre.hash() == at_once.hash()


def test_everything_in_pieces_from_the_beginning_is_the_same_as_at_once(
    registry_url: str, open_centre: Callable[[Settings], Centre], settings: Settings, tmp_path: Path
) -> None:
    """The newest first: doses come before the people they were given to."""
    seed(registry_url)
    for number in range(1, 61):
        add_people(registry_url, [(number, "79" if number % 2 else "01")])
    backlog(registry_url, doses=60, a_transaction=9)
    pieces = open_centre(settings)
    pieces.limits = ReadLimits(max_rows=8)
    refreshes = 1
    while pieces.refresh().more_waits:
        refreshes += 1
    at_once = open_centre(load(state=tmp_path / "at-once", environ={}))
    at_once.refresh()
    assert refreshes >= 7
    assert at_once.headline().doses == 60
    assert pieces.hash() == at_once.hash()
    assert pieces.holds()


class Called:
    """A waker that calls when told to, in the place of one that listens to a registry."""

    def __init__(self, _url: object, wake: Callable[[], None], *, min_seconds: float) -> None:
        del min_seconds
        self.wake = wake
        made.append(self)

    def start(self) -> None:
        """Nobody listens."""


made: list[Called] = []


@pytest.fixture
def own_signals() -> Iterator[None]:
    """`run_forever` takes two signals over."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_the_rest_of_a_backlog_does_not_wait_for_the_minute(monkeypatch: pytest.MonkeyPatch, own_signals: None) -> None:
    monkeypatch.setattr(run, "Waker", Called)
    outcomes = [True, False, False, False, True]
    done: list[bool] = []

    def refresh() -> bool:
        done.append(outcomes[len(done)])
        if len(done) == 1:
            made[-1].wake()  # a backlog comes after the first, complete refresh
        if len(done) == len(outcomes):
            os.kill(os.getpid(), signal.SIGTERM)
        return done[-1]

    # Without a follow-up the second would wait for an hour: told to stop before that, it fails.
    late = threading.Timer(30, os.kill, (os.getpid(), signal.SIGTERM))
    late.start()
    run.run_forever(
        refresh,
        run.Schedule(refresh_seconds=3600, misfire_grace_seconds=60, waiting_seconds=0, wake_min_seconds=1),
        evaluate=lambda _problem: None,
        listen_url=lambda: None,
    )
    late.cancel()
    assert done == outcomes
