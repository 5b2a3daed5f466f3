"""What stands above every number: figures that disagree, that the data are a demonstration, what the source says."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from campaign.readings import Invariant, SnapshotInfo
from layouts import format as fmt
from layouts.checks import broken_lines
from layouts.parts import Child, icon
from layouts.words import Words


def banner(info: SnapshotInfo, invariants: Sequence[Invariant], words: Words) -> list[Child]:
    lines = broken_lines(invariants, words)
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
