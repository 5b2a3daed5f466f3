"""The kinds of lanes and the points of the reference data, as a plan reads them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from campaign.plan_lanes import kilometres
from geo.units import load_unit_names
from tests.support.snapshots import REFERENCE
from warehouse.reference_plan import load_lane_kinds, load_points

HEAD = "kind,nearest,km_a_day,cost_base,cost_a_km,litres,storage_classes,source,valid_from,note\n"


def test_every_province_district_and_regional_store_has_a_point() -> None:
    points = load_points(REFERENCE)
    assert sum(name.startswith("area ") for name in points) == 63
    assert sum(name.startswith("district ") for name in points) == 705
    assert {"NIHE", "PINT", "TIHE", "PIHCM"} <= set(points)
    assert kilometres(points["area 01"], points["NIHE"]) < 20, "Hà Nội's people live around its institute"
    assert kilometres(points["area 01"], points["area 79"]) == pytest.approx(1140, abs=30)


def test_every_kind_of_lane_names_levels_and_classes_that_there_are() -> None:
    levels = {"national", "regional", "province", "recipient", "district"}
    kinds = load_lane_kinds(REFERENCE, today=date(2021, 11, 22))
    assert {level for name in kinds for level in name.split("_")} == levels
    assert {storage for kind in kinds.values() for storage in kind.storage} == {"refrigerator", "freezer", "ultra_cold"}


def test_the_newest_kind_that_has_begun_holds(tmp_path: Path) -> None:
    rows = (
        "a_b,,400,1,0,10,refrigerator,unconfirmed,2021-03-01,\na_b,,400,1,0,99,refrigerator,unconfirmed,2022-01-01,\n"
    )
    (tmp_path / "lane_kinds.csv").write_text(HEAD + rows, encoding="utf-8")
    assert load_lane_kinds(tmp_path, today=date(2021, 11, 22))["a_b"].litres == 10
    assert load_lane_kinds(tmp_path, today=date(2022, 1, 1))["a_b"].litres == 99
    assert load_lane_kinds(tmp_path, today=date(2021, 1, 1)) == {}


@pytest.mark.parametrize("row", ["a_b,,0,1,0,10,refrigerator", "a_b,,400,-1,0,10,refrigerator"])
def test_a_lane_that_cannot_be_is_an_error(tmp_path: Path, row: str) -> None:
    (tmp_path / "lane_kinds.csv").write_text(f"{HEAD}{row},unconfirmed,2021-03-01,\n", encoding="utf-8")
    with pytest.raises(ValueError, match="a_b"):
        load_lane_kinds(tmp_path, today=date(2021, 11, 22))


def test_units_have_names_in_both_languages() -> None:
    names = load_unit_names(REFERENCE)
    assert names["QD"] == ("Bộ Quốc phòng", "Ministry of National Defence")
    assert names["NIHE"][0].startswith("Kho "), "of a store that a recipient shares its code with, the store's"
