"""Litres worked out by hand: what fits, what does not, and what nobody knows, which is neither nothing nor plenty."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.cold_capacity import (
    Capacity,
    CapacityRules,
    Kept,
    Load,
    Packed,
    Room,
    by_area,
    capacity,
    check,
    doses_that_fit,
)
from campaign.devices import Device
from campaign.equipment import Status
from campaign.expressions import read_expression
from campaign.lots import ThawLimit
from campaign.rule_facts import FACTS
from cli.stock_wiring import stock_rules
from operations.capacity_conditions import RULE, of_capacity
from operations.stock_conditions import Names
from settings import load
from warehouse.reference import load_capacity_rules

TODAY, LONG_AGO = date(2021, 11, 22), date(2021, 3, 1)
ROOT = Path(__file__).resolve().parents[2]
NAMES = Names(areas={"79": ("Hồ Chí Minh", "Ho Chi Minh")}, products={})
ALERT = stock_rules(load(ROOT / "config.yaml", environ={})).rules[RULE]
CLASSES = {"az": "refrigerator", "pf": "ultra_cold", "md": "freezer", "vc": "refrigerator"}
RULES = CapacityRules(
    packed=(
        Packed(product="az", doses_per_vial=10, cm3_per_dose=2.0, valid_from=LONG_AGO),
        Packed(product="pf", doses_per_vial=6, cm3_per_dose=1.0, valid_from=LONG_AGO),
        Packed(product="md", doses_per_vial=10, cm3_per_dose=4.0, valid_from=LONG_AGO),
        Packed(product="vc", doses_per_vial=1, cm3_per_dose=None, valid_from=LONG_AGO),
    ),
    kept=tuple(Kept(product=name, storage_class=kind, valid_from=LONG_AGO) for name, kind in CLASSES.items()),
    thaw_limits=tuple(ThawLimit(product=name, valid_from=LONG_AGO, days=30) for name in ("pf", "md")),
)


def device(
    name: str = "F1",
    *,
    litres: float | None = 100.0,
    kind: str = "refrigerator",
    status: Status = Status.WORKING,
    store: str = "K",
    given: bool | None = None,
) -> Device:
    """given: whether its open repair was given to somebody; None: no repair is open."""
    return Device(
        equipment_id=name,
        store_code=store,
        store_level="district",
        area_code="79",
        district_code="760",
        site_code=None,
        kind="",
        storage_class=kind,
        reporting_mode="live",
        low_c=2.0,
        high_c=8.0,
        last_read_at=None,
        temp_c=None,
        litres=litres,
        status=status,
        job_opened_at=None if given is None else datetime(2021, 11, 20, tzinfo=UTC),
        job_assigned=bool(given),
    )


def doses(product: str = "az", number: int = 0, *, coming: int = 0, thawed: bool = False, store: str = "K") -> Load:
    vial = {"az": 10, "pf": 6, "md": 10, "vc": 1}.get(product, 0)
    return Load(
        store=store, area="79", product=product, doses_per_vial=vial, thawed=thawed, doses=number, coming=coming
    )


def told(devices: list[Device], *loads: Load) -> Capacity:
    return capacity(devices, loads, RULES, today=TODAY)


def room(devices: list[Device], *loads: Load, kind: str = "refrigerator") -> Room:
    return told(devices, *loads).rooms["K", kind]


def fires(found: Capacity) -> list[bool]:
    return [not item.inhibited for item in of_capacity(found, levels={"K": "district"}, rule=ALERT, names=NAMES)]


def test_litres_of_doses_against_litres_of_devices() -> None:
    found = room([device(litres=60.0), device("F2", litres=40.0)], doses("az", 20_000, coming=10_000))
    assert (found.usable, found.filled, found.coming) == (100.0, 40.0, 20.0)
    assert (found.free, found.after, found.percent, found.beyond) == (60.0, 40.0, 40.0, 0.0)
    assert doses_that_fit(found, 2.0) == 20_000
    assert doses_that_fit(found, 4.0) == 10_000


@pytest.mark.parametrize(
    ("status", "given", "usable"),
    [
        (Status.WORKING, None, 100.0),
        # It works, and somebody looks after it: it still holds vaccine.
        (Status.WORKING, True, 100.0),
        (Status.NEEDS_REPAIR, None, 100.0),
        (Status.NEEDS_REPAIR, False, 100.0),
        (Status.NEEDS_REPAIR, True, 0.0),
        (Status.NOT_WORKING, None, 0.0),
    ],
)
def test_a_device_that_is_down_or_in_repair_has_no_room(status: Status, given: bool | None, usable: float) -> None:
    assert room([device(status=status, given=given)]).usable == usable


def test_a_fridge_that_goes_down_takes_its_room_away_and_the_alert_follows() -> None:
    held = doses("az", 40_000)
    both = told([device(), device("F2")], held)
    assert (both.rooms["K", "refrigerator"].percent, fires(both)) == (40.0, [])
    one = told([device(), device("F2", litres=50.0, status=Status.NOT_WORKING)], held)
    assert (one.rooms["K", "refrigerator"].percent, fires(one)) == (80.0, [])
    left = told([device(status=Status.NOT_WORKING), device("F2", litres=50.0)], held)
    assert (left.rooms["K", "refrigerator"].beyond, fires(left)) == (30.0, [True])
    none = told([device(status=Status.NOT_WORKING), device("F2", status=Status.NOT_WORKING)], held)
    assert (none.rooms["K", "refrigerator"].beyond, fires(none)) == (80.0, [True])
    retired = told([device(status=Status.NOT_IN_USE)], held)
    assert (retired.rooms["K", "refrigerator"].beyond, fires(retired)) == (80.0, [True])


@pytest.mark.parametrize(("number", "wanted"), [(50_000, [True]), (49_000, [False]), (47_500, []), (51_000, [True])])
def test_an_alert_stays_until_there_is_some_room_again(number: int, wanted: list[bool]) -> None:
    """Raised from 100 % on, over at 95 %; between the two one that is open stays."""
    assert fires(told([device()], doses("az", number))) == wanted


def test_nothing_is_raised_while_the_feeds_are_behind() -> None:
    found = told([device()], doses("az", 90_000))
    made = of_capacity(found, levels={}, rule=ALERT, names=NAMES, behind=True)
    assert [item.inhibited for item in made] == [True]


def test_what_an_alert_says_and_what_a_condition_may_name() -> None:
    found = told([device(litres=80.0)], doses("az", 45_000), doses("vc", 700))
    item = of_capacity(found, levels={"K": "district"}, rule=ALERT, names=NAMES)[0]
    assert item.summary_en == (
        "Ho Chi Minh: store K needs 90.0 litres in refrigerators, 2-8 °C and has 80.0 usable ones, 10.0 too few; "
        "besides 700 doses of unknown volume"
    )
    assert "cần 90,0 lít ở tủ lạnh 2-8 °C, chỉ có 80,0 lít dùng được, thiếu 10,0 lít" in item.summary_vi
    assert item.labels == {"store": "K", "storage_class": "refrigerator", "area": "79"}
    named = replace(NAMES, store={"K": ("Kho Quận 1", "Store of Quận 1")}.__getitem__)
    other = of_capacity(found, levels={"K": "district"}, rule=ALERT, names=named)[0]
    assert other.summary_en.startswith("Ho Chi Minh: Store of Quận 1 needs 90.0 litres")
    assert other.summary_vi.startswith("Hồ Chí Minh: Kho Quận 1 cần 90,0 lít")

    def by(text: str) -> list[bool]:
        rule = replace(ALERT, raise_when=read_expression(text, FACTS[RULE]))
        return [not each.inhibited for each in of_capacity(found, levels={}, rule=rule, names=NAMES)]

    assert by("litres_missing == 10 and percent_filled == 112.5 and litres_filled == 90 and litres_usable == 80") == [
        True
    ]
    assert by("litres_missing > 10") == []


def test_the_national_store_is_of_no_province() -> None:
    found = told([device()], doses("az", 90_000))
    made = of_capacity(found, levels={"K": "national"}, rule=ALERT, names=NAMES)[0]
    assert "area" not in made.labels
    assert made.summary_en.startswith("National and regional stores")


@pytest.mark.parametrize("litres", [None, 0.0, -5.0])
def test_litres_that_nobody_told_are_neither_none_nor_plenty(litres: float | None) -> None:
    found = told([device(litres=litres), device("F2", litres=10.0)], doses("az", 40_000))
    here = found.rooms["K", "refrigerator"]
    assert (here.usable, here.not_told, here.is_over) == (10.0, 1, False)
    assert fires(found) == []
    assert check(5_000, here, 2.0).why == "unknown"


def test_a_volume_that_nobody_knows_is_told_apart() -> None:
    here = room([device()], doses("vc", 900, coming=50), doses("az", 1000))
    assert (here.filled, here.unmeasured, here.unmeasured_coming) == (2.0, 900, 50)
    assert check(10, here, 2.0).why == "unknown", "what the others take, nobody knows"
    assert check(1, here, None).why == "unknown"
    # Too much is too much, however small the others are.
    assert check(50_000, here, 2.0).why == "too_little"
    # Another form of packing of a known product is another volume, and an unknown product has neither volume nor class.
    other = told([device()], replace(doses("az", 500), doses_per_vial=8), doses("zz", 30))
    assert other.rooms["K", "refrigerator"].unmeasured == 500
    assert other.rooms["K", ""].unmeasured == 30


def test_whether_an_arrival_fits() -> None:
    here = room([device()], doses("az", 20_000, coming=20_000))
    assert check(10_000, here, 2.0).fits
    verdict = check(10_001, here, 2.0)
    assert (verdict.fits, verdict.why, verdict.needed, verdict.free) == (False, "too_little", 20.002, 20.0)


@pytest.mark.parametrize(
    ("product", "thawed", "kinds", "lies_in"),
    [
        ("pf", False, ("ultra_cold", "refrigerator"), "ultra_cold"),
        ("pf", True, ("ultra_cold", "refrigerator"), "refrigerator"),
        # Where there is no freezer of its class they were thawed, though nobody said when.
        ("pf", False, ("refrigerator",), "refrigerator"),
        ("md", False, ("ultra_cold", "refrigerator"), "refrigerator"),
        ("pf", False, ("freezer",), "ultra_cold"),
        # What is kept in a refrigerator does not go into a freezer.
        ("az", False, ("ultra_cold",), "refrigerator"),
    ],
)
def test_where_doses_lie(product: str, thawed: bool, kinds: tuple[str, ...], lies_in: str) -> None:
    found = told([device(kind, kind=kind) for kind in kinds], doses(product, 1000, thawed=thawed))
    assert [kind for (_, kind), here in found.rooms.items() if here.filled] == [lies_in]


def test_a_freezer_that_broke_is_still_where_its_doses_are() -> None:
    found = told([device("U", kind="ultra_cold", status=Status.NOT_WORKING), device()], doses("pf", 1000))
    assert found.rooms["K", "ultra_cold"].is_over


def test_stores_without_a_device_are_counted_apart() -> None:
    found = told([device()], doses("az", 300, store=""), doses("az", 200, store="elsewhere"))
    assert found.apart == {"79": 500}
    assert set(found.rooms) == {("K", "refrigerator")}


def test_no_store_has_the_room_of_another() -> None:
    devices = [device(), device("F2", store="M", litres=50.0)]
    found = by_area(told(devices, doses("az", 70_000), doses("az", 5_000, store="M")))
    assert set(found) == {("79", "refrigerator"), ("nation", "refrigerator")}
    here = found["79", "refrigerator"]
    assert (here.usable, here.filled, here.free, here.beyond) == (150.0, 150.0, 40.0, 40.0)
    assert (here.over, here.stores) == (1, 2)


@given(
    st.lists(st.tuples(st.sampled_from(["az", "pf", "md", "vc"]), st.booleans(), st.integers(0, 10**6)), max_size=12),
    st.lists(st.tuples(st.sampled_from(sorted(CLASSES.values())), st.floats(1, 1000)), max_size=6),
)
def test_no_dose_is_lost_or_counted_twice(held: list[tuple[str, bool, int]], rooms: list[tuple[str, float]]) -> None:
    devices = [device(str(at), kind=kind, litres=litres) for at, (kind, litres) in enumerate(rooms)]
    found = told(devices, *(doses(product, number, thawed=thawed) for product, thawed, number in held))
    cm3 = {"az": 2.0, "pf": 1.0, "md": 4.0}
    known = sum(number * cm3[product] / 1000 for product, _, number in held if product in cm3)
    unknown = sum(number for product, _, number in held if product not in cm3)
    if not devices:
        assert sum(found.apart.values()) == sum(number for *_, number in held)
        return
    assert sum(here.filled for here in found.rooms.values()) == pytest.approx(known)
    assert sum(here.unmeasured for here in found.rooms.values()) == unknown
    assert sum(here.usable for here in found.rooms.values()) == pytest.approx(sum(litres for _, litres in rooms))


def test_the_newest_row_that_has_begun_is_in_force() -> None:
    later = Packed(product="az", doses_per_vial=10, cm3_per_dose=3.0, valid_from=TODAY + timedelta(days=1))
    newer = Packed(product="az", doses_per_vial=10, cm3_per_dose=1.0, valid_from=TODAY)
    rules = replace(RULES, packed=(later, newer, *RULES.packed))
    assert capacity([device()], [doses("az", 1000)], rules, today=TODAY).rooms["K", "refrigerator"].filled == 1.0


def test_what_the_reference_data_say() -> None:
    """Every product has a row; a volume stands only where a source says it."""
    rules = load_capacity_rules(ROOT / "data" / "reference")
    known = {item.product: item.cm3_per_dose for item in rules.packed}
    assert {item.product for item in rules.kept} == set(known)
    assert {name: cm3 for name, cm3 in known.items() if cm3} == {
        "astrazeneca": 2.1,
        "comirnaty": 1.8,
        "spikevax": 4.3,
    }
