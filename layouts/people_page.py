"""The page about people without its numbers: where the choice of a place and the tables will stand."""

from __future__ import annotations

from dash import html

from layouts.ids import People as Ids
from layouts.parts import Child

__all__ = ["Ids", "people_page"]


def people_page() -> list[Child]:
    return [
        html.Div(id=Ids.PROBLEM, role="status"),
        html.Div(id=Ids.PLACE),
        html.Div(id=Ids.BODY, className="people-body"),
    ]
