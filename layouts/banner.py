"""What stands above every number: that the data are a demonstration, and what the source itself says of them."""

from __future__ import annotations

from dash import html

from campaign.readings import SnapshotInfo
from layouts import format as fmt
from layouts.parts import Child, icon
from layouts.words import Words


def banner(info: SnapshotInfo, words: Words) -> list[Child]:
    lines: list[Child] = []
    if info.is_demo:
        ratio = fmt.whole(info.one_in, words.language)
        lines.append(
            html.Div(
                [icon("flask"), html.B(words("demo.title", one_in=ratio)), html.Span(words("demo.text", one_in=ratio))],
                className="banner banner-demo",
            )
        )
    note = words.pick(info.note_vi, info.note_en)
    if note:
        lines.append(html.Div([icon("info"), html.Span(note)], className="banner banner-note"))
    return lines
