"""What is at risk by place: doses that expire, and second doses beyond the place's own vaccine of the product."""

from __future__ import annotations

from datetime import date

from campaign.due import DueCount
from campaign.plan_risk import LostRange, at_risk, lost_by_place
from campaign.stock_board import Heap, JudgedHeap, Standing

DAY = date(2021, 11, 25)


def heap(place: str, product: str, doses: int, *, lost: int = 0, usable: bool = True) -> JudgedHeap:
    return JudgedHeap(
        heap=Heap(place=place, area=place, lot="L", product=product, thawed_on=None, on_hand=doses, in_transit=0),
        state="released",
        standing=Standing.USABLE if usable else next(item for item in Standing if item is not Standing.USABLE),
        until=DAY,
        why="label",
        days_left=3,
        lost=lost,
    )


def due(area: str, product: str, people: int) -> DueCount:
    return DueCount(area_code=area, product=product, due_on=DAY, people=people)


def test_vaccine_of_another_product_covers_nobody() -> None:
    (risk,) = at_risk([heap("01", "az", 1_000, lost=200)], [due("01", "az", 600), due("01", "pf", 50)])
    assert (risk.usable, risk.expiring, risk.due, risk.uncovered) == (1_000, 200, 650, 50)


def test_doses_that_may_not_be_given_cover_nobody() -> None:
    (risk,) = at_risk([heap("01", "az", 1_000, usable=False)], [due("01", "az", 600)])
    assert (risk.usable, risk.uncovered) == (0, 600)


def test_the_most_at_risk_comes_first_and_a_place_without_stock_is_there() -> None:
    found = at_risk([heap("01", "az", 10, lost=5), heap("02", "az", 10)], [due("03", "az", 9)])
    assert [risk.place for risk in found] == ["03", "01", "02"]


def test_what_expires_if_it_goes_slowly_or_fast_and_whom_sessions_are_planned_for() -> None:
    slow, fast = [heap("01", "az", 900, lost=300)], [heap("01", "az", 900, lost=50), heap("01", "pf", 9, lost=1)]
    lost = LostRange(slow=lost_by_place(slow), fast=lost_by_place(fast))
    first, second = at_risk([heap("01", "az", 900, lost=200)], [due("79", "az", 10)], lost=lost, planned={"79": 4_000})
    assert (first.place, first.expiring, first.slow, first.fast, first.planned) == ("01", 200, 300, 51, 0)
    assert (second.place, second.slow, second.fast, second.planned) == ("79", 0, 0, 4_000)
