"""Aggregate data values as DHIS2 takes them (its developer guide, "Data values": POST /api/dataValueSets, JSON, in the
form for bulks: period and organisation unit stand at each value). Which codes stand for what is reference data.

Values are exact, small ones too: this is an exchange between systems of the health service, for signed-in scopes only,
and never a public file (docs/adr/0056-figures-for-machines.md).
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

PEOPLE = ("dose1", "full", "boosted")
DOSES = "doses"
CODE = "CODE"
VALUE_FIELDS = ("dataElement", "period", "orgUnit", "categoryOptionCombo", "value")


class Dhis2Error(ValueError):
    """Nothing is exported: a period that is none, or a figure that no code stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """`first` and `last` are local days, both included."""

    text: str
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """What stands for one measure of one part: a product, or an age group."""

    data_element: str
    category_option_combo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """elements: by (measure, part). org_units: by area."""

    elements: Mapping[tuple[str, str], Element]
    org_units: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Doses of one product, or people of one population group, in one area and period. None: not told."""

    area_code: str
    measure: str
    part: str
    value: int | None


def period_of(text: str) -> Period:
    """A month (202111), an ISO week (2021W46) or a day (20211122), as DHIS2 writes them. Raises Dhis2Error."""
    try:
        if re.fullmatch(r"[0-9]{6}", text):
            year, month = int(text[:4]), int(text[4:])
            return Period(text=text, first=date(year, month, 1), last=date(year, month, monthrange(year, month)[1]))
        if week := re.fullmatch(r"([0-9]{4})W([1-9][0-9]?)", text):
            first = date.fromisocalendar(int(week[1]), int(week[2]), 1)
            return Period(text=text, first=first, last=first + timedelta(days=6))
        if re.fullmatch(r"[0-9]{8}", text):
            day = date(int(text[:4]), int(text[4:6]), int(text[6:]))
            return Period(text=text, first=day, last=day)
    except (ValueError, OverflowError) as error:
        raise Dhis2Error(f"there is no {text} in the calendar") from error
    raise Dhis2Error(f"'{text}' is no period; write 202111, 2021W46 or 20211122")


def is_over(period: Period, last_day: date | None) -> bool:
    """Whether figures that tell up to `last_day` tell all of the period. Raises Dhis2Error where they tell nothing."""
    if last_day is None or period.first > last_day:
        raise Dhis2Error(f"there is nothing of {period.text}: the snapshot tells up to {last_day}")
    return period.last <= last_day


def data_value_set(counts: Iterable[Count], codes: Codes, period: Period) -> dict[str, Any]:
    """The whole document: one value for each area, data element and category option combination, in their order.

    Raises Dhis2Error for a product or an area without a code: what would be left out would be missing in every sum.
    """
    values = [
        {
            "dataElement": element.data_element,
            "period": period.text,
            "orgUnit": _org_unit(codes, count.area_code),
            "categoryOptionCombo": element.category_option_combo,
            "value": str(count.value),
        }
        for count in _disjoint(counts)
        for element in (_element(codes, count),)
    ]
    values.sort(key=lambda item: (item["dataElement"], item["orgUnit"], item["categoryOptionCombo"]))
    return {
        "dataElementIdScheme": CODE,
        "orgUnitIdScheme": CODE,
        "categoryOptionComboIdScheme": CODE,
        "dataValues": values,
    }


def _disjoint(counts: Iterable[Count]) -> list[Count]:
    """Groups overlap, and options of a category must not: 65 and over, 18 to 64, and all others. Of a source that does
    not tell a group, what the others leave together."""
    found: list[Count] = []
    people: dict[tuple[str, str], dict[str, int]] = {}
    for count in counts:
        if count.value is None:
            continue
        if count.measure == DOSES:
            found.append(count)
        else:
            people.setdefault((count.area_code, count.measure), {})[count.part] = count.value
    for (area, measure), told in people.items():
        adults, seniors = told.get("18plus", 0), told.get("65plus", 0)
        parts = {"65plus": seniors, "18_64": adults - seniors, "other": told.get("all", adults) - adults}
        found += [Count(area_code=area, measure=measure, part=part, value=value) for part, value in parts.items()]
    return found


def _element(codes: Codes, count: Count) -> Element:
    found = codes.elements.get((count.measure, count.part))
    if found is None:
        raise Dhis2Error(
            f"no data element stands for {count.measure} of '{count.part}': add a row to dhis2_data_values.csv"
        )
    return found


def _org_unit(codes: Codes, area: str) -> str:
    found = codes.org_units.get(area)
    if found is None:
        raise Dhis2Error(f"no organisation unit stands for the area '{area}': add a row to dhis2_org_units.csv")
    return found
