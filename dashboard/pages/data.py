"""The page on the data themselves."""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input

from layouts.ids import Shell


def register(app: Dash) -> None:
    """No output: the function draws into Data.BODY itself (assets/draw.js says why)."""
    app.clientside_callback(
        ClientsideFunction("frame", "data"),
        Input(Shell.VERSION, "data"),
        Input(Shell.LOCATION, "pathname"),
    )
