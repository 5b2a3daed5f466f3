"""Wastage on the page about stock: by product, by reason, by province or store."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from campaign.device_tables import NATION
from campaign.people_tables import Row
from campaign.stock_board import NATIONAL_STORES
from campaign.wastage import NONE_TOLD
from campaign.waste_tables import FIGURES
from layouts.parts import Child, card, tag
from layouts.people_table import Table
from layouts.stock_model import Common, WastePart
from layouts.stock_parts import labels, table_card, to_area, to_store
from layouts.words import Words

FIRST = 10
HELP = {
    "given": "stock_administered", "open": "stock_open", "gained": "stock_gained", "open_share": "stock_open_share",
    "closed": "stock_closed", "closed_share": "stock_closed_share", "total_share": "stock_total_share",
}  # fmt: skip


def waste_cards(common: Common, part: WastePart | None) -> list[Child]:
    """None: a snapshot from before."""
    words = common.words
    if part is None:
        return [
            card(words("stock.waste_title"), [html.Div(words("stock.waste_old"), className="empty")], anchor="hao-phi")
        ]
    cards: list[Child] = [_products(common, part.products), _reasons(common, part.reasons)]
    if part.places is not None:
        cards.append(_places(common, part.places))
    if part.stores is not None:
        cards.append(_stores(common, part.stores))
    return cards


def _titles(words: Words, *columns: str) -> dict[str, str]:
    return {**labels(words, *columns), **{name: words(f"stock_column.{name}") for name in FIGURES}}


def _products(common: Common, rows: Sequence[Row]) -> html.Section:
    words = common.words
    table = Table(
        name="stock_waste",
        key="product",
        head=("product_name", *FIGURES),
        labels={**_titles(words), "product_name": words("people_column.product_name")},
        help=HELP,
        fixed=frozenset({NATION}),
    )
    return table_card(common, table, rows, anchor="hao-phi", first=FIRST)


def _reasons(common: Common, rows: Sequence[Row]) -> html.Section:
    words = common.words
    table = Table(
        name="stock_waste_reasons",
        key="key",
        head=("reason_name", "kind_name", "doses", "stores"),
        labels={
            **labels(words, "reason_name", "doses"),
            "kind_name": words("stock_column.vials_name"),
            "stores": words("stock_column.waste_stores"),
        },
        help={"doses": "stock_wasted", "stores": "stock_waste_stores"},
        cells={
            "reason_name": lambda row: _reason(row, words),
            "kind_name": lambda row: html.Span(words(f"stock_vials.{row['kind']}")),
        },
    )
    return table_card(common, table, rows, anchor="ly-do-hao-phi", first=FIRST)


def _reason(row: Row, words: Words) -> Child:
    text = html.B(str(row["reason_name"]))
    return tag(str(row["reason_name"]), kind="open", icon_name="warn") if row["reason"] == NONE_TOLD else text


def _places(common: Common, rows: Sequence[Row]) -> html.Section:
    words = common.words
    table = Table(
        name="stock_waste_places",
        key="area",
        head=("name", *FIGURES),
        labels={**_titles(words), "name": words("people_column.name")},
        help=HELP,
        fixed=frozenset({NATION, NATIONAL_STORES}),
        cells={"name": to_area},
    )
    return table_card(common, table, rows, anchor="hao-phi-theo-tinh", first=FIRST)


def _stores(common: Common, rows: Sequence[Row]) -> html.Section:
    words = common.words
    table = Table(
        name="stock_waste_stores",
        key="store",
        head=("store_name", *FIGURES),
        labels=_titles(words, "store_name"),
        help=HELP,
        cells={"store_name": to_store},
    )
    return table_card(common, table, rows, anchor="hao-phi-theo-kho", first=FIRST)
