"""The committed reference data: complete, consistent with itself, and what the scripts make of their sources."""

import csv
import itertools
import json
import os
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from demo.registrations import DEFERRALS
from geo import build_areas, build_sites
from geo.apportion import largest_remainder
from geo.areas import (
    ReferenceFault,
    collation_key,
    fold_text,
    load_communes,
    load_districts,
    load_provinces,
    load_sites,
    load_successors,
    regroup_2025,
    successors_2025,
)
from geo.populations import load_populations, population_on
from warehouse.reference import load_deferral_reasons

REPO = Path(__file__).resolve().parents[2]
REFERENCE = REPO / "data" / "reference"
BOUNDARIES = REPO / "geo" / "boundaries" / "provinces_63.geojson"
SHARED = Path(os.environ.get("MCC_SHARED", REPO.parent / "shared"))
FILES = sorted(REFERENCE.glob("*.csv"))
ISLAND_DISTRICTS = {"318", "471", "498", "536", "755"}


def rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_row_names_a_known_source_and_a_day(path: Path) -> None:
    known = {row["id"] for row in rows("sources.csv")}
    content = rows(path.name)
    assert content
    for row in content:
        assert None not in row, f"{path.name}: a row with too many fields: {row}"
        assert None not in row.values(), f"{path.name}: a row with too few fields: {row}"
        assert row["source"] in known, f"{path.name}: {row}"
        date.fromisoformat(row["valid_from"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_files_are_plain_utf8_with_lf(path: Path) -> None:
    content = path.read_bytes()
    content.decode("utf-8")
    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    assert content.endswith(b"\n")


def test_no_source_is_left_unused() -> None:
    used = {row["source"] for path in FILES for row in rows(path.name)}
    assert {row["id"] for row in rows("sources.csv")} == used


def test_counts_of_areas_and_their_codes() -> None:
    loaded = load_provinces(REFERENCE), load_districts(REFERENCE), load_communes(REFERENCE)
    assert [len(areas) for areas in loaded] == [63, 705, 10_603]
    for areas, width in zip(loaded, (2, 3, 5), strict=True):
        codes = [area.code for area in areas]
        assert codes == sorted(set(codes))
        assert {len(code) for code in codes} == {width}


def test_every_area_lies_in_its_parents() -> None:
    provinces = {province.code for province in load_provinces(REFERENCE)}
    province_of = {district.code: district.province_code for district in load_districts(REFERENCE)}
    assert set(province_of.values()) == provinces
    communes = load_communes(REFERENCE)
    strays = [commune.code for commune in communes if province_of.get(commune.district_code) != commune.province_code]
    assert strays == []
    assert set(province_of) - {commune.district_code for commune in communes} == ISLAND_DISTRICTS


def test_populations_add_up_to_the_province_at_every_level() -> None:
    estimate = {
        row.area_code: row.value
        for row in load_populations(REFERENCE)
        if (row.version, row.population_group) == ("est_2021", "all")
    }
    of_province: Counter[str] = Counter()
    of_district = {district.code: district.population for district in load_districts(REFERENCE)}
    for district in load_districts(REFERENCE):
        of_province[district.province_code] += district.population
    assert dict(of_province) == estimate
    assert sum(of_province.values()) == 98_506_200
    from_communes: Counter[str] = Counter()
    for commune in load_communes(REFERENCE):
        from_communes[commune.district_code] += commune.population
    assert dict(from_communes) == {code: n for code, n in of_district.items() if code not in ISLAND_DISTRICTS}


def test_denominators_switch_on_their_day_and_stay_unknown_where_unknown() -> None:
    figures = load_populations(REFERENCE)

    def adults(area_code: str, day: date) -> int | None:
        return population_on(figures, area_code=area_code, group="18plus", version="portal_2021", day=day)

    assert adults("40", date(2021, 8, 19)) is None
    assert [adults("40", date(2021, 11, 2)), adults("40", date(2021, 11, 3))] == [2_319_465, 2_446_902]
    assert [adults("40", date(2021, 12, 8)), adults("40", date(2021, 12, 9))] == [2_446_902, 1_960_668]
    assert adults("95", date(2022, 1, 1)) is None
    first = [adults(province.code, date(2021, 8, 20)) for province in load_provinces(REFERENCE)]
    assert sum(value for value in first if value is not None) == 68_298_849
    mistyped = {row.area_code for row in figures if "mistyped" in row.note}
    assert mistyped == {"31", "54"}
    keys = [(row.area_code, row.population_group, row.version, row.valid_from) for row in figures]
    assert len(keys) == len(set(keys))


def test_regrouping_to_the_34_areas_loses_nobody() -> None:
    provinces = load_provinces(REFERENCE)
    people = {row.area_code: row.value or 0 for row in load_populations(REFERENCE) if row.version == "est_2021"}
    regrouped = regroup_2025(people, provinces)
    assert len(regrouped) == 34
    assert sum(regrouped.values()) == sum(people.values())
    with pytest.raises(KeyError):
        regroup_2025({"99": 1}, provinces)


def test_sites_are_all_there_and_stand_in_their_province() -> None:
    """Tolerance: a site outside the drawn shape must stand exactly on its commune's point (small islands)."""
    sites = load_sites(REFERENCE)
    assert len(sites) == len({site.code for site in sites}) == 19_500
    communes = {commune.code: commune for commune in load_communes(REFERENCE)}
    shapes = build_sites.load_shapes(BOUNDARIES)
    outside = 0
    for site in sites:
        commune = communes[site.commune_code]
        assert (site.district_code, site.province_code) == (commune.district_code, commune.province_code)
        assert site.code.startswith(site.province_code)
        assert site.name_vi.endswith("(minh họa)")
        if not shapely.intersects_xy(shapes[site.province_code], site.lon, site.lat):
            outside += 1
            assert (site.lon, site.lat) == (commune.lon, commune.lat), site
    assert outside <= 50
    assert {site.commune_code for site in sites} == set(communes)


def test_sites_open_and_close_in_order() -> None:
    sites = load_sites(REFERENCE)
    assert sum(site.opened_on <= date(2021, 3, 1) for site in sites) == 14_000
    assert Counter(site.kind for site in sites) == {"fixed": 18_720, "mobile": 780}
    closed = [site for site in sites if site.closed_on]
    assert len(closed) == 60
    assert all(site.kind == "mobile" and site.closed_on and site.closed_on > site.opened_on for site in closed)


def test_the_same_seed_gives_the_committed_sites(tmp_path: Path) -> None:
    communes, shapes = load_communes(REFERENCE), build_sites.load_shapes(BOUNDARIES)
    build_sites.write(tmp_path / "sites.csv", build_sites.build(communes, shapes, build_sites.DEFAULT_SEED))
    assert (tmp_path / "sites.csv").read_bytes() == (REFERENCE / "sites.csv").read_bytes()
    other = build_sites.build(communes, shapes, build_sites.DEFAULT_SEED + 1)
    build_sites.write(tmp_path / "sites.csv", other)
    assert (tmp_path / "sites.csv").read_bytes() != (REFERENCE / "sites.csv").read_bytes()


@pytest.mark.shared
def test_the_lists_as_received_give_the_committed_areas(tmp_path: Path) -> None:
    source = SHARED / "reference"
    if not source.is_dir():
        pytest.skip(f"the lists as received are not at {source}; set MCC_SHARED to the folder that holds them")
    build_areas.build(source, tmp_path)
    for name in ("provinces.csv", "districts.csv", "communes.csv", "populations.csv"):
        assert (tmp_path / name).read_bytes() == (REFERENCE / name).read_bytes(), name


def test_products_and_their_rules_fit_together() -> None:
    products = rows("products.csv")
    codes = {row["code"] for row in products}
    assert codes == {
        *("astrazeneca", "comirnaty", "spikevax", "vero_cell", "hayat_vax", "sputnik_v", "abdala", "janssen"),
    }
    classes = {row["class"] for row in rows("cold_chain_classes.csv")}
    for row in products:
        assert row["storage_class"] in classes
        assert int(row["doses_per_vial"]) <= int(row["max_doses_per_vial"])
        if row["primary_doses"] != "1":
            assert 0 < int(row["min_interval_days"]) <= int(row["usual_interval_days"])
        assert (row["confirmed"] == "false") == (row["source"] == "unconfirmed")
    for row in rows("mixed_series.csv"):
        assert {row["previous_product"], row["next_product"]} <= codes
        assert row["previous_product"] != row["next_product"]
    areas = {province.code for province in load_provinces(REFERENCE)}
    for row in rows("area_interval_rules.csv"):
        assert row["product"] in codes
        assert row["area_code"] in areas


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("products.csv", ("code", "valid_from")),
        ("mixed_series.csv", ("previous_product", "next_product", "valid_from")),
        ("area_interval_rules.csv", ("product", "area_code", "valid_from")),
        ("booster_rules.csv", ("kind", "valid_from")),
        ("targets.csv", ("id", "valid_from")),
        ("province_tiers.csv", ("area_code", "valid_from")),
        ("deferral_reasons.csv", ("number", "valid_from")),
        ("deferral_reasons.csv", ("text",)),
        ("waste_reasons.csv", ("number", "valid_from")),
        ("waste_reasons.csv", ("text",)),
        ("cold_chain_classes.csv", ("class", "valid_from")),
        ("recipients.csv", ("code",)),
        ("regional_stores.csv", ("code",)),
        ("national_stores.csv", ("code",)),
        ("sources.csv", ("id",)),
    ],
)
def test_one_row_is_in_force_at_a_time(name: str, key: tuple[str, ...]) -> None:
    seen = [tuple(row[column] for column in key) for row in rows(name)]
    assert len(seen) == len(set(seen))


