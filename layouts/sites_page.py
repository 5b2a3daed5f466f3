"""The page about sites without its numbers: where the choice of a province, the tiles and the lists will stand."""

from __future__ import annotations

from collections.abc import Mapping

from dash import html

from geo.text import collation_key
from layouts.ids import Sites as Ids
from layouts.parts import Child, attributes, awaited
from layouts.words import Words

__all__ = ["Ids", "area_choice", "sites_page"]


def sites_page(words: Words) -> list[Child]:
    return [
        html.Div(id=Ids.PROBLEM, role="status"),
        html.Div(id=Ids.PLACE),
        awaited(Ids.BODY, words, class_name="sites-body"),
    ]


def area_choice(areas: Mapping[str, str], words: Words, *, select_id: str = Ids.CHOSEN) -> html.Div:
    """The nation, or one of `areas` (name by code, those that the reader may see)."""
    by_name = sorted(areas.items(), key=lambda item: collation_key(item[1]))
    options = [html.Option(words("table.nation"), value="")]
    options += [html.Option(name, value=code) for code, name in by_name]
    name = words("people.choose_province")
    select = html.Select(options, id=select_id, className="people-select", **attributes(aria_label=name))
    return html.Div(
        html.Div(
            [html.Span(name, className="filter-name"), html.Div(select, className="choice-row")], className="filter"
        ),
        className="filters target-choices",
    )
