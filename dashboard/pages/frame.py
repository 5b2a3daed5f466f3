"""What all pages share: which page is shown, the header, the banner."""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input, Output, State

from layouts.ids import Coverage, Shell


def register(app: Dash) -> None:
    """The functions are in assets/frame.js; callbacks run in the browser and ask only for what changed."""
    app.clientside_callback(
        ClientsideFunction("frame", "begin"),
        Output(Coverage.METRIC, "value"),
        Output(Coverage.GROUP, "value"),
        Output(Coverage.AREA, "data"),
        Output(Coverage.CLOCK, "value"),
        Output(Shell.TICK, "data"),
        Input(Shell.LOCATION, "href"),
        State(Shell.TICK, "data"),
        State(Coverage.METRIC, "value"),
        State(Coverage.GROUP, "value"),
        State(Coverage.AREA, "data"),
        State(Coverage.CLOCK, "value"),
    )
    app.clientside_callback(
        ClientsideFunction("frame", "show"),
        Output(Shell.PAGE_COVERAGE, "hidden"),
        Output(Shell.PAGE_TARGETS, "hidden"),
        Output(Shell.PAGE_PEOPLE, "hidden"),
        Output(Shell.PAGE_SITES, "hidden"),
        Output(Shell.PAGE_STOCK, "hidden"),
        Output(Shell.PAGE_COLDCHAIN, "hidden"),
        Output(Shell.PAGE_SCENARIOS, "hidden"),
        Output(Shell.PAGE_DATA, "hidden"),
        Output(Shell.PAGE_ALERTS, "hidden"),
        Output(Shell.WAITING, "hidden"),
        Output(Shell.MISSING, "hidden"),
        Input(Shell.LOCATION, "pathname"),
        Input(Shell.VERSION, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("frame", "head"),
        Output(Shell.TITLE, "children"),
        Output(Shell.AS_OF, "children"),
        Output(Shell.BANNER, "children"),
        Input(Shell.VERSION, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("frame", "theme"),
        Output(Shell.PROVIDER, "forceColorScheme"),
        Input(Shell.THEME, "data"),
    )
