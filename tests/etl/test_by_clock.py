"""Days pass and nobody sends anything: what falls due, expires and goes silent is what a plain count says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import psycopg
import pytest

from campaign.trust import ByClock, ClockLimits
from tests.support.centre import WALL, Centre
from tests.support.registry import NOON, Dose, add_doses, add_people
from warehouse.files import snapshot_path
from warehouse.reads_trust import by_clock

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
LIMITS = ClockLimits(
    overdue_days=7, unserved_days=30, expiring_days=30, live_minutes=60, hand_minutes=840, file_minutes=10_080
)
# Lot: doses on hand, and (in force from, expires on) of its label and extensions. L4 has no expiry, L5 is below zero.
LOTS: dict[str, tuple[int, list[tuple[date, date]]]] = {
    "L1": (500, [(date(2021, 3, 1), date(2021, 11, 30))]),
    "L2": (70, [(date(2021, 3, 1), date(2021, 11, 25)), (date(2021, 12, 10), date(2022, 1, 31))]),
    "L3": (9, [(date(2019, 12, 1), date(2022, 1, 15))]),
    "L4": (40, []),
    "L5": (-25, [(date(2021, 3, 1), date(2021, 11, 30))]),
}
# Device: way of reporting, and hours before WALL of its last reading; None: it never sent one.
DEVICES: dict[str, tuple[str, float | None]] = {
    "F1": ("live", 0.2), "F2": ("live", 2.0), "F3": ("hand", 2.0), "F4": ("file", 24.0), "F5": ("live", None),
}  # fmt: skip
# Injections of AstraZeneca, by person and day: eight weeks until the next, six in HCMC.
FIRST = {1: ("79", NOON), 2: ("01", NOON), 3: ("01", NOON - timedelta(days=40)), 4: ("79", NOON - timedelta(days=50))}


@pytest.fixture
def quiet(centre: Centre) -> Iterator[Centre]:
    """A registry in which everything has happened already."""
    add_people(centre.url, [(person, province) for person, (province, _) in FIRST.items()])
    add_doses(
        centre.url,
        [Dose(person, person, on, site=f"{province}-A") for person, (province, on) in FIRST.items()],
    )
    with psycopg.connect(centre.url) as connection, connection.cursor() as cursor:
        for number, (lot, (doses, expiries)) in enumerate(LOTS.items(), start=1):
            cursor.execute(
                "INSERT INTO registry.lot (lot_number, product_code, source, doses_received, doses_per_vial, "
                "vials_per_tray) VALUES (%s, 'astrazeneca', 'covax', 1000, 10, 100) ON CONFLICT DO NOTHING",
                [lot],
            )
            cursor.execute(
                "INSERT INTO registry.stock_movement (movement_id, store_code, lot_number, kind, doses, occurred_at, "
                "recorded_at) VALUES (%s, 'S-79-A', %s, 'opening', %s, %s, %s)",
                [number, lot, doses, NOON, NOON],
            )
            for valid_from, expires_on in expiries:
                kind = "label" if valid_from == expiries[0][0] else "extension"
                cursor.execute(
                    "INSERT INTO registry.lot_expiry (lot_number, expires_on, kind, valid_from) "
                    "VALUES (%s, %s, %s, %s)",
                    [lot, expires_on, kind, valid_from],
                )
        for number, (device, (mode, hours)) in enumerate(DEVICES.items(), start=1):
            cursor.execute(
                "INSERT INTO registry.equipment (equipment_id, store_code, kind, storage_class, reporting_mode, "
                "low_limit_c, high_limit_c) VALUES (%s, 'S-79-A', 'ice_lined', 'refrigerator', %s, 2, 8)",
                [device, mode],
            )
            if hours is not None:
                at = WALL - timedelta(hours=hours)
                cursor.execute(
                    "INSERT INTO registry.temperature_reading (reading_id, equipment_id, read_at, received_at, temp_c) "
                    "VALUES (%s, %s, %s, %s, 5)",
                    [number, device, at, at],
                )
    yield centre


def counted_plainly(now: datetime) -> ByClock:
    today = now.astimezone(ZONE).date()
    due = [on.astimezone(ZONE).date() + timedelta(weeks=6 if where == "79" else 8) for where, on in FIRST.values()]
    expiry: dict[str, date | None] = {
        lot: max(((start, end) for start, end in expiries if start <= today), default=(today, None))[1]
        for lot, (_, expiries) in LOTS.items()
    }
    stock = {lot: max(0, doses) for lot, (doses, _) in LOTS.items()}
    minutes = {"live": 60, "hand": 840, "file": 10_080}
    quiet_for = {
        device: None if hours is None else (now - WALL) + timedelta(hours=hours)
        for device, (_, hours) in DEVICES.items()
    }
    soon = today + timedelta(days=LIMITS.expiring_days)
    return ByClock(
        due_people=sum(day <= today for day in due),
        overdue_people=sum(day < today - timedelta(days=LIMITS.overdue_days) for day in due),
        expired_doses=sum(stock[lot] for lot, end in expiry.items() if end is not None and end < today),
        expiring_doses=sum(stock[lot] for lot, end in expiry.items() if end is not None and today <= end <= soon),
        doses_without_expiry=sum(stock[lot] for lot, end in expiry.items() if end is None),
        silent_devices=sum(
            age is not None and age > timedelta(minutes=minutes[DEVICES[device][0]])
            for device, age in quiet_for.items()
        ),
        devices_never_read=sum(age is None for age in quiet_for.values()),
        devices=len(DEVICES),
    )


def test_thirty_days_without_a_record_change_what_is_due_expired_and_silent(quiet: Centre) -> None:
    found: list[ByClock | None] = []
    for days in (0, 1, 7, 9, 14, 21, 30, 45):
        quiet.later = timedelta(days=days)
        quiet.refresh()
        version = quiet.snapshots.current()
        found.append(by_clock(quiet.snapshots, version, now=WALL + quiet.later, zone=ZONE, limits=LIMITS))
        assert found[-1] == counted_plainly(WALL + quiet.later), f"after {days} days"
    # The picture does change: on the first day, after a month, and when an extension comes into force.
    assert found[0] == ByClock(
        due_people=1, overdue_people=1, expired_doses=0, expiring_doses=570, doses_without_expiry=40,
        silent_devices=1, devices_never_read=1, devices=5,
    )  # fmt: skip
    assert found[6] is not None
    assert found[3] is not None
    assert found[6].expired_doses == 500
    assert found[3].expired_doses == 570, "before the extension of L2 is in force"
    assert found[6].silent_devices == 4


def test_an_expiry_that_cannot_be_is_set_aside(centre: Centre) -> None:
    with psycopg.connect(centre.url) as connection:
        connection.execute(
            "INSERT INTO registry.lot_expiry (lot_number, expires_on, kind, valid_from) "
            "VALUES ('L1', '1921-11-30', 'label', '2021-03-01'), ('L1', '2021-12-31', 'extension', '2021-11-01')"
        )
    add_people(centre.url, [(1, "79")])
    centre.refresh()
    assert centre.rows("SELECT feed, field, reason, rows FROM quarantine") == [
        {"feed": "lot_expiry", "field": "expires_on", "reason": "impossible_date", "rows": 1}
    ]
    assert centre.rows("SELECT expires_on FROM lot_expiry") == [{"expires_on": date(2021, 12, 31)}]


def test_a_snapshot_from_before_expiries_were_read_still_shows_its_page(quiet: Centre) -> None:
    """Kept and cited snapshots outlive the release that wrote them."""
    quiet.refresh()
    version = quiet.snapshots.current()
    with duckdb.connect(str(snapshot_path(quiet.settings.snapshot_dir, version))) as file:
        file.execute("DROP TABLE lot_expiry")
    assert by_clock(quiet.snapshots, version, now=WALL, zone=ZONE, limits=LIMITS) is None
