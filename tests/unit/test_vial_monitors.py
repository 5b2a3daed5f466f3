"""Monitors of heat on vials: which doses must not be given, and of what nothing is said."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from campaign.vial_monitors import Carries, Monitor, ReadLot, VialReading, by_stage, discarded, newest

NOW = datetime(2021, 11, 22, 3, tzinfo=UTC)


def read(stage: int, *, doses: int | None = None, hours: int = 0, lot: str = "L") -> VialReading:
    return VialReading(store="S", lot=lot, stage=stage, read_at=NOW + timedelta(hours=hours), doses=doses)


@pytest.mark.parametrize(
    ("stage", "doses", "on_hand", "there", "wasted", "gone"),
    [
        (1, None, 50, 50, 0, 0),
        (2, 20, 50, 50, 0, 0),
        (3, None, 50, 50, 0, 50),
        (3, 20, 50, 50, 0, 20),
        (4, 80, 50, 50, 0, 50),
        (4, None, -7, 0, 0, 0),
        # Written off: gone already, whole or in part.
        (3, 100, 400, 500, 100, 0),
        (3, 100, 470, 500, 30, 70),
        (3, 100, 390, 500, 110, 0),
        # Of all that was there: what came later is another matter, what left otherwise may be the good ones.
        (3, None, 550, 50, 0, 50),
        (3, None, 500, 50, 50, 0),
        (4, None, 120, 100, 0, 100),
        # A receipt that was written down after the reading: the books were behind.
        (4, None, 50, 0, 0, 50),
    ],
)
def test_from_stage_3_on_doses_are_not_given(
    stage: int, doses: int | None, on_hand: int, there: int, wasted: int, gone: int
) -> None:
    assert discarded(read(stage, doses=doses), on_hand=on_hand, there=there, wasted=wasted) == gone


def test_the_newest_reading_stands_whatever_the_order() -> None:
    rows = [read(3, hours=1), read(2, hours=2), read(1, lot="M"), read(4, lot="M"), read(4, lot="M", doses=5)]
    for order in (rows, rows[::-1]):
        found = newest(order)
        assert found["S", "L"].stage == 2
        assert (found["S", "M"].stage, found["S", "M"].doses) == (4, None)


def test_a_product_without_a_monitor_is_never_good_by_one() -> None:
    monitors = {
        name: Monitor(product=name, carries=carries, vvm_type="", valid_from=date(2021, 3, 1))
        for name, carries in (("yes", Carries.YES), ("no", Carries.NO))
    }
    lot = ReadLot(
        place="79",
        area="79",
        store="S",
        lot="L",
        product="yes",
        stage=3,
        doses=30,
        read_at=NOW,
        on_hand=100,
        discard=30,
    )
    found = {row.product: row for row in by_stage({"yes": 250, "no": 90, "odd": 10}, [lot], monitors)}
    assert found["yes"].by_stage == {1: 0, 2: 0, 3: 30, 4: 0}
    assert found["yes"].unread == 220
    for name, carries in (("no", Carries.NO), ("odd", Carries.UNKNOWN)):
        assert found[name].carries is carries
        assert (sum(found[name].by_stage.values()), found[name].unread) == (0, 0)
