"""The page of scenarios: one function fetches what is supposed and draws it."""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input

from layouts.ids import Scenarios, Shell


def register(app: Dash) -> None:
    """No output: the function, in assets/scenarios.js, draws into the page's places itself."""
    app.clientside_callback(
        ClientsideFunction("scenarios", "draw"),
        Input(Shell.VERSION, "data"),
        Input(Shell.LOCATION, "pathname"),
        Input(Scenarios.TICK, "data"),
    )
