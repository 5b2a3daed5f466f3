"""The page about sites: one function fetches what was chosen and draws it."""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input

from layouts.ids import Shell, Sites


def register(app: Dash) -> None:
    """No output: the function, in assets/sites.js, draws into the page itself (assets/draw.js says why)."""
    app.clientside_callback(
        ClientsideFunction("sites", "draw"),
        Input(Shell.VERSION, "data"),
        Input(Shell.LOCATION, "pathname"),
        Input(Sites.TICK, "data"),
    )
