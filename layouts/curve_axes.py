"""The axes that figures by day share: dates thinned to their room, round numbers upwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from layouts import format as fmt
from layouts.graph import base_layout
from layouts.theme import Palette, pixels, sized
from layouts.view import Size, View
from layouts.words import Language, Words

# Of the height, up to a little above the last line.
HEADROOM = 1.03


def line_width(size: Size, times: float = 1) -> Any:  # noqa: ANN401 - a number, or one for each size
    return sized(size, lambda one: (5.0 if one is Size.WALL else 2.6) * times)


def axes(
    days: Sequence[date],
    *,
    top: float,
    view: View,
    words: Words,
    palette: Palette,
    until: Sequence[date],
    labelled: bool,
) -> dict[str, Any]:
    """The layout of a figure whose horizontal axis is the days of the campaign and whose vertical one reaches `top`."""
    ticks = fmt.nice_ticks(top, wanted=4)
    first = days[0] if days else date(2021, 3, 8)
    last = days[-1] if days else first

    def final(size: Size) -> date:
        # Room for the labels at the ends of the lines.
        room = (last - first).days // (4 if size is Size.PHONE else 13) if labelled else 2
        return max([last + timedelta(room), *until])

    return {
        **base_layout(palette, view.size, words.language),
        "margin": {"l": 4, "r": pixels(view.size), "t": pixels(view.size, 2.6), "b": 4},
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "bgcolor": "rgba(0,0,0,0)"},
        "hovermode": sized(view.size, lambda size: "x" if size is Size.PHONE else "closest"),
        "hoverdistance": 60,
        "xaxis": {
            "type": "date",
            "range": [(first - timedelta(1)).isoformat(), sized(view.size, lambda size: final(size).isoformat())],
            "fixedrange": True,
            "automargin": True,
            "showgrid": False,
            "tickvals": sized(
                view.size, lambda size: [day.isoformat() for day in _day_ticks(first, final(size), size)]
            ),
            "ticktext": sized(view.size, lambda size: _texts(_day_ticks(first, final(size), size), words.language)),
            "tickfont": {"color": palette.muted},
            "linecolor": palette.line,
            "ticks": "outside",
            "tickcolor": palette.line,
        },
        "yaxis": {
            # A line at the very edge is not drawn, and its number would seem to be part of the names above.
            "range": [0, ticks[-1] * HEADROOM],
            "fixedrange": True,
            "automargin": True,
            "tickvals": list(ticks),
            "ticktext": [f"{fmt.compact(value, words)} " for value in ticks],
            "gridcolor": palette.line,
            "zeroline": False,
            "tickfont": {"color": palette.muted},
        },
    }


def day_line(day: date, palette: Palette, size: Size) -> dict[str, Any]:
    """The day that was chosen, upright through the figure."""
    at = day.isoformat()
    line = {"color": palette.muted, "width": line_width(size, 0.5)}
    return {"type": "line", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1, "line": line}


def _day_ticks(first: date, final: date, size: Size) -> list[date]:
    """First days of months, thinned so that their labels do not touch."""
    months = (final.year - first.year) * 12 + final.month - first.month
    if months < 2:
        step = max((final - first).days // 5, 1)
        return [first + timedelta(offset) for offset in range(0, (final - first).days + 1, step)]
    every = -(-months // (4 if size is Size.PHONE else 9))
    return [_month(first, index) for index in range(1, months + 1, every)]


def _month(first: date, index: int) -> date:
    years, month = divmod(first.month - 1 + index, 12)
    return date(first.year + years, month + 1, 1)


def _texts(days: Sequence[date], language: Language) -> list[str]:
    """Where they lie in two years, the first of each has its year."""
    found: list[str] = []
    for place, day in enumerate(days):
        text = f"{day:%d/%m}" if language is Language.VI else f"{day:%d %b}"
        opens = place == 0 or day.year != days[place - 1].year
        found.append(f"{text}<br>{day:%Y}" if opens and days[0].year != days[-1].year else text)
    return found
