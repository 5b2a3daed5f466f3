"""The map beside the console, and the table that says the same: open incidents by province.

The browser draws the map itself, once (assets/console-map.js): with each answer it gets marks and names only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import html

from campaign.alerts import Severity
from campaign.incident_places import NOWHERE, Tally
from campaign.incidents import WORST_FIRST
from layouts import format as fmt
from layouts.area_map import EAST_SEA, LAT_RANGE, LON_RANGE, NAMED_BELOW, MapShape
from layouts.ids import Alerts
from layouts.parts import Child, attributes, icon
from layouts.place_names import Names
from layouts.words import Words

PATH = "/canh-bao"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What the map and its table say. found: the most of the worst first. shown: the province that the queue is limited
    to, '' for all. outside: codes of provinces that the reader may not see."""

    found: Sequence[Tally]
    codes: Sequence[str]
    shown: str = ""
    outside: frozenset[str] = frozenset()


def places_aside(words: Words) -> html.Aside:
    """Filled by assets/console-map.js; folded on a phone, where the queue comes first."""
    body: list[Child] = [
        html.Div(id=Alerts.MAP, className="incident-map"),
        html.Div(id=Alerts.PLACES, className="incident-places"),
    ]
    return html.Aside(
        html.Details(
            [html.Summary(words("incident_map.title")), *body], id=Alerts.FOLD, className="card incident-places-fold"
        ),
        className="incident-aside",
    )


def map_facts(places: Places, shape: MapShape | None, *, words: Words, names: Names) -> dict[str, Any]:
    """What console-map.js draws: where the outline is, and of each province its worst, how many, and its name.

    shape None: there are no boundaries, and the table stands alone."""
    by_area = {item.area: item for item in places.found}
    areas: dict[str, dict[str, Any]] = {}
    for code in places.codes:
        item = by_area.get(code)
        areas[code] = {
            "text": _spoken(names("area", code), item, words, outside=code in places.outside),
            "worst": item.worst.value if item else "outside" if code in places.outside else "",
            "open": item.open if item else 0,
        }
    facts: dict[str, Any] = {"areas": areas, "shown": places.shown, "title": words("incident_map.title")}
    if shape is not None:
        facts |= {
            "url": shape.url,
            "span": [*LON_RANGE, *LAT_RANGE],
            "points": {code: shape.points[code] for code in by_area if code in shape.points},
            "labels": [
                {
                    "at": NAMED_BELOW.get(label.code, (label.lon, label.lat)),
                    "text": words.pick(label.name_vi, label.name_en),
                }
                for label in shape.labels
            ],
            "sea": {"at": EAST_SEA, "text": words("map.east_sea")},
        }
    return facts


def places_table(places: Places, *, words: Words, names: Names) -> list[Child]:
    """The legend, and each province with open incidents: its name is a link that limits the queue to it."""
    keys = [
        html.Li([html.Span(className=f"place-key place-{item}"), words.named("severity", item.value)])
        for item in WORST_FIRST
    ]
    legend = [
        html.Ul(list[Child](keys), className="place-legend"),
        html.P(words("incident_map.key"), className="note place-legend-note"),
    ]
    if not places.found:
        return [*legend, html.P(words("incident_map.none"), className="note")]
    titles = [words("column.area"), *(words.named("severity", item.value) for item in WORST_FIRST)]
    head = html.Tr(
        [html.Th(title, scope="col", className="num" if index else "") for index, title in enumerate(titles)]
    )
    rows = [_row(item, places.shown, words, names) for item in places.found]
    table = html.Table(
        [html.Caption(words("incident_map.caption"), className="sr-only"), html.Thead(head), html.Tbody(rows)],
        className="place-table",
    )
    scroll = html.Div(
        table,
        className="table-scroll",
        tabIndex=0,
        role="region",
        **attributes(aria_label=words("incident_map.caption")),
    )
    return [*legend, scroll]


def filter_note(shown: str, *, hidden: int, words: Words, names: Names) -> html.Div:
    """That the queue is limited to one province, how much it leaves out, and the way back."""
    text = words("incident_map.only", area=names("area", shown), count=fmt.whole(hidden, words.language))
    return html.Div(
        [
            html.Span(text),
            html.A([icon("close"), words("incident_map.all")], href=PATH, className="console-tool", **_picks("")),
        ],
        className="incident-filter",
        role="status",
    )


def unknown_note(asked: str, words: Words) -> html.P:
    return html.P(words("incident_map.unknown", area=asked), className="banner", role="status")


def _row(item: Tally, shown: str, words: Words, names: Names) -> html.Tr:
    if item.area == NOWHERE:
        name: Child = html.Span(words("incident_map.nowhere"))
    else:
        picked = item.area == shown
        pressed = attributes(aria_current="true") if picked else {}
        href = PATH if picked else f"{PATH}?area={item.area}"
        name = html.A(names("area", item.area), href=href, **_picks("" if picked else item.area), **pressed)
    cells = [_count(item, severity, words) for severity in WORST_FIRST]
    return html.Tr([html.Th(name, scope="row"), *cells], className="picked" if item.area == shown != "" else "")


def _count(item: Tally, severity: Severity, words: Words) -> html.Td:
    count = item.of(severity)
    return html.Td(fmt.whole(count, words.language), className=f"num{'' if count else ' zero'}")


def _picks(area: str) -> dict[str, Any]:
    return attributes(data_alert_area=area)


def _spoken(name: str, item: Tally | None, words: Words, *, outside: bool) -> str:
    if outside:
        return words("incident_map.outside", area=name)
    if item is None:
        return words("incident_map.quiet", area=name)
    parts = [
        f"{fmt.whole(item.of(severity), words.language)} {words.named('severity', severity.value).lower()}"
        for severity in WORST_FIRST
        if item.of(severity)
    ]
    return words("incident_map.has", area=name, counts=", ".join(parts))
