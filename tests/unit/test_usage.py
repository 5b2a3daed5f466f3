"""Usage over allocation rounds, by hand: which rounds count, and which doses given are held against them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.usage import Account, Round, Usage, Way, spread, usage_by_area, usage_of

TODAY = date(2021, 12, 9)


def round_(number: int, allocated: int, received: int, days_ago: int | None) -> Round:
    came = None if days_ago is None else TODAY - timedelta(days=days_ago)
    return Round(decision_id=number, allocated=allocated, received=received, received_on=came)


def of(account: Account, *rounds: Round) -> Usage:
    return usage_of(rounds, account, today=TODAY, settled_days=7)


def test_a_round_counts_from_the_seventh_day_after_it_came() -> None:
    found = of(Account(received=400), round_(1, 100, 100, 8), round_(2, 100, 100, 7), round_(3, 100, 100, 6))
    assert (found.rounds, found.newer) == ({1, 2}, {3})
    assert found.allocated == 200


def test_what_landed_yesterday_lowers_nobody() -> None:
    """1,000 doses allocated and received three weeks ago, 900 given; 5,000 came yesterday."""
    account = Account(given=900, received=6000, on_hand=5080, wasted=20)
    found = of(account, round_(1, 1000, 1000, 21), round_(2, 5000, 5000, 1))
    assert [(found.given, found.below(way)) for way in Way] == [(900, 1000), (900, 1000), (900, 900)]


def test_doses_that_can_only_have_come_from_the_new_round_are_left_out() -> None:
    """1,300 given of 1,000 and 5,000 new ones: 300 of them are of the new round."""
    found = of(Account(given=1300, received=6000, on_hand=4700), round_(1, 1000, 1000, 21), round_(2, 5000, 5000, 1))
    assert (found.given, found.allocated, found.received, found.gone) == (1000, 1000, 1000, 1000)


def test_more_given_than_allocated_is_told_as_it_is() -> None:
    """AstraZeneca: 100 vials of 10 allocated, 1,080 doses drawn and given, the balance at -80."""
    found = of(Account(given=1080, received=1000, on_hand=-80), round_(1, 1000, 1000, 30))
    assert found.ratio(Way.ALLOCATED) == pytest.approx(1.08)
    assert found.ratio(Way.GONE) == pytest.approx(1.0)


def test_a_short_receipt_parts_allocated_from_received() -> None:
    """1,000 allocated, 950 came, 700 given, 200 on hand, 50 wasted."""
    found = of(Account(given=700, received=950, on_hand=200, wasted=50), round_(1, 1000, 950, 12))
    assert [(found.given, found.below(way)) for way in Way] == [(700, 1000), (700, 950), (700, 700)]


def test_doses_that_no_decision_names_count_as_received() -> None:
    found = of(Account(given=500, received=800, on_hand=300), round_(1, 600, 600, 12))
    assert (found.allocated, found.received, found.gone) == (600, 800, 500)


def test_doses_that_are_missing_lower_the_third_way_only() -> None:
    """Of 1,000 received 600 were given and 300 are there: nobody says what became of 100."""
    found = of(Account(given=600, received=1000, on_hand=300), round_(1, 1000, 1000, 12))
    assert (found.given, found.received, found.gone) == (600, 1000, 700)


def test_without_anything_to_hold_it_against_there_is_no_ratio() -> None:
    assert [of(Account()).ratio(way) for way in Way] == [None, None, None]
    assert of(Account(given=5), round_(1, 100, 0, None)).ratio(Way.ALLOCATED) is None, "not received: it does not count"


def test_products_and_areas_add_up() -> None:
    rounds = {("01", "az"): [round_(1, 100, 100, 9)], ("01", "pf"): [round_(2, 50, 40, 9)], ("79", "az"): []}
    accounts = {("01", "az"): Account(given=90, received=100), ("79", "az"): Account(given=3, received=4)}
    found = usage_by_area(rounds, accounts, today=TODAY, settled_days=7)
    assert (found["01"].given, found["01"].allocated, found["01"].rounds) == (90, 150, {1, 2})
    assert (found["79"].given, found["79"].allocated, found["79"].received) == (3, 0, 4)


def test_given_doses_fall_on_the_oldest_round_first() -> None:
    rounds = (round_(3, 100, 100, 2), round_(1, 100, 80, 20), round_(2, 100, 100, 9))
    assert spread(150, rounds) == {1: 80, 2: 70, 3: 0}
    assert spread(1000, rounds) == {1: 80, 2: 100, 3: 100}


amount = st.integers(0, 500)


@given(st.lists(st.tuples(amount, amount, st.integers(0, 20)), max_size=5), st.floats(0, 1), st.floats(0, 1))
def test_where_the_ledger_closes_what_is_gone_was_given(
    drawn: list[tuple[int, int, int]], given_share: float, wasted_share: float
) -> None:
    """Dose by dose, as a plain twin counts: the oldest round first, given before wasted."""
    rounds = [round_(number, *values) for number, values in enumerate(drawn)]
    came = sum(item.received for item in rounds)
    given_doses = int(came * given_share)
    wasted = int((came - given_doses) * wasted_share)
    found = of(Account(given=given_doses, received=came, on_hand=came - given_doses - wasted, wasted=wasted), *rounds)
    settled = [item for item in rounds if item.decision_id in found.rounds]
    pots = ["old"] * sum(item.received for item in settled)
    pots += ["new"] * (came - len(pots))
    assert found.given == pots[:given_doses].count("old")
    assert found.received == pots.count("old")
    assert found.gone == found.given
    assert found.allocated == sum(item.allocated for item in settled)
