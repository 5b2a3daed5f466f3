"""A decision about doses out of range on its way from the registry to usable stock and the rules about it, and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg

from campaign.dose_marks import Mark
from campaign.lots import Clock
from campaign.stock import StockSeen, parts_of, usable_doses
from campaign.stock_board import LotNow, Standing, judge
from cli.places import as_role
from operations.decisions import Actor
from operations.excursion_decisions import Asked, decide
from operations.excursions import stability_rules
from tests.support.centre import WALL, Centre
from warehouse.marks import verify_marks
from warehouse.reads_marks import marks
from warehouse.reads_stock import Looking, lot_trace, stock_seen
from warehouse.reads_stores import store_of
from warehouse.verify import rebuild

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DEVICE, STORE, SITE, LOT = "F-79", "S-79-A", "S-79-B", "CO1"
TODAY = WALL.astimezone(ZONE).date()
LABEL, SHORTER = date(2022, 2, 28), TODAY + timedelta(days=3)


def at(hours: float) -> datetime:
    return WALL + timedelta(hours=hours)


def run(centre: Centre, query: str, *values: object) -> None:
    with psycopg.connect(centre.url) as connection:
        connection.execute(query, values)


def move(
    centre: Centre, number: int, store: str, kind: str, doses: int, hours: float, other: str | None = None
) -> None:
    run(
        centre,
        "INSERT INTO registry.stock_movement (movement_id, store_code, lot_number, kind, doses, occurred_at, "
        "recorded_at, counterpart_code) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        *(number, store, LOT, kind, doses, at(hours), at(hours), other),
    )


def warm(centre: Centre) -> None:
    """1,000 doses in HCMC; three hours at 15 °C until an hour ago; 200 of them sent on in the meantime."""
    run(
        centre,
        "INSERT INTO registry.store (code, name_vi, level, province_code, parent_code) "
        "VALUES (%s, 'B', 'site', '79', %s)",
        *(SITE, STORE),
    )
    run(
        centre,
        "INSERT INTO registry.lot (lot_number, product_code, source, doses_received, doses_per_vial, vials_per_tray) "
        "VALUES (%s, 'comirnaty', 'covax', 1000, 6, 195)",
        LOT,
    )
    run(
        centre,
        "INSERT INTO registry.lot_state (lot_number, state, valid_from, actor) VALUES (%s, 'released', %s, 'x')",
        *(LOT, at(-500)),
    )
    run(
        centre,
        "INSERT INTO registry.lot_expiry (lot_number, expires_on, kind, valid_from) VALUES (%s, %s, 'label', %s)",
        *(LOT, LABEL, date(2021, 6, 1)),
    )
    run(
        centre,
        "INSERT INTO registry.equipment (equipment_id, store_code, kind, storage_class, reporting_mode) "
        "VALUES (%s, %s, 'ice_lined', 'refrigerator', 'live')",
        *(DEVICE, STORE),
    )
    with psycopg.connect(centre.url) as connection:
        for minute in range(0, 361, 10):
            when = at(-6) + timedelta(minutes=minute)
            temp = 15.0 if 120 <= minute < 300 else 5.0
            connection.execute(
                "INSERT INTO registry.temperature_reading (reading_id, equipment_id, read_at, received_at, temp_c) "
                "VALUES (%s, %s, %s, %s, %s)",
                [minute, DEVICE, when, when, temp],
            )
    move(centre, 1, STORE, "opening", 1000, -48)
    move(centre, 2, STORE, "issue", -200, -3, SITE)
    move(centre, 3, SITE, "receipt", 200, -2.5, STORE)


def said(centre: Centre, kind: str, version: int, *, until: date | None = None) -> int:
    made = decide(
        as_role(centre.url, "mcc_app"),
        Asked(
            device=DEVICE,
            kind=kind,
            reason="hỏi viện",
            version=version,
            lots=(LOT,),
            usable_until=until,
            waste_reason=8 if kind == "discard" else None,
        ),
        rules=stability_rules(centre.settings),
        by=Actor(name="Lê An", origin="command", now=datetime.now(UTC)),
        campaign_now=WALL,
    )
    return made.decision_id


def told(centre: Centre) -> tuple[Mark, ...]:
    centre.refresh()
    assert verify_marks(centre.warehouse.connection)[1] == 0
    return marks(centre.snapshots, centre.snapshots.current())


def usable(centre: Centre) -> int:
    """As the rules about stock see the province's."""
    seen = seen_of(centre)
    return usable_doses(parts_of(seen), today=seen.today).get(("79", "comirnaty"), (0, 0))[0]


