"""Rates with an exact interval, and clusters on a lot."""

from __future__ import annotations

import math
from datetime import date

import pytest

from campaign.event_rate import LotEvents, clusters, event_rate


@pytest.mark.parametrize(
    ("events", "doses", "low", "high"),
    # Of 0 the upper end is 1 - (alpha/2)^(1/n); the others are of the published table for n = 10 and 20.
    [(0, 100_000, 0.0, 3.6888), (1, 10, 252.86, 44_501.6), (5, 20, 8_657.1, 49_104.6), (10, 10, 69_150.3, 100_000.0)],
)
def test_the_interval_is_exact(events: int, doses: int, low: float, high: float) -> None:
    found = event_rate(events, doses)
    assert found.rate == pytest.approx(100_000 * events / doses)
    assert (found.low, found.high) == (pytest.approx(low, rel=1e-4), pytest.approx(high, rel=1e-4))


@pytest.mark.parametrize(("events", "doses"), [(1, 40), (3, 200), (17, 60)])
def test_at_its_ends_the_tails_have_the_weight_that_was_asked(events: int, doses: int) -> None:
    """Summed term by term, which the function itself does not do."""

    def weight(share: float, numbers: range) -> float:
        return math.fsum(math.comb(doses, k) * share**k * (1 - share) ** (doses - k) for k in numbers)

    found = event_rate(events, doses)
    assert found.low is not None
    assert found.high is not None
    assert weight(found.low / 100_000, range(events, doses + 1)) == pytest.approx(0.025, rel=1e-6)
    assert weight(found.high / 100_000, range(events + 1)) == pytest.approx(0.025, rel=1e-6)


def test_without_doses_there_is_no_rate_and_a_negative_count_is_an_error() -> None:
    found = event_rate(2, 0)
    assert (found.rate, found.low, found.high) == (None, None, None)
    with pytest.raises(ValueError, match="cannot be negative"):
        event_rate(-1, 10)


def test_three_events_of_one_lot_within_the_days_are_a_cluster() -> None:
    today = date(2021, 11, 28)
    told = [
        LotEvents(lot="A", recorded_on=date(2021, 11, 1), events=1),
        LotEvents(lot="A", recorded_on=date(2021, 11, 28), events=2),
        LotEvents(lot="B", recorded_on=date(2021, 10, 31), events=2),
        LotEvents(lot="B", recorded_on=date(2021, 11, 2), events=1),
        LotEvents(lot="", recorded_on=today, events=9),
    ]
    found = clusters(told, least=3, within_days=28, today=today)
    assert [(item.lot, item.events, item.first_on, item.last_on) for item in found] == [
        ("A", 3, date(2021, 11, 1), date(2021, 11, 28))
    ]
