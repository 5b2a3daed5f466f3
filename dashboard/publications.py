"""Which snapshot the public is shown, decided once a day and written down: minutes must not be told apart, and a day
that was published stays as it was after its snapshot is gone or the web starts again."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from campaign.publication import Publication, publish
from dashboard.past import kept
from dashboard.readings import Readings
from warehouse import reads, reads_public
from warehouse.files import versions

LOG = logging.getLogger(__name__)
WRITTEN: TypeAdapter[Publication] = TypeAdapter(Publication)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRules:
    """`hour` is local; `step` is the multiple that cells are rounded down to."""

    hour: int
    step: int
    zone: ZoneInfo


class Publications:
    """The publications of one installation. `folder` holds one file a day, of rounded figures only."""

    def __init__(
        self,
        readings: Readings,
        *,
        snapshot_dir: Path,
        folder: Path,
        rules: PublicRules,
        wall: Callable[[], datetime],
    ) -> None:
        self._readings = readings
        self._snapshot_dir = snapshot_dir
        self._folder = folder
        self._rules = rules
        self._wall = wall
        self._lock = threading.Lock()
        self._held: tuple[date, Publication] | None = None

    def current(self) -> Publication:
        """What the public is shown now. Raises SnapshotUnavailable before the first publication."""
        cut = last_cut(self._wall(), self._rules)
        with self._lock:
            if self._held is None or self._held[0] != cut.date():
                self._held = (cut.date(), self._of_day(cut))
            return self._held[1]

    def days(self) -> tuple[date, ...]:
        """Of every publication that is told, the newest first. Raises SnapshotUnavailable before the first."""
        newest = self.current().day
        written = {day for file in self._folder.glob("*.json") if (day := _day_of(file)) is not None and day < newest}
        return (newest, *sorted(written, reverse=True))

    def on(self, day: date) -> Publication | None:
        """What was published that day, as it was then; None where nothing was, or it cannot be read. Raises
        SnapshotUnavailable before the first publication."""
        newest = self.current()
        if day >= newest.day:
            return newest if day == newest.day else None
        found = self._written(day)
        return found if found is not None and found.day == day else None

    def _of_day(self, cut: datetime) -> Publication:
        written = self._written(cut.date())
        if written is not None and written.day == cut.date():
            return written
        version = self._version_at(cut)
        if version is None:
            # Nothing was made before the hour: what stands goes on standing; a new installation shows its first.
            if written is not None:
                return written
            version = self._readings.snapshots.current()
        elif written is not None and self._readings.info(version).published_at <= written.about.published_at:
            return written
        return self._write(self._made(version, cut.date()))

    def _version_at(self, cut: datetime) -> int | None:
        """The newest kept snapshot made at or before that moment."""
        before = [i for i in kept(self._readings, versions(self._snapshot_dir)) if i.published_at <= cut]
        return max(before, key=lambda info: info.published_at).version if before else None

    def _made(self, version: int, day: date) -> Publication:
        snapshots = self._readings.snapshots
        about = reads_public.about(snapshots, version)
        return publish(
            reads_public.area_counts(snapshots, version, denominator=about.denominator),
            step=self._rules.step,
            day=day,
            about=about,
            targets=reads.targets(snapshots, version),
        )

    def _written(self, day: date) -> Publication | None:
        """The newest publication of that day or an earlier one. A file that cannot be read is passed over and said."""
        names = sorted((file for file in self._folder.glob("*.json") if file.stem <= f"{day}"), reverse=True)
        for file in names:
            try:
                return WRITTEN.validate_json(file.read_bytes())
            except (OSError, ValidationError) as error:
                LOG.warning("publication %s cannot be read: %s", file.name, type(error).__name__)
        return None

    def _write(self, made: Publication) -> Publication:
        """Of several workers the first one's stands. Where nothing can be written it is kept in this process only."""
        target = self._folder / f"{made.day}.json"
        temporary = self._folder / f"{made.day}.{os.getpid()}.tmp"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(WRITTEN.dump_json(made))
            try:
                os.link(temporary, target)
            except FileExistsError:
                return self._settled(target, temporary, made)
            finally:
                temporary.unlink(missing_ok=True)
        except OSError as error:
            LOG.warning("publication of %s was not written: %s", made.day, error.strerror)
        return made

    def _settled(self, target: Path, temporary: Path, made: Publication) -> Publication:
        """What another worker wrote meanwhile; ours instead of a file that cannot be read."""
        try:
            return WRITTEN.validate_json(target.read_bytes())
        except ValidationError:
            temporary.replace(target)
            return made


def _day_of(file: Path) -> date | None:
    try:
        return date.fromisoformat(file.stem)
    except ValueError:
        return None


def last_cut(now: datetime, rules: PublicRules) -> datetime:
    """The last time that the public hour struck."""
    local = now.astimezone(rules.zone)
    struck = datetime.combine(local.date(), time(rules.hour), rules.zone)
    return struck if struck <= local else struck - timedelta(days=1)
