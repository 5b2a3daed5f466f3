"""A question as it comes in an address, checked: each parameter by the one table that the document is made from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from campaign.readings import SnapshotInfo
from dashboard.api import problems
from dashboard.api.resources import Resource
from dashboard.api.rows import Filter
from layouts.view import GROUPS
from layouts.words import Language
from settings import ApiSettings

NUMBER = re.compile(r"[0-9]{1,15}")
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9:.]{8,20}([Zz]|[+-][0-9]{2}:[0-9]{2})")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NAMED = "^[0-9A-Za-z_-]{1,40}$"
PERIOD = (
    "^([0-9]{4}(0[1-9]|1[0-2])|[0-9]{4}W([1-9]|[1-4][0-9]|5[0-3])|[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01]))$"
)
LARGEST = 10**15 - 1
FORMATS = ("json", "csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """`schema`: of its value in the document, which is what is checked here."""

    name: str
    told: str
    schema: Mapping[str, Any]


OF_SNAPSHOT = (
    Parameter(
        name="snapshot",
        told="Number of a kept snapshot; /snapshots lists them. Without it and without `as_of` the newest answers.",
        schema={"type": "integer", "minimum": 0, "maximum": LARGEST},
    ),
    Parameter(
        name="as_of",
        told="The newest kept snapshot that tells this campaign time or an earlier one. With an offset, as RFC 3339.",
        schema={"type": "string", "format": "date-time"},
    ),
)
FILTERS: Mapping[Filter, Parameter] = {
    Filter.AREA: Parameter(
        name="area",
        told="Code of one area, such as a province's; without it all of the scope.",
        schema={"type": "string", "pattern": NAMED},
    ),
    Filter.DENOMINATOR: Parameter(
        name="denominator",
        told="Population version that ratios divide by; without it the snapshot's own.",
        schema={"type": "string", "pattern": NAMED},
    ),
    Filter.GROUP: Parameter(
        name="group",
        told="Of which people are told; doses are always of every age.",
        schema={"type": "string", "enum": [str(group) for group in GROUPS], "default": "all"},
    ),
    Filter.SINCE: Parameter(
        name="since", told="From this day of injection on.", schema={"type": "string", "format": "date"}
    ),
    Filter.UNTIL: Parameter(
        name="until", told="Up to this day of injection.", schema={"type": "string", "format": "date"}
    ),
    Filter.PERIOD: Parameter(
        name="period",
        told="A DHIS2 period: a month (202111), an ISO week (2021W46) or a day (20211122).",
        schema={"type": "string", "pattern": PERIOD},
    ),
}


def paging(settings: ApiSettings) -> tuple[Parameter, ...]:
    return (
        Parameter(
            name="limit",
            told="Rows of a page.",
            schema={
                "type": "integer",
                "minimum": 1,
                "maximum": settings.page_rows_most,
                "default": settings.page_rows,
            },
        ),
        Parameter(
            name="offset",
            told="Rows before the first one. A snapshot never changes: name it, and pages fit together (`next` does).",
            schema={"type": "integer", "minimum": 0, "maximum": LARGEST, "default": 0},
        ),
        Parameter(
            name="format",
            told="json, with what the rows are of around them; csv, a line of columns and the rows.",
            schema={"type": "string", "enum": list(FORMATS), "default": "json"},
        ),
        Parameter(
            name="lang",
            told="Language of names.",
            schema={"type": "string", "enum": [str(item) for item in Language], "default": "vi"},
        ),
    )


def parameters_of(resource: Resource, settings: ApiSettings) -> tuple[Parameter, ...]:
    """In the order of the document."""
    own = tuple(FILTERS[name] for name in resource.filters)
    general = paging(settings) if resource.is_paged else ()
    return (*own, *(OF_SNAPSHOT if resource.of_snapshot else ()), *general)


def read(resource: Resource, settings: ApiSettings, args: MultiDict[str, str]) -> dict[str, Any]:
    """Checked values by name; those that were left out are absent, or their default. Raises Problem."""
    allowed = parameters_of(resource, settings)
    names = [item.name for item in allowed]
    for name in args:
        if name not in names:
            raise problems.parameter(name[:100], "is no parameter of this address", f"leave it out; there are {names}")
    found: dict[str, Any] = {}
    for item in allowed:
        given = args.getlist(item.name)
        if len(given) > 1:
            raise problems.parameter(item.name, "is given more than once", "give it once")
        if given:
            found[item.name] = _value(item, given[0])
        elif "default" in item.schema:
            found[item.name] = item.schema["default"]
    for name in sorted(resource.needs):
        if name not in found:
            raise problems.parameter(name, "is missing", f"give it: {FILTERS[name].told}")
    return found


def _value(item: Parameter, text: str) -> object:
    schema = item.schema
    told = text[:100]
    if schema["type"] == "integer":
        least, most = schema["minimum"], schema["maximum"]
        if NUMBER.fullmatch(text) is None or not text.isascii() or not least <= int(text) <= most:
            raise problems.parameter(item.name, f"is '{told}'", f"a whole number from {least} to {most}")
        return int(text)
    if "enum" in schema:
        if text not in schema["enum"]:
            raise problems.parameter(item.name, f"is '{told}'", f"one of {', '.join(schema['enum'])}")
        return text
    if schema.get("format") == "date":
        return _day(item.name, text)
    if schema.get("format") == "date-time":
        return _instant(item.name, text)
    if re.fullmatch(schema["pattern"], text) is None or "\n" in text:
        raise problems.parameter(item.name, f"is '{told}'", f"a text that {schema['pattern']} matches. {item.told}")
    return text


def _day(name: str, text: str) -> date:
    try:
        if DAY.fullmatch(text) is not None and text.isascii():
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise problems.parameter(name, f"is '{text[:100]}'", "a day, such as 2021-11-05")


def _instant(name: str, text: str) -> datetime:
    try:
        if INSTANT.fullmatch(text) is not None and text.isascii():
            return datetime.fromisoformat(text.upper())
    except ValueError:
        pass
    raise problems.parameter(
        name,
        f"is '{text[:100]}'",
        "an instant with its offset, such as 2021-11-20T14:05:00+07:00 (+ is %2B in an address)",
    )


def chosen(kept: Sequence[SnapshotInfo], *, snapshot: int | None, as_of: datetime | None) -> SnapshotInfo | None:
    """Which of the kept snapshots answers; None for "the newest". Raises Problem."""
    by_time: SnapshotInfo | None = None
    if as_of is not None:
        before = [info for info in kept if info.as_of <= as_of]
        if not before:
            oldest = min((info.as_of for info in kept), default=None)
            fix = f"from {oldest.isoformat()} on" if oldest else "nothing has been published yet"
            raise problems.unknown("as_of", as_of.isoformat(), fix)
        by_time = max(before, key=lambda info: (info.as_of, info.version))
    if snapshot is None:
        return by_time
    found = next((info for info in kept if info.version == snapshot), None)
    if found is None:
        nearest = min(kept, key=lambda info: (abs(info.version - snapshot), info.version), default=None)
        fix = f"the nearest that is kept is {nearest.version}" if nearest else "none is kept"
        raise problems.unknown("snapshot", str(snapshot), fix)
    if by_time is not None and by_time.version != found.version:
        detail = f"snapshot is {found.version}, and as_of names {by_time.version}: give one of them"
        raise problems.Problem(409, "conflict", detail)
    return found
