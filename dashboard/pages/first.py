"""The first screen above the map: one function fetches it and draws it."""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input

from layouts.ids import Coverage, Shell


def register(app: Dash) -> None:
    """No output: the function, in assets/first-screen.js, draws into First.ANSWER and First.BODY itself."""
    app.clientside_callback(
        ClientsideFunction("first", "draw"),
        Input(Shell.VERSION, "data"),
        Input(Coverage.DENOMINATOR, "value"),
        Input(Shell.LOCATION, "pathname"),
    )
