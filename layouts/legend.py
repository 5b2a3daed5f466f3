"""The legend says what a colour means, and how many areas have it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dash import html

from campaign.map_metrics import NEEDS, Kind, Need
from campaign.readings import AreaRow
from layouts import scales
from layouts.parts import Child, attributes
from layouts.scales import Scale
from layouts.theme import PALETTES, Palette
from layouts.view import View
from layouts.words import Words


def legend(rows: Sequence[AreaRow], *, view: View, scale: Scale, words: Words) -> html.Div:
    """All classes, empty ones too: a legend that changes with the data cannot be learnt."""
    if scale.kind is Kind.NEED:
        return _need(rows, scale, view, words)
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


def _need(rows: Sequence[AreaRow], scale: Scale, view: View, words: Words) -> html.Div:
    """Three by three: coverage down, days of stock across; each class has its name for a pointer and a screen
    reader."""
    palette = PALETTES[view.theme]
    tally = scales.counts(rows, scale)
    lasts = ("short", "some", "long")
    head = html.Tr([html.Td(""), *(html.Th(words(f"need_stock.{name}"), scope="col") for name in lasts)])
    lines = [
        html.Tr(
            [
                html.Th(words(f"need_share.{share}"), scope="row"),
                *(_square(Need(f"{share}_{name}"), palette, tally, words) for name in lasts),
            ]
        )
        for share in ("low", "middle", "high")
    ]
    worst = NEEDS[-1]
    urgent = _line(palette.need[-1], words(f"need.{worst}"), tally[len(NEEDS) - 1], edge=palette.muted)
    unknown = [_line(palette.unknown, words("legend.unknown"), tally[None], edge=palette.muted)] if tally[None] else []
    title = words(f"legend_title.{scale.kind}")
    return html.Div(
        [
            html.Div(html.Span(title), className="legend-title"),
            html.Table([html.Thead(head), html.Tbody(lines)], className="legend-need"),
            html.Ul([urgent, *unknown]),
        ],
        className="legend",
        role="group",
        **attributes(aria_label=title),
    )


def _square(need: Need, palette: Palette, tally: Counter[int | None], words: Words) -> html.Td:
    place, name = NEEDS.index(need), words(f"need.{need}")
    return html.Td(
        [
            html.Span(className="swatch", style={"backgroundColor": palette.need[place], "borderColor": palette.muted}),
            html.Span(str(tally[place]), className="legend-count" + ("" if tally[place] else " zero")),
        ],
        title=name,
        **attributes(aria_label=f"{name}: {tally[place]}", data_need=str(need)),
    )


def _line(colour: str, label: str, areas: int, *, edge: str, class_name: str = "") -> html.Li:
    return html.Li(
        [
            html.Span(className="swatch", style={"backgroundColor": colour, "borderColor": edge}),
            html.Span(label, className="legend-label"),
            html.Span(str(areas), className="legend-count" + ("" if areas else " zero")),
        ],
        className=class_name,
    )
