"""A table whose heads sort by the numbers behind its texts; totals stay below the others (assets/places.js)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html

from geo.text import fold_text
from layouts.parts import Child, attributes


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One column; `name` is its key in the address of a sorted table."""

    name: str
    text: str
    number: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """What is shown, and the number that it is sorted by; None sorts below every number."""

    shown: Child | list[Child]
    number: float | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row. `key` names its cells to tests and scripts; `search`: what finds it; `fixed` rows are totals."""

    key: str
    cells: Sequence[Cell]
    search: str = ""
    fixed: bool = False


def sorted_table(table_id: str, caption: str, heads: Sequence[Head], lines: Sequence[Line]) -> html.Div:
    table = html.Table(
        [
            html.Caption(caption, className="sr-only"),
            html.Thead(html.Tr([_head(head) for head in heads])),
            html.Tbody([_row(line, heads) for line in lines]),
        ],
        className="plain-table sorted-table",
        id=table_id,
    )
    return html.Div(table, className="table-scroll", tabIndex=0, role="region", **attributes(aria_label=caption))


def stacked(value: str, below: str) -> list[Child]:
    """A share over its numerator and denominator."""
    return [html.B(value), html.Span(below)] if below else [html.B(value)]


def _head(head: Head) -> html.Th:
    button = html.Button(
        head.text, n_clicks=0, className="sort", **attributes(data_action="place-sort", data_column=head.name)
    )
    return html.Th(button, scope="col", className="num" if head.number else "", **attributes(aria_sort="none"))


def _row(line: Line, heads: Sequence[Head]) -> html.Tr:
    cells = [
        html.Td(
            html.Span(cell.shown, className="stack"),
            className="num" if head.number else "",
            **attributes(
                data_cell=f"{line.key}/{head.name}",
                data_sort="" if cell.number is None else f"{cell.number:.10g}",
                data_label=head.text,
            ),
        )
        for head, cell in zip(heads, line.cells, strict=True)
    ]
    extra = attributes(data_search=fold_text(line.search)) if line.search else {}
    return html.Tr(cells, className="row-fixed" if line.fixed else "", **extra)
