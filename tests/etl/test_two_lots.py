"""The two Comirnaty lots of November 2021, 124001 and 123002: expiring, held, extended, usable again.

2,960,100 doses of both, issued on 25 November with 30 November on the label; the letter of 29 November applied the nine
months to them, for doses kept at -90..-60 °C: 28 February 2022. Hà Nội had paused them. How many were of which lot, and
how many went to Hà Nội, is ours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import psycopg

from campaign.lot_trace import StoreShare
from campaign.lots import Clock, LotState
from cli.pipeline import incident_rules
from cli.places import as_role
from cli.stock_wiring import stock_conditions
from operations.alerts import evaluate
from operations.lots import decide_lot
from tests.support.centre import WALL, Centre
from warehouse import reads
from warehouse.reads_stock import lot_trace
from warehouse.reference import load_thaw_limits
from warehouse.stock import verify_stock

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
LOTS = {"124001": 1_480_050, "123002": 1_480_050}
HANOI = 300_000
# Thawed in Hà Nội before the letter, and on its day.
EARLY, LATE = 20_000, 30_000
LABEL, EXTENDED = date(2021, 11, 30), date(2022, 2, 28)


def instant(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), ZONE).astimezone(UTC)


class Desk:
    """The centre, day by day, and what fires in it."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self._movements = 0

    def run(self, query: str, *values: object) -> None:
        with psycopg.connect(self.centre.url) as connection:
            connection.execute(query, values)

    def move(
        self,
        day: date,
        store: str,
        lot: str,
        kind: str,
        doses: int,
        *,
        other: str | None = None,
        thawed: date | None = None,
        reason: str | None = None,
    ) -> None:
        self._movements += 1
        at = instant(day, 8)
        self.run(
            "INSERT INTO registry.stock_movement (movement_id, store_code, lot_number, kind, doses, occurred_at, "
            "recorded_at, counterpart_code, thawed_on, reason) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            *(self._movements, store, lot, kind, doses, at, at, other, thawed, reason),
        )

    def send(self, day: date, store: str, other: str, lot: str, doses: int, *, thawed: date | None = None) -> None:
        self.move(day, store, lot, "issue", -doses, other=other, thawed=thawed)
        self.move(day, other, lot, "receipt", doses, other=store)

    def fires(self, day: date) -> set[tuple[str, str]]:
        """On the morning of a day, after a refresh: rule, and area or lot."""
        self.centre.later = instant(day) - WALL
        self.centre.refresh()
        version = self.centre.snapshots.current()
        found = stock_conditions(
            self.centre.settings,
            self.centre.snapshots,
            version,
            reads.feed_statuses(self.centre.snapshots, version),
            as_role(self.centre.url, "mcc_etl"),
        )
        for minutes in (0, 3):
            evaluate(
                self.centre.url,
                found,
                now=instant(day) + timedelta(minutes=minutes),
                hold=timedelta(seconds=60),
                keep_resolved=timedelta(days=365),
                rules=incident_rules(self.centre.settings.alerts),
            )
        with psycopg.connect(self.centre.url) as connection:
            rows = connection.execute(
                "SELECT rule, coalesce(labels->>'lot', labels->>'area', '') FROM operations.alert "
                "WHERE state = 'firing'"
            ).fetchall()
        return {(rule, where) for rule, where in rows if rule != "stock_uncounted"}

    def decide(self, day: date, state: LotState, reason: str) -> None:
        for lot in LOTS:
            decide_lot(
                as_role(self.centre.url, "mcc_app"),
                lot_number=lot,
                state=state,
                reason=reason,
                actor="Lê An",
                now=instant(day, 10),
                campaign_now=instant(day, 10),
            )


def stocked(centre: Centre) -> Desk:
    desk = Desk(centre)
    desk.run(
        "INSERT INTO registry.store (code, name_vi, level, province_code, parent_code) VALUES "
        "('VN', 'Kho quốc gia', 'national', NULL, NULL), ('S-01-B', 'Hà Nội, điểm tiêm', 'site', '01', 'S-01-A')"
    )
    for lot, doses in LOTS.items():
        desk.run(
            "INSERT INTO registry.lot (lot_number, product_code, source, earmark, doses_received, doses_per_vial, "
            "vials_per_tray) VALUES (%s, 'comirnaty', 'covax', '12-17', %s, 6, 195)",
            *(lot, doses),
        )
        desk.run(
            "INSERT INTO registry.lot_expiry (lot_number, expires_on, kind, valid_from) VALUES (%s, %s, 'label', %s)",
            *(lot, LABEL, date(2021, 6, 1)),
        )
        desk.run(
            "INSERT INTO registry.lot_state (lot_number, state, valid_from, actor) "
            "VALUES (%s, 'released', %s, 'NICVB')",
            *(lot, instant(date(2021, 11, 15))),
        )
        desk.move(date(2021, 11, 10), "VN", lot, "receipt", doses)
    return desk


