"""Areas, recipients, sites, stores, groups and equipment as rows of the registry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from demo.calendar import DAYS, date_of
from demo.posts import Sites
from demo.reference import REGIONS, Reference
from demo.streams import Ints
from demo.world import World
from geo.areas import load_communes, load_districts, load_provinces
from warehouse.reference import read_csv

NATIONAL_STORE = "NAT"
LITRES = {
    "national": 60_000.0,
    "regional": 18_000.0,
    "province": 4_500.0,
    "district": 700.0,
    "recipient": 500.0,
    "site": 60.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """All stores; the number of a store is its position in `codes`: national, regions, provinces, places, sites."""

    codes: tuple[str, ...]
    region_base: int
    province_base: int
    place_base: int
    site_base: int

    def regions(self, region: Ints) -> Ints:
        return self.region_base + region

    def provinces(self, province: Ints) -> Ints:
        return self.province_base + province

    def places(self, place: Ints) -> Ints:
        return self.place_base + place

    def sites(self, site: Ints) -> Ints:
        return self.site_base + site


def stores_of(world: World) -> Stores:
    areas, sites = world.reference.areas, world.sites
    regional = regional_store_codes(world.reference)
    head = [NATIONAL_STORE, *regional, *(f"P{code}" for code in areas.province_codes)]
    places = [*(f"D{code}" for code in areas.district_codes), *(post.store_code for post in sites.posts)]
    return Stores(
        codes=(*head, *places, *(f"S{code}" for code in sites.codes)),
        region_base=1,
        province_base=1 + len(regional),
        place_base=len(head),
        site_base=len(head) + len(places),
    )


def regional_store_codes(reference: Reference) -> list[str]:
    """The institute that supplies each region, in the order of REGIONS."""
    institutes = {
        row["epi_region"]: row["code"]
        for row in read_csv(reference.folder / "regional_stores.csv")
        if row["kind"] == "institute"
    }
    return [institutes[region] for region in REGIONS]


def area_rows(reference: Reference) -> pl.DataFrame:
    """Grain: area of the three levels; parents first."""
    provinces = load_provinces(reference.folder)
    districts, communes = load_districts(reference.folder), load_communes(reference.folder)
    rows = [(p.code, "province", p.name_vi, p.name_en, None, None, None) for p in provinces]
    rows += [(d.code, "district", d.name_vi, None, d.province_code, d.lon, d.lat) for d in districts]
    rows += [(c.code, "commune", c.name_vi, None, c.district_code, c.lon, c.lat) for c in communes]
    names = ["code", "level", "name_vi", "name_en", "parent_code", "lon", "lat"]
    return pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None).with_columns(
        source=pl.lit("gso_2021_07"), valid_from=pl.lit(date(2021, 7, 1))
    )


def recipient_rows(reference: Reference) -> pl.DataFrame:
    kinds = {"central_hospital": "hospital", "central_institute": "institute"}
    return pl.DataFrame(
        [
            (row["code"], row["name_vi"], row["name_en"], kinds.get(row["kind"], row["kind"]))
            for row in read_csv(reference.folder / "recipients.csv")
        ],
        schema=["code", "name_vi", "name_en", "kind"],
        orient="row",
    )


def group_rows(reference: Reference) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (int(row["code"]), int(row["precedence"]), row["name_vi"], row["name_en"])
            for row in read_csv(reference.folder / "priority_groups.csv")
        ],
        schema=["code", "precedence", "name_vi", "name_en"],
        orient="row",
    )


def site_rows(reference: Reference, sites: Sites) -> pl.DataFrame:
    """Grain: site. Those of posts belong to a recipient and to no province."""
    given = {row["code"]: row for row in read_csv(reference.folder / "sites.csv")}
    rows: list[tuple[object, ...]] = []
    for code, name, district, opened, closed in zip(
        sites.codes, sites.names, sites.district.tolist(), sites.opened.tolist(), sites.closed.tolist(), strict=True
    ):
        row = given.get(code)
        dates = (date_of(opened), date_of(closed) if closed <= DAYS else None)
        if row is None:
            post = sites.posts[district - sites.districts]
            rows.append((code, name, "fixed", None, None, None, post.recipient, post.lon, post.lat, *dates))
        else:
            where = (row["commune_code"], row["district_code"], row["province_code"], None)
            rows.append((code, name, row["kind"], *where, float(row["lon"]), float(row["lat"]), *dates))
    names = ["code", "name_vi", "kind", "commune_code", "district_code", "province_code", "recipient_code"]
    return pl.DataFrame(
        rows, schema=[*names, "lon", "lat", "opened_on", "closed_on"], orient="row", infer_schema_length=None
    )


def store_rows(world: World, stores: Stores) -> pl.DataFrame:
    """Grain: store; parents first."""
    areas, sites = world.reference.areas, world.sites
    provinces = [p.name_vi for p in load_provinces(world.reference.folder)]
    districts = [d.name_vi for d in load_districts(world.reference.folder)]
    regional = {row["code"]: row["name_vi"] for row in read_csv(world.reference.folder / "regional_stores.csv")}
    place_province = world.province_of_place().tolist()
    rows: list[tuple[str | None, ...]] = [(NATIONAL_STORE, "Kho vắc xin quốc gia (minh họa)", "national", *[None] * 5)]
    for code in stores.codes[stores.region_base : stores.province_base]:
        rows.append((code, regional[code], "regional", None, None, None, None, NATIONAL_STORE))
    for index, code in enumerate(areas.province_codes):
        parent = stores.codes[stores.region_base + int(areas.province_region[index])]
        rows.append((f"P{code}", f"Kho CDC {provinces[index]}", "province", code, None, None, None, parent))
    for index, code in enumerate(areas.district_codes):
        province = areas.province_codes[place_province[index]]
        rows.append((f"D{code}", f"Kho {districts[index]}", "district", province, code, None, None, f"P{province}"))
    for post in sites.posts:
        rows.append(
            (post.store_code, f"Kho {post.name_vi}", "recipient", None, None, None, post.recipient, NATIONAL_STORE)
        )
    for code, name, place in zip(sites.codes, sites.names, sites.district.tolist(), strict=True):
        parent = stores.codes[stores.place_base + place]
        if place < sites.districts:
            province = areas.province_codes[place_province[place]]
            owner = (province, areas.district_codes[place], code, None)
        else:
            owner = (None, None, code, sites.posts[place - sites.districts].recipient)
        rows.append((f"S{code}", f"Tủ vắc xin {name}", "site", *owner, parent))
    names = ["code", "name_vi", "level", "province_code", "district_code", "site_code", "recipient_code", "parent_code"]
    return pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None).with_columns(
        capacity_litres=pl.col("level").replace_strict(LITRES, return_dtype=pl.Float64)
    )


def mobile_rows(world: World) -> pl.DataFrame:
    """Where mobile teams worked: each from its first day in its district. Grain: site x period."""
    given = [row for row in read_csv(world.reference.folder / "sites.csv") if row["kind"] == "mobile"]
    return pl.DataFrame(
        [
            (
                row["code"],
                row["district_code"],
                date.fromisoformat(row["opened_on"]),
                date.fromisoformat(row["closed_on"]) if row["closed_on"] else None,
            )
            for row in given
        ],
        schema=["site_code", "district_code", "from_on", "until_on"],
        orient="row",
        infer_schema_length=None,
    )


def sampled_stores(world: World, stores: Stores, count: int) -> Ints:
    """Site stores with equipment of their own in the registry: `count` spread evenly over the list."""
    return stores.site_base + np.linspace(0, len(world.sites.codes) - 1, count).astype(np.int64)
