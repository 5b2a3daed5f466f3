"""Equalities that must hold to the unit, and the red line on every page when one does not."""

from __future__ import annotations

from collections.abc import Sequence

from dash import dcc, html

from campaign.readings import Invariant
from layouts import format as fmt
from layouts.parts import Child, icon, tag
from layouts.plain_table import plain_table
from layouts.words import Words

LINES = 3


def checks(invariants: Sequence[Invariant], words: Words) -> html.Div:
    language = words.language
    head = ("invariant", "holds", "unit", "left", "right")
    ordered = sorted(invariants, key=lambda item: (item.holds, item.name))
    rows: list[list[Child]] = [
        [
            words.named("invariant", item.name),
            tag(words("data.equal"), kind="good", icon_name="check")
            if item.holds
            else tag(words("data.unequal", gap=_gap(item, words)), kind="bad", icon_name="stop"),
            words.texts.get(f"invariant_unit.{item.name}", ""),
            fmt.whole(item.left, language),
            fmt.whole(item.right, language),
        ]
        for item in ordered
    ]
    return plain_table("invariants", head, rows, words, numeric={3, 4})


def broken_lines(invariants: Sequence[Invariant], words: Words) -> list[Child]:
    """One red line for each equality that does not hold, with both numbers; many are summed up in the last line."""
    broken = [item for item in invariants if not item.holds]
    lines: list[Child] = [_line(item, words) for item in broken[:LINES]]
    if len(broken) > LINES:
        rest = words("checks.more", rows=len(broken) - LINES)
        lines.append(html.Div([icon("stop"), html.Span(rest)], className="banner banner-bad"))
    return lines


def _line(item: Invariant, words: Words) -> html.Div:
    text = words(
        "checks.broken",
        name=words.named("invariant", item.name),
        left=fmt.whole(item.left, words.language),
        right=fmt.whole(item.right, words.language),
        gap=_gap(item, words),
    )
    return html.Div(
        [icon("stop"), html.Div([text, " ", dcc.Link(words("checks.see"), href="/du-lieu#checks")])],
        className="banner banner-bad",
        role="alert",
    )


def _gap(item: Invariant, words: Words) -> str:
    return fmt.whole(abs(item.left - item.right), words.language)
