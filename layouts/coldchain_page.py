"""The page about the cold chain without its numbers: where the choice of a province, tiles and tables will stand."""

from __future__ import annotations

from dash import html

from layouts.ids import ColdChain as Ids
from layouts.parts import Child

__all__ = ["Ids", "coldchain_page"]


def coldchain_page() -> list[Child]:
    return [
        html.Div(id=Ids.PROBLEM, role="status"),
        html.Div(id=Ids.PLACE),
        html.Div(id=Ids.BODY, className="coldchain-body"),
    ]
