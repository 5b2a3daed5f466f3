"""The console's answer: incidents of the caller's own scope, with forms for whoever may handle them. Never kept: the
forms hold the caller's own token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import structlog
from flask import Request

from campaign.access import Permission
from campaign.incident_view import Board, stores_of, with_excursions, with_inside
from campaign.incidents import Work
from dashboard.deps import DashboardDeps
from dashboard.door.caller import caller
from dashboard.door.cookies import against_forgery
from dashboard.seen import board_within
from dashboard.views import Studio
from geo.areas import load_provinces
from layouts.alerts_page import alerts_page
from layouts.incident_forms import Deed, Handler
from layouts.place_names import Names, names_in_words
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

    def in_words(self, words: Words) -> Names:
        districts = {code: item.name_vi for code, item in self._studio.gazetteer.districts.items()}
        return names_in_words(self._provinces, districts, self._studio.products, words)


def answer(
    deps: DashboardDeps, studio: Studio, asked: Request, *, words: Words, names: Callable[[Words], Names]
) -> dict[str, Any]:
    """Raises RegistryUnavailable."""
    now = deps.wall()
    board = _with_doses(studio, board_within(deps.alerts(caller().held), caller().held))
    body = alerts_page(
        board,
        words=words,
        names=names(words),
        now=now,
        zone=studio.zone,
        handler=_handler(deps),
        done=_done(asked),
    )
    return {
        "body": body,
        "open": sum(row.incident.state is not Work.CLOSED for row in board.incidents),
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
