"""Deliveries that ask for somebody, on the page about stock: each leads to what was sent and what came."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from campaign.people_tables import Row
from layouts.parts import Child, tag
from layouts.people_table import Table
from layouts.stock_model import Common
from layouts.stock_parts import instant_cell, labels, table_card, to_lot, to_store, to_transfer
from layouts.words import Words

FIRST = 10


def delivery_card(common: Common, rows: Sequence[Row], *, late_days: int) -> html.Section:
    words = common.words
    table = Table(
        name="stock_deliveries",
        key="key",
        head=("store_name", "lot_name", "product_name", "kind_name", "missing", "sent_at", "received_at"),
        labels={
            **labels(words, "store_name", "lot_name", "kind_name", "sent_at", "received_at"),
            "missing": words("stock_column.missing_doses"),
            "product_name": words("people_column.product_name"),
        },
        help={"missing": "stock_in_transit", "sent_at": "delivery_sent", "received_at": "delivery_received"},
        cells={
            "store_name": to_store,
            "lot_name": to_lot,
            "kind_name": lambda row: _kind(row, words),
            "missing": lambda row: to_transfer(row, words, store=str(row["store"]), lot=str(row["lot"])),
            "sent_at": lambda row: html.Span(instant_cell(row["sent_at"], common)),
            "received_at": lambda row: html.Span(instant_cell(row["received_at"], common)),
        },
    )
    return table_card(common, table, rows, anchor="chuyen-hang", first=FIRST, values={"days": late_days})


def _kind(row: Row, words: Words) -> Child:
    return tag(words(f"stock_delivery.{row['kind']}"), kind="open", icon_name="warn")
