"""The guard as a table: what a publication may do to the held figures, and from where on somebody has to look."""

from __future__ import annotations

import pytest

from etl.feed_profile import Guard, Limit
from etl.guard import objections
from warehouse.declared import Comparison

GUARD = Guard(
    vanished_keys=Limit(share=0.10, per_day=0.01, most=0.30),
    absent_areas=Limit(share=0.34),
    total_fall=Limit(share=0.05),
    total_rise=Limit(share=0.30, per_day=0.05),
    revised=Limit(share=0.15),
    small_total=1_000,
)
HELD = {
    "appeared": 0,
    "vanished": 0,
    "up": 0,
    "down": 0,
    "moved": 0,
    "told": 0,
    "net_change": 0,
    "held_keys": 1000,
    "held_areas": 20,
    "reporting_areas": 20,
    "held_total": 10_000,
    "new_total": 10_000,
    "held_volume": 10_000,
    "revised_volume": 0,
    "absent_areas": (),
    "vanished_days": (),
}
ABSENT = tuple("ABCDEFG")

CASES = {
    "nothing": ({}, 1, None),
    "keys, at the limit": ({"vanished": 110}, 1, None),
    "keys, past it": ({"vanished": 111}, 1, "keys gone: 111 of 1000 (11.1%, limit 11.0%)"),
    "keys, after ten days": ({"vanished": 200}, 10, None),
    "keys, never more than the most": ({"vanished": 301}, 1000, "keys gone: 301 of 1000"),
    "half the keys, total unchanged": ({"vanished": 500, "revised_volume": 500}, 1, "keys gone: 500 of 1000"),
    "six areas": ({"absent_areas": ABSENT[:6], "reporting_areas": 14}, 1, None),
    "seven areas": ({"absent_areas": ABSENT, "reporting_areas": 13}, 1, "areas without a report: 7 of 20"),
    "fall": ({"new_total": 9_499}, 1, "fall of the total: 501 of 10000"),
    "fall, at the limit": ({"new_total": 9_500}, 1, None),
    "rise in a day": ({"new_total": 13_501}, 1, "rise of the total: 3501 of 10000"),
    "rise in a month": ({"new_total": 20_000}, 30, None),
    "rise of a campaign that begins": ({"held_total": 999, "new_total": 50_000}, 1, None),
    "figures swapped, total unchanged": ({"revised_volume": 1_501}, 1, "revised figures: 1501 of 10000"),
    "a clock set back gives no days": ({"vanished": 101}, -5, "keys gone"),
    "all negative": ({"held_total": 0, "new_total": -5, "held_volume": 0}, 1, "fall of the total: 5 of 0 (all"),
    "nothing held yet": ({"held_keys": 0, "vanished": 999}, 1, None),
}


@pytest.mark.parametrize(("changes", "days", "reason"), CASES.values(), ids=CASES)
def test_guard(changes: dict[str, object], days: float, reason: str | None) -> None:
    found = objections(Comparison(**{**HELD, **changes}), GUARD, days=days)  # pyright: ignore[reportArgumentType]
    if reason is None:
        assert found == ()
    else:
        assert len(found) == 1
        assert found[0].startswith(reason)
