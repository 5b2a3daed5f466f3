"""Areas put together: the 34 areas of 2025 from the 63 of 2021. Counts add up; ratios follow from the added counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from campaign.coverage import Coverage
from campaign.readings import Area, AreaRow, DayRow
from campaign.trust import ClockDay

COUNTS = ("doses", "doses_last_7_days", "registered", "delivered", "on_hand")


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor:
    """An area that others were merged into; `members` are their codes."""

    code: str
    name_vi: str
    name_en: str
    members: tuple[str, ...]


def regroup(rows: Iterable[AreaRow], successors: Sequence[Successor]) -> tuple[AreaRow, ...]:
    """One row a successor that has a member among `rows`, in order of code; rows of no successor (central units, areas
    not known) follow as they are. A population is told only where every member has one: else it would be of a part."""
    by_code = {row.area.code: row for row in rows}
    taken = {code for item in successors for code in item.members}
    merged = [
        _merged(item, found)
        for item in sorted(successors, key=lambda item: item.code)
        if (found := [by_code[code] for code in item.members if code in by_code])
    ]
    return (*merged, *(row for code, row in by_code.items() if code not in taken))


def members_of(successors: Sequence[Successor]) -> Mapping[str, tuple[str, ...]]:
    return {item.code: item.members for item in successors}


def _merged(item: Successor, rows: Sequence[AreaRow]) -> AreaRow:
    whole = len(rows) == len(item.members)
    pairs = {pair for row in rows for pair in row.coverage}
    return replace(
        rows[0],
        area=Area(
            code=item.code,
            name_vi=item.name_vi,
            name_en=item.name_en,
            region_vi="",
            region_en="",
            position=min(row.area.position for row in rows),
        ),
        coverage={pair: _sum([row.coverage.get(pair) for row in rows], whole=whole) for pair in pairs},
        last_report_on=min((row.last_report_on for row in rows if row.last_report_on), default=None),
        **{name: _total([getattr(row, name) for row in rows]) for name in COUNTS},
    )


def _sum(cells: Sequence[Coverage | None], *, whole: bool) -> Coverage:
    told = [cell for cell in cells if cell is not None]
    populations = [cell.population for cell in told]
    known = [population for population in populations if population is not None]
    complete = whole and len(known) == len(cells)
    return Coverage(people=sum(cell.people for cell in told), population=sum(known) if complete else None)


def _total(values: Sequence[int | None]) -> int | None:
    told = [value for value in values if value is not None]
    return sum(told) if told else None


def add_days(days: Sequence[DayRow]) -> DayRow:
    """The same day of several areas put together; people are told where every part tells them."""
    return DayRow(
        day=days[0].day,
        doses=sum(item.doses for item in days),
        dose1_people=_whole([item.dose1_people for item in days]),
        full_people=_whole([item.full_people for item in days]),
    )


def add_clock_days(days: Sequence[ClockDay]) -> ClockDay:
    """The same day of several areas on both clocks. What incomplete days are expected to reach does not add up: its
    interval is of each area by itself."""
    return replace(
        days[0],
        injected=sum(item.injected for item in days),
        recorded=_whole([item.recorded for item in days]),
        late=_whole([item.late for item in days]),
        expected=None,
    )


def _whole(values: Sequence[int | None]) -> int | None:
    told = [value for value in values if value is not None]
    return sum(told) if len(told) == len(values) else None
