"""The page about the cold chain: one function fetches what was chosen and draws it."""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input

from layouts.ids import ColdChain, Shell


def register(app: Dash) -> None:
    """No output: the function, in assets/coldchain.js, draws into the page itself (assets/draw.js says why)."""
    app.clientside_callback(
        ClientsideFunction("coldchain", "draw"),
        Input(Shell.VERSION, "data"),
        Input(Shell.LOCATION, "pathname"),
        Input(ColdChain.TICK, "data"),
    )
