"""Rows of the tables about people, consistent with the people, doses and registrations of the same sample snapshot."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

Rows = list[dict[str, Any]]
K = TypeVar("K")
REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
DAY_ZERO = date(2020, 1, 1)
# Days until the next dose falls due, from today, and the share of a province's waiting people.
DUE = {-41: 0.05, -12: 0.11, -8: 0.06, -7: 0.09, -1: 0.12, 0: 0.04, 1: 0.13, 6: 0.1, 20: 0.17, 70: 0.13}
PRODUCTS = {"astrazeneca": 0.5, "comirnaty": 0.3, "vero_cell": 0.2}
AGES = {1: 0.3, 7: 0.2, 8: 0.1, 30: 0.1, 31: 0.12, 61: 0.18}
WAITED = {2: 0.25, 9: 0.3, 18: 0.25, 33: 0.15, 51: 0.05}
REASONS = {1: 0.5, 2: 0.25, 0: 0.15, 15: 0.1}
# Of the doses given in Bình Dương, those to people who live elsewhere.
WORK_PLACE, HOMES = "74", {"40": 0.06, "38": 0.04, "91": 0.03, "unknown": 0.02}
GROUP_SHARE = {1: 0.01, 2: 0.02, 7: 0.04, 8: 0.12, 9: 0.16, 10: 0.11, 13: 0.09, 15: 0.07, 16: 0.01}


def area_tiers() -> Rows:
    with (REFERENCE / "province_tiers.csv").open(encoding="utf-8", newline="") as file:
        return [
            {
                "area_code": row["area_code"],
                "tier": int(row["tier"]),
                "source": row["source"],
                "valid_from": date.fromisoformat(row["valid_from"]),
            }
            for row in csv.DictReader(file)
        ]


def people_rows(
    everyone: Mapping[str, tuple[int, int]], doses: Rows, registrations: Rows, *, today: date
) -> Iterator[tuple[str, Rows]]:
    """Table and rows. `everyone`: by residence, people with a first dose and with the full series."""
    yield "people_due", _due(everyone, today)
    yield "residence_place", _flows(doses)
    waiting, waits = list(_open(registrations, today)), list(_waits(registrations))
    yield "registration_open", waiting
    yield "registration_wait", waits
    yield "registration_course", _courses(waiting, waits, today)
    groups = list(_groups(everyone))
    yield "people_by_group", groups
    yield "group_membership", [_more(row) for row in groups if row["priority_group"]]
    yield "name_area", [{"number": number, "area_code": code} for number, code in enumerate(everyone)]
    yield "dose_group_cell", _group_doses(groups, list(everyone), today)


def split(total: int, shares: Mapping[K, float]) -> dict[K, int]:
    """Whole parts that add up to `total`; the last takes what is left."""
    parts: dict[K, int] = {}
    for key, share in list(shares.items())[:-1]:
        parts[key] = min(int(total * share), total - sum(parts.values()))
    parts[list(shares)[-1]] = total - sum(parts.values())
    return parts


def _due(everyone: Mapping[str, tuple[int, int]], today: date) -> Rows:
    return [
        {"area_code": area, "product": product, "due_on": today + timedelta(days), "people": people}
        for area, (dose1, full) in everyone.items()
        for product, part in split(dose1 - full, PRODUCTS).items()
        for days, people in split(part, DUE).items()
        if people
    ]


def _flows(doses: Rows) -> Rows:
    """By place the doses of doses_by_day; units of no province vaccinate people of Hà Nội and HCMC."""
    given: dict[str, int] = {}
    for row in doses:
        given[row["area_code"]] = given.get(row["area_code"], 0) + row["doses"]
    rows: Rows = []
    for place, total in given.items():
        homes = {"01": 0.6, "79": 0.4} if place == "central" else {place: 1.0}
        if place == WORK_PLACE:
            homes = {**HOMES, place: 0.0}
        rows += [
            {"residence_code": home, "place_code": place, "doses": count}
            for home, count in split(total, homes).items()
            if count
        ]
    return rows


def _open(registrations: Rows, today: date) -> Iterator[dict[str, Any]]:
    for row in registrations:
        if row["state"] in ("injected", "observed", "cancelled"):
            continue
        reasons = REASONS if row["state"] == "deferred" else {0: 1.0}
        for reason, part in split(row["people"], reasons).items():
            for days, count in split(part, AGES).items():
                if count:
                    yield {
                        "area_code": row["area_code"],
                        "state": row["state"],
                        "reason": reason,
                        "registered_on": today - timedelta(days),
                        "registrations": count,
                    }


def _waits(registrations: Rows) -> Iterator[dict[str, Any]]:
    served: dict[str, int] = {}
    for row in registrations:
        if row["state"] in ("injected", "observed"):
            served[row["area_code"]] = served.get(row["area_code"], 0) + row["people"]
    for place, (area, total) in enumerate(served.items()):
        for days, count in split(total, WAITED).items():
            if count:
                yield {"area_code": area, "waited_days": days + place % 5, "registrations": count}


def _courses(waiting: Rows, waits: Rows, today: date) -> Rows:
    """Adults' alone. Who is deferred was so on the third day; who was served, the day before yesterday."""
    found: dict[tuple[date, int, str], int] = {}
    for row in waiting:
        deferred = row["state"] == "deferred"
        key = (row["registered_on"], 3 if deferred else 0, "left" if deferred else "waiting")
        found[key] = found.get(key, 0) + row["registrations"]
    for row in waits:
        key = (today - timedelta(row["waited_days"] + 2), row["waited_days"], "served")
        found[key] = found.get(key, 0) + row["registrations"]
    return [
        {
            "registered_on": made,
            "waited_days": days,
            "outcome": outcome,
            "age_band": "18_49",
            "registrations": count,
        }
        for (made, days, outcome), count in found.items()
    ]


def _groups(everyone: Mapping[str, tuple[int, int]]) -> Iterator[dict[str, Any]]:
    for area, (dose1, full) in everyone.items():
        shares = {**GROUP_SHARE, 0: 0.0}
        ones, fulls = split(dose1, shares), split(full, shares)
        for group, people in ones.items():
            yield {
                "area_code": area,
                "priority_group": group,
                "dose1_people": people,
                "full_people": fulls[group],
                "boosted_people": 0,
            }


def _more(row: dict[str, Any]) -> dict[str, Any]:
    """Of every group there are members whom a group before it counts."""
    return row | {name: row[name] + row[name] // 9 for name in ("dose1_people", "full_people")}


def _group_doses(groups: Rows, areas: Sequence[str], today: date) -> Rows:
    number = {code: place for place, code in enumerate(areas)}
    return [
        {
            "priority_group": row["priority_group"],
            "residence_area": number[row["area_code"]],
            "day": (today - DAY_ZERO).days - back,
            "n": row[f"{step}_people"],
        }
        for row in groups
        for back, step in ((30, "dose1"), (2, "full"))
        if row[f"{step}_people"]
    ]
