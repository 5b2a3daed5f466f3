"""Adverse events on the page about stock: by product, with their rates."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from campaign.device_tables import NATION
from campaign.people_tables import Row
from layouts import format as fmt
from layouts.parts import Child
from layouts.people_table import Table
from layouts.stock_model import Common
from layouts.stock_parts import labels, table_card
from layouts.words import Words

FIRST = 12


def event_cards(common: Common, rows: Sequence[Row] | None) -> list[Child]:
    """None: a snapshot from before."""
    if rows is None:
        return []
    words = common.words
    columns = ("events_given", "serious", "serious_rate", "others", "others_rate")
    titles = labels(words, *columns)
    table = Table(
        name="stock_events",
        key="product",
        head=("product_name", "given", "serious", "serious_rate", "others", "others_rate"),
        labels={
            **titles,
            "given": titles["events_given"],
            "product_name": words("people_column.product_name"),
        },
        help={"given": "event_given", **{name: f"event_{name}" for name in columns[1:]}},
        fixed=frozenset({NATION}),
        cells={
            "serious_rate": lambda row: rate(row, "serious", words),
            "others_rate": lambda row: rate(row, "others", words),
        },
    )
    # Doses in stores are at full size, records of a demonstration are not: without a word the two disagree.
    note = html.P(words("stock.events_recorded"), className="card-note")
    return [table_card(common, table, rows, anchor="phan-ung", first=FIRST, notes=[note] if common.one_in > 1 else [])]


def rate(row: Row, kind: str, words: Words) -> Child:
    """Events per 100,000 doses, and between what they may lie."""
    found, low, high = row[f"{kind}_rate"], row[f"{kind}_low"], row[f"{kind}_high"]
    if not isinstance(found, int | float):
        return html.Span(fmt.UNKNOWN)
    text: list[Child] = [html.B(fmt.decimal(found, words.language))]
    if isinstance(low, int | float) and isinstance(high, int | float):
        told = words("stock.interval", low=fmt.decimal(low, words.language), high=fmt.decimal(high, words.language))
        text.append(html.Span(told))
    return html.Span(text, className="stack")
