"""The dated folders of a publisher: which there are, and the bytes of one. A file being written is noticed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from etl.errors import FeedRejected
from etl.feed_profile import FeedProfile
from etl.profile import Profile

DATED = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T_ ](\d\d):?h?(\d\d)(?::?(\d\d))?)?(Z)?")


class NoPublications(Exception):
    """The folder named holds nothing that could be replayed; the message says what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One dated folder. `at` is its instant: UTC where the name ends in Z, else the publisher's own clock."""

    name: str
    path: Path
    at: datetime
    beside: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The files of one publication as they were at one moment. `faults` says why a feed has none.

    digest: of the bytes and of the profile that reads them, so that a corrected profile reads them again.
    """

    publication: Publication
    files: Mapping[str, tuple[tuple[str, bytes], ...]]
    faults: Mapping[str, str]
    missing: frozenset[str]
    digest: str


def publications(folder: Path, profile: Profile, *, timezone: str) -> tuple[Publication, ...]:
    """Dated folders in order of their names. Folders without a date are no publications.

    `folder` holds them itself or in its sub-folder `profile.folder`. Raises NoPublications where there is no folder.
    """
    if not folder.is_dir():
        raise NoPublications(f"{folder}: is not a folder")
    inner = folder / profile.folder
    root = inner if profile.folder and inner.is_dir() else folder
    beside = (root, root.parent) if root.name == profile.folder else (root,)
    zone = ZoneInfo(timezone)
    return tuple(
        Publication(name=path.name, path=path, at=at, beside=beside)
        for path in sorted(root.iterdir(), key=lambda item: item.name)
        if path.is_dir() and (at := instant_of(path.name, zone)) is not None
    )


def instant_of(name: str, zone: ZoneInfo) -> datetime | None:
    """The instant that a folder's name begins with, or None where it begins with none."""
    match = DATED.match(name)
    if match is None:
        return None
    *numbers, utc = match.groups()
    try:
        return datetime(*(int(number or 0) for number in numbers), tzinfo=UTC if utc else zone)  # type: ignore[arg-type]
    except ValueError:
        return None


def take(publication: Publication, profile: Profile) -> Taken:
    """Read every file of every feed, and look again afterwards: a file that changed meanwhile is at fault."""
    files: dict[str, tuple[tuple[str, bytes], ...]] = {}
    faults: dict[str, str] = {}
    paths = {name: find(feed, publication) for name, feed in profile.all_feeds.items()}
    before = {path: _signature(path) for found in paths.values() for path in found}
    for name, found in paths.items():
        try:
            files[name] = tuple((path.name, path.read_bytes()) for path in found)
        except OSError as error:
            faults[name] = f"{found[0].name}: cannot be read: {error.strerror}"
    for name, feed in profile.all_feeds.items():
        if not paths[name]:
            faults[name] = f"{feed.file}: is missing; expected it in {publication.name}{_or_beside(feed)}"
        elif paths[name] != find(feed, publication) or any(_signature(path) != before[path] for path in paths[name]):
            faults[name] = f"{paths[name][0].name}: changed while it was being read"
    digest = hashlib.sha256(profile.model_dump_json().encode())
    for name, feed in sorted(profile.all_feeds.items()):
        if not feed.beside:  # what lies beside the dated folders belongs to none of them
            digest.update(_marked(name, files.get(name, ()), faults.get(name, "")))
    missing = frozenset(name for name, found in paths.items() if not found)
    return Taken(publication=publication, files=files, faults=faults, missing=missing, digest=digest.hexdigest())


def find(feed: FeedProfile, publication: Publication) -> tuple[Path, ...]:
    """Files of one feed: those in the dated folder, else, where it allows that, those beside it."""
    for folder in (publication.path, *(publication.beside if feed.beside else ())):
        found = tuple(sorted(folder.glob(feed.file)))
        if found:
            return found
    return ()


def content(taken: Taken, feed: str) -> tuple[tuple[str, bytes], ...]:
    """Files of one feed. Raises FeedRejected where they are missing, unreadable, or were being written."""
    if feed in taken.faults:
        raise FeedRejected(taken.faults[feed])
    return taken.files[feed]


def _or_beside(feed: FeedProfile) -> str:
    return " or beside it" if feed.beside else ""


def _signature(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_size, found.st_mtime_ns, found.st_ino)


def _marked(name: str, files: tuple[tuple[str, bytes], ...], fault: str) -> bytes:
    parts = [f"{name}:{fault}\n".encode()]
    for file, data in files:
        parts += [f"{file}:{len(data)}\n".encode(), data]
    return b"".join(parts)
