"""What doses need of consumables, and how many can be given with what lies there."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import product as every
from math import ceil
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.supplies import Given, Item, Kind, Need, SupplyRules, givable, in_force
from campaign.vial_monitors import Carries, monitors_in_force
from warehouse.reference import load_supply_book, load_supply_items, load_vial_facts, load_vial_monitors, read_csv

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
TODAY = date(2021, 11, 22)
RULES = load_supply_book(REFERENCE).on(TODAY)


def pieces(ad3: int = 0, ad5: int = 0, dilution: int = 0, diluent: int = 0, box: int = 0) -> dict[str, int]:
    return {
        "ad_syringe_03": ad3,
        "ad_syringe_05": ad5,
        "dilution_syringe_2": dilution,
        "diluent_nacl": diluent,
        "safety_box_5": box,
    }


def state(found: Given, item: str) -> tuple[int, int]:
    """Needed and short."""
    own = next(row for row in found.items if row.item == item)
    return own.needed, own.short


def test_a_hand_worked_case() -> None:
    """600 doses of Comirnaty are 100 vials: 660 syringes, 100 of dilution, 100 vials of diluent, 7.6 -> 8 boxes."""
    found = givable({"comirnaty": 600}, pieces(ad3=660, dilution=100, diluent=100, box=8), RULES)
    assert (found.doses, found.given, found.stranded, found.limit) == (600, 600, 0, "")
    assert [state(found, item.code) for item in RULES.items] == [(660, 0), (0, 0), (100, 0), (100, 0), (8, 0)]
    less = givable({"comirnaty": 600}, pieces(ad3=660, dilution=100, diluent=40, box=8), RULES)
    assert (less.given, less.limit, state(less, "diluent_nacl")) == (240, "diluent_nacl", (100, 60))
    assert givable({"comirnaty": 600}, pieces(ad3=659, dilution=100, diluent=100, box=8), RULES).given == 599


def test_products_share_their_syringes_and_all_share_the_boxes() -> None:
    usable = {"astrazeneca": 1000, "vero_cell": 1000, "comirnaty": 600}
    found = givable(usable, pieces(ad3=660, ad5=1100, dilution=100, diluent=100, box=1000), RULES)
    assert (found.given, found.limit) == (1600, "ad_syringe_05")
    # 1,100 syringes fill 11 boxes, and nothing is left for those of Comirnaty.
    assert givable(usable, pieces(ad3=660, ad5=1100, dilution=100, diluent=100, box=11), RULES).by_product == {
        "astrazeneca": 1000, "vero_cell": 0, "comirnaty": 0,
    }  # fmt: skip


def test_nothing_there_gives_nothing_and_below_zero_is_none() -> None:
    for held in ({}, pieces(ad5=-50, box=-1)):
        found = givable({"astrazeneca": 10}, held, RULES)
        assert (found.given, found.stranded, found.limit) == (0, 10, "ad_syringe_05")
        assert all(row.on_hand == 0 for row in found.items)


def test_of_a_product_whose_needs_nobody_told_nothing_is_said() -> None:
    found = givable({"": 40, "unheard_of": 2, "astrazeneca": -5}, pieces(), RULES)
    assert (found.doses, found.given, found.untold) == (0, 0, 42)


TOYS = SupplyRules(
    items=(
        Item(code="a", kind=Kind.DOSE_SYRINGE, name_vi="", name_en=""),
        Item(code="b", kind=Kind.DOSE_SYRINGE, name_vi="", name_en=""),
        Item(code="v", kind=Kind.VIAL_SYRINGE, name_vi="", name_en=""),
        Item(code="d", kind=Kind.DILUENT, name_vi="", name_en=""),
        Item(code="box", kind=Kind.SAFETY_BOX, name_vi="", name_en="", holds=3),
    ),
    needs={
        name: tuple(
            Need(product=name, item=item, per_vial=vial, pieces=Fraction(count), valid_from=TODAY)
            for item, vial, count in own
        )
        for name, own in {
            "p": (("a", False, "1.1"), ("v", True, "1"), ("d", True, "1")),
            "q": (("b", False, "1.1"),),
            "r": (("b", False, "1.1"),),
        }.items()
    },
    per_vial={"p": 3, "q": 2, "r": 1},
)


def possible(doses: dict[str, int], held: dict[str, int]) -> bool:
    taken: dict[str, Fraction] = {}
    for name, count in doses.items():
        for need in TOYS.needs[name]:
            units = ceil(Fraction(count, TOYS.per_vial[name])) if need.per_vial else count
            taken[need.item] = taken.get(need.item, Fraction(0)) + units * need.pieces
    syringes = sum((TOYS.syringes(name) * count for name, count in doses.items()), Fraction(0))
    return all(count <= held.get(item, 0) for item, count in taken.items()) and syringes <= 3 * held.get("box", 0)


@settings(max_examples=60, deadline=None)
@given(
    st.fixed_dictionaries(dict.fromkeys("pqr", st.integers(0, 4))),
    st.fixed_dictionaries(dict.fromkeys(("a", "b", "v", "d", "box"), st.integers(0, 6))),
)
def test_no_other_way_gives_more_and_what_is_said_short_is_short(usable: dict[str, int], held: dict[str, int]) -> None:
    """Beside every way there is of giving them."""
    found = givable(usable, held, TOYS)
    ways = (dict(zip("pqr", way, strict=True)) for way in every(*(range(usable[name] + 1) for name in "pqr")))
    assert found.given == max(sum(way.values()) for way in ways if possible(way, held))
    assert possible(dict(found.by_product), held)
    assert found.doses == sum(usable.values())
    if found.stranded:
        assert found.limit
    if not any(row.short for row in found.items):
        assert found.given == found.doses
    assert all((row.covers < row.doses) == (row.short > 0) for row in found.items if row.needed)


def test_of_several_rows_the_newest_that_has_begun_is_in_force() -> None:
    def need(day: int, count: int) -> Need:
        return Need(product="p", item="a", per_vial=False, pieces=Fraction(count), valid_from=date(2021, 11, day))

    assert in_force([need(20, 2), need(1, 1), need(30, 3)], today=TODAY)["p"][0].pieces == 2
    assert in_force([need(30, 3)], today=TODAY)["p"][0].pieces == 3


def test_every_product_has_its_needs_and_says_whether_it_carries_a_monitor() -> None:
    products = {row["code"] for row in read_csv(REFERENCE / "products.csv")}
    monitors = monitors_in_force(load_vial_monitors(REFERENCE), today=TODAY)
    assert set(RULES.needs) == set(monitors) == products
    assert [item.code for item in load_supply_items(REFERENCE) if item.holds] == ["safety_box_5"]
    assert monitors["vero_cell"].vvm_type == "VVM7"
    # What products.csv says for the shake test is the same fact: it may not say yes where this says no.
    for product, (_, has_monitor) in load_vial_facts(REFERENCE).items():
        assert has_monitor == (monitors[product].carries is Carries.YES), product
