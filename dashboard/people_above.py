"""Why a place counts more people than its population has, as far as a snapshot can tell."""

from __future__ import annotations

from campaign.coverage import UNKNOWN_AREA, Coverage
from campaign.people import People
from campaign.people_tables import Row
from dashboard.views import Studio
from layouts import format as fmt
from layouts.people_table import ratio_text
from layouts.view import View
from layouts.words import Words
from warehouse import reads_trust


def reasons_above(studio: Studio, version: int, view: View, people: People, flow: Row | None) -> list[str]:
    """Sentences: which reading is above, over which population, what could explain it. Empty where none is above."""
    words = studio.catalogues[view.language]
    own = next((row for row in people.areas if row.area.code == view.area), None)
    above = [
        (group, measure, cell)
        for (group, measure), cell in (own.coverage.items() if own else ())
        if (cell.ratio or 0.0) > 1.0
    ]
    if own is None or not above:
        return []
    known = studio.readings.known(version)
    other = next((name for name in known.denominators if name != view.denominator), "")
    rows = studio.readings.board(version, other).areas if other else ()
    others = next((row.coverage for row in rows if row.area.code == view.area), {})
    lines: list[str] = []
    for group, measure, cell in above:
        reading = words("reading", measure=words(f"metric.{measure}"), group=words.named("group", group.value))
        lines.append(_reading(reading, cell, view.denominator, words))
        beside = others.get((group, measure))
        if beside is not None and beside.population:
            lines.append(
                words(
                    "people.above_other",
                    name=words.named("denominator", other),
                    share=fmt.percent(beside, words.language),
                    fraction=fmt.fraction(beside, words.language),
                )
            )
    return [*lines, *_moved(flow, words), *_identities(studio, version, view, words)]


def _reading(reading: str, cell: Coverage, denominator: str, words: Words) -> str:
    return words(
        "people.above_reading",
        reading=reading,
        share=fmt.percent(cell, words.language),
        fraction=fmt.fraction(cell, words.language),
        more=fmt.whole(cell.people - (cell.population or 0), words.language),
        name=words.named("denominator", denominator),
    )


def _moved(flow: Row | None, words: Words) -> list[str]:
    """Doses given here to people from elsewhere, and elsewhere to people from here."""
    if flow is None:
        return []
    language = words.language
    found: list[str] = []
    for key in ("inflow", "outflow"):
        doses, share = flow[key], flow[f"{key}_share"]
        if isinstance(doses, int) and doses and isinstance(share, float):
            found.append(
                words(f"people_above.{key}", doses=fmt.whole(doses, language), share=ratio_text(share, language))
            )
    return found


def _identities(studio: Studio, version: int, view: View, words: Words) -> list[str]:
    """Records whose identity does not match: one person may be two there."""
    counts = reads_trust.identities(studio.readings.snapshots, version)
    own = next((count for count in counts if count.area_code == view.area and view.area != UNKNOWN_AREA), None)
    if own is None:
        return []
    doses = own.matched + own.mismatched + own.none
    if not doses:
        return []
    return [
        words(
            "people.above_identity",
            doses=fmt.whole(own.mismatched + own.none, words.language),
            share=fmt.percent(Coverage(people=own.mismatched + own.none, population=doses), words.language),
        )
    ]
