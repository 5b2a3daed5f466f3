"""Doses as people type them into forms: a fraction or a slip of the finger is never read as ten times as many."""

from __future__ import annotations

import pytest

from dashboard.door.typed import doses_of
from operations.action_log import ActRefused


@pytest.mark.parametrize(
    ("text", "doses"),
    [("0", 0), ("1200", 1200), (" 1.200 ", 1200), ("12,000", 12_000), ("12 000", 12_000), ("1.234.567", 1_234_567)],
)
def test_doses_with_or_without_marks(text: str, doses: int) -> None:
    assert doses_of(text) == doses


@pytest.mark.parametrize("text", ["", "12,5", "11.9", "1.20", "12.000,5", "1,200.000", "-5", "1e3", "٣", "9" * 12])
def test_what_is_no_number_of_doses_is_refused(text: str) -> None:
    with pytest.raises(ActRefused) as refused:
        doses_of(text)
    assert refused.value.why == "no_doses"
