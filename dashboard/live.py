"""Who needs to know learns within a second that there is a new version, and whether registry and Redis answer.

The pointer file is the truth. The announcement on Redis only makes us look at it at once; without Redis we look every
second all the same, so that losing it degrades nothing but a fraction of a second.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import duckdb
import redis
import structlog

from warehouse.files import SnapshotUnavailable

log = structlog.get_logger(__name__)
LOOK_SECONDS = 1.0
HEALTH_SECONDS = 5.0
RECONNECT_SECONDS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Current:
    """The version that viewers should have. `key` differs wherever the content does, even under an equal number."""

    version: int
    key: str
    published_at: datetime
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Whether something we lean on answers, and since when that is so (wall time)."""

    ok: bool
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    registry: Part
    redis: Part


class LiveHub:
    """One a worker: two threads that look, one that prepares, and any number that wait. Closing it ends all of them."""

    def __init__(
        self,
        *,
        look: Callable[[], Current],
        redis_url: Callable[[], str | None],
        channel: str,
        registry_ok: Callable[[], bool],
        wall: Callable[[], datetime],
        prepare: Callable[[int, Callable[[], bool]], None] | None = None,
    ) -> None:
        """prepare: what is done for each version before the many are told of it, as long as its second argument says
        that this is still the newest."""
        self._look = look
        self._redis_url = redis_url
        self._channel = channel
        self._registry_ok = registry_ok
        self._wall = wall
        self._prepare = prepare
        # The last one for which `prepare` has come to its end.
        self._prepared: Current | None = None
        self._changed = threading.Condition()
        self._closed = threading.Event()
        self._started = False
        self._current: Current | None = None
        now = wall()
        self._health = Health(registry=Part(ok=True, since=now), redis=Part(ok=True, since=now))

    def start(self) -> None:
        """Begin to look. Called in the worker after the fork, at the latest by the first request."""
        with self._changed:
            if self._started or self._closed.is_set():
                return
            self._started = True
        self._refresh()
        threads = [("live-version", self._watch), ("live-health", self._examine)]
        if self._prepare is not None:
            threads.append(("live-prepare", self._prepare_each))
        for name, target in threads:
            threading.Thread(target=target, name=name, daemon=True).start()

    def close(self) -> None:
        self._closed.set()
        with self._changed:
            self._changed.notify_all()

    @property
    def closed(self) -> bool:
        return self._closed.is_set()

    def state(self) -> tuple[Current | None, Health]:
        with self._changed:
            return self._current, self._health

    def wait(self, seen: tuple[Current | None, Health], seconds: float) -> tuple[Current | None, Health]:
        """The state as soon as it differs from `seen`, at the latest after `seconds`."""
        with self._changed:
            self._changed.wait_for(
                lambda: (self._current, self._health) != seen or self._closed.is_set(), timeout=seconds
            )
            return self._current, self._health

    def wait_prepared(self, seconds: float) -> None:
        """Return when the newest version is prepared, at the latest after `seconds`."""
        if self._prepare is None:
            return
        with self._changed:
            self._changed.wait_for(lambda: self._prepared == self._current or self._closed.is_set(), timeout=seconds)

    def pause(self, seconds: float) -> None:
        """Return after `seconds`, or when the hub is closed."""
        if seconds > 0:
            self._closed.wait(seconds)

    def _refresh(self) -> None:
        try:
            current = self._look()
        except SnapshotUnavailable:
            return
        except (duckdb.Error, OSError) as error:
            # A worker that stops looking would show old numbers for ever; say it and look again in a second.
            log.warning("the current snapshot cannot be read", reason=str(error).splitlines()[0])
            return
        with self._changed:
            if current != self._current:
                self._current = current
                self._changed.notify_all()

    def _prepare_each(self) -> None:
        """In a thread of its own: the first few are told beside it."""
        while not self._closed.is_set():
            with self._changed:
                self._changed.wait_for(lambda: self._current != self._prepared or self._closed.is_set())
                wanted = self._current
            try:
                if wanted is not None and self._prepare is not None:
                    self._prepare(wanted.version, partial(self._is_newest, wanted))
            except Exception:
                # Of a thread that ended here every later version would be told late, and nobody would know why.
                log.exception("the new version cannot be prepared")
            with self._changed:
                self._prepared = wanted
                self._changed.notify_all()

    def _is_newest(self, current: Current) -> bool:
        return self._current == current and not self._closed.is_set()

    def _watch(self) -> None:
        while not self._closed.is_set():
            try:
                self._listen()
            except (redis.RedisError, OSError):
                self._note(redis_ok=False)
                self._look_for(RECONNECT_SECONDS)

    def _listen(self) -> None:
        """Wait for announcements until the connection breaks; look at the pointer at least once a second."""
        url = self._redis_url()
        if url is None:
            self._note(redis_ok=False)
            self._look_for(RECONNECT_SECONDS)
            return
        client: Any = redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=5)
        with client, client.pubsub(ignore_subscribe_messages=True) as channel:
            channel.subscribe(self._channel)
            while not self._closed.is_set():
                channel.get_message(timeout=LOOK_SECONDS)
                self._note(redis_ok=True)
                self._refresh()

    def _look_for(self, seconds: float) -> None:
        for _ in range(round(seconds / LOOK_SECONDS)):
            self._refresh()
            if self._closed.wait(LOOK_SECONDS):
                return

    def _examine(self) -> None:
        """In a thread of its own, since a registry that hangs must not hold up the news of a version."""
        while not self._closed.is_set():
            self._note(registry_ok=self._registry_ok())
            self._closed.wait(HEALTH_SECONDS)

    def _note(self, *, registry_ok: bool | None = None, redis_ok: bool | None = None) -> None:
        with self._changed:
            health = Health(
                registry=self._part(self._health.registry, registry_ok), redis=self._part(self._health.redis, redis_ok)
            )
            if health != self._health:
                self._health = health
                self._changed.notify_all()

    def _part(self, part: Part, answer: bool | None) -> Part:
        return part if answer is None or answer == part.ok else Part(ok=answer, since=self._wall())
