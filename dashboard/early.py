"""The first page's answer and tiles within its HTML: scripts take a slow machine seconds to start, numbers half of one.

They are parts of the answers that the scripts ask for a moment later, and go when the page has drawn its own."""

from __future__ import annotations

from typing import Any

import duckdb
import orjson
from flask import request

from campaign.access import scope_from_key
from dashboard.bundle import own_view
from dashboard.door.front import on_a_wall, open_scopes
from dashboard.params import view_of
from dashboard.routes import VIEWS, Desk, kept_answer
from layouts.markup import Markup, el
from layouts.static_html import static_html
from layouts.view import Size, Theme, View
from warehouse.files import SnapshotUnavailable

# Whatever else the address asks for, the scripts know better.
LOOKS = frozenset({"lang", "theme"})
# View and part of it, as they follow one another on the page.
PARTS = (("first", "answer"), ("nation", "tiles"))


def early_numbers(desk: Desk) -> Markup:
    """Empty for another page, a wall, a reader who may not see the board, and before the first snapshot."""
    scope = open_scopes().get("board")
    if request.path != "/" or set(request.args) - LOOKS or on_a_wall() or scope is None:
        return Markup()
    try:
        drawn = [_part(desk, scope, name, part) for name, part in PARTS]
    except (SnapshotUnavailable, duckdb.Error, OSError):
        # The scripts meet the same, and say it.
        return Markup()
    return el("div", *(static_html(part) for part in drawn), id="early", class_="early coverage")


def _part(desk: Desk, scope: str, name: str, part: str) -> object:
    readings = desk.studio.readings
    version = readings.snapshots.current()
    asked = {"lang": desk.language.value, "theme": Theme.OPEN.value, "size": Size.OPEN.value}
    view: View = own_view(name, view_of(asked, readings.known(version), default_language=desk.language))
    within = scope_from_key(scope)
    if within is None:
        raise SnapshotUnavailable(f"no scope {scope}")
    found: dict[str, Any] = orjson.loads(kept_answer(desk, version, name, VIEWS[name], view, within).body)
    return found[part]
