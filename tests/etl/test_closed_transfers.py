"""The alert of a delivery received short follows it: raised once it is late, quiet while it is still expected, over
when somebody closed it; and the ledger of the warehouse closes, too."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from campaign.lot_trace import LotTrace
from cli.places import as_role
from operations.decisions import Actor
from operations.transfers import Asked, close
from tests.etl.test_two_lots import Desk, instant, stocked
from tests.support.centre import Centre
from warehouse.reads_stock import lot_trace
from warehouse.stock import verify_stock

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
LOT, STORE = "124001", "S-01-A"
SHORT = ("stock_short", "01")


def november(day: int) -> date:
    return date(2021, 11, day)


def closed(desk: Desk, day: date, outcome: str, version: int, until: date | None = None) -> None:
    close(
        as_role(desk.centre.url, "mcc_app"),
        Asked(
            store=STORE,
            lot=LOT,
            sender="VN",
            outcome=outcome,
            reason="đối chiếu biên bản",
            version=version,
            open_doses=100,
            expected_on=until,
        ),
        zone=ZONE,
        most_days=30,
        by=Actor(name="Lê An", origin="command", now=instant(day, 10)),
        campaign_now=instant(day, 10),
    )


def traced(desk: Desk) -> LotTrace:
    found = lot_trace(desk.centre.snapshots, desk.centre.snapshots.current(), LOT, zone=ZONE, thaw=())
    assert found is not None
    return found


def test_the_alert_follows_the_transfer(centre: Centre) -> None:
    desk = stocked(centre)
    desk.move(november(16), "VN", LOT, "issue", -12_000, other=STORE)
    desk.move(november(17), STORE, LOT, "receipt", 11_900, other="VN")
    assert SHORT not in desk.fires(november(18))
    assert SHORT in desk.fires(november(22))
    closed(desk, november(22), "expected", 0, until=november(24))
    assert SHORT not in desk.fires(november(23))
    assert SHORT in desk.fires(november(25))
    assert traced(desk).account.in_transit == 100
    closed(desk, november(25), "lost", 1)
    assert SHORT not in desk.fires(november(26))
    account = traced(desk).account
    assert (account.in_transit, account.lost, account.unexplained) == (0, 100, 0)
    assert {share.store_code: share.on_hand for share in traced(desk).stores}[STORE] == 11_900
    assert verify_stock(centre.warehouse.connection)[1] == 0
