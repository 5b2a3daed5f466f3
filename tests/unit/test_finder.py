"""Finding places by a part of their name."""

from __future__ import annotations

import pytest

from geo.finder import Finder, Kind, Named, places_of
from geo.gazetteer import Gazetteer
from settings import load

PROVINCES = {"01": "Hà Nội", "48": "Đà Nẵng", "79": "Hồ Chí Minh"}
PLACES = [
    *(Named(kind=Kind.PROVINCE, code=code, name=name, province=code) for code, name in PROVINCES.items()),
    Named(kind=Kind.DISTRICT, code="760", name="Quận 1", province="79", within=("Hồ Chí Minh",)),
    Named(kind=Kind.DISTRICT, code="001", name="Quận Ba Đình", province="01", within=("Hà Nội",)),
    Named(
        kind=Kind.SITE,
        code="7900001",
        name="Bệnh viện Chợ Rẫy",
        province="79",
        district="760",
        within=("Quận 1", "Hồ Chí Minh"),
    ),
    Named(kind=Kind.SITE, code="0100001", name="Trạm y tế Đa Phúc", province="01", district="001"),
]


def everywhere(_province: str) -> bool:
    return True


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("da nang", ["Đà Nẵng"]),
        ("ĐÀ NẴNG", ["Đà Nẵng"]),
        ("Đà N", ["Đà Nẵng"]),
        ("bv cho ray", ["Bệnh viện Chợ Rẫy"]),
        ("ray benh", ["Bệnh viện Chợ Rẫy"]),
        ("cho ray ho chi", ["Bệnh viện Chợ Rẫy"]),
        ("7900001", ["Bệnh viện Chợ Rẫy"]),
        ("48", ["Đà Nẵng"]),
        ("tyt", ["Trạm y tế Đa Phúc"]),
        ("anoi", []),
        ("  ", []),
        ("!?", []),
    ],
)
def test_what_is_meant_is_found(text: str, names: list[str]) -> None:
    found = Finder(PLACES).find(text, most=5, seen=everywhere)
    assert [place.name for places in found.values() for place in places] == names


def test_the_best_come_first_and_equal_ones_by_the_dictionary() -> None:
    places = [
        Named(kind=Kind.SITE, code=str(at), name=name, province="01")
        for at, name in enumerate(["Trạm y tế Lan", "Điểm Lan", "Đầm Lan", "Lan Anh", "Dương Lan", "Lan"])
    ]
    (found,) = Finder(places).find("lan", most=6, seen=everywhere).values()
    assert [place.name for place in found] == ["Lan", "Lan Anh", "Dương Lan", "Đầm Lan", "Điểm Lan", "Trạm y tế Lan"]
    (few,) = Finder(places).find("lan", most=2, seen=everywhere).values()
    assert [place.name for place in few] == ["Lan", "Lan Anh"]


def test_places_of_other_provinces_are_not_named() -> None:
    found = Finder(PLACES).find("quan", most=5, seen=lambda province: province == "79")
    assert [place.name for place in found[Kind.DISTRICT]] == ["Quận 1"]
    assert Finder(PLACES).find("ba dinh", most=5, seen=lambda province: province == "79") == {}


def test_every_district_and_site_is_found_by_its_own_name_or_code() -> None:
    places = places_of(Gazetteer(load().reference_dir), {"48": "Đà Nẵng"})
    finder = Finder(places)
    assert len(places) > 100
    for place in places:
        assert place in finder.find(place.code, most=3, seen=everywhere)[place.kind]
