"""A plain table for short lists; on a phone each row becomes a small card whose cells carry their column's name."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from layouts.parts import Child, attributes
from layouts.words import Words


def plain_table(
    name: str,
    head: Sequence[str],
    rows: Sequence[Sequence[Child]],
    words: Words,
    *,
    numeric: set[int],
    first: int | None = None,
) -> html.Div:
    """`name` picks the caption and what is said of an empty table, `head` the titles. Rows after the `first` ones are
    folded away: a long table of Dash's own components holds up the whole page."""
    if not rows:
        return html.Div(words(f"empty.{name}"), className="empty")
    # A single row takes no more room than the words that would say it is folded away.
    kept = len(rows) if first is None or len(rows) == first + 1 else first
    shown, more = rows[:kept], rows[kept:]
    parts: list[Child] = [_scroll(name, _table(name, head, shown, words, numeric), words)]
    if more:
        folded = _scroll(name, _table(name, head, more, words, numeric), words)
        parts.append(html.Details([html.Summary(words("data.more", rows=len(more))), folded], className="more"))
    return html.Div(parts)


def _scroll(name: str, table: html.Table, words: Words) -> html.Div:
    return html.Div(
        table,
        className="table-scroll",
        tabIndex=0,
        role="region",
        **attributes(aria_label=words(f"caption.{name}")),
    )


def _table(
    name: str, head: Sequence[str], rows: Sequence[Sequence[Child]], words: Words, numeric: set[int]
) -> html.Table:
    titles = [words(f"column.{column}") for column in head]
    return html.Table(
        [
            html.Caption(words(f"caption.{name}"), className="sr-only"),
            html.Thead(html.Tr([html.Th(t, scope="col", className=_side(i, numeric)) for i, t in enumerate(titles)])),
            html.Tbody(
                [
                    html.Tr(
                        [
                            html.Td(cell, className=_side(i, numeric), **attributes(data_label=titles[i]))
                            for i, cell in enumerate(row)
                        ]
                    )
                    for row in rows
                ]
            ),
        ],
        className="plain-table",
    )


def _side(index: int, numeric: set[int]) -> str:
    return "num" if index in numeric else ""
