"""Doses a day on one of two clocks. Days that are still being entered are hatched, with what they will come to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from campaign.trust import ClockDay
from layouts import format as fmt
from layouts.curve_axes import axes, day_line, line_width
from layouts.graph import Figure
from layouts.theme import PALETTES, sized
from layouts.view import Clock, Size, View
from layouts.words import Words

MEAN_DAYS = 7
NAMES = {Clock.INJECTED: "curves.doses_injected", Clock.RECORDED: "curves.doses_recorded"}
NOTES = {Clock.INJECTED: "daily.note_injected", Clock.RECORDED: "daily.note_recorded"}


def clock_of(days: Sequence[ClockDay], view: View) -> Clock:
    """The clock asked for, or that of injection where the source does not tell when a dose was recorded."""
    told = any(row.recorded is not None for row in days)
    return view.clock if told else Clock.INJECTED


def daily(days: Sequence[ClockDay], *, view: View, words: Words) -> Figure:
    """Doses of each day, their mean of seven complete days, and for days not yet complete the expected figure with its
    80 % interval. The last day is never complete."""
    palette = PALETTES[view.theme]
    doses = _doses(days, clock_of(days, view))
    partial = _partial(days, clock_of(days, view))
    dates = [row.day.isoformat() for row in days]
    complete = min(partial, default=len(days))
    mean = {
        "type": "scatter",
        "mode": "lines",
        "name": words("curves.mean"),
        "x": dates[MEAN_DAYS - 1 : complete],
        "y": _means(doses[:complete]),
        "line": {"color": palette.mean, "width": line_width(view.size)},
        "hoverinfo": "skip",
    }
    expected = _expected(days, view, words) if clock_of(days, view) is Clock.INJECTED else []
    top = max([0, *doses, *(row.expected.high for row in days if row.expected and expected)])
    layout = axes([row.day for row in days], top=top, view=view, words=words, palette=palette, until=[], labelled=False)
    layout["bargap"] = 0.15
    layout["barmode"] = "overlay"
    if view.day is not None:
        layout["shapes"] = [day_line(view.day, palette, view.size)]
    return {"data": [_bars(days, doses, partial, view, words), *expected, mean] if days else [], "layout": layout}


def note(days: Sequence[ClockDay], *, area: str, view: View, words: Words) -> str:
    """Which clock is drawn, and that the other adds up to the same."""
    text = _note(days, area=area, view=view, words=words)
    if view.day is None:
        return text
    return f"{text} · {words('daily.every_day', day=fmt.day(view.day, words.language))}"


def _note(days: Sequence[ClockDay], *, area: str, view: View, words: Words) -> str:
    injected = sum(row.injected for row in days)
    recorded = sum(row.recorded or 0 for row in days)
    total = fmt.whole(injected, words.language)
    if not any(row.recorded is not None for row in days):
        return words("daily.note_only", area=area, total=total)
    if injected != recorded:
        return words("daily.note_unequal", area=area, injected=total, recorded=fmt.whole(recorded, words.language))
    return words(NOTES[view.clock], area=area, total=total)


def _doses(days: Sequence[ClockDay], clock: Clock) -> list[int]:
    return [(row.recorded or 0) if clock is Clock.RECORDED else row.injected for row in days]


def _partial(days: Sequence[ClockDay], clock: Clock) -> set[int]:
    """Places of days that are not complete: by recording only the last, which is not over."""
    last = {len(days) - 1} if days else set[int]()
    open_days = {index for index, row in enumerate(days) if row.expected is not None}
    return last | open_days if clock is Clock.INJECTED else last


def _bars(
    days: Sequence[ClockDay], doses: Sequence[int], partial: set[int], view: View, words: Words
) -> dict[str, Any]:
    palette = PALETTES[view.theme]
    by_clock = words(NAMES[clock_of(days, view)])
    return {
        "type": "bar",
        "name": words("curves.doses"),
        "x": [row.day.isoformat() for row in days],
        "y": list(doses),
        "hovertext": [
            f"<b>{fmt.day(row.day, words.language)}</b><br>{by_clock}: {fmt.whole(value, words.language)}"
            + (f"<br>{words('curves.partial')}" if index in partial else "")
            for index, (row, value) in enumerate(zip(days, doses, strict=True))
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {
            "color": palette.bars,
            "pattern": {
                "shape": ["/" if index in partial else "" for index in range(len(days))],
                "fgcolor": palette.mean,
                "bgcolor": palette.surface,
                "size": 4,
            },
        },
    }


def _expected(days: Sequence[ClockDay], view: View, words: Words) -> list[dict[str, Any]]:
    """A light bar from what was reported up to what is expected, and a whisker over the interval."""
    palette = PALETTES[view.theme]
    language = words.language
    rows = [(row, row.expected) for row in days if row.expected is not None]
    if not rows:
        return []
    return [
        {
            "type": "bar",
            "name": sized(
                view.size, lambda size: words("curves.expected_short" if size is Size.PHONE else "curves.expected")
            ),
            "x": [row.day.isoformat() for row, _ in rows],
            "base": [row.injected for row, _ in rows],
            "y": [max(expected.middle - row.injected, 0) for row, expected in rows],
            "marker": {"color": palette.estimate, "line": {"color": palette.target, "width": 0.6}},
            "error_y": {
                "type": "data",
                "symmetric": False,
                "array": [expected.high - max(expected.middle, row.injected) for row, expected in rows],
                "arrayminus": [max(expected.middle, row.injected) - expected.low for row, expected in rows],
                "color": palette.target,
                "thickness": sized(view.size, lambda size: 2.4 if size is Size.WALL else 1.2),
                "width": 0,
            },
            "hovertext": [
                f"<b>{fmt.day(row.day, language)}</b><br>"
                + words(
                    "curves.expected_hover",
                    middle=fmt.whole(expected.middle, language),
                    low=fmt.whole(expected.low, language),
                    high=fmt.whole(expected.high, language),
                )
                for row, expected in rows
            ],
            "hovertemplate": "%{hovertext}<extra></extra>",
        }
    ]


def _means(values: Sequence[int]) -> list[float]:
    return [sum(values[end - MEAN_DAYS : end]) / MEAN_DAYS for end in range(MEAN_DAYS, len(values) + 1)]
