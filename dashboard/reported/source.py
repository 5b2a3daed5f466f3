"""What every section of a report is made from, and how rows of a page's table become a table of the report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from campaign.access import Scope
from campaign.coverage import NATION, Coverage
from campaign.people_tables import Row
from campaign.report import Column, Shape, Share, Table, Value
from campaign.since import Since
from dashboard.readings import Board
from dashboard.seen import Seen
from dashboard.views import Studio
from layouts.view import View
from layouts.words import Words

Cell = Callable[[Row], Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRules:
    """rows: of a list on paper; chart_areas: areas in a chart; chart_days: whole days in a chart of days. days: the
    first and last that a report is asked about; None: the last chart_days."""

    rows: int
    chart_areas: int
    chart_days: int
    days: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One snapshot seen by one reader in one language; the area is that of the view, '' for the nation. live: the
    snapshot's own figures, also where those of the day were locked. since: what changed since an earlier snapshot."""

    studio: Studio
    version: int
    view: View
    scope: Scope
    words: Words
    names: Mapping[str, str]
    rules: ReportRules
    live: bool
    since: Since | None = None

    @property
    def area(self) -> str:
        return self.view.area

    @property
    def place(self) -> str:
        return self.names[self.area or NATION]

    @property
    def seen(self) -> Seen:
        return Seen(self.studio.readings, self.scope)

    @property
    def board(self) -> Board:
        return self.seen.board(self.version, self.view.denominator)

    def name(self, code: str) -> str:
        return self.names.get(code, code)


def share_of(coverage: Coverage | None) -> Share | None:
    return None if coverage is None else Share(coverage.people, coverage.population)


def value_of(shape: Shape, value: object) -> Value:
    """A cell of a page's row as a value of the report. Raises TypeError for what a column of this shape cannot hold."""
    if value is None or value == "":
        return None if shape is not Shape.TEXT else ""
    kinds: Mapping[Shape, tuple[type, ...]] = {
        Shape.TEXT: (str,),
        Shape.WHOLE: (int,),
        Shape.SIGNED: (int,),
        Shape.MINUTES: (int,),
        Shape.DAYS: (int, float),
        Shape.DEGREES: (int, float),
    }
    if shape in kinds and isinstance(value, kinds[shape]):
        return value  # pyright: ignore[reportReturnType] - one of the kinds above, each of which is a Value
    raise TypeError(f"{value!r} is no {shape}")


def table_of(
    key: str,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Row],
    *,
    cells: Mapping[str, Cell] | None = None,
    totals: int = 0,
    printed: int | None = None,
    note: str = "",
) -> Table:
    """The columns of `rows`, in the order given. cells: how a column's value is made where it is not the row's own."""
    made = cells or {}
    return Table(
        key=key,
        title=title,
        columns=tuple(columns),
        rows=tuple(
            tuple(
                made[column.key](row) if column.key in made else value_of(column.shape, row[column.key])
                for column in columns
            )
            for row in rows
        ),
        totals=totals,
        printed=printed,
        note=note,
    )
