"""The table twin of a map as a file: the columns of `app.py read`; what a spreadsheet would run is made harmless."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import Response

from campaign.access import Scope
from campaign.spreadsheet import Cell, csv_line
from campaign.twins import district_rows, map_rows, site_rows
from dashboard import places
from dashboard.params import BadParameter
from dashboard.seen import Seen
from dashboard.views import Studio, stocked
from layouts.table import nation_row
from layouts.view import View
from warehouse import reads, reads_places

Rows = list[dict[str, Any]]
Write = Callable[[Studio, int, View, Scope], Rows]
# Spreadsheets take a file for UTF-8 that begins with this.
MARK = "\ufeff"


def map_file(studio: Studio, version: int, view: View, scope: Scope) -> Rows:
    """The areas of the scope, then the nation."""
    words = studio.catalogues[view.language]
    seen = Seen(studio.readings, scope)
    board = stocked(studio, seen, seen.board(version, view.denominator, view.day, view.grain), version, view)
    nation = nation_row(board.nation, board.counts, board.stock)
    return map_rows(
        [*board.areas, nation],
        metric=view.metric,
        group=view.group,
        targets=board.targets,
        name=words.pick,
        need=studio.need,
    )


def district_file(studio: Studio, version: int, view: View, scope: Scope) -> Rows:
    """The districts of one province. Raises OutsideScope, and BadParameter where none is named."""
    seen = Seen(studio.readings, scope)
    seen.check(view.area)
    board = seen.board(version, view.denominator, view.day)
    row = next((row for row in board.areas if row.area.code == view.area), None)
    if row is None:
        raise BadParameter("area", view.area, tuple(row.area.code for row in board.areas))
    names = {item.code: item.name_vi for item in studio.gazetteer.districts_of(view.area)}
    found = places.districts_of(studio, version, view, row) or ()
    return district_rows(found, area=view.area, names=names)


def site_file(studio: Studio, version: int, view: View, scope: Scope) -> Rows:
    """The sites of one district. Raises OutsideScope, and BadParameter where none is named."""
    Seen(studio.readings, scope).check(view.area)
    district, _ = places.located(studio, view)
    if district is None:
        raise BadParameter("district", "", tuple(item.code for item in studio.gazetteer.districts_of(view.area)))
    words = studio.catalogues[view.language]
    sites = {item.code: words.marked(item.name_vi) for item in studio.gazetteer.sites_of(district.code)}
    snapshots = studio.readings.snapshots
    today = view.day or reads.day_of(snapshots, version)
    found = reads_places.sites(snapshots, version, codes=tuple(sites), on=today) or ()
    return site_rows(found, area=view.area, district=district.code, names=sites)


FILES: dict[str, Write] = {"map": map_file, "districts": district_file, "sites": site_file}


def respond(rows: Rows, *, name: str, version: int) -> Response:
    """As a download that is named after what it holds and the snapshot that it is of."""
    body = MARK + "".join(csv_line(line) for line in _lines(rows))
    response = Response(body, mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{version}.csv"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _lines(rows: Rows) -> Sequence[Sequence[Cell]]:
    if not rows:
        return []
    return [list(rows[0]), *([_cell(value) for value in row.values()] for row in rows)]


def _cell(value: object) -> Cell:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | float) or value is None else str(value)
