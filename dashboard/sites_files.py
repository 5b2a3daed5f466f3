"""The tables about sites as files: every row, also those that a list of the page has no room for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from campaign.access import Scope
from campaign.people_tables import Row
from campaign.site_tables import HOUR_COLUMNS, RANK_COLUMNS, SITE_COLUMNS, hour_rows, rank_table, site_rows
from campaign.sites import Judged, by_hour, flagged, silent_first
from campaign.spreadsheet import csv_line
from dashboard.sites import Told, told
from dashboard.views import Studio
from layouts.view import View

Make = Callable[[Told, Studio, View], list[Row]]


def _sites(pick: Callable[[Iterable[Judged]], Iterable[Judged]]) -> Make:
    def make(found: Told, studio: Studio, view: View) -> list[Row]:
        words = studio.catalogues[view.language]
        districts, places = studio.gazetteer.districts, studio.gazetteer.sites
        return site_rows(
            pick(found.listed),
            area=lambda code: found.names.get(code, code),
            district=lambda code: districts[code].name_vi if code in districts else code,
            site=lambda code: words.marked(places[code].name_vi) if code in places else code,
        )

    return make


def _hours(found: Told, studio: Studio, view: View) -> list[Row]:
    hours = [item for item in found.board.hours if view.area in ("", item.area_code)]
    return hour_rows(by_hour([item.site for item in found.judged], hours, found.board.now, studio.site_rules))


def _ranks(found: Told, _studio: Studio, _view: View) -> list[Row]:
    return rank_table(found.ranks, lambda code: found.names.get(code, code))


FILES: Mapping[str, tuple[Make, Sequence[str]]] = {
    "silent": (_sites(silent_first), SITE_COLUMNS),
    "pace": (_sites(flagged), SITE_COLUMNS),
    "activity": (_sites(tuple), SITE_COLUMNS),
    "hours": (_hours, HOUR_COLUMNS),
    "ranks": (_ranks, RANK_COLUMNS),
}


def text(studio: Studio, version: int, view: View, scope: Scope, name: str) -> str:
    """The file: a line of columns, then the rows. Raises OutsideScope."""
    make, head = FILES[name]
    rows = make(told(studio, version, view, scope), studio, view)
    return "".join([csv_line(head), *(csv_line(row[column] for column in head) for row in rows)])