def test_groups_targets_and_stores() -> None:
    groups = rows("priority_groups.csv")
    assert [int(row["code"]) for row in groups] == list(range(1, 17))
    assert sorted(int(row["precedence"]) for row in groups) == list(range(1, 17))
    targets = {(row["population_group"], row["ratio"], row["due_on"]) for row in rows("targets.csv")}
    assert targets == {("18plus", "0.50", "2021-12-31"), ("all", "0.70", "2022-03-31")}
    served: defaultdict[str, int] = defaultdict(int)
    for row in rows("regional_stores.csv"):
        served[row["epi_region"]] += row["kind"] == "institute"
    assert served == {province.epi_region: 1 for province in load_provinces(REFERENCE)}


def test_every_province_is_in_one_of_four_tiers() -> None:
    tiers = {row["area_code"]: int(row["tier"]) for row in rows("province_tiers.csv")}
    assert set(tiers) == {province.code for province in load_provinces(REFERENCE)}
    assert set(tiers.values()) == {1, 2, 3, 4}


def test_the_reasons_that_the_demonstration_writes_are_known() -> None:
    assert set(DEFERRALS) == {reason.text for reason in load_deferral_reasons(REFERENCE)}


def test_anchors_never_fall_and_add_up() -> None:
    anchors = rows("anchors.csv")
    assert len(anchors) == 37
    for earlier, later in itertools.pairwise(anchors):
        assert earlier["date"] < later["date"]
        assert int(earlier["doses"]) < int(later["doses"])
        assert int(earlier["dose1_people"]) <= int(later["dose1_people"])
    for row in anchors:
        if row["full_people"]:
            assert int(row["full_people"]) <= int(row["dose1_people"]) <= int(row["doses"])


