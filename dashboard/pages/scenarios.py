"""The page of scenarios: one function fetches what is supposed and draws it."""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input, Output

from layouts.ids import Scenarios, Shell


def register(app: Dash) -> None:
    """The function, in assets/scenarios.js, draws everything but the plot into the page's places itself."""
    app.clientside_callback(
        ClientsideFunction("scenarios", "draw"),
        Output(Scenarios.CURVE, "figure"),
        Input(Shell.VERSION, "data"),
        Input(Shell.THEME, "data"),
        Input(Shell.SIZE, "data"),
        Input(Shell.LOCATION, "pathname"),
        Input(Scenarios.TICK, "data"),
    )
