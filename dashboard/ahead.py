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
from campaign.map_metrics import OF_STOCK
from dashboard.bundle import own_view
from dashboard.params import view_of
from dashboard.routes import VIEWS, Desk, kept_answer, kept_parts
from dashboard.stream import OWN_SECOND
from layouts.view import MAP_GROUPS, Grain, Metric, Size, Theme, View
from layouts.words import Language
from warehouse.files import SnapshotUnavailable

# What the first page shows of a new version, in one answer (assets/coverage.js).
PAGE = ("coverage", "nation", "frame")
# And what it asks for when these are drawn (assets/first-screen.js).
ABOVE = "first"
# Of them those that most pages show: one for each language.
OPENING = len(Language)
log = structlog.get_logger(__name__)


def draw_ahead(desk: Desk, version: int, go_on: Callable[[], bool]) -> None:
    """Draw what the nation's viewers ask for on the first page, the most usual first, until `go_on` says no. What
    cannot be drawn is said; whoever asks for it meets the same."""
    try:
        for place, view in enumerate(_usual(desk, version)):
            if place == OPENING:
                # The first few are about to be told, or drawing: the machine is theirs for as long.
                desk.hub.pause(OWN_SECOND)
            if not go_on():
                return
            kept_parts(desk, version, PAGE, view, NATION)
            if place >= OPENING:
                # Takes longer than all maps together, once for each population: whoever is told first asks for it.
                kept_answer(desk, version, ABOVE, VIEWS[ABOVE], own_view(ABOVE, view), NATION)
        desk.studio.readings.sites_kept_from(version)
    except (SnapshotUnavailable, duckdb.Error, OSError) as error:
        log.warning("the new version cannot be drawn ahead", version=version, reason=str(error).splitlines()[0])


def read_ahead(desk: Desk, version: int, go_on: Callable[[], bool]) -> None:
    """Read what the first click below the map of a new version would wait for, when the first few have its page."""
    desk.hub.pause(OWN_SECOND)
    try:
        if go_on():
            desk.studio.readings.sites_kept_from(version)
    except (SnapshotUnavailable, duckdb.Error, OSError) as error:
        log.warning("the new version cannot be read ahead", version=version, reason=str(error).splitlines()[0])


def _usual(desk: Desk, version: int) -> Iterator[View]:
    """Every combination of what a reader turns on the first page; language by language the page as it opens comes
    first, then the other maps of it, then the same for the other populations and sets of areas."""
    own = Language(desk.deps.settings.web.language)
    known = desk.studio.readings.known(version)
    usual = view_of({"theme": Theme.OPEN.value, "size": Size.OPEN.value}, known, default_language=own)
    languages = sorted(Language, key=lambda language: language is not own)
    denominators = sorted({*known.denominators, usual.denominator}, key=lambda name: name != usual.denominator)
    grains = list(Grain) if known.merged else [usual.grain]
    for grain, denominator, metric, group, language in product(grains, denominators, Metric, MAP_GROUPS, languages):
        if metric in OF_STOCK:
            continue
        yield replace(usual, grain=grain, denominator=denominator, metric=metric, group=group, language=language)
