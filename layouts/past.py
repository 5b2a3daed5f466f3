"""Looking at a snapshot that is past: the picker, and the line that says that the figures are not today's."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from dash import html

from campaign.readings import SnapshotInfo
from layouts import format as fmt
from layouts.ids import Shell
from layouts.lineage import close_button
from layouts.parts import Child, attributes, icon
from layouts.plain_table import plain_table
from layouts.words import Words

SHOWN = 90


def past_button(words: Words) -> html.Button:
    return html.Button(
        icon("history"),
        className="icon-button",
        title=words("past.open"),
        n_clicks=0,
        **attributes(aria_label=words("past.open"), aria_haspopup="dialog", data_action="past"),
    )


def dialog(words: Words) -> html.Dialog:
    """The field for the instant is put in by the browser: Dash has no component for it."""
    form = html.Div(
        [
            html.Label(words("past.when"), htmlFor="past-when", className="filter-name"),
            html.Span(id="past-field"),
            html.Button(words("past.go"), n_clicks=0, className="button", **attributes(data_action="past-go")),
        ],
        className="past-form",
    )
    return html.Dialog(
        [
            close_button("close-past", words),
            html.H2(words("past.title"), id="past-title"),
            html.P(words("past.lead"), className="note"),
            form,
            html.Div(id=Shell.PAST_BODY),
        ],
        id=Shell.PAST,
        className="dialog",
        **attributes(aria_labelledby="past-title"),
    )


def kept_versions(kept: Sequence[SnapshotInfo], *, words: Words, zone: ZoneInfo) -> html.Div:
    """Snapshots that are kept, newest first, each as an address of its own."""
    rows: list[list[Child]] = [
        [
            html.A(fmt.whole(info.version, words.language), href=f"?v={info.version}"),
            fmt.instant(info.published_at, words, zone),
            fmt.instant(info.as_of, words, zone),
        ]
        for info in sorted(kept, key=lambda info: info.version, reverse=True)[:SHOWN]
    ]
    return plain_table("kept", ("version", "published", "as_of"), rows, words, numeric=set(), first=12)


def past_banner(info: SnapshotInfo, *, asked: str, words: Words, zone: ZoneInfo) -> html.Div:
    """`asked` is the version or instant that is not kept, '' where exactly what was asked for is shown."""
    at = fmt.instant(info.published_at, words, zone)
    text = words("past.viewing", version=fmt.whole(info.version, words.language), at=at)
    return html.Div(
        [
            icon("history"),
            html.Div(
                [
                    html.B(text),
                    " ",
                    fmt.as_of(info.as_of, words, zone),
                    ".",
                    *([html.Span([" ", words("past.not_kept", asked=asked)])] if asked else []),
                    html.Span([" ", words("past.alerts")]),
                ]
            ),
            html.Button(words("past.live"), n_clicks=0, className="button", **attributes(data_action="live")),
        ],
        className="banner banner-past",
        role="status",
    )
