"""What one process of `app.py report` does: its sheets, in every form, each file whole or not there."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from campaign.access import Scope
from campaign.first import last_closed
from campaign.narrative import NarrativeRefused
from campaign.report import Part
from campaign.since import NotComparable, Since, compared
from cli.report_snapshot import earlier_asked, snapshot_asked
from cli.web import dashboard_deps
from dashboard.factory import studio_of
from dashboard.reported.heads import national
from dashboard.reported.source import ReportRules
from dashboard.reported.whole import report
from dashboard.shape import load_boundaries
from dashboard.views import Studio
from layouts.words import Language, load_catalogues
from reports.forms import FORMS, NotWritten, one_page, write_whole
from reports.letterhead import Sheet
from reports.narrative import with_narrative
from settings import ConfigError, Settings
from warehouse import reads_since
from warehouse.snapshot import Snapshots

# The name of what is not a form: reading the snapshot and putting the sections together.
FIGURES = "figures"
# Bars that one page has room for.
PAGE_AREAS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """areas: '' for the nation. since: the snapshot to compare with, '' for none. narrative: a person's text instead of
    the report's own, '' for none. page: the edition of one page, instead of the forms. told: each file is said on
    standard output once it is whole."""

    settings: Settings
    snapshot: str
    since: str
    areas: tuple[str, ...]
    languages: tuple[Language, ...]
    forms: tuple[str, ...]
    parts: tuple[Part, ...]
    live: bool
    narrative: str
    page: bool
    out: Path
    told: bool

    @property
    def sheets(self) -> tuple[tuple[str, Language], ...]:
        """Area by area, in each language."""
        return tuple((area, language) for area in self.areas for language in self.languages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """seconds: by form and FIGURES, of all processes together. problems: what was not written, and why."""

    files: tuple[Path, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict[str, float])
    problems: tuple[str, ...] = ()

    def with_more(self, other: Made) -> Made:
        names = dict.fromkeys((*self.seconds, *other.seconds))
        return Made(
            files=(*self.files, *other.files),
            seconds={name: self.seconds.get(name, 0) + other.seconds.get(name, 0) for name in names},
            problems=(*self.problems, *other.problems),
        )


class _Watch:
    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def on(self, name: str) -> Iterator[None]:
        begun = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] += time.monotonic() - begun


def write(asked: Asked, sheets: Sequence[tuple[str, Language]]) -> Made:
    """These sheets of what is asked. Raises ConfigError for an area that there is not, before the first is made, and
    SnapshotUnavailable for a snapshot."""
    watch, files = _Watch(), list[Path]()
    problems: tuple[str, ...] = ()
    with TemporaryDirectory() as aside:
        folder, version = snapshot_asked(asked.settings.snapshot_dir, asked.snapshot, Path(aside))
        with closing(Snapshots(folder)) as snapshots:
            deps = replace(dashboard_deps(asked.settings), snapshots=snapshots)
            studio = studio_of(deps, load_catalogues(), load_boundaries(deps.boundaries))
            _check(studio, version, asked.areas)
            with watch.on(FIGURES):
                since = _since(studio, version, asked, Path(aside) / "since")
            try:
                asked.out.mkdir(parents=True, exist_ok=True)
                for area, language in sheets:
                    with watch.on(FIGURES):
                        sheet = _sheet(studio, version, asked, area, language, since)
                    for form in asked.forms:
                        target = asked.out / f"{sheet.report.name}{'-page' if asked.page else ''}.{form}"
                        with watch.on(form):
                            body = one_page(sheet) if asked.page else FORMS[form](sheet, deps.boundaries or Path())
                            write_whole(target, body)
                        files.append(target)
                        if asked.told:
                            print(target, flush=True)
            except NotWritten as error:
                problems = (str(error),)
            except OSError as error:
                problems = (f"--out {asked.out}: {error.strerror}; what is listed above is whole",)
    return Made(files=tuple(files), seconds=dict(watch.seconds), problems=problems)


def _check(studio: Studio, version: int, areas: Sequence[str]) -> None:
    known = studio.readings.known(version).areas
    for area in areas:
        if area and area not in known:
            raise ConfigError(f"--area: no area has the code '{area}'; codes are those of the table, and 'nation'")


def _since(studio: Studio, version: int, asked: Asked, aside: Path) -> Since | None:
    """Read once for all sheets. Raises ConfigError where the two cannot be compared."""
    if not asked.since:
        return None
    folder, earlier = earlier_asked(asked.settings.snapshot_dir, asked.since, aside, zone=studio.zone)
    with closing(Snapshots(folder)) as snapshots:
        before = reads_since.counts(snapshots, earlier, zone=studio.zone)
    closed = last_closed(before.as_of, cutoff_hour=studio.cutoff_hour, zone=studio.zone)
    try:
        now = reads_since.counts(studio.readings.snapshots, version, zone=studio.zone)
        return compared(before, now, closed=closed)
    except NotComparable as error:
        raise ConfigError(f"--since: {error}") from error


def _sheet(studio: Studio, version: int, asked: Asked, area: str, language: Language, since: Since | None) -> Sheet:
    rules = rules_of(asked.settings)
    sheet = Sheet(
        report=report(
            studio,
            version,
            area=area,
            language=language,
            parts=asked.parts,
            scope=Scope(nationwide=True),
            rules=replace(rules, chart_areas=min(rules.chart_areas, PAGE_AREAS)) if asked.page else rules,
            live=asked.live,
            since=since,
        ),
        letterhead=national(asked.settings, language),
        words=studio.catalogues[language],
        zone=studio.zone,
    )
    try:
        return with_narrative(sheet, asked.narrative) if asked.narrative else sheet
    except NarrativeRefused as error:
        raise ConfigError(f"--narrative: {error}") from error


def rules_of(settings: Settings) -> ReportRules:
    own = settings.reports
    return ReportRules(rows=own.rows, chart_areas=own.chart_areas, chart_days=own.chart_days)
