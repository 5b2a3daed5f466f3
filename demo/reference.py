"""What the demonstration reads from data/reference, as arrays in a fixed order of areas and products."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from campaign.series import SeriesRules
from demo.calendar import DAYS, FIRST_DAY, day_of
from demo.streams import Floats, Ints
from geo.areas import load_communes, load_districts, load_provinces
from geo.populations import load_populations
from warehouse.reference import load_series_rules, read_csv

REGIONS = ("north", "central", "highlands", "south")
PRODUCTS = ("astrazeneca", "comirnaty", "spikevax", "vero_cell", "hayat_vax", "sputnik_v", "abdala")
ABDALA = PRODUCTS.index("abdala")
COMIRNATY = PRODUCTS.index("comirnaty")
NEVER_ALLOWED = 10_000  # days: longer than any campaign


@dataclass(frozen=True, slots=True, kw_only=True)
class Areas:
    """Provinces in order of code; districts and homes carry the position of the area above them.

    A home is a commune, or one of the five island districts that have none (`commune` is then None)."""

    province_codes: tuple[str, ...]
    province_region: Ints
    people: Ints  # est_2021
    adults: Ints  # est_2021, 18 and over
    district_codes: tuple[str, ...]
    district_province: Ints
    home_communes: tuple[str | None, ...]
    home_district: Ints
    home_province: Ints
    home_people: Ints

    def province(self, code: str) -> int:
        return self.province_codes.index(code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervals:
    """The series rules by day: days needed between two doses. `mixed[a, b, day]` is NEVER_ALLOWED where not allowed."""

    same: Ints  # product x day
    mixed: Ints  # product x product x day


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Everything the plan of a campaign needs. `folder` serves the readers of the smaller tables."""

    folder: Path
    areas: Areas
    rules: SeriesRules
    intervals: Intervals
    anchors: dict[str, dict[int, int]]  # measure -> day -> cumulative figure
    mix: Floats  # day x region x product, rows sum to 1
    lead: dict[int, float]  # province -> logit units ahead of its region
    beyond_estimate: Floats  # adults registered beyond est_2021, as a share of it
    regional_shares: dict[str, Floats]  # dose1 | dose2 -> share of 18+ by region, on SHARES_DAY


def load_reference(folder: Path) -> Reference:
    """Read the committed reference files. Raises ReferenceFault or KeyError naming what is wrong."""
    areas = _areas(folder)
    rules = load_series_rules(folder)
    shares = [row for row in read_csv(folder / "regional_shares.csv") if row["epi_region"]]
    by_region = {row["epi_region"]: row for row in shares}
    pace = list(read_csv(folder / "demo_province_pace.csv"))
    return Reference(
        folder=folder,
        areas=areas,
        rules=rules,
        intervals=_intervals(rules),
        anchors=_anchors(folder),
        mix=_mix(folder),
        lead={areas.province(row["province_code"]): float(row["lead"]) for row in pace},
        beyond_estimate=_beyond_estimate(areas, pace),
        regional_shares={
            dose: np.array([float(by_region[region][f"{dose}_ratio"]) for region in REGIONS])
            for dose in ("dose1", "dose2")
        },
    )


def _areas(folder: Path) -> Areas:
    provinces = load_provinces(folder)
    districts = load_districts(folder)
    communes = load_communes(folder)
    position = {province.code: index for index, province in enumerate(provinces)}
    district_position = {district.code: index for index, district in enumerate(districts)}
    with_commune = {commune.district_code for commune in communes}
    homes: list[tuple[str | None, str, str, int]] = [
        (commune.code, commune.district_code, commune.province_code, commune.population) for commune in communes
    ]
    homes += [
        (None, district.code, district.province_code, district.population)
        for district in districts
        if district.code not in with_commune
    ]
    homes.sort(key=lambda home: (home[2], home[1], home[0] or ""))
    populations = {
        (row.area_code, row.population_group): row.value
        for row in load_populations(folder)
        if row.version == "est_2021"
    }
    return Areas(
        province_codes=tuple(position),
        province_region=np.array([REGIONS.index(province.epi_region) for province in provinces]),
        people=np.array([populations[code, "all"] for code in position], dtype=np.int64),
        adults=np.array([populations[code, "18plus"] for code in position], dtype=np.int64),
        district_codes=tuple(district_position),
        district_province=np.array([position[district.province_code] for district in districts]),
        home_communes=tuple(home[0] for home in homes),
        home_district=np.array([district_position[home[1]] for home in homes]),
        home_province=np.array([position[home[2]] for home in homes]),
        home_people=np.array([home[3] for home in homes], dtype=np.int64),
    )


def _beyond_estimate(areas: Areas, pace: list[dict[str, str]]) -> Floats:
    shares = np.zeros(len(areas.province_codes))
    for row in pace:
        shares[areas.province(row["province_code"])] = float(row["beyond_estimate"])
    return shares


def _intervals(rules: SeriesRules) -> Intervals:
    days = [FIRST_DAY + timedelta(days=day) for day in range(DAYS)]
    same = np.array([[rules.product_on(product, day).min_interval_days for day in days] for product in PRODUCTS])
    mixed = np.full((len(PRODUCTS), len(PRODUCTS), DAYS), NEVER_ALLOWED)
    for first, second in rules.mixed:
        for index, day in enumerate(days):
            rule = rules.mixed_on(first, second, day)
            if rule is not None:
                mixed[PRODUCTS.index(first), PRODUCTS.index(second), index] = rule.min_interval_days
    return Intervals(same=same, mixed=mixed)


def _anchors(folder: Path) -> dict[str, dict[int, int]]:
    """National cumulative figures by measure and day: the published ones, then the demonstration's assumptions."""
    anchors: dict[str, dict[int, int]] = {"doses": {}, "dose1_people": {}, "full_people": {}}
    for row in read_csv(folder / "anchors.csv"):
        for measure, by_day in anchors.items():
            if row[measure]:
                by_day[day_of(date.fromisoformat(row["date"]))] = int(row[measure])
    for row in read_csv(folder / "demo_curve.csv"):
        day = day_of(date.fromisoformat(row["date"]))
        anchors.setdefault(row["measure"], {})[day] = int(row["value"])
    return anchors


def _mix(folder: Path) -> Floats:
    """Shares of the products among first doses of adults. A later table replaces the earlier one from its date on."""
    mix = np.zeros((DAYS, len(REGIONS), len(PRODUCTS)))
    tables: dict[tuple[int, str], dict[str, float]] = {}
    for row in read_csv(folder / "demo_product_mix.csv"):
        key = (day_of(date.fromisoformat(row["from_date"])), row["epi_region"])
        tables.setdefault(key, {})[row["product"]] = float(row["weight"])
    for (day, area), weights in sorted(tables.items()):
        shares = np.array([weights.get(product, 0.0) for product in PRODUCTS])
        for index, region in enumerate(REGIONS):
            if area in {"all", region} or (area == "rest" and (day, region) not in tables):
                mix[day:, index] = shares / shares.sum()
    return mix
