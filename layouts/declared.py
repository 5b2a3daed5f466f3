"""What areas declared beside what was recorded for the same days. Two counts of one thing: subtracted, never added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash import html

from campaign.trust import AGES, DeclaredGap
from layouts import format as fmt
from layouts.parts import Child
from layouts.plain_table import plain_table
from layouts.words import Words


def declared_against_recorded(gaps: Sequence[DeclaredGap], *, names: Mapping[str, str], words: Words) -> list[Child]:
    """National figures, then a row an area, the largest gap first; the gap by age of the declared day."""
    if not gaps:
        return [html.Div(words("empty.declared"), className="empty")]
    head = ("area", "declared", "recorded", "gap", *(f"gap_{age}" for age in AGES))
    rows = [_row(names.get(gap.area_code, gap.area_code), gap, words) for gap in gaps]
    return [
        html.P(words("declared.lead"), className="note"),
        html.Dl([*_nation(gaps, words)], className="facts"),
        plain_table("declared", head, rows, words, numeric=set(range(1, len(head))), first=10),
    ]


def _row(name: str, gap: DeclaredGap, words: Words) -> list[Child]:
    language = words.language
    return [
        html.B(name),
        fmt.whole(gap.declared, language),
        fmt.whole(gap.recorded, language),
        html.B(fmt.signed(gap.gap, words.language)),
        *(fmt.signed(gap.by_age[age], words.language) for age in AGES),
    ]


def _nation(gaps: Sequence[DeclaredGap], words: Words) -> list[html.Div]:
    declared = sum(gap.declared for gap in gaps)
    recorded = sum(gap.recorded for gap in gaps)
    facts = [
        (words("declared.declared"), fmt.whole(declared, words.language), words("declared.declared_what")),
        (words("declared.recorded"), fmt.whole(recorded, words.language), words("declared.recorded_what")),
        (words("declared.gap"), fmt.signed(declared - recorded, words.language), words("declared.gap_what")),
    ]
    return [
        html.Div([html.Dt(name), html.Dd(value), html.Dd(what, className="fact-what")], className="fact")
        for name, value, what in facts
    ]
