"""The page of scenarios: an address of its own, apart from every view of a snapshot, so that nothing supposed can be
kept, linked or read as a figure of the campaign."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from flask import Response, request

from campaign.access import Scope
from campaign.coverage import CENTRAL_UNITS, UNKNOWN_AREA, Measure
from campaign.scenario import Levers
from dashboard import params
from dashboard.kept import Kept
from dashboard.payloads import plain_json
from dashboard.seen import Seen
from dashboard.targets import choose
from dashboard.trust import area_names
from dashboard.views import Studio
from layouts import target_words as say
from layouts.parts import Child
from layouts.scenario_curve import scenario_curve
from layouts.scenario_page import levers_form
from layouts.scenario_result import Line, Saved, note, result, saved_list, withdrawn_note
from layouts.targets_page import reading_choice
from layouts.view import MEASURES, View
from layouts.words import Language, Words
from operations import scenarios as store
from operations.action_log import connect
from operations.scenarios import ARRIVALS, DECLINES, PACES, Scenario
from warehouse import reads_scenarios

LEVERS = ("pace", "declines", "arrivals")
# The number of a saved one, which says all of it: place and levers.
SCENARIO = "scenario"
NUMBERS = ("the number of a saved scenario",)
KEPT_OUTCOMES = 512
Key = tuple[int, str, str, Levers]


class Outcomes:
    """What levers do on a snapshot, kept: everybody looks at the same saved scenarios again and again."""

    def __init__(self) -> None:
        self._kept: Kept[Key, tuple[Line, ...]] = Kept(KEPT_OUTCOMES)

    def of(
        self, studio: Studio, seen: Seen, version: int, denominator: str, area: str, levers: Levers
    ) -> tuple[Line, ...]:
        """Raises OutsideScope for an area that the scope does not cover."""
        standings = seen.target_standings(version, denominator, area)
        return self._kept.get(
            (version, denominator, area, levers),
            lambda: tuple(
                Line(standing=found.standing, supposed=found.supposed)
                for found in reads_scenarios.what_if(
                    studio.readings.snapshots,
                    version,
                    studio.readings.grounds(version, denominator),
                    standings,
                    levers=levers,
                    one_in=studio.readings.info(version).one_in,
                )
            ),
        )


def levers_of(args: Mapping[str, str]) -> Levers:
    """What the address supposes; what is missing is as it is today. Raises BadParameter."""
    arrivals = args.get("arrivals", "")
    return Levers(
        pace_percent=_number("pace", args.get("pace", "") or "100", PACES),
        declines_percent=_number("declines", args.get("declines", "") or "0", DECLINES),
        arrivals_weekly=_number("arrivals", arrivals, ARRIVALS) if arrivals else None,
    )


def _number(name: str, text: str, limits: tuple[int, int]) -> int:
    least, most = limits
    if not (text.isascii() and text.isdecimal() and len(text) < 12 and least <= int(text) <= most):
        raise params.BadParameter(name, text, (f"{least} to {most}",))
    return int(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the registry has for one address. number: of a saved one, as the address says it; saved: those that stand,
    None while the registry does not answer; named: the saved one of that number; gone: a withdrawn one that supposed
    the same as an address without a number."""

    number: str = ""
    saved: tuple[Scenario, ...] | None = None
    named: Scenario | None = None
    gone: Scenario | None = None


def answer(
    studio: Studio, outcomes: Outcomes, version: int, scope: str, *, url: Callable[[], str | None], language: Language
) -> Response:
    """What is supposed beside what is projected, and what was saved. Raises BadParameter, OutsideScope and
    SnapshotUnavailable."""
    known = studio.readings.known(version)
    within = params.scope_of_address(scope, known)
    levers = levers_of(request.args)
    asked = {name: value for name, value in request.args.items() if name not in (*LEVERS, SCENARIO)}
    number = request.args.get(SCENARIO, "")
    held = _held(url(), number, asked.get("area", ""), levers, within)
    if held.named is not None:
        levers, asked = held.named.levers, {**asked, "area": held.named.area_code}
    view = params.view_of(asked, known, default_language=language)
    seen = Seen(studio.readings, within)
    seen.check(view.area)
    return plain_json(_told(studio, outcomes, version, view, seen, levers, held, within))