def test_expiring_then_held_then_extended_then_usable(centre: Centre) -> None:
    desk = stocked(centre)
    # Ten days before: nothing of Hà Nội's; the national store would not use them up.
    national = {("stock_will_expire", "")}
    assert desk.fires(date(2021, 11, 20)) == national
    for lot, doses in LOTS.items():
        desk.send(date(2021, 11, 25), "VN", "S-01-A", lot, HANOI)
        desk.send(date(2021, 11, 25), "VN", "S-79-A", lot, doses - HANOI)
    desk.send(date(2021, 11, 25), "S-01-A", "S-01-B", "124001", EARLY, thawed=date(2021, 11, 25))
    areas = {(rule, area) for rule in ("stock_expiring", "stock_will_expire") for area in ("01", "79")}
    assert desk.fires(date(2021, 11, 26)) == areas
    # Hà Nội pauses them: what nobody may use does not expire unused, it lies there.
    desk.decide(date(2021, 11, 26), LotState.ON_HOLD, "chờ kết luận hạn dùng")
    held = {("stock_stopped", lot) for lot in LOTS}
    assert desk.fires(date(2021, 11, 27)) == held
    assert desk.fires(date(2021, 11, 28)) == held
    # The letter; still held until somebody decides.
    for lot in LOTS:
        desk.run(
            "INSERT INTO registry.lot_expiry (lot_number, expires_on, kind, condition, decision, valid_from) "
            "VALUES (%s, %s, 'extension', '-90..-60 C', 'letter of 29/11/2021', %s)",
            *(lot, EXTENDED, date(2021, 11, 29)),
        )
    assert desk.fires(date(2021, 11, 29)) == held
    desk.send(date(2021, 11, 29), "S-01-A", "S-01-B", "123002", LATE, thawed=date(2021, 11, 29))
    desk.decide(date(2021, 11, 29), LotState.RELEASED, "có văn bản tăng hạn dùng")
    # What was thawed before the letter expires with its label; what was thawed since, 31 days later.
    expiring = {("stock_expiring", "01"), ("stock_will_expire", "01")}
    assert desk.fires(date(2021, 11, 30)) == expiring
    # A day to write them off.
    assert desk.fires(date(2021, 12, 1)) == {("stock_will_expire", "01")}
    assert desk.fires(date(2021, 12, 2)) == {("stock_expired", "01"), ("stock_will_expire", "01")}
    until = {
        (store.store_code, lot): (store.usable.expires_on, store.usable.clock, store.usable.condition)
        for lot in LOTS
        for store in trace(centre, lot)
    }
    frozen = (EXTENDED, Clock.EXTENSION, "-90..-60 C")
    assert until == {
        ("S-01-A", "124001"): frozen,
        ("S-01-A", "123002"): frozen,
        ("S-79-A", "124001"): frozen,
        ("S-79-A", "123002"): frozen,
        ("S-01-B", "124001"): (LABEL, Clock.LABEL, ""),
        ("S-01-B", "123002"): (date(2021, 12, 30), Clock.THAW, ""),
    }
    # Written off, with the reason: what is wrong is how much was lost, and what will not be used in time.
    # What was thawed is frozen again and comes back.
    desk.move(date(2021, 12, 2), "S-01-B", "124001", "wasted_closed", -EARLY, reason="hết hạn dùng")
    desk.move(date(2021, 12, 2), "S-01-B", "123002", "adjustment", 0)
    assert desk.fires(date(2021, 12, 3)) == {("stock_will_expire", "01"), ("stock_wasted", "01")}
    assert ("stock_expiring", "01") in desk.fires(date(2021, 12, 28))
    assert {("stock_expired", "01"), ("stock_will_expire", "79")} <= desk.fires(date(2022, 1, 1))
    audit(centre)
    assert verify_stock(centre.warehouse.connection)[1] == 0


def trace(centre: Centre, lot: str) -> list[StoreShare]:
    """Stores with doses of the lot; its doses add up."""
    found = lot_trace(
        centre.snapshots,
        centre.snapshots.current(),
        lot,
        zone=ZONE,
        thaw=load_thaw_limits(centre.settings.reference_dir),
    )
    assert found is not None
    assert (found.account.received, found.account.unexplained) == (LOTS[lot], 0)
    return list(found.holding)


def audit(centre: Centre) -> None:
    """Each decision stands in the audit with who and why."""
    with psycopg.connect(centre.url) as connection:
        rows = connection.execute(
            "SELECT action, subject, actor, detail->>'reason' FROM operations.action_log ORDER BY 1, 2"
        ).fetchall()
    assert rows == [
        *(("lot_freed", lot, "Lê An", "có văn bản tăng hạn dùng") for lot in sorted(LOTS)),
        *(("lot_held", lot, "Lê An", "chờ kết luận hạn dùng") for lot in sorted(LOTS)),
    ]
