"""One row of a publisher's file -> a record of ours, or the fault that sets the row aside."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TypeVar

from etl.feed_profile import KEY_FIELDS, FeedProfile, key

Value = TypeVar("Value")

WHOLE_NUMBER = re.compile(r"[+-]?[0-9]+")
# More than one dose or registration a day for everybody on Earth is an entry error, and would overflow sums later.
MOST = 10_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What rows may refer to. Keys are compared by `feed_profile.key`; days are the publisher's calendar days."""

    areas: Mapping[str, str]
    products: Mapping[str, str]
    earliest_day: date
    latest_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a row lies: `file` as it is named in the publication, `line` with the header as 1."""

    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One good row. `labels`: key fields of no meaning to us. A value is None where the file tells no such figure."""

    place: Place
    area_code: str = ""
    day: date | None = None
    product: str = ""
    labels: tuple[str, ...] = ()
    values: Mapping[str, int | None] = field(default_factory=dict[str, int | None])

    @property
    def key(self) -> str:
        """What tells one row of a feed from another, as text."""
        return "|".join((self.area_code, str(self.day or ""), self.product, *self.labels))


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFault:
    """One row set aside. Of its key, None is what cannot be read; `key` is '' unless all of it can be."""

    place: Place
    column: str
    reason: str
    value: str
    expected: str
    row: Mapping[str, str]
    area_code: str | None = None
    day: date | None = None
    product: str | None = None
    key: str = ""

    def __str__(self) -> str:
        return (
            f"{self.place.file} line {self.place.line}: {self.column} is '{self.value}' ({self.reason});"
            f" expected {self.expected}"
        )


class _Fault(Exception):
    def __init__(self, name: str, reason: str, expected: str) -> None:
        super().__init__(name)
        self.name, self.reason, self.expected = name, reason, expected


def read_row(
    feed: FeedProfile, columns: Mapping[str, str], row: Mapping[str, str], *, place: Place, known: Known
) -> Record | RowFault:
    """`columns` says which column of this file holds each field; a field that is not in it is absent from the file."""
    given = {name: row[column] for name, column in columns.items()}
    faults: list[_Fault] = []
    area_code = _kept(faults, lambda: _area(given["area"], known)) if "area" in given else ""
    day = _kept(faults, lambda: _day(given["day"], feed.columns["day"].format, known)) if "day" in given else None
    product = _kept(faults, lambda: _product(given["product"], known)) if "product" in given else ""
    labels = tuple(given[name] for name in feed.keys if name not in KEY_FIELDS)
    readable = not faults
    record = Record(place=place, area_code=area_code or "", day=day, product=product or "", labels=labels)
    counts = _kept(faults, lambda: {name: _count(name, given[name], feed) for name in feed.counts if name in given})
    if counts is not None and readable:
        return replace(record, values=_values(feed, counts))
    fault = faults[0]
    return RowFault(
        place=place,
        column=columns[fault.name],
        reason=fault.reason,
        value=given[fault.name],
        expected=fault.expected,
        row=row,
        area_code=area_code,
        day=day,
        product=product,
        key=record.key if readable else "",
    )


def _kept(faults: list[_Fault], read: Callable[[], Value]) -> Value | None:
    """What `read` gives, or None with its fault noted: the rest of a bad row still says whose row it is."""
    try:
        return read()
    except _Fault as fault:
        faults.append(fault)
        return None


def _values(feed: FeedProfile, counts: Mapping[str, int]) -> dict[str, int | None]:
    sums = {name: _sum(fields, counts) for name, fields in feed.sums.items()}
    if feed.running_total and feed.running_total in counts:
        sums["running_total"] = counts[feed.running_total]
    return sums


def _sum(fields: tuple[str, ...], counts: Mapping[str, int]) -> int | None:
    """None where the file has none of the fields: not told, which is not zero."""
    told = [counts[name] for name in fields if name in counts]
    return sum(told) if told else None


def _area(text: str, known: Known) -> str:
    code = known.areas.get(key(text))
    if code is None:
        raise _Fault("area", "unknown_code", "an area of the pack") if text else _missing("area", "an area")
    return code


def _product(text: str, known: Known) -> str:
    product = known.products.get(key(text))
    if product is None:
        raise (
            _Fault("product", "unknown_code", "a product of the profile") if text else _missing("product", "a product")
        )
    return product


def _day(text: str, form: str, known: Known) -> date:
    if not text:
        raise _missing("day", f"a day as {form}")
    try:
        day = datetime.strptime(text, form).replace(tzinfo=UTC).date()
    except ValueError as error:
        raise _Fault("day", "not_a_date", f"a day as {form}") from error
    if day < known.earliest_day:
        raise _Fault("day", "impossible_date", f"a day from {known.earliest_day} on")
    if day > known.latest_day:
        raise _Fault("day", "in_the_future", f"a day up to {known.latest_day}")
    return day


def _count(name: str, text: str, feed: FeedProfile) -> int:
    if not text:
        raise _missing(name, "a whole number")
    if not WHOLE_NUMBER.fullmatch(text):
        raise _Fault(name, "not_a_number", "a whole number")
    number = int(text) if len(text) < 20 else MOST
    if number < 0 and not feed.columns[name].negative:
        raise _Fault(name, "negative", "0 or more")
    if abs(number) >= MOST:
        raise _Fault(name, "impossible_value", f"less than {MOST}")
    return number


def _missing(name: str, expected: str) -> _Fault:
    return _Fault(name, "missing", expected)
