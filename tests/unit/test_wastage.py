"""Wastage of vials: shares, extra doses, and which stores of a week ask for somebody."""

from __future__ import annotations

import pytest

from campaign.wastage import StoreWeek, Wastage, explained, total_share, weeks_of


def test_extra_doses_are_negative_open_vial_wastage() -> None:
    """100 vials of 10: 1,100 doses were drawn and given. 2 vials broke unopened."""
    found = Wastage(given=1100, entered_open=0, closed=20, extra=100, gained=100)
    assert (found.opened, found.open, found.open_share) == (1000, -100, pytest.approx(-0.1))
    assert found.closed_share == pytest.approx(20 / 1020)
    assert found.total_share == pytest.approx((20 - 100) / 1020), "100 more reached somebody than there were"


def test_waste_that_was_entered_counts_against_what_the_opened_vials_held() -> None:
    found = Wastage(given=1100, entered_open=40, closed=60)
    assert (found.opened, found.open_share) == (1140, pytest.approx(40 / 1140))
    assert found.total_share == pytest.approx(100 / 1200)
    entered = Wastage(given=65, entered_open=-5, closed=0, gained=5)
    assert (entered.opened, entered.open_share) == (60, pytest.approx(-5 / 60)), "a gain may be entered, too"


def test_where_nothing_was_used_up_there_is_no_share() -> None:
    found = Wastage(given=0, entered_open=0, closed=0)
    assert (found.open_share, found.closed_share, found.total_share) == (None, None, None)
    unopened = Wastage(given=0, entered_open=0, closed=10)
    assert (unopened.open_share, unopened.total_share) == (None, 1.0)


def test_closed_vials_are_lost_at_each_level() -> None:
    assert total_share(0.01, 0.1, levels=3) == pytest.approx(1 - 0.99**3 * 0.9)


@pytest.mark.parametrize(
    ("level", "coming", "wanted"),
    [(-20, 0, 20), (-21, 0, 0), (-25, 5, 20), (-20, 20, 0), (0, 0, 0), (5, 0, 0), (-20, -10, 20)],
)
def test_the_extra_volume_explains_a_level_below_zero_whole_or_not(level: int, coming: int, wanted: int) -> None:
    """Ten vials of ten that yield twelve: 20 doses."""
    assert explained(level, coming=coming, kept=109, per_vial=10, most_per_vial=12) == wanted
    assert explained(level, coming=coming, kept=109, per_vial=0, most_per_vial=12) == 0


def test_a_store_is_beyond_the_share_and_the_least_doses() -> None:
    def week(store: str, handled: int, closed: int, unsaid: int = 0) -> StoreWeek:
        return StoreWeek(store=store, area="79", handled=handled, closed=closed, unsaid=unsaid)

    stores = [week("A", 1000, 100), week("B", 2000, 100), week("C", 10, 10), week("D", 500, 300, unsaid=7)]
    [found] = weeks_of(stores, share=0.05, least=100)
    assert (found.area, found.stores, found.doses, found.worst, found.unsaid) == ("79", 2, 400, "D", 7)
    assert weeks_of([week("B", 2000, 100)], share=0.05, least=100) == ()
