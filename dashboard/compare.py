"""Two days of the map side by side, or two areas of one day."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from campaign.access import Scope
from dashboard.seen import Seen
from dashboard.views import Studio, readable, scale_for, stock_now, stocked
from layouts import format as fmt
from layouts.area_map import reading_name
from layouts.compare import area_table, day_table
from layouts.parts import Child
from layouts.place_parts import heading
from layouts.table import nation_row
from layouts.view import View
from layouts.words import Words


def compare(studio: Studio, version: int, view: View, scope: Scope) -> dict[str, Any]:
    """Everything that the view asks to compare; an empty body where it asks for nothing. Raises OutsideScope."""
    words = studio.catalogues[view.language]
    body = [*_days(studio, version, view, scope, words), *_areas(studio, version, view, scope, words)]
    return {"version": version, "body": body}


def _days(studio: Studio, version: int, view: View, scope: Scope, words: Words) -> list[Child]:
    if view.against is None:
        return []
    seen = Seen(studio.readings, scope)
    after = stocked(studio, seen, seen.board(version, view.denominator, view.day, view.grain), version, view)
    before = seen.board(version, view.denominator, view.against, view.grain)
    view = readable(view, after)
    language = words.language
    newest = studio.readings.info(version).last_day
    days = (fmt.day(view.against, language), fmt.day(view.day or newest, language))
    title = words("compare.days", before=days[0], after=days[1])
    note = words("compare.days_note", reading=reading_name(view.metric, view.group, words))
    table = day_table(
        [nation_row(before.nation, before.counts), *before.areas],
        [nation_row(after.nation, after.counts, after.stock), *after.areas],
        days=days,
        scale=scale_for(studio, after, view),
        words=words,
    )
    return [heading(title, note, csv="", words=words, title_id="compare-days-title"), table]


def _areas(studio: Studio, version: int, view: View, scope: Scope, words: Words) -> list[Child]:
    """The area chosen beside another one, or beside the nation where none is named."""
    if not view.area or not view.other:
        return []
    seen = Seen(studio.readings, scope)
    for code in (view.area, view.other):
        seen.check(code, view.grain)
    board = seen.board(version, view.denominator, view.day, view.grain)
    if view.day is None:
        board = seen.with_stock(board, stock_now(studio, version), view.grain)
    rows = {row.area.code: row for row in board.areas}
    left, right = rows[view.area], rows[view.other]
    names = [words.pick(row.area.name_vi, row.area.name_en) for row in (left, right)]
    title = words("compare.areas", left=names[0], right=names[1])
    scaled = replace(scale_for(studio, board, view), targets=board.targets)
    return [
        heading(title, words("compare.areas_note"), csv="", words=words, title_id="compare-areas-title"),
        area_table(left, right, names=(names[0], names[1]), scale=scaled, words=words),
    ]
