"""Who asks: looked up in the registry at every request, and what happens while the registry is down."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from operations.connections import Connections, RegistryUnavailable
from operations.sessions import Limits, Person, glance, person_of, token_hash

# A registry that was just found down is not asked again by every request: each would wait for its own refusal.
DOWN_SECONDS = 1.0
KEPT = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`remembered`: the registry does not answer, and this worker saw the session a short while ago."""

    person: Person
    remembered: bool = False


class Sessions:
    """One a worker. Nothing that is remembered is used while the registry answers, so that a withdrawal counts at the
    next request. While it does not, a session that this worker saw itself goes on for at most `grace` since it was last
    confirmed, counted by a clock that cannot be set, and never beyond its own end; being used does not lengthen it.
    Nobody can be given or lose a role meanwhile: both are rows in that registry.
    """

    def __init__(
        self,
        registry: Connections,
        limits: Limits,
        *,
        grace: timedelta,
        wall: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        self._registry = registry
        self._limits = limits
        self._grace = grace
        self._wall = wall
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._seen: OrderedDict[bytes, tuple[float, Person]] = OrderedDict()
        self._down_until = float("-inf")

    def look(self, token: str, *, present: bool) -> Asked | None:
        """None for a token that opens nothing. Raises RegistryUnavailable where that cannot be told."""
        if not token:
            return None
        key = token_hash(token)
        try:
            person = self._ask(token, present=present)
        except RegistryUnavailable:
            person = self._remembered(key)
            if person is None:
                raise
            return Asked(person=person, remembered=True)
        self._keep(key, person)
        return Asked(person=person) if person else None

    def forget(self, token: str) -> None:
        with self._lock:
            self._seen.pop(token_hash(token), None)

    def _ask(self, token: str, *, present: bool) -> Person | None:
        if self._monotonic() < self._down_until:
            raise RegistryUnavailable("the registry did not answer a moment ago")
        try:
            now = self._wall()
            with self._registry.reading() as connection:
                found = glance(connection, token, self._limits, now=now, present=present)
            if not found.to_write:
                return found.person
            with self._registry() as connection:
                return person_of(connection, token, self._limits, now=now, present=present)
        except RegistryUnavailable:
            self._down_until = self._monotonic() + DOWN_SECONDS
            raise

    def _keep(self, key: bytes, person: Person | None) -> None:
        with self._lock:
            self._seen.pop(key, None)
            if person is not None:
                self._seen[key] = (self._monotonic(), person)
                while len(self._seen) > KEPT:
                    self._seen.popitem(last=False)

    def _remembered(self, key: bytes) -> Person | None:
        with self._lock:
            found = self._seen.get(key)
        if found is None:
            return None
        confirmed, person = found
        within = self._monotonic() - confirmed <= self._grace.total_seconds()
        return person if within and self._wall() < person.until else None
