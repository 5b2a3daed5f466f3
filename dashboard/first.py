"""The first screen above the map, and the definitions behind every page: reads put together for one request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from campaign.access import Scope
from campaign.causes import Signs, causes
from campaign.coverage import CENTRAL_UNITS, UNKNOWN_AREA, PopulationGroup
from campaign.first import behind, changes, last_closed, last_lock, ranking, without_share
from campaign.readings import AreaRow
from campaign.statements import Word
from campaign.targets import Standing
from dashboard.seen import Seen
from dashboard.trust import area_names
from dashboard.views import Studio, denominators_of
from layouts import help_layer
from layouts.first_model import Behind, First
from layouts.first_page import first_panel
from layouts.first_words import answer
from layouts.view import View
from warehouse import reads_first, reads_trust

LOCKS_LOOKED_AT = 40
USE_DAYS = 7


def first(studio: Studio, version: int, view: View, scope: Scope) -> dict[str, Any]:
    """The answer in words and the panel below it. Totals are the nation's; who is behind is told of the scope."""
    words = studio.catalogues[view.language]
    seen = Seen(studio.readings, scope)
    snapshots = studio.readings.snapshots
    info = studio.readings.info(version)
    today = info.as_of.astimezone(studio.zone).date()
    closed = last_closed(info.as_of, cutoff_hour=studio.cutoff_hour, zone=studio.zone)
    nation = seen.target_standings(version, view.denominator)
    ranked = ranking(nation)
    places = seen.target_areas(version, ranked) if ranked else ()
    ordered = behind(places)
    said = seen.statements(version, studio.cutoff_hour, studio.zone)
    headline = studio.readings.board(version, view.denominator).headline
    locks = reads_trust.figure_locks(snapshots, version, limit=LOCKS_LOOKED_AT)
    lock = last_lock(locks, today)
    known = studio.readings.known(version)
    portal_version = reads_first.PORTAL if reads_first.PORTAL in known.denominators else view.denominator
    other = next((name for name in known.denominators if name != view.denominator), "")
    names = area_names(studio.readings, version, view, words)
    shown = ordered[: studio.places]
    grounds = _Grounds(studio, seen, version, view, other)
    found = First(
        nation=nation,
        ranked=ranked,
        behind=tuple(
            Behind(
                standing=item,
                causes=causes(grounds.signs(item, today, _unsaid(said, item.area_code, closed)), studio.causes),
                word=(said or {}).get(item.area_code),
            )
            for item in shown
        ),
        behind_in_all=len(ordered),
        unranked=without_share(places),
        scope_is_part=not scope.nationwide,
        aged=reads_first.aged(snapshots, version),
        portal=reads_first.portal_reading(snapshots, version, denominator=portal_version),
        portal_version=portal_version,
        lock=lock,
        changes=changes(
            lock, doses=headline.doses, dose1_people=headline.dose1_people, full_people=headline.full_people
        )
        if lock
        else (),
        words_of=said,
        provinces=sum(scope.covers(code) for code in known.areas - {CENTRAL_UNITS, UNKNOWN_AREA}),
        closed=closed,
        today=today,
        as_of=info.as_of,
        other=words.named("denominator", other),
        names=names,
    )
    return {
        "version": version,
        "answer": answer(nation, ranked, shown[0] if shown else None, names, words),
        "body": first_panel(found, words=words, zone=studio.zone),
    }


def help_texts(studio: Studio, version: int, view: View, scope: Scope) -> dict[str, Any]:
    """Every definition, by number and by page, with the version of the population that is in use."""
    words = studio.catalogues[view.language]
    told = denominators_of(Seen(studio.readings, scope), version, view, words)
    return {
        "version": version,
        "entries": {name: help_layer.entry(name, told, words) for name in help_layer.ENTRIES},
        "pages": {name: help_layer.page(name, told, words) for name in help_layer.PAGES},
    }


def _unsaid(said: Mapping[str, Word] | None, code: str, closed: date) -> date | None:
    """The last closed day, where the province said nothing of it; None where that is not kept."""
    if said is None:
        return None
    word = said.get(code)
    spoken = word is not None and word.reporting_day == closed and (word.confirmed or word.explained)
    return None if spoken else closed


class _Grounds:
    """What the signs of all provinces are read from, once."""

    def __init__(self, studio: Studio, seen: Seen, version: int, view: View, other: str) -> None:
        snapshots = studio.readings.snapshots
        board = studio.readings.board(version, view.denominator)
        self._one_in = board.headline.info.one_in
        self._areas = {row.area.code: row for row in board.areas}
        others = studio.readings.board(version, other).areas if other else ()
        self._others = {row.area.code: row for row in others}
        self._entered = reads_first.entered(snapshots, version)
        self._declared = reads_first.declared(snapshots, version)
        # Doses delivered to provinces over their residents: what central units got is of no province.
        told = [row for row in board.areas if row.delivered is not None and _residents(row)]
        residents = sum(_residents(row) for row in told)
        self._nation_delivered = sum(row.delivered or 0 for row in told) / residents if residents else None

    def signs(self, found: Standing, today: date, unsaid: date | None) -> Signs:
        code = found.area_code
        row = self._areas[code]
        other = self._others[code].coverage.get((found.group, found.measure)) if code in self._others else None
        entered = self._entered.get(code)
        declared, recorded = self._declared.get(code, (None, None))
        residents = _residents(row)
        return Signs(
            today=today,
            pace=found.pace,
            pace_needed=found.pace_needed,
            on_hand=row.on_hand,
            # People and doses of a demonstration are sampled, stock is not.
            use=None if row.doses_last_7_days is None else row.doses_last_7_days * self._one_in / USE_DAYS,
            delivered=row.delivered / residents if row.delivered is not None and residents else None,
            nation_delivered=self._nation_delivered,
            expected=entered.expected if entered else None,
            reported=entered.reported if entered else None,
            declared=declared,
            recorded=recorded,
            share=found.coverage.ratio,
            other_share=other.ratio if other else None,
            last_report_on=row.last_report_on,
            unsaid=unsaid,
        )


def _residents(row: AreaRow) -> int:
    """0 where no population of everyone is known."""
    cells = [cell for (group, _), cell in row.coverage.items() if group is PopulationGroup.ALL]
    return (cells[0].population or 0) if cells else 0
