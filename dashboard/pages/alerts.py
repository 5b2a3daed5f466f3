"""The console: read again with every version, on every change of health, and while it is looked at (console.js)."""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input

from layouts.ids import Shell


def register(app: Dash) -> None:
    """No output: the function draws into Alerts.BODY itself (assets/console.js, by assets/draw.js, which says why)."""
    app.clientside_callback(
        ClientsideFunction("frame", "alerts"),
        Input(Shell.VERSION, "data"),
        Input(Shell.HEALTH, "data"),
        Input(Shell.LOCATION, "pathname"),
    )
