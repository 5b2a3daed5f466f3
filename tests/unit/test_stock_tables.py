"""What a level below zero probably is, and deliveries that ask for somebody."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from campaign.delivery_tables import DELIVERY_COLUMNS, OpenDelivery, delivery_rows
from campaign.stock_board import Heap, JudgedHeap, Standing
from campaign.stock_places import Difference, Store
from campaign.stock_tables import Names, difference_rows, store_lot_rows

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


@pytest.mark.parametrize(
    ("standing", "on_hand", "discard", "wanted", "usable"),
    [
        (Standing.USABLE, 500, 0, "usable", 500),
        (Standing.USABLE, 500, 100, "usable", 400),
        (Standing.USABLE, 500, 500, "blocked", 0),
        (Standing.USABLE, 0, 0, "usable", 0),
        (Standing.PAST, 500, 500, "past", 0),
    ],
)
def test_a_lot_of_which_monitors_rule_out_every_dose_is_blocked(
    standing: Standing, on_hand: int, discard: int, wanted: str, usable: int
) -> None:
    heap = Heap(
        place="S",
        area="79",
        lot="L",
        product="p",
        thawed_on=None,
        on_hand=on_hand,
        in_transit=9,
        discard=discard,
    )
    item = JudgedHeap(heap=heap, state="released", standing=standing, until=None, why="", days_left=None)

    def not_told(_store: str, _product: str, _thawed_on: date | None) -> bool:
        return False

    (row,) = store_lot_rows([item], {}, NAMES, counted={}, not_told=not_told, marks={})
    assert (row["standing"], row["standing_name"], row["usable"], row["discard"]) == (wanted, wanted, usable, discard)
