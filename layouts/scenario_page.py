"""The page of scenarios: what if more doses came, more people a day, more who decline. Marked on every part of it as
what it is: supposed, not counted."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from dash import html

from campaign.scenario import Levers
from geo.text import collation_key
from layouts import format as fmt
from layouts.graph import graph
from layouts.help_layer import define
from layouts.ids import Scenarios as Ids
from layouts.parts import Child, attributes, card, icon, native
from layouts.scenario_result import supposed_tag
from layouts.words import Words

__all__ = ["Ids", "levers_form", "scenarios_page"]

PACE = {"min": "0", "max": "300", "step": "5"}
DECLINES = {"min": "0", "max": "60", "step": "1"}


def scenarios_page(words: Words) -> list[Child]:
    return [
        mark(words),
        html.Div(id=Ids.PROBLEM, role="status"),
        html.Div(id=Ids.NOTED, role="status"),
        html.Div(id=Ids.LEVERS),
        html.Div(id=Ids.RESULT, **attributes(aria_live="polite")),
        _curve_card(words),
        html.Div(id=Ids.SAVED),
        card(words("scenario.method_title"), [html.P(words("scenario.method"), className="note")]),
    ]


def _curve_card(words: Words) -> html.Section:
    label = words("scenario.curve_label")
    body: list[Child] = [
        html.P(id=Ids.CURVE_NOTE, className="card-note"),
        html.Div(id=Ids.READINGS),
        graph(Ids.CURVE, language=words.language, label=label, class_name="curve target-curve"),
    ]
    return card(words("scenario.curve_title"), body, class_name="supposed", side=supposed_tag(words))


def mark(words: Words) -> html.P:
    """What nobody may overlook."""
    return html.P(
        [icon("warn"), html.B(words("scenario.mark")), html.Span(words("scenario.mark_text"))],
        className="supposed-mark",
    )


def levers_form(levers: Levers, *, area: str, names: Mapping[str, str], stock: int, words: Words) -> html.Section:
    """`names` are the places that may be asked about, without the nation, which is '' and always there."""
    language = words.language
    places = sorted(names.items(), key=lambda item: collation_key(item[1]))
    options = [("", words("table.nation")), *places]
    select = html.Div(
        [
            html.Label(words("scenario.place"), htmlFor="lever-area"),
            native(
                "Select",
                id="lever-area",
                name="area",
                className="lever-input",
                children=[html.Option(name, value=code, selected=code == area) for code, name in options],
                **attributes(data_value=area),
            ),
        ],
        className="lever",
    )
    weekly = levers.arrivals_weekly
    arrivals, grouped = ("", "") if weekly is None else (str(weekly), fmt.whole(weekly, language))
    return html.Section(
        [
            html.Div([html.H2(words("scenario.levers")), supposed_tag(words)], className="card-head"),
            html.Div(
                [
                    select,
                    _slider("pace", levers.pace_percent, PACE, f"{levers.pace_percent}%", words),
                    _slider("declines", levers.declines_percent, DECLINES, f"{levers.declines_percent}%", words),
                    html.Div(
                        [
                            _label("arrivals", words),
                            native(
                                "Input",
                                id="lever-arrivals",
                                name="arrivals",
                                # A field of numbers shows no marks of thousands; assets/scenarios.js reads the digits.
                                type="text",
                                maxlength="14",
                                autocomplete="off",
                                value=grouped,
                                inputmode="numeric",
                                placeholder=words("scenario.no_limit"),
                                className="lever-input",
                                **attributes(data_value=arrivals, aria_describedby="lever-stock"),
                            ),
                            html.Span(
                                words("scenario.stock", doses=fmt.whole(stock, language)),
                                className="card-note",
                                id="lever-stock",
                            ),
                        ],
                        className="lever",
                    ),
                ],
                className="levers",
            ),
            html.Div(
                [
                    html.Button(
                        words("scenario.reset"),
                        n_clicks=0,
                        className="choice",
                        **attributes(data_action="scenario-reset"),
                    ),
                    html.A(words("scenario.save"), href=_save_link(levers, area), className="choice save-more"),
                ],
                className="choice-row lever-buttons",
            ),
        ],
        className="card supposed",
    )


def _label(name: str, words: Words) -> html.Div:
    text = words(f"scenario.{name}")
    return html.Div(
        [html.Label(text, htmlFor=f"lever-{name}", className="before-sign"), define(f"scenario_{name}", text, words)],
        className="lever-name",
    )


def _slider(name: str, value: int, limits: Mapping[str, str], shown: str, words: Words) -> html.Div:
    return html.Div(
        [
            _label(name, words),
            html.Div(
                [
                    native(
                        "Input",
                        id=f"lever-{name}",
                        name=name,
                        type="range",
                        value=str(value),
                        className="lever-input",
                        **limits,
                        **attributes(data_value=str(value)),
                    ),
                    html.B(shown, id=f"lever-{name}-now", className="lever-now"),
                ],
                className="lever-row",
            ),
        ],
        className="lever",
    )


def _save_link(levers: Levers, area: str) -> str:
    arrivals = "" if levers.arrivals_weekly is None else levers.arrivals_weekly
    asked = {"area": area, "pace": levers.pace_percent, "declines": levers.declines_percent, "arrivals": arrivals}
    return f"/quyet-dinh?{urlencode(asked)}#kich-ban"
