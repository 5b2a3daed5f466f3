"""The page of the targets: one function fetches what was chosen and draws it."""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input, Output

from layouts.ids import Shell, Targets


def register(app: Dash) -> None:
    """The function is in assets/targets.js, which draws everything but the plot itself (assets/draw.js says why)."""
    app.clientside_callback(
        ClientsideFunction("targets", "draw"),
        Output(Targets.CURVE, "figure"),
        Input(Shell.VERSION, "data"),
        Input(Shell.THEME, "data"),
        Input(Shell.SIZE, "data"),
        Input(Shell.LOCATION, "pathname"),
        Input(Targets.TICK, "data"),
    )
