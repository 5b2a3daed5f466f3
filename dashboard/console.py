"""The console's answer: incidents of the caller's own scope, with forms for whoever may handle them. Never kept: the
forms hold the caller's own token."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import duckdb
import structlog
from flask import Request

from campaign.access import Permission
from campaign.incident_view import Board, stores_named, stores_of, with_excursions, with_inside
from campaign.incidents import Work
from dashboard.deps import DashboardDeps
from dashboard.door.caller import caller
from dashboard.door.cookies import against_forgery
from dashboard.seen import board_within
from dashboard.stores_named import named_stores
from dashboard.views import Studio
from geo.areas import load_provinces
from layouts.alerts_page import alerts_page
from layouts.incident_forms import Deed, Handler
from layouts.incident_places import Places, filter_note, map_facts, places_table, unknown_note
from layouts.place_names import Names, names_in_words
from layouts.view import Grain
from layouts.words import Words
from warehouse.files import SnapshotUnavailable
from warehouse.reads_stores import inside

log = structlog.get_logger(__name__)
NUMBER_DIGITS = 18


class PlaceNames:
    """What readers call the values of an alert's labels. One a worker; reads the reference files once."""

    def __init__(self, deps: DashboardDeps, studio: Studio) -> None:
        self._provinces = {item.code: item for item in load_provinces(deps.settings.reference_dir)}
        self._studio = studio

    @property
    def codes(self) -> tuple[str, ...]:
        """Of the provinces, in the order of their codes."""
        return tuple(sorted(self._provinces))

    def in_words(self, words: Words, *, stores: Collection[str]) -> Names:
        """`stores`: codes of those that are to be named."""
        places = self._studio.gazetteer
        return names_in_words(
            self._provinces,
            {code: item.name_vi for code, item in places.districts.items()},
            self._studio.products,
            words,
            stores=named_stores(
                self._studio.readings.snapshots, stores, provinces=self._provinces, gazetteer=places, words=words
            ),
        )


def answer(deps: DashboardDeps, studio: Studio, asked: Request, *, words: Words, places: PlaceNames) -> dict[str, Any]:
    """Raises RegistryUnavailable."""
    now, scope = deps.wall(), caller().held
    asked_for = asked.args.get("area", "")
    place = asked_for if asked_for in places.codes else ""
    board = _with_doses(studio, board_within(deps.alerts(scope, place), scope))
    if place and not scope.covers(place):
        # An incident of the nation would tell by being listed that it goes on there.
        board = replace(board, incidents=())
    told = places.in_words(words, stores=stores_named(board))
    found = Places(
        found=board.places,
        codes=places.codes,
        shown=place,
        outside=frozenset(code for code in places.codes if not scope.covers(code)),
    )
    still_open = sum(row.incident.state is not Work.CLOSED for row in board.incidents) + board.left_out
    note = None
    if place:
        note = filter_note(place, hidden=max(board.open_in_all - still_open, 0), words=words, names=told)
    elif asked_for:
        note = unknown_note(asked_for[:NUMBER_DIGITS], words)
    body = alerts_page(
        board,
        words=words,
        names=told,
        now=now,
        zone=studio.zone,
        handler=_handler(deps),
        done=_done(asked),
        note=note,
    )
    return {
        "body": body,
        "open": max(board.open_in_all, still_open),
        "waiting": board.waiting,
        "map": map_facts(found, studio.shapes.get(Grain.OF_2021), words=words, names=told),
        "places": places_table(found, words=words, names=told),
        "read_at": now,
    }


def _with_doses(studio: Studio, board: Board) -> Board:
    """What is inside, and what was decided about it, by the newest snapshot; incidents are told without it rather than
    not at all."""
    snapshots = studio.readings.snapshots
    try:
        version = snapshots.current()
        told = with_inside(board, inside(snapshots, version, stores=stores_of(board)))
        return with_excursions(told, studio.readings.excursions(version, limits=studio.limits))
    except SnapshotUnavailable:
        return board
    except (duckdb.Error, OSError) as error:
        log.warning("the doses inside cannot be read", reason=str(error).splitlines()[0])
        return board


def _handler(deps: DashboardDeps) -> Handler | None:
    asked = caller()
    scope = asked.scope(Permission.HANDLE_ALERT)
    if asked.person is None or scope.empty:
        return None
    return Handler(
        scope=scope,
        csrf=against_forgery(asked.token),
        login=asked.person.login,
        snooze_hours=deps.settings.alerts.snooze_max_hours,
    )


def _done(asked: Request) -> tuple[Deed, int] | None:
    """What the address says was just done; anything that we did not write there is nothing."""
    deed, number = asked.args.get("done", ""), asked.args.get("incident", "")
    if deed not in set(Deed) or not (number.isascii() and number.isdecimal() and len(number) <= NUMBER_DIGITS):
        return None
    return Deed(deed), int(number)
