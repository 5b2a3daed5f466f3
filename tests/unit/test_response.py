"""Times of response by rule and week, worked by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from campaign.response import Answered, responses

MONDAY = datetime(2021, 11, 22, 0, tzinfo=UTC)  # 07:00 in Vietnam
MINUTE = timedelta(minutes=1)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def one(
    number: int,
    opened: datetime = MONDAY,
    *,
    taken: float | None = None,
    closed: float | None = None,
    closing: str = "",
    alone: bool = False,
    rule: str = "feed_silent",
) -> Answered:
    return Answered(
        incident_id=number,
        rule=rule,
        severity="warning",
        opened_at=opened,
        acknowledged_at=None if taken is None else opened + taken * MINUTE,
        over_at=None if closed is None else opened,
        closed_at=None if closed is None else opened + closed * MINUTE,
        closed_by="" if alone or closed is None else "lan",
        closing=closing,
        level=1,
        members=1,
    )


def test_by_hand() -> None:
    rows = [
        one(1, taken=2, closed=10, closing="handled"),
        one(2, taken=4, closed=20, closing="false_alarm"),
        one(3, taken=90, closed=30, closing="false_alarm"),
        one(4),
        one(5, closed=720, alone=True),
        # Sunday 23:30 in Vietnam is the week before, whatever day it is in London.
        one(6, MONDAY - timedelta(hours=7, minutes=30), taken=7),
        one(7, taken=-5, rule="coldchain_low"),
    ]
    found = {(row.rule, row.week): row for row in responses(rows, ZONE)}
    assert list(found) == [
        ("coldchain_low", None),
        ("coldchain_low", date(2021, 11, 22)),
        ("feed_silent", None),
        ("feed_silent", date(2021, 11, 22)),
        ("feed_silent", date(2021, 11, 15)),
    ]
    week = found["feed_silent", date(2021, 11, 22)]
    assert (week.incidents, week.acknowledged, week.acknowledge_minutes) == (5, 3, 4)
    assert (week.closed, week.close_minutes) == (3, 20), "what closed by itself was answered by nobody"
    assert (week.judged, week.false_alarms, week.false_share) == (3, 2, 2 / 3)
    assert week.flagged(0.5)
    assert not week.flagged(2 / 3), "more than the limit, not as much"
    assert found["feed_silent", None].acknowledge_minutes == 5.5
    none = found["coldchain_low", None]
    assert (none.acknowledge_minutes, none.close_minutes, none.false_share) == (0, None, None)
    assert not none.flagged(0.5)
