"""A folder into which others drop files of records. Each file is taken once, whole or not at all, and never deleted.

A file is whole when a mark (`<name>.done` or `<name>.manifest`) lies beside it, or when it has not changed for a while.
After our commit it is moved to taken/, or to refused/ with the reason beside it. The watermark names the files of the
last commit, so that a stop between commit and move takes nothing twice: `files:<files so far>:<sha256>,<sha256>`.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from etl.feeds.drop_files import (
    MARKS,
    NAME,
    UNFINISHED,
    FileRefused,
    FileWaits,
    Manifest,
    batches,
    digest_of,
    manifest_of,
    unpacked,
)
from etl.feeds.registry import RegistryFeed
from etl.feeds.source import Reached

TAKEN, REFUSED = "taken", "refused"
PREFIX = "files:"


@dataclass(frozen=True, slots=True, kw_only=True)
class DropRules:
    """`feeds` come from the folder and from nowhere else. A file without a mark is taken once it has been the same for
    `settle_seconds`, as seen by one reader: keep the reader between refreshes."""

    folder: Path
    feeds: frozenset[str]
    settle_seconds: float = 10.0
    batch_rows: int = 500_000


@dataclass(slots=True)
class DropReader:
    """Reads the files that are there. `told` lists what waits or was refused, for the feed board."""

    rules: DropRules
    clock: Callable[[], float] = time.time
    watermark: str = "0"
    _seen: dict[Path, tuple[int, int, float]] = field(default_factory=dict[Path, tuple[int, int, float]])
    _reached: dict[str, Reached] = field(default_factory=dict[str, Reached])
    _taken: dict[Path, str] = field(default_factory=dict[Path, str])
    _refused: dict[Path, str] = field(default_factory=dict[Path, str])

    def serves(self, feed: str) -> bool:
        return feed in self.rules.feeds

    def batches(self, feed: RegistryFeed, since: str) -> Iterator[Any]:
        """Arrow tables of every whole file of this feed that was not taken before. A bad file raises nothing: it is
        noted, and the other files go on."""
        count, before = parse(since)
        done: list[str] = []
        notes: list[str] = []
        for file in self._files(feed.name):
            try:
                digest = self._whole(file)
                if digest in before or self._was_taken(digest):
                    self._taken[file] = digest  # the same batch again: put away, its rows are held
                    if digest in before:
                        done.append(digest)
                    continue
                yield from self._rows(file, feed, order=count + 1)
            except FileWaits as error:
                notes.append(f"{file.name} waits: {error}")
            except FileRefused as error:
                self._refused[file] = str(error)
                notes.append(f"{file.name} refused: {error}")
            else:
                count += 1
                done.append(digest)
                self._taken[file] = digest
        self._reached[feed.name] = Reached(watermark=f"{PREFIX}{count}:{','.join(done)}", note="; ".join(notes))

    def reached(self, feed: str) -> Reached:
        return self._reached[feed]

    def strangers(self) -> list[str]:
        """Files that belong to no feed of this folder, by name. They stay where they are."""
        return [file.name for file in self._candidates() if not self.serves(_feed_of(file) or "")]

    def confirm(self) -> None:
        """After the commit: put away what was taken and what was refused, their marks with them."""
        for file, digest in self._taken.items():
            self._put_away(file, self.rules.folder / TAKEN / f"{digest[:16]}-{file.name}")
        for file, reason in self._refused.items():
            aside = self.rules.folder / REFUSED / f"{int(self.clock())}-{file.name}"
            self._put_away(file, aside)
            aside.with_name(aside.name + ".reason.txt").write_text(reason + "\n", encoding="utf-8")
        self._taken.clear()
        self._refused.clear()

    def _files(self, feed: str) -> list[Path]:
        return [file for file in self._candidates() if _feed_of(file) == feed]

    def _candidates(self) -> list[Path]:
        """In the order of their names, which senders count up or date."""
        if not self.rules.folder.is_dir():
            return []
        ignored = (*MARKS, *UNFINISHED)
        return sorted(
            file
            for file in self.rules.folder.iterdir()
            if file.is_file() and not file.name.startswith(".") and not file.name.endswith(ignored)
        )

    def _whole(self, file: Path) -> str:
        """The digest of a file that is whole. Raises FileWaits."""
        manifest = manifest_of(file)
        if manifest is None and not self._settled(file):
            raise FileWaits(f"no mark beside it, and it has not been the same for {self.rules.settle_seconds:g} s")
        digest = digest_of(file)
        if manifest is not None and manifest.sha256 not in (None, digest):
            raise FileWaits("its sha256 is not the one of its manifest: still being written, or damaged")
        return digest

    def _settled(self, file: Path) -> bool:
        about = file.stat()
        now = self.clock()
        size, changed, first_seen = self._seen.get(file, (-1, -1, now))
        if (size, changed) != (about.st_size, about.st_mtime_ns):
            first_seen = now
        self._seen[file] = (about.st_size, about.st_mtime_ns, first_seen)
        return now - first_seen >= self.rules.settle_seconds

    def _was_taken(self, digest: str) -> bool:
        return any((self.rules.folder / TAKEN).glob(f"{digest[:16]}-*"))

    def _rows(self, file: Path, feed: RegistryFeed, *, order: int) -> Iterator[Any]:
        """Read twice: no row of a file is handed on before its last one has been seen to be good."""
        manifest = manifest_of(file) or Manifest()
        with unpacked(file) as plain:
            rows = sum(len(frame) for frame in batches(plain, feed, order=order, batch_rows=self.rules.batch_rows))
            if manifest.rows is not None and manifest.rows != rows:
                raise FileRefused(f"it has {rows} rows, its manifest says {manifest.rows}")
            for frame in batches(plain, feed, order=order, batch_rows=self.rules.batch_rows):
                yield frame.to_arrow()

    def _put_away(self, file: Path, target: Path) -> None:
        target.parent.mkdir(exist_ok=True)
        for ending in ("", *MARKS):
            source = file.with_name(file.name + ending)
            if source.exists():
                shutil.move(source, target.with_name(target.name + ending))
        self._seen.pop(file, None)


def parse(watermark: str) -> tuple[int, frozenset[str]]:
    """Files taken so far, and the digests of those of the last commit. Any other source's watermark counts as none."""
    if not watermark.startswith(PREFIX):
        return 0, frozenset()
    count, _, digests = watermark.removeprefix(PREFIX).partition(":")
    return int(count), frozenset(digests.split(",")) - {""}


def _feed_of(file: Path) -> str | None:
    found = NAME.match(file.name)
    return found["feed"] if found else None
