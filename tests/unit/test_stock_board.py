"""What a thaw date that nobody told means, and which doses only a decision stops."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from campaign.lots import Expiry, LotState, StateChange
from campaign.stock import AreaLot, LotFacts, StockSeen, held_doses, parts_of
from campaign.stock_board import Heap, LotNow, held_of, judge, thaw_not_told

NOW = datetime(2021, 11, 22, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("classes", "limited", "thawed_on", "told"),
    [
        ({"refrigerator"}, True, None, True),
        ({"refrigerator"}, True, date(2021, 11, 1), False),
        ({"refrigerator"}, False, None, False),
        ({"refrigerator", "ultra_cold"}, True, None, False),
        (set[str](), True, None, False),
    ],
)
def test_doses_in_a_refrigerator_were_thawed(
    classes: set[str], limited: bool, thawed_on: date | None, told: bool
) -> None:
    assert thaw_not_told(classes, limited=limited, thawed_on=thawed_on) is told


@pytest.mark.parametrize(
    ("state", "days_left", "on_hold", "doses"),
    [
        (LotState.RELEASED, 0, True, 500),
        (LotState.RELEASED, 0, False, 0),
        (LotState.RELEASED, -1, True, 0),
        (LotState.RECALLED, 9, True, 0),
        (LotState.ON_HOLD, 9, True, 0),
        (LotState.AWAITING_RELEASE, 9, True, 0),
        (None, 9, True, 0),
    ],
)
def test_doses_on_hold_after_an_excursion_are_one_number_on_the_page_and_in_the_alert(
    state: LotState | None, days_left: int, *, on_hold: bool, doses: int
) -> None:
    """Neither tells of those that could not be given anyhow."""
    today = NOW.date()
    expiries = (Expiry(expires_on=today + timedelta(days=days_left), kind="label", valid_from=date(2021, 5, 1)),)
    heap = Heap(
        place="79", area="79", lot="L", product="p", thawed_on=None, on_hand=500, in_transit=70, on_hold=on_hold
    )
    lots = {"L": LotNow(number="L", product="p", state=state or "", expiries=expiries)}
    assert held_of(judge([heap], lots, {}, today=today, thaw_days={})) == doses
    changes = (StateChange(state=state, valid_from=NOW - timedelta(days=9)),) if state else ()
    own = AreaLot(
        area_code="79", product="p", lot_number="L", thawed_on=None, doses=500, in_transit=70, stores=1, on_hold=on_hold
    )
    seen = StockSeen(
        now=NOW,
        today=today,
        lots={"L": LotFacts(product="p", changes=changes, expiries=expiries)},
        held=(own,),
        paces=(),
        faults=(),
        uncounted=(),
        events=(),
    )
    assert sum(held_doses(parts_of(seen), today=today).values()) == doses
