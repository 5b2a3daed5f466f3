"""Files of one publication -> records of one feed. A bad row is set aside; a fault of shape stops this feed alone."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from etl.errors import FeedRejected
from etl.feed_profile import FeedProfile, key
from etl.feeds.rows import Known, Place, Record, RowFault, read_row
from etl.feeds.tables import Table, read_table
from etl.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRowLimit:
    """More than `max_share` bad rows among at least `min_rows` is a fault of shape (DOMAIN 7)."""

    max_share: float
    min_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedReading:
    """What one feed told in one publication. Every row of the files is a record, a fault, or an ignored line."""

    records: tuple[Record, ...]
    faults: tuple[RowFault, ...]

    @property
    def rows_in(self) -> int:
        return len(self.records) + len(self.faults)


def known_names(profile: Profile, *, latest_day: date) -> Known:
    """What the rows of a publication may refer to. `latest_day` is the last day that it can tell about."""
    areas = {
        key(name): area.code
        for area in profile.pack.areas
        for name in (area.code, area.name_en, area.name_vi, *area.aliases)
    }
    products = {key(name): product for product, others in profile.products.items() for name in (product, *others)}
    return Known(areas=areas, products=products, earliest_day=profile.earliest_day, latest_day=latest_day)


def read_feed(
    feed: FeedProfile, files: Sequence[tuple[str, bytes]], *, known: Known, limit: BadRowLimit
) -> FeedReading:
    """Read `files` (name, content), several being parts of one table. Raises FeedRejected, naming file and column."""
    records: list[Record] = []
    faults: list[RowFault] = []
    seen: dict[str, Place] = {}
    for file, data in files:
        table = read_table(data, file=file, encoding=feed.encoding, delimiter=feed.delimiter)
        columns = match_columns(feed, table)
        for line, values in zip(table.lines, table.rows, strict=True):
            row = dict(zip(table.header, values, strict=True))
            if _ignored(feed, columns, row):
                continue
            found = read_row(feed, columns, row, place=Place(file=file, line=line), known=known)
            if isinstance(found, Record):
                found = _once(feed, columns, row, found, seen)
            (records if isinstance(found, Record) else faults).append(found)  # pyright: ignore[reportArgumentType]
    reading = FeedReading(records=tuple(records), faults=tuple(faults))
    _refuse_too_many(reading, limit)
    return reading


def match_columns(feed: FeedProfile, table: Table) -> dict[str, str]:
    """Field -> the column of this file that holds it. Raises FeedRejected for a missing, doubled or unknown column."""
    columns: dict[str, str] = {}
    missing: list[str] = []
    problems: list[str] = []
    for name, column in feed.columns.items():
        present = [candidate for candidate in column.names if candidate in table.header]
        if len(present) > 1:
            problems.append(f"columns {_quoted(present)} both stand for '{name}'")
        elif present:
            columns[name] = present[0]
        elif not column.optional:
            missing.append(" or ".join(f"'{candidate}'" for candidate in column.names))
    expected = {*feed.known_columns, *(name for column in feed.columns.values() for name in column.names)}
    unknown = [name for name in table.header if name not in expected] if feed.extra_columns == "refuse" else []
    problems += [f"column {names} is missing" for names in missing]
    if unknown:
        problems.append(f"unknown column{'s' if len(unknown) > 1 else ''} {_quoted(unknown)}{_hint(unknown, missing)}")
    if problems:
        raise FeedRejected(f"{table.file} line 1: {'; '.join(problems)}")
    return columns


def _hint(unknown: Sequence[str], missing: Sequence[str]) -> str:
    """Which unknown column looks like a renamed one."""
    pairs = [(names, difflib.get_close_matches(names.strip("'"), unknown, n=1, cutoff=0.5)) for names in missing]
    renamed = [f"{names} may have become '{close[0]}'" for names, close in pairs if close]
    return f" ({', '.join(renamed)})" if renamed else ""


def _ignored(feed: FeedProfile, columns: Mapping[str, str], row: Mapping[str, str]) -> bool:
    return any(row[columns[name]] in values for name, values in feed.ignore_rows.items() if name in columns)


def _once(
    feed: FeedProfile, columns: Mapping[str, str], row: Mapping[str, str], record: Record, seen: dict[str, Place]
) -> Record | RowFault:
    """The record, or the fault of a row whose key was told before: nobody can say which of the two is right."""
    first = seen.setdefault(record.key, record.place)
    if first is record.place:
        return record
    names = [columns[name] for name in feed.keys if name in columns]
    return RowFault(
        place=record.place,
        column=", ".join(names),
        reason="repeated_key",
        value=", ".join(row[name] for name in names),
        expected=f"one row for each; the first is {first.file} line {first.line}",
        row=row,
        area_code=record.area_code,
        day=record.day,
        product=record.product,
        key=record.key,
    )


def _refuse_too_many(reading: FeedReading, limit: BadRowLimit) -> None:
    bad, rows = len(reading.faults), reading.rows_in
    if rows >= limit.min_rows and bad > limit.max_share * rows:
        raise FeedRejected(f"{bad} of {rows} rows are bad, more than {limit.max_share:.0%}; first: {reading.faults[0]}")


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
