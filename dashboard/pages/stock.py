"""The page about stock: one function fetches what was chosen and draws it."""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input

from layouts.ids import Shell, Stock


def register(app: Dash) -> None:
    """No output: the function, in assets/stock.js, draws into the page itself (assets/draw.js says why)."""
    app.clientside_callback(
        ClientsideFunction("stock", "draw"),
        Input(Shell.VERSION, "data"),
        Input(Shell.LOCATION, "pathname"),
        Input(Stock.TICK, "data"),
    )
