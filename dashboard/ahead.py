"""What most viewers will ask for is drawn as soon as a version is there, before the many are told of it.

The first answers of a version read everything anew and cost tens of times what later ones do. Hundreds of viewers who
are told meanwhile would all stand behind that reading, and with them every click of anybody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product

import duckdb
import structlog

from campaign.access import NATION
from dashboard.params import view_of
from dashboard.routes import VIEWS, Desk, kept_answer
from layouts.view import MAP_GROUPS, Grain, View
from layouts.words import Language
from warehouse.files import SnapshotUnavailable

log = structlog.get_logger(__name__)


def draw_ahead(desk: Desk, version: int, go_on: Callable[[], bool]) -> None:
    """Draw what the nation's viewers share on the first page, the most usual first, until `go_on` says no. What cannot
    be drawn is said; whoever asks for it meets the same."""
    try:
        for name, view in _usual(desk, version):
            if not go_on():
                return
            kept_answer(desk, version, name, VIEWS[name], view, NATION)
    except (SnapshotUnavailable, duckdb.Error, OSError) as error:
        log.warning("the new version cannot be drawn ahead", version=version, reason=str(error).splitlines()[0])


def _usual(desk: Desk, version: int) -> Iterator[tuple[str, View]]:
    """By language and denominator the parts of the first page; then one of each group and set of areas, with which what
    the other combinations share is read and written."""
    own = Language(desk.deps.settings.web.language)
    known = desk.studio.readings.known(version)
    usual = view_of({}, known, default_language=own)
    languages = sorted(Language, key=lambda language: language is not own)
    denominators = sorted({*known.denominators, usual.denominator}, key=lambda name: name != usual.denominator)
    for denominator, language in product(denominators, languages):
        view = replace(usual, denominator=denominator, language=language)
        for name in ("coverage", "nation", "first"):
            yield name, view
        yield "frame", replace(view, denominator=usual.denominator)
    grains = list(Grain) if known.merged else [usual.grain]
    for grain, denominator, language, group in product(grains, denominators, languages, MAP_GROUPS):
        view = replace(usual, denominator=denominator, language=language, group=group, grain=grain)
        yield "coverage", view
        yield "nation", view