def _held(url: str | None, number: str, area: str, levers: Levers, within: Scope) -> Held:
    """Nothing while the registry does not answer: what is supposed can be reckoned without it. Raises BadParameter for
    a number that is nobody's, or of a place outside the scope."""
    if number and not re.fullmatch(r"[0-9]{1,18}", number):
        raise params.BadParameter(SCENARIO, number, NUMBERS)
    if url is None:
        return Held(number=number)
    try:
        with connect(url) as connection:
            saved = store.standing_scenarios(connection)
            named = store.one_scenario(connection, int(number)) if number else None
            gone = None if number or levers.neutral else store.withdrawn_as(connection, area, levers)
    except psycopg.OperationalError:
        return Held(number=number)
    if number and (named is None or (named.area_code and not within.covers(named.area_code))):
        raise params.BadParameter(SCENARIO, number, NUMBERS)
    return Held(number=number, saved=saved, named=named, gone=gone)


def _told(
    studio: Studio,
    outcomes: Outcomes,
    version: int,
    view: View,
    seen: Seen,
    levers: Levers,
    held: Held,
    within: Scope,
) -> dict[str, Any]:
    words = studio.catalogues[view.language]
    names = area_names(studio.readings, version, view, words)
    own = {
        code: name for code, name in names.items() if code not in (CENTRAL_UNITS, UNKNOWN_AREA) and within.covers(code)
    }
    lines = outcomes.of(studio, seen, version, view.denominator, view.area, levers)
    shown = None
    if held.saved is not None:
        shown = [
            Saved(
                number=item.scenario_id,
                name=item.name,
                area=item.area_code,
                levers=item.levers,
                actor=item.actor,
                made_at=item.made_at,
                reason=item.reason,
                lines=outcomes.of(studio, seen, version, view.denominator, item.area_code, item.levers),
            )
            for item in held.saved
            if not item.area_code or item.area_code in own
        ]
    place = names[view.area] if view.area else words("table.nation")
    stock = reads_scenarios.on_hand(studio.readings.snapshots, version, view.area)
    return {
        "supposed": True,
        "version": version,
        **_curve(studio, version, view, levers, lines, place),
        "noted": _noted(studio, held, words),
        "levers": levers_form(levers, area=view.area, names=own, stock=stock, words=words),
        "result": result(lines, place=place, levers=levers, words=words),
        "saved": saved_list(shown, names=names, words=words, zone=studio.zone),
    }


def _noted(studio: Studio, held: Held, words: Words) -> list[Child]:
    """That what the address supposes was withdrawn: by number, or by supposing the same as links did before numbers."""
    if held.number and held.saved is None:
        return [note(words("scenario.unseen", number=held.number))]
    told = held.named if held.named and held.named.withdrawn_at else held.gone
    if told is None or told.withdrawn_at is None:
        return []
    return [
        withdrawn_note(
            told.name,
            actor=told.withdrawn_by,
            at=told.withdrawn_at,
            reason=told.withdrawn_why,
            named=told is held.named,
            words=words,
            zone=studio.zone,
        )
    ]


def _curve(
    studio: Studio, version: int, view: View, levers: Levers, lines: Sequence[Line], place: str
) -> dict[str, Any]:
    """The days so far and the two curves ahead of one reading: that asked for, else of the first target to be met."""
    words = studio.catalogues[view.language]
    standings = [line.standing for line in lines]
    chosen = choose(standings, view.target, MEASURES.get(view.metric, Measure.DOSE1))
    if chosen is None:
        return {"readings": "", "curve": None, "curve_note": words("targets.nothing")}
    readings = studio.readings
    found = reads_scenarios.curves(
        readings.snapshots,
        version,
        readings.grounds(version, chosen.denominator.version),
        chosen,
        levers=levers,
        one_in=readings.info(version).one_in,
    )
    supposed = next(line.supposed for line in lines if line.standing is chosen)
    dates = (chosen.projection, supposed.projection if supposed else None)
    curve = scenario_curve(chosen, found.past, found.base, found.supposed, dates=dates, view=view, words=words)
    note = words("scenario.curve_note", place=place, reading=say.reading_name(chosen, words))
    return {
        "readings": reading_choice(standings, chosen, words=words, does="scenario-reading"),
        "curve": curve,
        "curve_note": note,
    }
