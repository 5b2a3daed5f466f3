"""Rows below the province for the sample snapshot: doses by district and day, in three provinces by site and hour. They
add up to the doses of the province to the unit."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from geo.apportion import largest_remainder

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
ORIGIN = date(2020, 1, 1)
SITES_IN = ("40", "48", "79")  # Nghệ An, Đà Nẵng, Hồ Chí Minh: as many as tests look at
SITE_DAYS = 60
# Shares of a day's doses by hour.
HOURS = {8: 30, 9: 40, 14: 30}
# Of one district's doses this share was given by sites that are in no list.
UNLISTED_DISTRICT = "412"  # Vinh
UNLISTED_SITE = "9999999"


def districts_by_province() -> dict[str, list[tuple[str, int]]]:
    """Code and population of each district."""
    found: dict[str, list[tuple[str, int]]] = {}
    with (REFERENCE / "districts.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["province_code"], []).append((row["code"], int(row["population"])))
    return found


def place_rows(doses: Sequence[dict[str, Any]], *, last: date) -> Iterator[tuple[str, pa.Table | list[dict[str, Any]]]]:
    """Table and rows. `doses` are those of doses_by_day."""
    by_province = districts_by_province()
    areas = sorted({row["area_code"] for row in doses})
    numbers = {code: number for number, code in enumerate(areas, start=1)}
    yield "name_place", [{"number": number, "area_code": code} for code, number in numbers.items()]
    names: list[dict[str, Any]] = []
    cells: list[pa.Table] = []
    site_cells: list[dict[str, Any]] = []
    site_hours: list[dict[str, Any]] = []
    sites = _sites()
    for area in areas:
        members = by_province.get(area, [("", 1)])
        first = len(names)
        names += [
            {"number": first + place, "area_code": area, "district_code": code}
            for place, (code, _) in enumerate(members)
        ]
        days, split = _split(doses, area, [weight for _, weight in members])
        cells.append(_cells(numbers[area], first, days, split))
        if area in SITES_IN:
            for place, (code, _) in enumerate(members):
                _site_rows(sites.get(code, []), code, days, split[:, place], last, site_cells, site_hours)
    yield "name_district", names
    yield "district_day_cell", pa.concat_tables(cells)
    codes = sorted({row["code"] for row in site_cells})
    numbered = {code: number for number, code in enumerate(codes)}
    yield "name_site", [{"number": number, "code": code} for code, number in numbered.items()]
    yield "site_day_cell", [{"site": numbered[row["code"]], "day": row["day"], "n": row["n"]} for row in site_cells]
    yield "doses_by_site_hour", site_hours


def _sites() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with (REFERENCE / "sites.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["province_code"] in SITES_IN:
                found.setdefault(row["district_code"], []).append(row["code"])
    return found


def _split(
    doses: Sequence[dict[str, Any]], area: str, weights: Sequence[int]
) -> tuple[list[date], np.ndarray[Any, Any]]:
    """Doses by day and district: in proportion, what is left over to the largest."""
    by_day: dict[date, int] = {}
    for row in doses:
        if row["area_code"] == area:
            by_day[row["day"]] = by_day.get(row["day"], 0) + row["doses"]
    days = sorted(by_day)
    totals = np.array([by_day[day] for day in days], dtype=np.int64)
    shares = np.array(weights, dtype=np.int64)
    split = totals[:, None] * shares[None, :] // shares.sum()
    split[:, int(shares.argmax())] += totals - split.sum(axis=1)
    return days, split


def _cells(place: int, first: int, days: Sequence[date], split: np.ndarray[Any, Any]) -> pa.Table:
    count = split.shape[1]
    numbers = np.array([(day - ORIGIN).days for day in days], dtype=np.int16)
    rows = {
        "place": np.full(split.size, place, dtype=np.uint8),
        "district": np.tile(np.arange(first, first + count, dtype=np.uint16), len(days)),
        "day": np.repeat(numbers, count),
        "number": np.ones(split.size, dtype=np.uint8),
        "n": split.ravel(),
    }
    return pa.table(rows).filter(pa.array(split.ravel() != 0))


def _site_rows(
    sites: Sequence[str],
    district: str,
    days: Sequence[date],
    doses: np.ndarray[Any, Any],
    last: date,
    cells: list[dict[str, Any]],
    hours: list[dict[str, Any]],
) -> None:
    for day, total in zip(days, doses.tolist(), strict=True):
        if day <= last - timedelta(days=SITE_DAYS) or not total or not sites:
            continue
        listed = [UNLISTED_SITE, *sites] if district == UNLISTED_DISTRICT else list(sites)
        # The first of a district gives the most.
        weights = [len(listed) - place for place in range(len(listed))]
        for code, part in zip(listed, largest_remainder(total, weights), strict=True):
            if not part:
                continue
            cells.append({"code": code, "day": (day - ORIGIN).days, "n": part})
            if day > last - timedelta(days=2):
                by_hour = largest_remainder(part, list(HOURS.values()))
                hours += [
                    {"site_code": code, "day": day, "hour": hour, "doses": share}
                    for hour, share in zip(HOURS, by_hour, strict=True)
                    if share
                ]
