"""The two clocks of a dose, day by day, and what days that are still being entered will come to."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from campaign.trust import ClockDay, Expected
from layouts import format as fmt
from layouts.parts import Child, attributes, tag
from layouts.plain_table import plain_table
from layouts.words import Words

DAYS_SHOWN = 28
FIRST = 7


def two_clocks(days: Sequence[ClockDay], *, words: Words) -> list[Child]:
    """The last days, newest first, and the totals of the whole campaign on both clocks."""
    if not days or all(row.recorded is None for row in days):
        return [html.Div(words("empty.clocks"), className="empty")]
    shown = list(reversed(days[-DAYS_SHOWN:]))
    top = max([1, *(max(row.injected, row.expected.high if row.expected else 0) for row in shown)])
    head = ("day", "injected", "recorded", "late", "expected_doses", "interval")
    rows = [_row(row, index == 0, top, words) for index, row in enumerate(shown)]
    return [
        html.P(words("clocks.lead"), className="note"),
        _totals(days, words),
        _legend(words),
        plain_table("clocks", head, rows, words, numeric={1, 2, 3, 4}, first=FIRST),
    ]


def _totals(days: Sequence[ClockDay], words: Words) -> html.P:
    injected = sum(row.injected for row in days)
    recorded = sum(row.recorded or 0 for row in days)
    equal = injected == recorded
    text = words(
        "clocks.equal" if equal else "clocks.unequal",
        injected=fmt.whole(injected, words.language),
        recorded=fmt.whole(recorded, words.language),
    )
    return html.P(
        tag(text, kind="good" if equal else "bad", icon_name="check" if equal else "stop"), className="clock-total"
    )


def _legend(words: Words) -> html.Ul:
    names = ("reported", "partial", "expected", "interval")
    return html.Ul(
        [
            html.Li(
                [
                    html.Span(className=f"key key-{name}", **attributes(aria_hidden="true")),
                    words.named("clock_key", name),
                ]
            )
            for name in names
        ],
        className="keys",
    )


def _row(row: ClockDay, is_last: bool, top: int, words: Words) -> list[Child]:
    language = words.language
    partial = is_last or row.expected is not None
    name: list[Child] = [fmt.day(row.day, language)]
    if partial:
        name += [" ", html.Span(words("clocks.partial"), className="partial")]
    return [
        html.Span(name),
        fmt.whole(row.injected, language),
        fmt.whole(row.recorded, language),
        fmt.whole(row.late, language),
        fmt.whole(row.expected.middle, language) if row.expected else fmt.UNKNOWN,
        _bar(row, partial, top, words),
    ]


def _bar(row: ClockDay, partial: bool, top: int, words: Words) -> html.Div:
    """What was entered as a bar, hatched while the day is open; beyond it the expected figure and its interval."""
    parts: list[Child] = []
    if row.expected is not None:
        parts += [
            html.Span(className="span-expected", style={"width": _share(row.expected.middle, top)}),
            html.Span(
                className="span-interval",
                style={
                    "left": _share(row.expected.low, top),
                    "width": _share(row.expected.high - row.expected.low, top),
                },
            ),
        ]
    entered = "span-entered open" if partial else "span-entered"
    parts.insert(min(1, len(parts)), html.Span(className=entered, style={"width": _share(row.injected, top)}))
    bar = html.Div(parts, className="span-bar", **attributes(aria_hidden="true"))
    text = _interval(row.expected, words) if row.expected else ""
    return html.Div([bar, html.Span(text, className="span-text")], className="span-cell")


def _interval(expected: Expected, words: Words) -> str:
    low, high = (fmt.whole(value, words.language) for value in (expected.low, expected.high))
    return words("clocks.interval", low=low, high=high)


def _share(value: int, top: int) -> str:
    return f"{value / top:.2%}"
