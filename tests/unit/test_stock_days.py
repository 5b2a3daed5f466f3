"""Days of stock by hand: no use, a stock-out in the middle, the end of a month of 31 days; and what will expire."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from campaign.ledger import Movement, replay
from campaign.stock_days import ExpiringLot, StockUse, days_of_stock, expiry_outlook, together, use_of


def use(*movements: tuple[date, str, int], today: date, look_back: int = 28) -> StockUse:
    """(day, kind, doses) of one store and lot, at noon; of a count the doses that were counted."""
    rows = [
        Movement(
            movement_id=number,
            store="S",
            lot="L",
            kind=kind,
            doses=0 if kind == "count" else doses,
            counted=doses if kind == "count" else None,
            occurred_at=(at := datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=12)),
            recorded_at=at,
        )
        for number, (day, kind, doses) in enumerate(movements, start=1)
    ]
    return use_of(replay(rows).values(), today=today, look_back_days=look_back)


def test_without_use_there_is_no_number_of_days() -> None:
    found = use((date(2021, 10, 1), "receipt", 500), today=date(2021, 11, 22))
    assert found == StockUse(used=0, stock_days=28)
    assert days_of_stock(500, [found]) is None


def test_days_without_stock_in_the_middle_do_not_dilute_the_use() -> None:
    """25/10 to 21/11. 100 a day for four days until nothing is left; nothing for a week; 700 come on the 5th."""
    given = [(date(2021, 10, 25) + timedelta(days=number), "administered", -100) for number in range(4)]
    later = [(date(2021, 11, 5) + timedelta(days=number), "administered", -100) for number in range(5)]
    found = use(
        (date(2021, 10, 20), "receipt", 400), *given, (date(2021, 11, 5), "receipt", 700), *later,
        today=date(2021, 11, 22),
    )  # fmt: skip
    # 4 days until empty, then from 5/11 to 21/11: 17 days with stock. 29/10 to 4/11 had none.
    assert found == StockUse(used=900, stock_days=21)
    assert days_of_stock(200, [found]) == pytest.approx(200 / (900 / 21))


def test_the_look_back_is_whole_days_across_the_end_of_a_month_of_31_days() -> None:
    """28 days before 1 November are 4 to 31 October; today's use and that of the 3rd do not count."""
    found = use(
        (date(2021, 9, 30), "receipt", 1000), (date(2021, 10, 3), "administered", -10),
        (date(2021, 10, 4), "administered", -20), (date(2021, 10, 31), "administered", -36),
        (date(2021, 11, 1), "administered", -500),
        today=date(2021, 11, 1),
    )  # fmt: skip
    assert found == StockUse(used=56, stock_days=28)
    assert days_of_stock(100, [found]) == pytest.approx(50.0)


def test_a_count_that_finds_nothing_ends_the_days_with_stock() -> None:
    found = use(
        (date(2021, 11, 1), "receipt", 100), (date(2021, 11, 4), "administered", -30), (date(2021, 11, 6), "count", 0),
        today=date(2021, 11, 11), look_back=10,
    )  # fmt: skip
    # 1/11 to 6/11: it came on the first, and the day of the count began with 70.
    assert found == StockUse(used=30, stock_days=6)


def test_an_area_lasts_as_long_as_its_stores_use_on_the_days_with_stock() -> None:
    """350 in 28 days, and not 10 a day here and 10 there. Of a hundred sites with one day each, a hundredth a day."""
    busy, short, idle = (
        StockUse(used=280, stock_days=28),
        StockUse(used=70, stock_days=7),
        StockUse(used=0, stock_days=28),
    )
    assert days_of_stock(200, [busy, short, idle]) == pytest.approx(200 / 12.5)
    assert days_of_stock(-5, [busy]) == 0.0
    schools = [StockUse(used=1000, stock_days=1)] * 100
    assert together([*schools, idle]).daily == pytest.approx(100_000 / 28)


def test_a_lot_below_zero_hides_nothing_of_another() -> None:
    """Lot A's book is 500 below zero all the time; 400 of lot B are there."""

    def moved(number: int, lot: str, kind: str, doses: int, day: int) -> Movement:
        at = datetime(2021, 11, day, 12, tzinfo=UTC)
        return Movement(
            movement_id=number, store="S", lot=lot, kind=kind, doses=doses, occurred_at=at, recorded_at=at
        )  # fmt: skip

    rows = [moved(1, "A", "adjustment", -500, 1), moved(2, "B", "receipt", 400, 1)]
    found = use_of(replay(rows).values(), today=date(2021, 11, 21), look_back_days=10)
    assert found == StockUse(used=0, stock_days=10)


def test_what_will_expire_is_counted_first_expired_first_out() -> None:
    """10 a day: of A 30 in 2 days lose 10; B has 8 more days, 80 of 100; C is used in time."""
    today = date(2021, 11, 22)
    lots = [
        ExpiringLot(lot="B", doses=100, expires_on=date(2021, 12, 1)),
        ExpiringLot(lot="A", doses=30, expires_on=date(2021, 11, 23)),
        ExpiringLot(lot="C", doses=50, expires_on=date(2022, 6, 1)),
    ]
    found = {row.lot: (row.lost, row.needed_daily) for row in expiry_outlook(lots, today=today, daily=10.0)}
    assert found["A"] == (10, 15.0)
    assert found["B"] == (20, 13.0)
    assert found["C"][0] == 0
    assert [row.lot for row in expiry_outlook(lots, today=today, daily=10.0)] == ["B", "A", "C"]
    assert [row.lost for row in expiry_outlook(lots, today=today, daily=0.0)] == [100, 50, 30]
