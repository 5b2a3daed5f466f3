"""A table of rows as campaign.people_tables makes them: sorted by number in the browser, with its file beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import floor, inf

from dash import html

from campaign.people_places import APART
from campaign.people_tables import Row, Value
from geo.text import collation_key
from layouts import format as fmt
from layouts.help_layer import define
from layouts.parts import Child, attributes, head_with_sign, icon
from layouts.words import Language, Words

SHARE = "_share"
# A difference, which goes either way.
SIGNED = frozenset({"net"})
# Shown as text; everything else is a number.
TEXTS = frozenset(
    {
        *(
            "name",
            "product_name",
            "group_name",
            "stage_name",
            "reason_name",
            "band_name",
            "residence_name",
            "place_name",
        ),
        *("equipment", "store_name", "area_name", "state_name", "edge_name", "ended_name"),
        *("lot_name", "level_name", "kind_name", "reason_name", "standing_name", "class_name", "why_name"),
        *("advice_name", "condition_name", "decision_name"),
        *("number_name", "products_name", "gap_name", "before_name", "after_name", "what_name", "who_name"),
        *("item_name", "limit_name", "carries_name"),
        *("status_name", "job_name", "model_name", "said_by_name"),
    }
)
Cell = Callable[[Row], Child | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """name: of its file and in its addresses. key: the column that tells rows apart. head: columns, the first is the
    row's name. labels: titles that are not words of the catalogue. fixed: rows that stay below the others, by key.
    cells: columns drawn by a function. places: whether a row's name leads to the place itself. sort: the column whose
    largest value comes first; '' keeps the rows' order. help: definition of a column, where it has one."""

    name: str
    key: str
    head: tuple[str, ...]
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    fixed: frozenset[str] = frozenset()
    cells: Mapping[str, Cell] = field(default_factory=dict[str, Cell])
    places: bool = False
    sort: str = ""
    help: Mapping[str, str] = field(default_factory=dict[str, str])


def ratio_text(ratio: float, language: Language) -> str:
    """One decimal, rounded down, as fmt.percent does; the product is cleaned of what binary fractions add to it."""
    return fmt.decimal(floor(round(ratio * 1000, 6)) / 10, language) + "%"


def people_table(
    table: Table, rows: Sequence[Row], words: Words, *, picked: str = "", file: str = "", first: int | None = None
) -> html.Div:
    """`file`: address of the rows as CSV. `picked`: the place that is looked at, which comes first. `first`: rows after
    so many are folded away."""
    caption = words(f"people_caption.{table.name}")
    ordered = _ordered(table, rows, picked)
    # A single row takes no more room than the words that would say it is folded away.
    shown = ordered if first is None or len(ordered) == first + 1 else ordered[:first]
    parts: list[Child] = [_scroll(table, shown, words, caption, picked)]
    if len(ordered) > len(shown):
        rest = _scroll(table, ordered[len(shown) :], words, caption, picked)
        parts.append(
            html.Details([html.Summary(words("data.more", rows=len(ordered) - len(shown))), rest], className="more")
        )
    if file:
        link = html.A([icon("down"), words("people.file")], href=file, className="people-file", download="")
        parts.append(html.P(link))
    return html.Div(parts)


def _ordered(table: Table, rows: Sequence[Row], picked: str) -> list[Row]:
    free = [row for row in rows if not _fixed(table, row)]
    if table.sort:
        free.sort(key=lambda row: -_number(row.get(table.sort)))
    free.sort(key=lambda row: row[table.key] != picked)
    return [*free, *(row for row in rows if _fixed(table, row))]


def _fixed(table: Table, row: Row) -> bool:
    return row[table.key] in table.fixed or row[table.key] in APART


def _scroll(table: Table, rows: Sequence[Row], words: Words, caption: str, picked: str) -> html.Div:
    rank = {column: _ranks(rows, column) for column in table.head if column in TEXTS}
    titles = {column: table.labels.get(column) or words(f"people_column.{column}") for column in table.head}
    head = [_head(table, column, titles[column], words) for column in table.head]
    body = [_row(table, row, rank, titles, words, picked) for row in rows]
    return html.Div(
        html.Table(
            [html.Caption(caption, className="sr-only"), html.Thead(html.Tr(head)), html.Tbody(body)],
            className="plain-table target-table people-table",
            **attributes(data_table=table.name),
        ),
        className="table-scroll",
        tabIndex=0,
        role="region",
        **attributes(aria_label=caption),
    )


def _ranks(rows: Sequence[Row], column: str) -> dict[str, int]:
    """Place of each text of a column, as a dictionary orders them."""
    return {text: place for place, text in enumerate(sorted({str(row[column]) for row in rows}, key=collation_key))}


def _head(table: Table, column: str, title: str, words: Words) -> html.Th:
    button = html.Button(
        title, n_clicks=0, className="sort", **attributes(data_action="people-sort", data_column=column)
    )
    state = "descending" if column == table.sort else "none"
    parts = head_with_sign(button, define(table.help[column], title, words)) if column in table.help else button
    return html.Th(parts, scope="col", className="" if column in TEXTS else "num", **attributes(aria_sort=state))


def _row(
    table: Table, row: Row, rank: Mapping[str, Mapping[str, int]], titles: Mapping[str, str], words: Words, picked: str
) -> html.Tr:
    key = str(row[table.key])
    fixed = _fixed(table, row)
    classes = ["row-fixed"] * fixed + ["row-picked"] * (key == picked and not fixed)
    cells = [
        html.Td(
            _content(table, row, column, words, fixed=fixed),
            className="" if column in TEXTS else "num",
            **attributes(
                data_label=titles[column],
                data_sort=str(rank[column][str(row[column])]) if column in TEXTS else _sorted_by(row.get(column)),
                data_cell=f"{table.name}/{key}/{column}",
            ),
        )
        for column in table.head
    ]
    return html.Tr(cells, className=" ".join(classes))


def _content(table: Table, row: Row, column: str, words: Words, *, fixed: bool) -> Child:
    drawn = table.cells[column](row) if column in table.cells else None
    if drawn is not None:
        return drawn
    text = text_of(column, row.get(column), words)
    if column != table.head[0]:
        return text
    text = fmt.capital(text)
    if not table.places or fixed:
        return html.B(text)
    return html.Button(
        text,
        n_clicks=0,
        className="place",
        **attributes(data_action="people-place", data_area=str(row[table.key]), data_tier=""),
    )


def text_of(column: str, value: Value, words: Words) -> str:
    if column.endswith(SHARE):
        return ratio_text(float(value), words.language) if isinstance(value, int | float) else fmt.UNKNOWN
    if column in SIGNED and isinstance(value, int):
        return fmt.signed(value, words.language)
    if isinstance(value, int) or value is None:
        return fmt.whole(value, words.language)
    return str(value)


def _number(value: Value) -> float:
    """What is not known comes after every number: largest first is how the rows are laid out."""
    return float(value) if isinstance(value, int | float) else -inf


def _sorted_by(value: Value) -> str:
    return str(float(value)) if isinstance(value, int | float) else ""
