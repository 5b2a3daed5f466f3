"""Doses that a decision on allocation promises to another place, by store and lot."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from campaign.plan_set_aside import DecidedLine, Lying, set_aside, unsent

LINE = DecidedLine(
    decision_id=1, store="P01", product="AZ", lot="", planned=900, stated=0, level="province", province="01",
    parent="REG",
)  # fmt: skip
PILE = Lying(
    store="NAT", lot="L1", product="AZ", doses=500, released=True, until=date(2022, 1, 31), level="national",
    province="",
)  # fmt: skip
DISTRICT = replace(LINE, store="D01", level="district", parent="P01")
PROVINCE = replace(PILE, store="P01", level="province", province="01")


def test_what_was_sent_or_is_said_to_have_come_is_set_aside_no_more() -> None:
    assert unsent([LINE], {(1, "P01", "L1"): 300}, {"L1": "AZ"}) == [(LINE, 600)]
    assert unsent([replace(LINE, stated=850)], {}, {}) == [(replace(LINE, stated=850), 50)]
    assert unsent([LINE], {(1, "P01", "L1"): 1_000}, {"L1": "AZ"}) == []


def test_what_moves_goes_to_the_line_of_its_lot_else_to_that_of_its_product() -> None:
    named, other = replace(LINE, lot="L1"), replace(LINE, product="PF")
    moved = {(1, "P01", "L1"): 900, (1, "P01", "L2"): 200, (1, "P01", "F1"): 100}
    products = {"L1": "AZ", "L2": "AZ", "F1": "PF"}
    assert unsent([named, LINE, other], moved, products) == [(LINE, 700), (other, 800)]


def test_the_recipients_own_parent_first_then_what_ends_first_and_what_may_be_given_before_all() -> None:
    soon = replace(PILE, lot="L2", until=date(2021, 12, 5))
    held = replace(PILE, lot="L3", until=date(2021, 11, 30), released=False)
    parent = replace(PILE, store="REG", lot="L4", level="regional", doses=100)
    assert set_aside([(LINE, 900)], [PILE, soon, held, parent]) == {
        ("REG", "L4"): 100, ("NAT", "L2"): 500, ("NAT", "L1"): 300,
    }  # fmt: skip


def test_a_named_lot_is_taken_from_that_lot_alone_and_never_from_the_recipient_itself() -> None:
    other = replace(PILE, lot="L2")
    assert set_aside([(replace(LINE, lot="L1"), 900)], [PILE, other]) == {("NAT", "L1"): 500}
    assert set_aside([(LINE, 900)], [PROVINCE, replace(PILE, product="PF")]) == {}


def test_below_a_province_it_is_the_provinces_own_store_that_keeps_them() -> None:
    elsewhere = replace(PROVINCE, store="P79", province="79")
    assert set_aside([(DISTRICT, 300)], [PILE, PROVINCE, elsewhere]) == {("P01", "L1"): 300}


@given(
    st.lists(st.tuples(st.sampled_from(["P01", "P79"]), st.sampled_from(["", "L1", "L2"]), st.integers(1, 900)),
             max_size=5),
    st.lists(st.tuples(st.sampled_from(["NAT", "REG"]), st.sampled_from(["L1", "L2"]), st.integers(1, 900)),
             max_size=4, unique_by=lambda item: item[:2]),
)  # fmt: skip
def test_never_more_than_there_is_and_nothing_twice(
    lines: list[tuple[str, str, int]], piles: list[tuple[str, str, int]]
) -> None:
    wanted = [(replace(LINE, store=store, lot=lot), doses) for store, lot, doses in lines]
    lying = [replace(PILE, store=store, lot=lot, doses=doses) for store, lot, doses in piles]
    found = set_aside(wanted, lying)
    assert all(0 < found.get((pile.store, pile.lot), 1) <= pile.doses for pile in lying)
    everything = sum(doses for _, doses in wanted), sum(pile.doses for pile in lying)
    assert sum(found.values()) <= min(everything)
    # Without lots that are named, all that can be is set aside.
    if all(not line.lot for line, _ in wanted):
        assert sum(found.values()) == min(everything)
