"""Adverse events by product: sums, rates, and what is said where nothing was given."""

from __future__ import annotations

import pytest

from campaign.coverage import NATION
from campaign.event_rate import event_rate
from campaign.event_tables import EVENT_COLUMNS, ProductEvents, event_rows
from campaign.stock_tables import Names

NAMES = Names(area=str, product=lambda code: code or "?", store=lambda store: store.code)


def test_the_most_given_first_and_all_of_them_last() -> None:
    rows = event_rows(
        [
            ProductEvents(product="az", serious=1, others=6, doses=20_000),
            ProductEvents(product="co", serious=0, others=3, doses=80_000),
            ProductEvents(product="", serious=2, others=0, doses=0),
        ],
        NAMES,
    )
    assert [row["product"] for row in rows] == ["co", "az", "", NATION]
    assert [(row["serious"], row["others"], row["given"]) for row in rows][-1] == (3, 9, 100_000)
    assert rows[1]["others_rate"] == pytest.approx(30)
    exact = event_rate(6, 20_000)
    assert (rows[1]["others_low"], rows[1]["others_high"]) == (exact.low, exact.high)
    assert rows[2]["serious_rate"] is None
    assert set(EVENT_COLUMNS) <= set(rows[0])


def test_one_product_needs_no_sum() -> None:
    assert len(event_rows([ProductEvents(product="az", serious=0, others=0, doses=5)], NAMES)) == 1
    assert event_rows([], NAMES) == []
