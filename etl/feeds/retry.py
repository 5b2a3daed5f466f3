"""When a feed that did not answer in time is asked again, so that waiting for it does not hold up the others."""

from __future__ import annotations

from datetime import datetime, timedelta

FIRST = timedelta(minutes=1)
MOST = timedelta(minutes=16)


class Retries:
    """Kept by the ETL process from refresh to refresh. 1, 2, 4, 8, then every 16 minutes; one success forgets it."""

    def __init__(self) -> None:
        self._failures: dict[str, int] = {}
        self._next: dict[str, datetime] = {}

    def waits_until(self, feed: str, now: datetime) -> datetime | None:
        """None where the feed is to be read now."""
        due = self._next.get(feed)
        return due if due is not None and now < due else None

    def failing(self, feed: str) -> bool:
        return feed in self._failures

    def failed(self, feed: str, now: datetime) -> datetime:
        """Wall time of the next attempt."""
        failures = self._failures.get(feed, 0)
        self._failures[feed] = failures + 1
        # The exponent is bounded before it is used: a feed may be away for months.
        self._next[feed] = now + min(FIRST * 2 ** min(failures, 10), MOST)
        return self._next[feed]

    def succeeded(self, feed: str) -> None:
        self._failures.pop(feed, None)
        self._next.pop(feed, None)
