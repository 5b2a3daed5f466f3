"""The page of the targets: cards of the nation or one place, the curve of one reading, the table of the provinces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from campaign.access import Scope
from campaign.coverage import Measure
from campaign.targets import Standing
from dashboard.seen import Seen
from dashboard.trust import area_names
from dashboard.views import Studio
from layouts import target_words as say
from layouts.table import pair_id
from layouts.target_cards import target_cards
from layouts.target_curve import target_curve
from layouts.target_table import target_table
from layouts.target_words import Excess, Place
from layouts.targets_page import place_choice, reading_choice
from layouts.view import MEASURES, View
from layouts.words import Words
from warehouse import reads_targets


def targets(studio: Studio, version: int, view: View, scope: Scope) -> dict[str, Any]:
    """Everything under one reading, denominator and place. Raises OutsideScope for a place that is not covered."""
    words = studio.catalogues[view.language]
    seen = Seen(studio.readings, scope)
    names = area_names(studio.readings, version, view, words)
    nation = seen.target_standings(version, view.denominator)
    local = seen.target_standings(version, view.denominator, view.area) if view.area else nation
    chosen = choose(local, view.target, MEASURES.get(view.metric, Measure.DOSE1))
    whole = choose(nation, chosen.target.target_id, chosen.measure) if chosen else None
    known = studio.readings.known(version)
    records = {
        (target_id, pair_id(group, measure)): record
        for (target_id, group, measure), record in studio.readings.target_records(version, view.denominator).items()
    }
    place = names[view.area] if view.area else words("table.nation")
    return {
        "version": version,
        "target": chosen.target.target_id if chosen else "",
        "metric": chosen.measure.value if chosen else view.metric.value,
        "denominator": view.denominator,
        "cards": target_cards(
            local,
            {} if view.area else records,
            names=names,
            excesses=_excesses(studio, version, view, local),
            area=view.area,
            words=words,
        ),
        "place": place_choice(
            denominators={name: words.named("denominator", name) for name in known.denominators},
            denominator=view.denominator,
            place=place,
            area=view.area,
            words=words,
        ),
        "readings": reading_choice(local, chosen, words=words),
        **_curve(seen, version, view, chosen, place, words),
        "table": _table(studio, seen, version, view, chosen, whole, names, words),
    }


def choose(standings: Sequence[Standing], target_id: str, measure: Measure) -> Standing | None:
    """The reading asked for; where no target is named, that of the first which is not reached yet. None without any."""
    own = [found for found in standings if found.own and found.measure is measure] or [s for s in standings if s.own]
    named = [found for found in own if found.target.target_id == target_id]
    open_ones = [found for found in own if not found.reached]
    return next(iter((*named, *open_ones, *own)), None)


def _curve(seen: Seen, version: int, view: View, chosen: Standing | None, place: str, words: Words) -> dict[str, Any]:
    if chosen is None:
        return {"curve": None, "curve_note": words("targets.nothing")}
    past, fan = seen.target_path(version, chosen)
    return {
        "curve": target_curve(chosen, past, fan, view=view, words=words),
        "curve_note": words(
            "targets.curve_note", place=place, reading=say.reading_name(chosen, words), when=say.when(chosen, words)
        ),
    }


def _table(
    studio: Studio,
    seen: Seen,
    version: int,
    view: View,
    chosen: Standing | None,
    whole: Standing | None,
    names: Mapping[str, str],
    words: Words,
) -> object:
    if chosen is None:
        return words("targets.nothing")
    rows = seen.target_areas(version, chosen)
    return target_table(
        rows,
        nation=whole,
        excesses=_excesses(studio, version, view, rows),
        names=names,
        area=view.area,
        words=words,
    )


def _excesses(studio: Studio, version: int, view: View, rows: Sequence[Standing]) -> Mapping[Place, Excess]:
    """What the snapshot can tell about readings above 100 %, by area and group."""
    over = [found for found in rows if (found.coverage.ratio or 0.0) > 1.0]
    if not over:
        return {}
    readings = studio.readings
    other = next((name for name in readings.known(version).denominators if name != view.denominator), "")
    others = {row.area.code: row for row in readings.board(version, other).areas} if other else {}
    moved = reads_targets.doses_elsewhere(readings.snapshots, version)
    found: dict[Place, Excess] = {}
    for item in over:
        row = others.get(item.area_code)
        cell = row.coverage.get((item.group, item.measure)) if row else None
        doses, elsewhere = moved.get(item.area_code, (0, 0))
        found[item.area_code, item.group, item.measure] = Excess(
            other_name=other, other=cell, doses=doses, doses_elsewhere=elsewhere
        )
    return found