def test_search_needs_no_accents_and_order_is_the_dictionarys() -> None:
    assert fold_text("Đà Nẵng") == fold_text("  ĐÀ NẴNG") == "da nang"
    assert fold_text("Bà Rịa – Vũng Tàu") == fold_text("Bà Rịa - Vũng Tàu") == "ba ria vung tau"
    names = ["Yên Bái", "Đồng Nai", "Cà Mau", "Điện Biên", "Gia Lai", "Đắk Lắk", "Hà Nội", "Hà Nam", "Đà Nẵng"]
    assert sorted(names, key=collation_key) == [
        *("Cà Mau", "Đà Nẵng", "Đắk Lắk", "Điện Biên", "Đồng Nai", "Gia Lai", "Hà Nam", "Hà Nội", "Yên Bái"),
    ]
    assert sorted(["mạ", "má", "mã", "mả", "mà", "ma"], key=collation_key) == ["ma", "mà", "mả", "mã", "má", "mạ"]
    assert sorted(["ân", "ăn", "an", "đa", "da"], key=collation_key) == ["an", "ăn", "ân", "da", "đa"]


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**7), min_size=1, max_size=40))
def test_shares_add_up_and_stay_within_one_of_the_exact_share(total: int, weights: list[int]) -> None:
    if total and not sum(weights):
        with pytest.raises(ValueError, match="all zero"):
            largest_remainder(total, weights)
        return
    shares = largest_remainder(total, weights)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * sum(weights) - total * weight) <= sum(weights)


def test_a_broken_file_names_its_line(tmp_path: Path) -> None:
    lines = (REFERENCE / "districts.csv").read_text(encoding="utf-8").splitlines()
    broken = [lines[0], lines[1], lines[2].replace("105.854", "east")]
    (tmp_path / "districts.csv").write_text("\n".join(broken), encoding="utf-8")
    with pytest.raises(ReferenceFault, match=r"districts\.csv, line 3"):
        load_districts(tmp_path)


def test_the_merger_of_2025_is_the_same_in_both_files_and_in_the_boundaries() -> None:
    successors = load_successors(REFERENCE)
    told = {code: item.code for item in successors for code in item.members}
    assert told == successors_2025(load_provinces(REFERENCE))
    shapes = json.loads((BOUNDARIES.parent / "provinces_34.geojson").read_text(encoding="utf-8"))["features"]
    names = {shape["id"]: (shape["properties"]["name_vi"], shape["properties"]["name_en"]) for shape in shapes}
    assert names == {item.code: (item.name_vi, item.name_en) for item in successors}
    assert len(names) == 34
    assert {row["valid_from"] for row in rows("areas_2025.csv")} == {"2025-07-01"}
