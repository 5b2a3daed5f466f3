"""A report as values: sections in an order, numbers with how they are written and what they count, and the pins that
say which snapshot all of it is from. One model; every form (PDF, slides, letter, workbook, CSV, JSON) is written from
it, so that no two forms can differ by a digit.

Texts are in the report's language already; numbers are not formatted yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class UnknownSection(ValueError):
    """A section that no report has; the message names those that there are."""


class Part(StrEnum):
    """The sections, in the order in which a report has them unless it is asked for another."""

    HEADLINE = "headline"
    SINCE = "since"  # compared with an earlier snapshot, where one is named
    MAP = "map"
    PROVINCES = "provinces"
    PEOPLE = "people"
    STOCK = "stock"
    REALLOCATIONS = "reallocations"  # approved plans of them
    COLD_CHAIN = "coldchain"
    QUALITY = "quality"
    DECLARED = "declared"


class Shape(StrEnum):
    """How a value is written, and so what it may be."""

    WHOLE = "whole"  # a count
    SIGNED = "signed"  # a difference of counts
    SHARE = "share"  # Share: per cent with one decimal, rounded down
    DAYS = "days"  # days of stock, one decimal
    DEGREES = "degrees"  # degrees Celsius, one decimal
    MINUTES = "minutes"  # whole minutes
    DAY = "day"  # date
    INSTANT = "instant"  # aware datetime
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole. No ratio without a whole; above 1 is told as it is."""

    part: int
    whole: int | None

    @property
    def mille(self) -> int | None:
        """Tenths of a per cent, rounded down: a target is never shown as reached before it is."""
        return self.part * 1000 // self.whole if self.whole else None


Value = int | float | str | date | datetime | Share | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What one number counts, as the pages explain it. facts: title and text of unit, denominator, source, clock."""

    key: str
    name: str
    text: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number that stands by itself. help: key of its definition."""

    key: str
    label: str
    value: Value
    shape: Shape
    help: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """help: key of the definition, '' for names and words."""

    key: str
    label: str
    shape: Shape
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Grain: as the page's table of that name. rows have a value for each column; the last `totals` of them are sums.
    printed: rows that paper, slides and letters show, the rest is in the workbook; None: all."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    totals: int = 0
    printed: int | None = None
    note: str = ""

    @property
    def shown(self) -> tuple[tuple[Value, ...], ...]:
        """Rows for paper: the first ones, and every sum."""
        body = self.rows[: len(self.rows) - self.totals]
        return (*(body if self.printed is None else body[: self.printed]), *self.rows[len(body) :])

    @property
    def left_out(self) -> int:
        return len(self.rows) - len(self.shown)


class ChartKind(StrEnum):
    COLUMNS = "columns"
    BARS = "bars"  # lying, the first category on top


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """values: one a category; SHARE charts hold tenths of a per cent, others counts. goal: on the same scale."""

    key: str
    title: str
    kind: ChartKind
    shape: Shape
    label: str
    categories: tuple[str, ...]
    values: tuple[int | None, ...]
    goal: int | None = None
    goal_label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaMap:
    """Which class each area is in, None without a figure; classes from low to high with their names and colours.
    outlined: the area that the report is about, '' for the nation. sea: names at (lon, lat)."""

    title: str
    note: str
    classes: tuple[str, ...]
    colours: tuple[str, ...]
    unknown: str
    unknown_colour: str
    counts: Mapping[int | None, int]
    of_area: Mapping[str, int | None]
    outlined: str
    sea: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """sentences: the narrative; its numbers are those of `figures` and tables. Empty of figures and tables where the
    source does not tell, which a sentence says."""

    part: Part
    title: str
    sentences: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    area_map: AreaMap | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The snapshot that a report is compared with. closed: the last reporting day that had closed at it."""

    snapshot: int
    content_hash: str
    as_of: datetime
    closed: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """From what every number is. targets: id and the day from which its version holds. locked_on: the reporting day
    whose locked figures the headline has, None where it has the snapshot's own. since: None where nothing is
    compared."""

    snapshot: int
    content_hash: str
    as_of: datetime
    denominator: str
    targets: tuple[tuple[str, date], ...]
    one_in: int
    is_demo: bool
    locked_on: date | None
    since: Earlier | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One area ('' is the nation) in one language. lines: the pins in words, for every page. warnings: what a reader
    must know before any number: a demonstration, sums that do not agree, what the source says."""

    pins: Pins
    language: str
    area: str
    place: str
    title: str
    as_of: str
    lines: tuple[str, ...]
    warnings: tuple[str, ...]
    sections: tuple[Section, ...]
    definitions: tuple[Definition, ...]
    # Checks that failed when it was made, in sentences; the first of the warnings (campaign.report_checks).
    failed: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Of its files, without the ending. The same for the same pins."""
        since = f"-since-{self.pins.since.snapshot:010d}" if self.pins.since else ""
        return f"report-{self.area or 'vn'}-{self.pins.snapshot:010d}{since}-{self.language}"

    @property
    def tables(self) -> Iterator[tuple[Section, Table]]:
        for section in self.sections:
            for table in section.tables:
                yield section, table


def chosen(names: Sequence[str], *, since: bool = False) -> tuple[Part, ...]:
    """The sections asked for, in the order given and each once; all where none is named. since: there is an earlier
    snapshot to compare with. Raises UnknownSection."""
    known = {part.value: part for part in Part}
    for name in names:
        if name not in known:
            raise UnknownSection(f"no section is called '{name}'; there are {', '.join(known)}")
        if name == Part.SINCE and not since:
            raise UnknownSection(f"section '{name}' compares with an earlier snapshot, and none is named")
    named = tuple(dict.fromkeys(known[name] for name in names))
    return named or tuple(part for part in Part if since or part is not Part.SINCE)
