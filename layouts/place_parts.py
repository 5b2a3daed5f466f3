"""What the panels below the map share: the way back up, buttons that lead further down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html

from layouts.parts import Child, attributes, icon
from layouts.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A place on the way from the nation to a site; what a click on its name chooses."""

    name: str
    area: str = ""
    district: str = ""
    site: str = ""
    grain: str = ""


def crumbs(steps: Sequence[Step], words: Words) -> html.Nav:
    """The last one is where the reader is."""
    items: list[Child] = []
    for index, step in enumerate(steps):
        here = index == len(steps) - 1
        shown = html.Span(step.name, **attributes(aria_current="page")) if here else place_button(step)
        items.append(html.Li(shown))
    return html.Nav(html.Ol(items), className="crumbs", **attributes(aria_label=words("place.way")))


def place_button(step: Step) -> html.Button:
    return html.Button(
        step.name,
        n_clicks=0,
        className="place",
        **attributes(
            data_action="pick-place",
            data_area=step.area,
            data_district=step.district,
            data_site=step.site,
            data_grain=step.grain,
        ),
    )


def heading(title: str, note: str, *, csv: str, words: Words, title_id: str = "place-title") -> html.Div:
    """The title takes the focus when a reader has come here by keyboard."""
    parts: list[Child] = [html.Div([html.H2(title, id=title_id, tabIndex=-1), html.P(note, className="card-note")])]
    if csv:
        parts.append(csv_link(csv, words))
    return html.Div(parts, className="card-head place-head")


def csv_link(address: str, words: Words) -> html.A:
    return html.A(
        [icon("down"), html.Span(words("table.csv"))],
        href=address,
        className="csv-link",
        title=words("table.csv_title"),
        **attributes(download="", data_csv="1"),
    )


def told(text: str) -> html.P:
    """Why a part is not there."""
    return html.P([icon("info"), html.Span(text)], className="told card-note")
