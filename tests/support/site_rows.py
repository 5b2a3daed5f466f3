"""The sites' day of the sample snapshot: plans and newest records of the sites that have doses by hour, and of two
sites that have none. Whole numbers that follow from the doses, so that every kind of site is among them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
Rows = list[dict[str, Any]]
# Of the doses so far: people planned, by the site's place in the list; the fifth has no plan.
PLANNED = {0: 300, 1: 150, 2: 110, 3: 60, 5: 1000}
SILENT_SITE = "silent"  # in no list of sites, planned for 400 people, with no record ever
AHEAD = ("site_code", "product", "planned_people")
# People of sessions of the next day, at sites with stores of their own.
TOMORROW = {"7900001": 60, "4000001": 25}


def site_rows(site_hours: Sequence[dict[str, Any]], *, as_of: datetime) -> Iterator[tuple[str, Rows]]:
    """Table and rows. `site_hours` are those of doses_by_site_hour."""
    places = _places()
    given: dict[str, int] = {}
    for row in site_hours:
        if row["day"] == as_of.date():
            given[row["site_code"]] = given.get(row["site_code"], 0) + row["doses"]
    sessions: Rows = []
    seen: Rows = []
    for number, (code, doses) in enumerate(sorted(given.items())):
        planned = PLANNED.get(number % 6)
        if planned is not None:
            state = "closed" if number % 7 == 0 else "open"
            sessions.append(_session(code, max(doses * planned // 100, 1), state))
        area, district = places.get(code, ("unknown", ""))
        late = timedelta(minutes=20 * (number % 12))
        seen.append({"site_code": code, "area_code": area, "district_code": district, "last_recorded_at": as_of - late})
    sessions += [_session(SILENT_SITE, 400, "planned"), _session("called-off", 90, "cancelled")]
    seen += [
        {"site_code": code, "area_code": "40", "district_code": "412", "last_recorded_at": None}
        for code in (SILENT_SITE, "called-off")
    ]
    yield "site_session", sessions
    # Today's that are not over, and tomorrow's of sites with stores of their own.
    ahead = [(row, as_of.date()) for row in sessions if row["state"] in ("planned", "open")]
    ahead += [(_session(code, people, "planned"), as_of.date() + timedelta(1)) for code, people in TOMORROW.items()]
    yield "session_ahead", [{**{name: row[name] for name in AHEAD}, "day": day} for row, day in ahead]
    yield "site_seen", seen


def _session(code: str, planned: int, state: str) -> dict[str, Any]:
    return {
        "site_code": code,
        "product": "comirnaty",
        "state": state,
        "sessions": 1,
        "planned_people": planned,
        "tables": 2,
    }


def _places() -> dict[str, tuple[str, str]]:
    with (REFERENCE / "sites.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: (row["province_code"], row["district_code"]) for row in csv.DictReader(file)}
