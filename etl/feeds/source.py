"""What every source of records looks like to the refresh, whether a database or a folder of files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from etl.errors import FeedRejected
from etl.feeds.registry import RegistryFeed


class FeedSlow(FeedRejected):
    """The feed did not answer within its time: it keeps its watermark and is tried again later."""


class FeedHeld(FeedRejected):
    """The source contradicts what was already taken from it: a person has to decide, nothing is lost meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How far one feed was read. `watermark` is where its next reading starts, to be kept in the same transaction as
    its rows. `complete` is False while a backlog waits at the source. `note` is told on the feed board."""

    watermark: str
    complete: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLimits:
    """What one refresh may ask of one feed. 0 stands for no limit. `max_rows` is exceeded by at most as much again
    (feeds/backlog.py), and by what is read again to be sure."""

    budget_seconds: int = 0
    max_rows: int = 0


class SourceReader(Protocol):
    """One reading of a source. Rows carry the feed's columns and `version`, which grows from reading to reading."""

    @property
    def watermark(self) -> str:
        """The instant of this reading, in the source's own terms."""
        ...

    def serves(self, feed: str) -> bool:
        """False for a feed that this source does not have."""
        ...

    def batches(self, feed: RegistryFeed, since: str) -> Iterator[Any]:
        """Arrow record batches: changed rows of one feed since the watermark of an earlier reading.

        Raises FeedRejected for this feed alone, RegistryUnavailable where the source is gone."""
        ...

    def reached(self, feed: str) -> Reached:
        """After the last batch of `feed`."""
        ...

    def confirm(self) -> None:
        """After our commit, and only then: the source may forget what was taken."""
        ...


class Sources:
    """Several sources as one: each feed comes from the first that serves it."""

    def __init__(self, *readers: SourceReader) -> None:
        self._readers = readers

    @property
    def watermark(self) -> str:
        """Of the first source; each feed's own is told by `reached`."""
        return self._readers[0].watermark

    def serves(self, feed: str) -> bool:
        return any(reader.serves(feed) for reader in self._readers)

    def batches(self, feed: RegistryFeed, since: str) -> Iterator[Any]:
        return self._of(feed.name).batches(feed, since)

    def reached(self, feed: str) -> Reached:
        return self._of(feed).reached(feed)

    def confirm(self) -> None:
        for reader in self._readers:
            reader.confirm()

    def _of(self, feed: str) -> SourceReader:
        return next(reader for reader in self._readers if reader.serves(feed))
