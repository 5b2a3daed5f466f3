"""Listens to the registry's announcements of changed feeds, so that a refresh need not wait for its minute."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import psycopg
import structlog

log = structlog.get_logger(__name__)
CHANNEL = "mcc_feed"
# How often a silent listener looks whether it is to stop.
LOOK_SECONDS = 1.0
LONGEST_PAUSE = 30.0


class Waker:
    """A thread with a connection of its own. Calls `wake` when feeds changed, at most once every `min_seconds`; what
    changes meanwhile wakes once more afterwards. A registry that is away is tried again after 1, 2, 4, … 30 s."""

    def __init__(self, url: Callable[[], str | None], wake: Callable[[], None], *, min_seconds: float) -> None:
        self._url = url
        self._wake = wake
        self._min_seconds = min_seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="waker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns once the connection is closed."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        pause = 1.0
        while not self._stop.is_set():
            url = self._url()
            try:
                if url is not None:
                    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
                        connection.execute(f"LISTEN {CHANNEL}")
                        pause = 1.0
                        # What was announced while nobody listened.
                        self._wake()
                        self._listen(connection)
            except psycopg.Error as error:
                log.info("not listening for changes", reason=str(error).strip().splitlines()[0], again_seconds=pause)
            self._stop.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _listen(self, connection: psycopg.Connection) -> None:
        while not self._stop.is_set():
            if list(connection.notifies(timeout=LOOK_SECONDS, stop_after=1)):
                began = time.monotonic()
                self._wake()
                # Announcements pile up here and wake once.
                self._stop.wait(max(0.0, self._min_seconds - (time.monotonic() - began)))
