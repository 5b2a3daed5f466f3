"""`app.py report`: the reports of one snapshot, in every form and language asked for; the list of files on standard
output."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from campaign.access import Scope
from campaign.coverage import NATION
from campaign.report import Part, UnknownSection, chosen
from cli.web import dashboard_deps
from dashboard.factory import studio_of
from dashboard.reported.source import ReportRules
from dashboard.reported.whole import report
from dashboard.shape import load_boundaries
from dashboard.views import Studio
from layouts.words import Language, load_catalogues
from reports.forms import FORMS, NotWritten, write_whole
from reports.letterhead import Letterhead, Sheet
from settings import ConfigError, Settings
from warehouse.files import SnapshotUnavailable, snapshot_path, versions
from warehouse.snapshot import Snapshots

Commands = Any


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    found = commands.add_parser("report", parents=[common], help="write the reports of a snapshot")
    add = found.add_argument
    again = {"action": "append", "default": []}
    add("--out", type=Path, required=True, metavar="DIR", help="folder that the files are written into")
    add("--area", **again, metavar="CODE", help=f"a province, or '{NATION}', the default; again for more")
    add(
        "--snapshot", default="", metavar="ID|FILE", help="number of a kept snapshot, or a file of one; else the newest"
    )
    add("--form", **again, choices=list(FORMS), help="again for more; by default all of them")
    add(
        "--lang", **again, choices=[str(item) for item in Language], help="again for more; by default that of the pages"
    )
    add("--section", **again, metavar="NAME", help=f"again for more, in the order wanted; else {', '.join(Part)}")
    found.add_argument(
        "--live", action="store_true", help="the snapshot's own figures, also where those of the day were locked"
    )
    found.set_defaults(handler=run)


def run(asked: argparse.Namespace, settings: Settings) -> int:
    """Raises ConfigError for a section or area that there is not, SnapshotUnavailable for a snapshot."""
    try:
        parts = chosen(asked.section)
    except UnknownSection as error:
        raise ConfigError(f"--section: {error}") from error
    forms = tuple(dict.fromkeys(asked.form)) or tuple(FORMS)
    with TemporaryDirectory() as aside:
        folder, version = _snapshot(settings, asked.snapshot, Path(aside))
        with closing(Snapshots(folder)) as snapshots:
            deps = replace(dashboard_deps(settings), snapshots=snapshots)
            studio = studio_of(deps, load_catalogues(), load_boundaries(deps.boundaries))
            boundaries = deps.boundaries or Path()
            try:
                asked.out.mkdir(parents=True, exist_ok=True)
                for sheet in _sheets(studio, settings, version, asked, parts):
                    for form in forms:
                        target = asked.out / f"{sheet.report.name}.{form}"
                        write_whole(target, FORMS[form](sheet, boundaries))
                        print(target, flush=True)
            except NotWritten as error:
                print(error, file=sys.stderr)
                return 1
            except OSError as error:
                print(f"--out {asked.out}: {error.strerror}; what is listed above is whole", file=sys.stderr)
                return 1
    return 0


def _sheets(
    studio: Studio, settings: Settings, version: int, asked: argparse.Namespace, parts: Sequence[Part]
) -> Iterator[Sheet]:
    """Area by area, in each language; all areas are known before the first is made."""
    areas = ["" if code == NATION else code for code in dict.fromkeys(asked.area)] or [""]
    known = studio.readings.known(version).areas
    for area in areas:
        if area and area not in known:
            raise ConfigError(f"--area: no area has the code '{area}'; codes are those of the table, and '{NATION}'")
    rules = rules_of(settings)
    for area in areas:
        for language in dict.fromkeys(map(Language, asked.lang or [settings.web.language])):
            yield Sheet(
                report=report(
                    studio,
                    version,
                    area=area,
                    language=language,
                    parts=parts,
                    scope=Scope(nationwide=True),
                    rules=rules,
                    live=asked.live,
                ),
                letterhead=letterhead(settings, language),
                words=studio.catalogues[language],
                zone=studio.zone,
            )


def rules_of(settings: Settings) -> ReportRules:
    own = settings.reports
    return ReportRules(rows=own.rows, chart_areas=own.chart_areas, chart_days=own.chart_days)


def letterhead(settings: Settings, language: Language) -> Letterhead:
    own = settings.reports
    if language is Language.VI:
        return Letterhead(over=own.over_vi, body=own.body_vi, city=own.city_vi)
    return Letterhead(over=own.over_en, body=own.body_en, city=own.city_en)


def _snapshot(settings: Settings, named: str, aside: Path) -> tuple[Path, int]:
    """Folder and version of the snapshot asked for. A file is read where it lies, under a name of ours in `aside`.
    Raises SnapshotUnavailable; of a number that is not kept any more it names the nearest that is."""
    folder = settings.snapshot_dir
    if not named:
        with closing(Snapshots(folder)) as snapshots:
            return folder, snapshots.current()
    if named.isdecimal():
        kept = versions(folder)
        if int(named) in kept:
            return folder, int(named)
        nearest = min(kept, key=lambda version: (abs(version - int(named)), version), default=None)
        told = f"the nearest that is kept is {nearest}" if nearest is not None else "none is kept"
        raise SnapshotUnavailable(f"--snapshot: {named} is not kept; {told}")
    file = Path(named)
    if not file.is_file():
        raise SnapshotUnavailable(f"--snapshot: '{named}' is neither a number nor a file")
    snapshot_path(aside, 0).symlink_to(file.resolve())
    try:
        with closing(Snapshots(aside)) as snapshots:
            found = snapshots.rows(0, "SELECT count(*) AS areas FROM area")
    except duckdb.Error as error:
        raise SnapshotUnavailable(f"--snapshot: '{named}' is no snapshot of ours") from error
    if not found[0]["areas"]:
        raise SnapshotUnavailable(f"--snapshot: '{named}' has no areas")
    return aside, 0
