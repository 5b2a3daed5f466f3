"""Deliveries that ask for somebody: not received, short or over. Rows for the page about stock and its file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from campaign.people_tables import Row
from campaign.stock_places import Store
from campaign.stock_tables import Names, store_columns

DELIVERY_COLUMNS = (
    *("area", "area_name", "store", "store_name", "level", "lot", "product", "product_name", "kind", "missing"),
    *("sent_at", "received_at"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDelivery:
    """What was sent of a lot to a store less what came there: below zero, more came. sent_at, received_at: when last;
    came: something came after the last was sent."""

    store: Store
    lot: str
    product: str
    doses: int
    sent_at: datetime | None
    received_at: datetime | None
    came: bool

    @property
    def kind(self) -> str:
        if self.doses < 0:
            return "over"
        return "short" if self.came else "unreceived"


def delivery_rows(found: Iterable[OpenDelivery], names: Names) -> list[Row]:
    """Grain: store x lot, in the order given."""
    return [
        {
            "key": f"{item.store.code} {item.lot}",
            **store_columns(item.store, names),
            "lot": item.lot,
            "lot_name": item.lot,
            "product": item.product,
            "product_name": names.product(item.product),
            "kind": item.kind,
            "kind_name": item.kind,
            "missing": item.doses,
            "in_transit": item.doses,
            "sent_at": None if item.sent_at is None else int(item.sent_at.timestamp()),
            "received_at": None if item.received_at is None else int(item.received_at.timestamp()),
        }
        for item in found
    ]
