"""Consumables against doses, and the vials' own monitors of heat, on the page about stock."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from campaign.device_tables import NATION
from campaign.people_tables import Row
from campaign.stock_board import NATIONAL_STORES
from campaign.vial_monitors import DISCARD
from layouts import format as fmt
from layouts.parts import Child, tag
from layouts.people_table import Table
from layouts.stock_model import Common, SupplyPart
from layouts.stock_parts import instant_cell, labels, table_card, to_area, to_lot, to_store
from layouts.words import Words

FIRST, PLACES = 10, 20
DOSES = ("usable", "givable", "stranded")
HELP = {"usable": "stock_usable", "givable": "supply_givable", "stranded": "supply_stranded"}


def supply_cards(common: Common, part: SupplyPart, *, one_store: bool = False) -> list[Child]:
    cards: list[Child] = [_places(common, part, one_store=one_store), _items(common, part)]
    if part.stores is not None:
        cards.append(_stores(common, part.stores))
    cards.append(_vials(common, part.vials))
    if part.vial_lots is not None:
        cards.append(_vial_lots(common, part.vial_lots))
    return cards


def _places(common: Common, part: SupplyPart, *, one_store: bool) -> html.Section:
    words = common.words
    table = Table(
        name="stock_supplies",
        key="area",
        head=("name", *DOSES, "limit_name", "items_short"),
        labels={**labels(words, *DOSES, "limit_name", "items_short"), "name": words("people_column.name")},
        help={**HELP, "items_short": "supply_items_short"},
        fixed=frozenset({NATION, NATIONAL_STORES}),
        cells={
            "name": (lambda row: html.B(str(row["name"]))) if one_store else to_area,
            "limit_name": lambda row: _limit(row, words),
        },
    )
    return table_card(common, table, part.places if part.told else (), anchor="vat-tu", first=PLACES)


def _limit(row: Row, words: Words) -> Child:
    """What is the scarcest; that all can be given; or that no books are kept."""
    if row["givable"] is None:
        return html.Span(words("stock.supply_untold"), className="stock-quiet")
    if row["stranded"]:
        return tag(str(row["limit_name"]) or words("stock.supply_some"), kind="bad", icon_name="warn")
    if row["limit_name"]:
        return html.Span(str(row["limit_name"]))
    return html.Span(words("stock.supply_enough"), className="stock-quiet")


def _items(common: Common, part: SupplyPart) -> html.Section:
    words = common.words
    figures = ("pieces", "needed", "lacking", "for_doses", "covers")
    table = Table(
        name="stock_supply_items",
        key="item",
        head=("item_name", *figures),
        labels=labels(words, "item_name", *figures),
        help={name: f"supply_{name}" for name in figures},
    )
    return table_card(common, table, part.items, anchor="loai-vat-tu", first=FIRST)


def _stores(common: Common, rows: Sequence[Row]) -> html.Section:
    words = common.words
    table = Table(
        name="stock_supply_stores",
        key="store",
        head=("store_name", *DOSES, "limit_name"),
        labels=labels(words, "store_name", *DOSES, "limit_name"),
        help=HELP,
        cells={"store_name": to_store, "limit_name": lambda row: _limit(row, words)},
    )
    return table_card(common, table, rows, anchor="kho-thieu-vat-tu", first=FIRST)


def _vials(common: Common, rows: Sequence[Row]) -> html.Section:
    words = common.words
    figures = ("stage1", "stage2", "stage3", "stage4", "unread")
    table = Table(
        name="stock_vials",
        key="product",
        head=("product_name", "carries_name", *figures),
        labels={**labels(words, "carries_name", *figures), "product_name": words("people_column.product_name")},
        help={**dict.fromkeys(figures[:-1], "vial_stage"), "unread": "vial_unread"},
        cells={"carries_name": lambda row: _carries(row, words)},
    )
    return table_card(common, table, rows, anchor="vvm", first=FIRST)


def _carries(row: Row, words: Words) -> Child:
    """Never good by a monitor that is not there."""
    text = words(f"vial_carries.{row['carries']}")
    return html.Span(f"{text} ({row['vvm_type']})" if row["vvm_type"] else text)


def _vial_lots(common: Common, rows: Sequence[Row]) -> html.Section:
    words = common.words
    table = Table(
        name="stock_vial_lots",
        key="key",
        head=("lot_name", "store_name", "product_name", "stage", "at_stage", "discard", "at"),
        labels={
            **labels(words, "lot_name", "store_name", "stage", "at_stage", "discard"),
            "product_name": words("people_column.product_name"),
            "at": words("stock_column.read_at"),
        },
        help={"stage": "vial_stage", "at_stage": "vial_stage", "discard": "vial_discard", "at": "vial_read"},
        cells={
            "lot_name": to_lot,
            "store_name": to_store,
            "stage": lambda row: _stage(row, words),
            "at": lambda row: html.Span(instant_cell(row["at"], common)),
        },
    )
    return table_card(common, table, rows, anchor="vvm-theo-lo", first=FIRST)


def _stage(row: Row, words: Words) -> Child:
    stage = row["stage"]
    told = fmt.whole(stage, words.language) if isinstance(stage, int) else fmt.UNKNOWN
    bad = isinstance(stage, int) and stage >= DISCARD
    return tag(told, kind="bad" if bad else "good", icon_name="stop" if bad else "check")
