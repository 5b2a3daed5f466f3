"""The page about people without its numbers: where the choice of a place and the tables will stand."""

from __future__ import annotations

from dash import html

from layouts.ids import People as Ids
from layouts.parts import Child, awaited
from layouts.words import Words

__all__ = ["Ids", "people_page"]


def people_page(words: Words) -> list[Child]:
    return [
        html.Div(id=Ids.PROBLEM, role="status"),
        html.Div(id=Ids.PLACE),
        awaited(Ids.BODY, words, class_name="people-body"),
    ]