def seen_of(centre: Centre) -> StockSeen:
    looking = Looking(due_days=7, overdue_days=7, transit_days=3, count_days=8, event_days=7)
    version = centre.snapshots.current()
    seen = stock_seen(centre.snapshots, version, zone=ZONE, looking=looking, thaw=(), most_per_vial={"comirnaty": 6})
    assert seen is not None
    return seen


def standings(centre: Centre, store: str) -> set[tuple[Standing, date | None, str]]:
    """As the page of a store judges them."""
    found = store_of(centre.snapshots, centre.snapshots.current(), store=store)
    seen = seen_of(centre)
    lots = {LOT: _lot(seen)}
    return {
        (item.standing, item.until, item.why) for item in judge(found.heaps, lots, {}, today=seen.today, thaw_days={})
    }


def _lot(seen: StockSeen) -> LotNow:
    return LotNow(number=LOT, product="comirnaty", state="released", expiries=seen.lots[LOT].expiries)


def test_a_hold_and_a_last_day_take_effect_travel_and_are_taken_back(centre: Centre) -> None:
    warm(centre)
    assert told(centre) == ()
    assert usable(centre) == 1000
    # Held, where it is and where it went.
    number = said(centre, "hold", 0)
    found = told(centre)
    assert {(item.store, item.decision_id, item.kind, item.actor, item.here) for item in found} == {
        (STORE, number, "hold", "Lê An", True),
        (SITE, number, "hold", "Lê An", False),
    }
    assert usable(centre) == 0
    assert standings(centre, SITE) == {(Standing.BLOCKED, LABEL, "label")}
    trace = lot_trace(centre.snapshots, centre.snapshots.current(), LOT, zone=ZONE, thaw=())
    assert trace is not None
    assert {item.store_code: item.on_hand for item in trace.stores if item.on_hold} == {STORE: 800, SITE: 200}
    # The answer: to be used, and soon.
    number = said(centre, "use", 1, until=SHORTER)
    assert {(item.store, item.decision_id, item.usable_until) for item in told(centre)} == {
        (STORE, number, SHORTER),
        (SITE, number, SHORTER),
    }
    assert usable(centre) == 1000
    assert standings(centre, STORE) == {(Standing.USABLE, SHORTER, "decision")}
    assert {part.usable.clock for part in parts_of(seen_of(centre)) if part.lot == LOT} == {Clock.DECISION}
    before = centre.hash()
    rebuild(centre.warehouse, centre.refresher.engine)
    centre.refresh()
    assert centre.hash() == before
    # Corrected: as if nothing had been.
    said(centre, "use", 2)
    assert told(centre) == ()
    assert standings(centre, SITE) == {(Standing.USABLE, LABEL, "label")}
    # Written off for a reason that is counted; what had been sent on waits.
    said(centre, "discard", 3)
    assert {(item.store, item.kind) for item in told(centre)} == {(SITE, "discard")}
    assert usable(centre) == 0
    assert centre.rows("SELECT store_code, closed, reason, doses FROM stock_waste") == [
        {"store_code": STORE, "closed": True, "reason": 8, "doses": 800}
    ]
    assert [row["kind"] for row in centre.rows("SELECT kind FROM excursion_decision ORDER BY decision_id")] == [
        *("hold", "use", "use", "discard"),
    ]
