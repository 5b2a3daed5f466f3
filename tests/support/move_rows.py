"""The reallocation plans of the sample snapshot: one on its way with a part that came short, one received, one that
lapsed before anything left, one whose rest was given up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

Rows = list[dict[str, Any]]
# Plan, title, state as written, days before: approved, newest act; hours that the approval still holds, decision,
# snapshot that it was made from, days ahead.
PLANS = (
    (11, "Tuần 46", "received", 9, 6, None, "5501/QĐ-BYT", 2, 14),
    (12, "Dồn lô sắp hết hạn", "approved", 8, 8, -24, "", None, None),
    (13, "Tuần 47", "approved", 2, 1, 120, "5555/QĐ-BYT", 4, 14),
    (14, "Trong tỉnh", "received", 5, 3, None, "", 3, 7),
)
# Plan, line, lot, product, from, its area, to, its area, doses, shipped, received, on the way, missing.
LINES = (
    (11, 1, "AS02100", "astrazeneca", "P79", "79", "P40", "40", 3_000, 3_000, 3_000, 0, 0),
    (11, 2, "CO124001", "comirnaty", "P79", "79", "P01", "01", 1_170, 1_170, 1_164, 0, 6),
    (12, 1, "AS02099", "astrazeneca", "P40", "40", "P79", "79", 8_500, 0, 0, 0, 0),
    (13, 1, "CO123002", "comirnaty", "NATIONAL", "central", "P48", "48", 9_360, 5_850, 2_340, 3_510, 0),
    (13, 2, "CO123002", "comirnaty", "P79", "79", "P40", "40", 2_340, 1_170, 1_176, 0, 0),
    (13, 3, "VC00007", "vero_cell", "P79", "79", "P01", "01", 500, 0, 0, 0, 0),
    (14, 1, "AS02100", "astrazeneca", "P40", "40", "D412", "40", 900, 400, 400, 0, 0),
    (14, 2, "CO124001", "comirnaty", "P40", "40", "D412", "40", 600, 0, 0, 0, 0),
)
LINE = (
    *("plan_id", "line", "lot", "product", "giver", "giver_area", "taker", "taker_area", "doses", "shipped"),
    *("received", "on_way", "missing"),
)


def move_rows(*, as_of: datetime) -> Iterator[tuple[str, Rows]]:
    """Table and rows."""
    yield (
        "reallocation",
        [
            {
                "plan_id": plan,
                "title": title,
                "state": state,
                "revision": 1,
                "until_at": None if holds is None else as_of + timedelta(hours=holds),
                "changed_at": as_of - timedelta(days=changed, hours=3),
                "approved_at": as_of - timedelta(days=approved, hours=5),
                "number": number or None,
                "decided_on": as_of.date() - timedelta(days=approved + 1) if number else None,
                "made_from": made_from,
                "days": days,
            }
            for plan, title, state, approved, changed, holds, number, made_from, days in PLANS
        ],
    )
    day = as_of.date()
    yield (
        "reallocation_line",
        [
            dict(zip(LINE, row, strict=True)) | {"ship_on": day - timedelta(2), "arrive_on": day - timedelta(1)}
            for row in LINES
        ],
    )
