"""A registry of today with something to move: Hà Nội has doses that it will not use before they end, and HCMC, which
gives many, has none left and people who wait for a second dose. Whatever is told of it comes by a refresh."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg

from tests.support.registry import Dose, add_doses, add_people, seed

GIVER, TAKER, LOT = "S-01-A", "S-79-A", "L1"
# Of L1 (seed): ten doses a vial, a hundred vials a tray. It ends so soon that only what leaves at once is used in time.
LEFT, LASTS_DAYS = 60_000, 10
DAYS, SLOW, FAST = 20, 100, 8_000
WAITING = 240
# So long ago the first doses were given: the second ones fall due within days.
FIRST_DAYS = 40
DEVICE_LITRES = 2_000
Row = tuple[int, str, str, int, datetime, int | None]


def planned(url: str, now: datetime | None = None) -> None:
    """Into an empty registry, as of `now`."""
    now = now or datetime.now(UTC)
    seed(url)
    with psycopg.connect(url) as connection:
        connection.execute(
            "UPDATE registry.lot SET doses_received = %s WHERE lot_number = %s", [LEFT + DAYS * (SLOW + FAST), LOT]
        )
        connection.execute(
            "INSERT INTO registry.lot_state (lot_number, state, valid_from, actor) "
            "VALUES (%s, 'released', %s, 'NICVB')",
            [LOT, now - timedelta(30)],
        )
        connection.execute(
            "INSERT INTO registry.lot_expiry (lot_number, expires_on, kind, valid_from) VALUES (%s, %s, 'label', %s)",
            [LOT, (now + timedelta(LASTS_DAYS)).date(), (now - timedelta(30)).date()],
        )
        connection.cursor().executemany(
            "INSERT INTO registry.equipment (equipment_id, store_code, kind, storage_class, litres, reporting_mode, "
            "low_limit_c, high_limit_c, installed_on, status) "
            "VALUES (%s, %s, 'refrigerator', 'refrigerator', %s, 'hand', 2, 8, %s, 'working')",
            [
                (f"TB-{store}", store, DEVICE_LITRES, (now - timedelta(200)).date())
                for store in (GIVER, TAKER)
            ],
        )  # fmt: skip
        connection.cursor().executemany(
            "INSERT INTO registry.stock_movement (movement_id, store_code, lot_number, kind, doses, occurred_at, "
            "recorded_at, counted) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (number, store, LOT, kind, doses, at, at + timedelta(minutes=1), counted)
                for number, store, kind, doses, at, counted in _movements(now)
            ],
        )
    add_people(url, [(number, "79") for number in range(1, WAITING + 1)])
    first = now - timedelta(FIRST_DAYS)
    add_doses(url, [Dose(number, number, first + timedelta(seconds=number)) for number in range(1, WAITING + 1)])


def _movements(now: datetime) -> Iterator[Row]:
    """Received, given every day, counted yesterday."""
    number = 0
    for store, pace, left in ((GIVER, SLOW, LEFT), (TAKER, FAST, 0)):
        number += 1
        yield number, store, "receipt", left + DAYS * pace, now - timedelta(DAYS + 5), None
        for day in range(DAYS, 0, -1):
            number += 1
            yield number, store, "administered", -pace, now - timedelta(day), None
        number += 1
        yield number, store, "count", 0, now - timedelta(hours=1), left
