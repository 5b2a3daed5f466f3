"""The page about stock without its numbers: where the choice of a province, tiles and tables will stand."""

from __future__ import annotations

from dash import html

from layouts.ids import Stock as Ids
from layouts.parts import Child

__all__ = ["Ids", "stock_page"]


def stock_page() -> list[Child]:
    return [
        html.Div(id=Ids.PROBLEM, role="status"),
        html.Div(id=Ids.PLACE),
        html.Div(id=Ids.BODY, className="stock-body"),
    ]
