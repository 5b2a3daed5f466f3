"""Adverse events after vaccination by product: counts and rates, for the page about stock and its file alike.

Rates are per 100,000 doses given, each with its exact interval (campaign/event_rate.py); None without doses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from campaign.coverage import NATION
from campaign.event_rate import event_rate
from campaign.people_tables import Row
from campaign.stock_tables import Names

EVENT_COLUMNS = (
    *("product", "product_name", "given", "serious", "serious_rate", "serious_low", "serious_high"),
    *("others", "others_rate", "others_low", "others_high"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductEvents:
    """Events recorded, and doses given, of one product ('' where not told) since the beginning; of a demonstration both
    are those of its sample."""

    product: str
    serious: int
    others: int
    doses: int


def event_rows(found: Iterable[ProductEvents], names: Names) -> list[Row]:
    """Grain: product, the most given first, and all of them last."""
    items = sorted(found, key=lambda item: (-item.doses, item.product))
    rows = [_row(item, names) for item in items]
    if len(items) < 2:
        return rows
    whole = ProductEvents(
        product=NATION,
        serious=sum(item.serious for item in items),
        others=sum(item.others for item in items),
        doses=sum(item.doses for item in items),
    )
    return [*rows, _row(whole, names)]


def _row(item: ProductEvents, names: Names) -> Row:
    serious, others = event_rate(item.serious, item.doses), event_rate(item.others, item.doses)
    return {
        "product": item.product,
        "product_name": names.product(item.product),
        "given": item.doses,
        "serious": item.serious,
        "serious_rate": serious.rate,
        "serious_low": serious.low,
        "serious_high": serious.high,
        "others": item.others,
        "others_rate": others.rate,
        "others_low": others.low,
        "others_high": others.high,
    }
