"""The list of alerts: read again with every version, on every change of health, and while it is looked at."""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input, Output

from layouts.ids import Alerts, Shell


def register(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction("frame", "alerts"),
        Output(Alerts.BODY, "children"),
        Input(Shell.VERSION, "data"),
        Input(Shell.HEALTH, "data"),
        Input(Shell.LOCATION, "pathname"),
    )
