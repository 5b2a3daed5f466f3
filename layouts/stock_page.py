"""The page about stock without its numbers: where the choice of a province, tiles and tables will stand."""

from __future__ import annotations

from dash import html

from layouts.ids import Stock as Ids
from layouts.parts import Child, awaited
from layouts.words import Words

__all__ = ["Ids", "stock_page"]


def stock_page(words: Words) -> list[Child]:
    return [
        html.Div(id=Ids.PROBLEM, role="status"),
        html.Div(id=Ids.PLACE),
        awaited(Ids.BODY, words, class_name="stock-body"),
    ]
