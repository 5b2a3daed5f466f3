"""The page about people: one function fetches what was chosen and draws it."""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input

from layouts.ids import People, Shell


def register(app: Dash) -> None:
    """No output: the function, in assets/people.js, draws into the page itself (assets/draw.js says why)."""
    app.clientside_callback(
        ClientsideFunction("people", "draw"),
        Input(Shell.VERSION, "data"),
        Input(Shell.LOCATION, "pathname"),
        Input(People.TICK, "data"),
    )
