"""The live stream: server-sent events that carry a version number and the health of the parts, nothing else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from time import monotonic
from typing import Any

from flask import Response

from dashboard.live import Current, Health, LiveHub
from dashboard.payloads import encode, plain_json

HEARTBEAT_SECONDS = 15.0
RETRY_AFTER_SECONDS = 30
PER_SECOND = 15.0
# Of all streams together, in a second.
MOST_RECHECKS = 35.0
# After a publication: for the first few.
OWN_SECOND = 1.0
# A version takes less than one to prepare; whatever happens to that, everybody is told.
LONGEST_PREPARING = 5.0


class Streams:
    """The streams of one worker. Each holds a thread, so there are only so many; more viewers poll instead.

    Whoever is told of a new version asks for the page anew. Told all at once, hundreds of viewers would have the next
    click of each of them wait behind all others, so that only `per_second` are told each second, those who have looked
    for the longest first: screens on walls and whoever is on duty. The others are told when what they share is drawn
    (dashboard/ahead.py)."""

    def __init__(
        self,
        hub: LiveHub,
        *,
        limit: int,
        wall: Callable[[], datetime],
        recheck_seconds: float = HEARTBEAT_SECONDS,
        per_second: float = PER_SECOND,
    ) -> None:
        self._hub = hub
        self._per_second = per_second
        # In the order in which they came.
        self._open: dict[object, None] = {}
        self._lock = threading.Lock()
        self._recheck = min(recheck_seconds, HEARTBEAT_SECONDS)
        self._places = threading.BoundedSemaphore(limit) if limit else None
        self._wall = wall

    def open(self, still: Callable[[], bool]) -> Response:
        """A stream, or 503 with Retry-After when all places are taken. It ends where `still` says no: asked before
        anything is told, and every few seconds (`recheck_seconds`) besides."""
        if self._places is None or not self._places.acquire(blocking=False):
            response = plain_json({"error": "every live stream is taken, poll /version"}, status=503)
            response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
            return response
        place = object()
        with self._lock:
            self._open[place] = None
        response = Response(self._events(place, still), mimetype="text/event-stream")
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Accel-Buffering"] = "no"
        # Not in the generator: one that was never started would never give its place back.
        response.call_on_close(lambda: self._leave(place))
        return response

    def _leave(self, place: object) -> None:
        with self._lock:
            self._open.pop(place, None)
        if self._places is not None:
            self._places.release()

    def _turn(self, place: object) -> float:
        """Seconds after a publication at which this one is told: the first few have a second for themselves, all are
        told within a heartbeat, since a browser that hears nothing for longer begins anew, and a session that has ended
        must not last."""
        with self._lock:
            before, number = list(self._open).index(place), len(self._open)
        if before < self._per_second:
            return before / self._per_second * OWN_SECOND
        rest = max(self._per_second, (number - self._per_second) / (HEARTBEAT_SECONDS - OWN_SECOND))
        return OWN_SECOND + (before - self._per_second) / rest

    def is_crowded(self) -> bool:
        """Whether there are more than the first few, so that some wait for their turn."""
        with self._lock:
            return len(self._open) > self._per_second

    def _wait_for(self, turn: float) -> None:
        """Return when this one is to be told. The many share what is left of a heartbeat when the version is
        prepared."""
        self._hub.pause(min(turn, OWN_SECOND))
        if turn < OWN_SECOND:
            return
        began = monotonic()
        self._hub.wait_prepared(LONGEST_PREPARING)
        most = HEARTBEAT_SECONDS - OWN_SECOND
        self._hub.pause((turn - OWN_SECOND) * (1.0 - min(monotonic() - began, most) / most))

    def _between(self) -> float:
        """Seconds until a stream asks again whether it still may go on: hundreds of them ask less often, so that the
        registry is there for whoever clicks."""
        with self._lock:
            number = len(self._open)
        return min(max(self._recheck, number / MOST_RECHECKS), HEARTBEAT_SECONDS)

    def _events(self, place: object, still: Callable[[], bool]) -> Iterator[str]:
        yield "retry: 3000\n\n"
        seen = self._hub.state()
        yield self._told(*seen)
        beat_at = monotonic() + HEARTBEAT_SECONDS
        while not self._hub.closed:
            state = self._hub.wait(seen, self._between())
            if state[0] != seen[0]:
                self._wait_for(self._turn(place))
                # What was published meanwhile is told at once.
                state = self._hub.state()
            if not still():
                return
            if state == seen and monotonic() < beat_at:
                continue
            beat_at = monotonic() + HEARTBEAT_SECONDS
            if state == seen:
                yield f": beat\n{_event('health', self.health(state[1]))}"
            elif state[0] != seen[0]:
                yield self._told(*state)
            else:
                yield _event("health", self.health(state[1]))
            seen = state

    def _told(self, current: Current | None, health: Health) -> str:
        version = _event("version", self.version(current)) if current else ""
        return version + _event("health", self.health(health))

    def version(self, current: Current | None) -> dict[str, Any]:
        """`now` lets a browser whose clock is wrong tell the age of the data right."""
        if current is None:
            return {"version": None, "now": self._wall()}
        return {
            "version": current.version,
            "key": current.key,
            "published_at": current.published_at,
            "as_of": current.as_of,
            "now": self._wall(),
        }

    def health(self, health: Health) -> dict[str, Any]:
        return {
            "registry": health.registry.ok,
            "redis": health.redis.ok,
            "registry_since": health.registry.since,
            "redis_since": health.redis.since,
            "now": self._wall(),
        }


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {encode(data).decode()}\n\n"
