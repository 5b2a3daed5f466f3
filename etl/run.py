"""The ETL process: a refresh at once, then one every minute and when records change, while it holds the warehouse."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

import psycopg
import redis
import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler

from etl.errors import RegistryUnavailable
from etl.feeds.wake import Waker

log = structlog.get_logger(__name__)
JOB, WOKEN = "refresh", "woken"


class Refresh(Protocol):
    """One refresh. False while more is on its way that should be shown sooner than in a minute: data that are being
    prepared, or the rest of a backlog."""

    def __call__(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Seconds of wall time. `waiting_seconds` is how soon to look again while more is on its way.
    `wake_min_seconds` is the least time between two refreshes that changes ask for; 0: only the minute counts."""

    refresh_seconds: int
    misfire_grace_seconds: int
    waiting_seconds: int = 2
    wake_min_seconds: float = 0


def announce(redis_url: str | None, channel: str, version: int) -> bool:
    """Tell the web workers. False where nobody could be told: they find the snapshot by themselves, a second later."""
    if redis_url is None:
        return False
    try:
        with contextlib.closing(redis.Redis.from_url(redis_url, socket_connect_timeout=1, socket_timeout=1)) as client:
            client.set(f"{channel}:current", version)
            client.publish(channel, version)
    except (redis.RedisError, OSError) as error:
        log.warning("announcement failed", version=version, error=str(error))
        return False
    return True


def run_forever(
    refresh: Refresh,
    schedule: Schedule,
    *,
    evaluate: Callable[[str | None], None],
    listen_url: Callable[[], str | None] | None = None,
) -> None:
    """Refresh until told to stop (SIGTERM, SIGINT). A failed refresh is logged and the next one tries again.

    `evaluate` looks at alerts after each refresh; it is told why the refresh failed, or None. `listen_url` is where
    changed feeds are announced, None while the registry is away.
    """
    # One thread: a refresh owns the warehouse's only connection.
    scheduler = BlockingScheduler(timezone="Asia/Ho_Chi_Minh", executors={"default": ThreadPoolExecutor(1)})
    started = datetime.now(UTC)

    def once() -> None:
        problem: str | None = None
        try:
            if refresh():
                _settle(scheduler, schedule, started)
            elif _is_settled(scheduler, schedule):
                # The minute is not for the rest of a backlog. A pause, for whoever else needs this machine.
                queue(after=timedelta(seconds=schedule.waiting_seconds))
        except RegistryUnavailable as error:
            problem = str(error)
            log.warning("refresh failed", reason=problem)
        try:
            evaluate(problem)
        except psycopg.Error as error:
            log.warning("alerts not evaluated", reason=str(error).splitlines()[0])

    queued = threading.Event()

    def woken() -> None:
        queued.clear()
        once()

    def wake() -> None:
        queue(after=timedelta(0))

    def queue(*, after: timedelta) -> None:
        # Behind the refresh that is running, if any: it may have begun before the change. One such is enough.
        if not queued.is_set():
            queued.set()
            scheduler.add_job(
                woken,
                "date",
                run_date=datetime.now(UTC) + after,
                id=WOKEN,
                replace_existing=True,
                max_instances=2,
                misfire_grace_time=schedule.misfire_grace_seconds,
            )

    def stop(_signal: int, _frame: object) -> None:
        # From another thread: shutdown() inside a signal handler would wait for the very loop it interrupts.
        threading.Thread(target=lambda: scheduler.shutdown(wait=False)).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    scheduler.add_job(
        once,
        "interval",
        seconds=schedule.waiting_seconds,
        id=JOB,
        next_run_time=started,
        coalesce=True,
        max_instances=1,
        misfire_grace_time=schedule.misfire_grace_seconds,
    )
    waker = Waker(listen_url, wake, min_seconds=schedule.wake_min_seconds) if listen_url is not None else None
    if waker is not None and schedule.wake_min_seconds > 0:
        waker.start()
    scheduler.start()


def _settle(scheduler: BlockingScheduler, schedule: Schedule, started: datetime) -> None:
    """From the first complete data on, every minute."""
    if not _is_settled(scheduler, schedule):
        scheduler.reschedule_job(JOB, trigger="interval", seconds=schedule.refresh_seconds, start_date=started)


def _is_settled(scheduler: BlockingScheduler, schedule: Schedule) -> bool:
    job = scheduler.get_job(JOB)
    return job is None or job.trigger.interval == timedelta(seconds=schedule.refresh_seconds)
