"""From a plan to the alert: 11,900 of 12,000 come, the refresh shows the difference of 100 with its lot, the alert is
there at once and over when the transfer is closed; what is promised and on its way is the next planner's to read."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from campaign.ledger import account, replay
from campaign.plan_record import PlanLine
from cli.places import as_role
from operations.action_log import connect
from operations.plan_stock import counted_short, on_the_way, promised_doses
from operations.transfers import Asked, close
from tests.etl.test_two_lots import Desk, instant, stocked
from tests.support.centre import Centre
from tests.support.plans import Plans, by, ledger
from warehouse.reads_stock import lot_trace
from warehouse.stock import verify_stock

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
LOT, STORE = "124001", "S-01-A"
SHORT = ("stock_short", "01")


def november(day: int) -> date:
    return date(2021, 11, day)


def line(doses: int, day: int) -> PlanLine:
    return PlanLine(
        lot=LOT, product="comirnaty", giver="VN", taker=STORE, doses=doses, ship_on=november(day),
        arrive_on=november(day + 1),
    )  # fmt: skip


def on_hand(desk: Desk, store: str) -> int:
    found = lot_trace(desk.centre.snapshots, desk.centre.snapshots.current(), LOT, zone=ZONE, thaw=())
    assert found is not None
    return {share.store_code: share.on_hand for share in found.stores}.get(store, 0)


def test_11_900_of_12_000_from_the_plan_to_the_alert_and_its_end(centre: Centre) -> None:
    desk = stocked(centre)
    acts = Plans(as_role(centre.url, "mcc_app"))
    acts.now = instant(november(20))
    plan = acts.approved(line(12_000, 20))
    first = acts.ship(plan)
    assert SHORT not in desk.fires(november(20))
    assert on_hand(desk, "VN") == 1_480_050 - 12_000
    # Another one is under way to the same store when the first is counted.
    other = acts.approved(line(6_000, 20))
    second = acts.ship(other, 6_000)
    acts.now = instant(november(21), 8)
    acts.receive(plan, first.shipments[0], 11_900)
    with connect(acts.url) as connection:
        (way,) = on_the_way(connection)
        assert promised_doses(connection, now=acts.now) == {}
    assert (way.doses, way.taker) == (6_000, STORE)
    # At once, a day after it left, and of the 100 alone.
    assert SHORT in desk.fires(november(21))
    assert on_hand(desk, STORE) == 11_900
    (short,) = counted_short(as_role(centre.url, "mcc_etl"))
    assert (short.store, short.lot, short.doses, short.way) == (STORE, LOT, 100, 6_000)
    acts.now = instant(november(21), 10)
    acts.receive(other, second.shipments[0], 6_000)
    close(
        acts.url,
        Asked(store=STORE, lot=LOT, sender="VN", outcome="broken", reason="biên bản số 5", version=0, open_doses=100),
        zone=ZONE,
        most_days=30,
        by=by("Lê An"),
        campaign_now=acts.now + timedelta(minutes=5),
    )
    assert SHORT not in desk.fires(november(22))
    assert counted_short(acts.url) == ()
    # What leaves next, by no plan, is not short before it is late.
    desk.move(november(22), "VN", LOT, "issue", -1_000, other=STORE)
    assert SHORT not in desk.fires(november(23))
    found = account(replay(ledger(centre.url)), LOT, received=1_480_050)
    assert (found.in_transit, found.wasted, found.unexplained) == (1_000, 100, 0)
    assert on_hand(desk, STORE) == 17_900
    assert verify_stock(centre.warehouse.connection)[1] == 0
