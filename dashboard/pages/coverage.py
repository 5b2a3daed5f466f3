"""The coverage page: one function fetches what the filters ask for and hands each part to its place."""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input, Output, State

from layouts.ids import Coverage, Shell


def register(app: Dash) -> None:
    """The functions are in assets/coverage.js. The order of the outputs is that of its list PARTS; the other figures
    are set by assets/later.js when the map has been shown."""
    app.clientside_callback(
        ClientsideFunction("coverage", "draw"),
        Output(Coverage.MAP, "figure"),
        Output(Coverage.TABLE, "rowData"),
        Output(Coverage.TABLE, "columnDefs"),
        Output(Coverage.TABLE, "dashGridOptions"),
        Output(Coverage.DENOMINATOR, "data"),
        Output(Coverage.DENOMINATOR, "value"),
        Input(Shell.VERSION, "data"),
        Input(Coverage.METRIC, "value"),
        Input(Coverage.GROUP, "value"),
        Input(Coverage.DENOMINATOR, "value"),
        Input(Shell.THEME, "data"),
        Input(Shell.SIZE, "data"),
        Input(Coverage.AREA, "data"),
        Input(Coverage.SEARCH, "value"),
        Input(Coverage.CLOCK, "value"),
        Input(Shell.LOCATION, "pathname"),
        Input(Coverage.WHERE, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("places", "pick"),
        Output(Coverage.PLOT, "clickData"),
        Input(Coverage.PLOT, "clickData"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("coverage", "pick"),
        Output(Coverage.AREA, "data", allow_duplicate=True),
        Input(Coverage.MAP, "clickData"),
        State(Coverage.AREA, "data"),
        prevent_initial_call=True,
    )
