"""What a thaw date that nobody told means."""

from __future__ import annotations

from datetime import date

import pytest

from campaign.stock_board import thaw_not_told


@pytest.mark.parametrize(
    ("classes", "limited", "thawed_on", "told"),
    [
        ({"refrigerator"}, True, None, True),
        ({"refrigerator"}, True, date(2021, 11, 1), False),
        ({"refrigerator"}, False, None, False),
        ({"refrigerator", "ultra_cold"}, True, None, False),
        (set[str](), True, None, False),
    ],
)
def test_doses_in_a_refrigerator_were_thawed(
    classes: set[str], limited: bool, thawed_on: date | None, told: bool
) -> None:
    assert thaw_not_told(classes, limited=limited, thawed_on=thawed_on) is told
