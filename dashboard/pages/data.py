"""The page on the data themselves."""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input, Output

from layouts.ids import Data, Shell


def register(app: Dash) -> None:
    app.clientside_callback(
        ClientsideFunction("frame", "data"),
        Output(Data.BODY, "children"),
        Input(Shell.VERSION, "data"),
        Input(Shell.LOCATION, "pathname"),
    )
