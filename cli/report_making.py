"""What the process of reports does with one of them: draw it from a snapshot, check it, write its folder."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from campaign.coverage import NATION
from campaign.first import last_closed
from campaign.report import Part, Report, chosen
from campaign.report_archive import Schedule, scope_of_area
from campaign.report_checks import Check, Failure, Limits, failures, with_failed
from cli.report_schedules import schedules_of
from cli.report_write import rules_of
from cli.web import dashboard_deps
from dashboard.factory import studio_of
from dashboard.params import BadParameter
from dashboard.reported.heads import national
from dashboard.reported.whole import report as report_of
from dashboard.shape import load_boundaries
from dashboard.views import Studio
from layouts.report_words import failures_said, sentences_of
from layouts.words import Language, load_catalogues
from operations.report_making import Made, NotMade
from operations.report_rows import Archived
from reports import archive
from reports.forms import FORMS, NotWritten
from reports.letterhead import Sheet
from reports.preview import page_pictures
from settings import Settings
from warehouse import reads, reads_trust
from warehouse.files import SnapshotUnavailable
from warehouse.snapshot import Snapshots

LOCKS_LOOKED_AT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    settings: Settings
    studio: Studio
    snapshots: Snapshots
    schedules: tuple[Schedule, ...]

    def make(self, row: Archived, step: Callable[[int], None]) -> Made:
        """Raises NotMade."""
        try:
            version = self.snapshots.current() if row.version is None else row.version
            made, found = self._drawn(row, version)
        except SnapshotUnavailable as error:
            raise NotMade("no_snapshot", final=row.version is not None) from error
        except BadParameter as error:
            raise NotMade("no_area", final=True) from error
        root, folder = self.settings.report_dir, archive.folder_name(row.report_id, row.tries + 1)
        checks = self._kept(row, version, found)
        try:
            # The edition of before stays until the new one is there.
            archive.forget(root, row.report_id, keep=row.folder)
            pieces = list(self._pieces(row, made, step))
            manifest_hash = archive.write(root, folder, pieces, _told(row, made, checks))
            archive.forget(root, row.report_id, keep=folder)
        except NotWritten as error:
            raise NotMade("not_written") from error
        except OSError as error:
            raise NotMade("no_space" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "no_file") from error
        return Made(
            snapshot=made.pins.snapshot,
            content_hash=made.pins.content_hash,
            as_of=made.pins.as_of,
            locked_on=made.pins.locked_on,
            checks=checks,
            folder=folder,
            manifest_hash=manifest_hash,
        )

    def _drawn(self, row: Archived, version: int) -> tuple[Report, tuple[Failure, ...]]:
        """Raises SnapshotUnavailable, BadParameter."""
        made = self._report(row, version, Language(row.language), chosen(row.parts))
        found = self._failures(row, version, made)
        said = failures_said(found, self.studio.catalogues[Language(row.language)])
        return (with_failed(made, said) if said else made), found

    def _report(self, row: Archived, version: int, language: Language, parts: Sequence[Part]) -> Report:
        return report_of(
            self.studio,
            version,
            area=row.area,
            language=language,
            parts=parts,
            scope=scope_of_area(row.area),
            rules=replace(rules_of(self.settings), days=row.days),
            live=row.live,
        )

    def _kept(self, row: Archived, version: int, found: Sequence[Failure]) -> list[dict[str, Any]]:
        """As the registry keeps them: what was said does not change with the words of a later version. A figure, chart
        or section is called in each sentence what the report of that language calls it."""
        labelled = [item for item in found if item.label]
        parts = {item.name.partition(".")[0] for item in labelled}
        called: dict[Language, dict[tuple[Check, str], str]] = {}
        for language in Language:
            if language == row.language or not labelled:
                called[language] = {(item.check, item.name): item.label for item in labelled}
                continue
            other = self._report(row, version, language, [part for part in chosen(row.parts) if part.value in parts])
            again = failures(
                other, feeds=(), invariants=(), age_seconds=0.0, locked=True, limits=limits_of(self.settings)
            )
            called[language] = {(item.check, item.name): item.label for item in again}
        said = {
            language: sentences_of(
                [replace(item, label=called[language].get((item.check, item.name), item.label)) for item in found],
                self.studio.catalogues[language],
            )
            for language in Language
        }
        return [
            {"check": item.check.value, "name": item.name, "values": dict(item.values)}
            | {language.value: said[language][number] for language in Language}
            for number, item in enumerate(found)
        ]

    def _failures(self, row: Archived, version: int, made: Report) -> tuple[Failure, ...]:
        """One that a person asked for by its snapshot is old on purpose."""
        info = reads.info(self.snapshots, version)
        by_itself = bool(row.schedule)
        age = (datetime.now(UTC) - info.published_at).total_seconds()
        feeds = reads.feed_statuses(self.snapshots, version) if by_itself else ()
        return failures(
            made,
            feeds=feeds,
            invariants=reads.invariants(self.snapshots, version),
            age_seconds=age if by_itself else 0.0,
            locked=not self._needs_lock(row) or self._is_locked(version, info.as_of),
            limits=limits_of(self.settings),
        )

    def _needs_lock(self, row: Archived) -> bool:
        return any(item.name == row.schedule and item.needs_lock for item in self.schedules)

    def _is_locked(self, version: int, as_of: datetime) -> bool:
        """Whether the nation's figures of the last closed day are: a province's are locked with them."""
        closed = last_closed(as_of, cutoff_hour=self.studio.cutoff_hour, zone=self.studio.zone)
        found = reads_trust.figure_locks(self.snapshots, version, limit=LOCKS_LOOKED_AT)
        return any(lock.reporting_day == closed for lock in found)

    def _pieces(self, row: Archived, made: Report, step: Callable[[int], None]) -> Iterator[archive.Piece]:
        """Raises NotWritten."""
        language = Language(row.language)
        sheet = Sheet(
            report=made,
            letterhead=national(self.settings, language),
            words=self.studio.catalogues[language],
            zone=self.studio.zone,
        )
        boundaries = dashboard_deps(self.settings).boundaries or Path()
        for number, form in enumerate(row.forms, start=1):
            body = FORMS[form](sheet, boundaries)
            yield archive.Piece(name=f"{made.name}.{form}", kind=form, body=body)
            if form == "pdf":
                for page, picture in enumerate(page_pictures(body), start=1):
                    yield archive.Piece(name=f"page-{page:02d}.png", kind="page", body=picture)
            step(number)


def maker_of(settings: Settings, snapshots: Snapshots) -> Maker:
    deps = replace(dashboard_deps(settings), snapshots=snapshots)
    studio = studio_of(deps, load_catalogues(), load_boundaries(deps.boundaries))
    return Maker(settings=settings, studio=studio, snapshots=snapshots, schedules=schedules_of(settings))


def limits_of(settings: Settings) -> Limits:
    own = settings.archive
    return Limits(
        stale_seconds=own.stale_seconds,
        of_feed=own.stale_of,
        may_be_empty=frozenset(part.value for part in own.may_be_empty),
    )


def _told(row: Archived, made: Report, checks: list[dict[str, Any]]) -> dict[str, Any]:
    """The manifest's own part. No clock: the same report is the same manifest."""
    pins = made.pins
    return {
        "report": row.report_id,
        "key": row.key,
        "schedule": row.schedule,
        "day": row.day.isoformat() if row.day else None,
        "area": row.area or NATION,
        "language": row.language,
        "sections": [section.part.value for section in made.sections],
        "days": [day.isoformat() for day in row.days] if row.days else None,
        "asked_by": row.asked_by,
        "title": made.title,
        "snapshot": pins.snapshot,
        "content_hash": pins.content_hash,
        "as_of": pins.as_of.isoformat(),
        "denominator": pins.denominator,
        "locked_on": pins.locked_on.isoformat() if pins.locked_on else None,
        "failed": [{"check": item["check"], "name": item["name"]} for item in checks],
    }
