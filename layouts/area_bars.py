"""Bars by area, for sources whose areas have no shapes here: same classes, same colours, same numbers as the map."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from campaign.map_metrics import Kind
from campaign.readings import AreaRow
from layouts.area_map import hover_text
from layouts.graph import Figure, base_layout
from layouts.scales import Scale, value_text
from layouts.theme import FONT_SIZES, PALETTES, pixels, sized
from layouts.view import View
from layouts.words import Words

ROOM_FOR_TEXT = 1.16


def area_bars(rows: Sequence[AreaRow], *, view: View, scale: Scale, words: Words) -> Figure:
    """One bar an area, longest on top; an area without a figure keeps its line and shows a dash."""
    palette = PALETTES[view.theme]
    colours = scale.colours(palette)
    ordered = sorted(rows, key=lambda row: (scale.value_of(row) is not None, scale.value_of(row) or 0.0))
    values = [scale.value_of(row) for row in ordered]
    longest = max((value for value in values if value is not None), default=0.0) or 1.0
    shortest = min((value for value in values if value is not None), default=0.0)
    names = [escape(words.pick(row.area.name_vi, row.area.name_en)) for row in ordered]
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "x": [value or 0.0 for value in values],
                "y": [row.area.code for row in ordered],
                "customdata": [row.area.code for row in ordered],
                "text": [value_text(row, scale, words) for row in ordered],
                "textposition": "outside",
                "cliponaxis": False,
                "hovertext": [hover_text(row, scale, words) for row in ordered],
                "hovertemplate": "%{hovertext}<extra></extra>",
                "marker": {
                    "color": [palette.unknown if v is None else colours[scale.class_of(v)] for v in values],
                    "line": {"color": palette.muted, "width": 0.6},
                },
            }
        ],
        "layout": {
            **base_layout(palette, view.size, words.language),
            "height": sized(view.size, lambda size: round((len(ordered) * 2.1 + 3) * FONT_SIZES[size])),
            "bargap": 0.32,
            "margin": {"l": 8, "r": pixels(view.size, 2), "t": 4, "b": pixels(view.size, 2)},
            "xaxis": {
                "range": [min(shortest * ROOM_FOR_TEXT, 0), max(longest * ROOM_FOR_TEXT, 0)],
                "fixedrange": True,
                "tickformat": ".0%" if scale.kind is Kind.RATIO else ",.0f",
                "gridcolor": palette.line,
                "zeroline": False,
                "nticks": 6,
                "tickfont": {"color": palette.muted},
            },
            "yaxis": {
                "automargin": True,
                "fixedrange": True,
                "type": "category",
                "tickmode": "array",
                "tickvals": [row.area.code for row in ordered],
                "ticktext": [f"{name}  " for name in names],
            },
        },
    }
