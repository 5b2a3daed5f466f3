"""What a level below zero probably is, and deliveries that ask for somebody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from campaign.delivery_tables import DELIVERY_COLUMNS, OpenDelivery, delivery_rows
from campaign.stock_places import Difference, Store
from campaign.stock_tables import Names, difference_rows

NAMES = Names(area=str, product=str, store=lambda store: store.code)
STORE = Store(code="S", level="site", area="79", district=None, site=None, recipient=None)
NOW = datetime(2021, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("incoming", "kept", "central", "in_transit", "kind"),
    [
        (100, 100, 0, 0, "below_extra"),
        (100, 100, 500, 0, "below_extra"),
        (100, 0, 0, 0, "below"),
        (100, 0, 20, 0, "below_central"),
        (100, 0, 19, 0, "below"),
        (0, 0, 20, 0, "below_central"),
        (0, 0, 0, 0, "below_none"),
        (0, 0, 20, 5, "below_transit"),
    ],
)
def test_a_level_of_twenty_below_zero(incoming: int, kept: int, central: int, in_transit: int, kind: str) -> None:
    """Vials of ten doses may yield twelve: 100 doses explain twenty."""
    found = Difference(
        store=STORE,
        lot="L",
        product="p",
        difference=-20,
        at=None,
        incoming=incoming,
        kept=kept,
        per_vial=10,
        in_transit=in_transit,
        central=central,
    )
    assert [row["kind"] for row in difference_rows([found], NAMES, most_per_vial={"p": 12})] == [kind]


@pytest.mark.parametrize(("doses", "came", "kind"), [(5, False, "unreceived"), (5, True, "short"), (-5, True, "over")])
def test_a_delivery_is_told_by_what_came(doses: int, came: bool, kind: str) -> None:
    found = OpenDelivery(
        store=STORE,
        lot="L",
        product="p",
        doses=doses,
        sent_at=NOW - timedelta(days=9),
        received_at=NOW if came else None,
        came=came,
    )
    (row,) = delivery_rows([found], NAMES)
    assert (row["kind"], row["missing"], row["received_at"] is None) == (kind, doses, not came)
    assert set(DELIVERY_COLUMNS) <= set(row)
