"""The legend says what a colour means, and how many areas have it."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from campaign.readings import AreaRow
from layouts import scales
from layouts.parts import Child, attributes
from layouts.scales import Scale
from layouts.theme import PALETTES
from layouts.view import View
from layouts.words import Words


def legend(rows: Sequence[AreaRow], *, view: View, scale: Scale, words: Words) -> html.Div:
    """All classes, empty ones too: a legend that changes with the data cannot be learnt."""
    palette = PALETTES[view.theme]
    tally = scales.counts(rows, scale)
    labels = scales.class_labels(scale, words)
    colours = scale.colours(palette)
    top = len(colours) - 1
    lines: list[Child] = [
        _line(
            colours[index],
            labels[index],
            tally[index],
            edge=palette.over_edge if scale.over and index == top else palette.muted,
            class_name="legend-over" if scale.over and index == top else "",
        )
        for index in range(top, -1, -1)
    ]
    if tally[None]:
        line = _line(
            palette.unknown, words("legend.unknown"), tally[None], edge=palette.muted, class_name="legend-none"
        )
        lines.append(line)
    title = words(f"legend_title.{scale.kind}")
    head = html.Div(
        [html.Span(title), html.Span(words("legend.areas"), title=words("legend.areas_title"))],
        className="legend-title",
    )
    return html.Div([head, html.Ul(lines)], className="legend", role="img", **attributes(aria_label=title))


def _line(colour: str, label: str, areas: int, *, edge: str, class_name: str = "") -> html.Li:
    return html.Li(
        [
            html.Span(className="swatch", style={"backgroundColor": colour, "borderColor": edge}),
            html.Span(label, className="legend-label"),
            html.Span(str(areas), className="legend-count" + ("" if areas else " zero")),
        ],
        className=class_name,
    )
