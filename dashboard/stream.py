"""The live stream: server-sent events that carry a version number and the health of the parts, nothing else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any

from flask import Response

from dashboard.live import Current, Health, LiveHub
from dashboard.payloads import encode, plain_json

HEARTBEAT_SECONDS = 15.0
RETRY_AFTER_SECONDS = 30
PER_SECOND, FIRST = 15.0, 5
# Of all streams together, in a second.
MOST_RECHECKS = 35.0
# After a publication: for the first few.
OWN_SECOND = 1.0
# Of those told at once: not all in the same instant.
BETWEEN_FIRST = 0.02
# A version takes less than one to prepare; whatever happens to that, everybody is told.
LONGEST_PREPARING = 5.0


@dataclass(slots=True, eq=False)
class _Place:
    """One open stream. woken: there may be something to tell; calls: how often it was its turn to be told of a version,
    counted by the one thread that calls."""

    woken: threading.Event = field(default_factory=threading.Event)
    calls: int = 0


def turns(number: int, per_second: float, first: int) -> list[float]:
    """Seconds after a publication at which each of so many is told: all within a second where they are few, else the
    `first` at once, with a second for themselves. All are told within a heartbeat, since a browser that hears nothing
    for longer begins anew, and a session that has ended must not last."""
    if number <= per_second:
        return [before / per_second * OWN_SECOND for before in range(number)]
    rest = max(per_second, (number - first) / (HEARTBEAT_SECONDS - OWN_SECOND))
    return [
        before * BETWEEN_FIRST if before < first else OWN_SECOND + (before - first) / rest for before in range(number)
    ]


class Streams:
    """The streams of one worker. Each holds a thread, so there are only so many; more viewers poll instead.

    Whoever is told of a new version asks for the page anew. Told all at once, hundreds of viewers would have the next
    click of each of them wait behind all others, so that only `per_second` are told each second. Those who have looked
    for the longest come first: screens on walls and whoever is on duty, of whom `first` are told at once. The others
    are told when what they share is drawn (dashboard/ahead.py). One thread calls each of them in its turn: hundreds
    that woke together to see whether it is theirs would take the machine from the first few."""

    def __init__(
        self,
        hub: LiveHub,
        *,
        limit: int,
        wall: Callable[[], datetime],
        recheck_seconds: float = HEARTBEAT_SECONDS,
        per_second: float = PER_SECOND,
        first: int = FIRST,
    ) -> None:
        self._hub = hub
        self._per_second, self._first = per_second, first
        # In the order in which they came.
        self._open: dict[_Place, None] = {}
        self._caller: threading.Thread | None = None
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
        place = _Place()
        with self._lock:
            self._open[place] = None
            if self._caller is None:
                self._caller = threading.Thread(target=self._call_each, name="live-turns", daemon=True)
                self._caller.start()
        response = Response(self._events(place, still), mimetype="text/event-stream")
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Accel-Buffering"] = "no"
        # Not in the generator: one that was never started would never give its place back.
        response.call_on_close(lambda: self._leave(place))
        return response

    def _leave(self, place: _Place) -> None:
        with self._lock:
            self._open.pop(place, None)
        if self._places is not None:
            self._places.release()

    def _call_each(self) -> None:
        """In a thread of its own: of a version in turn, of anything else at once."""
        seen = self._hub.state()
        while not self._hub.closed:
            state = self._hub.wait(seen, HEARTBEAT_SECONDS)
            if state[0] != seen[0]:
                self._call_in_turn()
            elif state != seen:
                self._wake_all()
            seen = state
        self._wake_all()

    def _wake_all(self) -> None:
        with self._lock:
            places = list(self._open)
        for place in places:
            place.woken.set()

    def _call_in_turn(self) -> None:
        """Whoever comes meanwhile is told when they come; what is published meanwhile is told to those still to be
        called, and to the others in the next round."""
        with self._lock:
            places = list(self._open)
        began, late = monotonic(), 0.0
        many = turns(len(places), self._per_second, self._first)
        for place, turn in zip(places, many, strict=True):
            if turn >= OWN_SECOND and not late:
                self._hub.pause(began + OWN_SECOND - monotonic())
                self._hub.wait_prepared(LONGEST_PREPARING)
                late = max(monotonic() - began, OWN_SECOND)
            # The many share what is left of a heartbeat when the version is prepared.
            share = (turn - OWN_SECOND) / (HEARTBEAT_SECONDS - OWN_SECOND)
            at = turn if turn < OWN_SECOND else late + share * (HEARTBEAT_SECONDS - late)
            self._hub.pause(began + at - monotonic())
            place.calls += 1
            place.woken.set()

    def is_crowded(self) -> bool:
        """Whether there are more than the first few, so that some wait for their turn."""
        with self._lock:
            return len(self._open) > self._per_second

    def _between(self) -> float:
        """Seconds until a stream asks again whether it still may go on: hundreds of them ask less often, so that the
        registry is there for whoever clicks."""
        with self._lock:
            number = len(self._open)
        return min(max(self._recheck, number / MOST_RECHECKS), HEARTBEAT_SECONDS)

    def _events(self, place: _Place, still: Callable[[], bool]) -> Iterator[str]:
        yield "retry: 3000\n\n"
        seen = self._hub.state()
        yield self._told(*seen)
        beat_at, heard = monotonic() + HEARTBEAT_SECONDS, place.calls
        while not self._hub.closed:
            place.woken.wait(self._between())
            place.woken.clear()
            # Before the state is looked at, which then is at least what the call was about.
            calls = place.calls
            current, health = self._hub.state()
            # Of a version only in turn, whatever else there is to tell.
            state = (seen[0] if calls == heard else current, health)
            heard = calls
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
