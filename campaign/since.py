"""What changed between two snapshots: what is new, and what was revised (design, features N5, B6, C4).

A figure is counted by reporting day: doses by day of vaccination, people by the day on which they reached the state.
Days that had closed when the earlier snapshot was made were history: whatever is other about them now was revised, be
it entered late, corrected or withdrawn. Later days are new. Every unit of the difference is in exactly one of the two:

    new + revised = now - before        raised + lowered = revised

Values in, values out. docs/adr/0054-since-the-last-meeting.md
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Counted(StrEnum):
    """The headline figures that have a day."""

    DOSES = "doses"
    DOSE1 = "dose1_people"
    FULL = "full_people"


class NotComparable(ValueError):
    """Two snapshots between which no difference means anything; the message says why."""


# None: in the total, and told of no day.
Day = date | None
Days = Mapping[Day, int]
FIGURES = tuple(Counted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """One snapshot's figures. days: by figure and area; no key where the source does not tell a total; the sum over
    days is the total. undated: by name and area ('' the nation), figures that have no day; None where not told."""

    snapshot: int
    content_hash: str
    as_of: datetime
    kind: str
    one_in: int
    days: Mapping[tuple[Counted, str], Days]
    undated: Mapping[tuple[str, str], int | None]

    def tells(self, figure: Counted) -> bool:
        return any(own is figure for own, _ in self.days)

    def areas(self) -> set[str]:
        return {area for _, area in self.days}

    def total(self, figure: Counted, area: str) -> int:
        """Of one area, 0 where it is not told."""
        return sum(self.days.get((figure, area), {}).values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One figure of one area ('' the nation) in both snapshots. raised >= 0 >= lowered: sums of the cells (area and
    day) of closed days that went up, and of those that went down."""

    figure: Counted
    area: str
    before: int
    new: int
    raised: int
    lowered: int
    now: int

    @property
    def revised(self) -> int:
        return self.raised + self.lowered

    @property
    def difference(self) -> int:
        return self.now - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One closed day of which a figure is not what it was, in one area or, with '', in the nation, of which `most` is
    the area that changed most, by `most_change`. day None: in the total, told of no day."""

    figure: Counted
    area: str
    day: Day
    before: int
    now: int
    most: str
    most_change: int

    @property
    def change(self) -> int:
        return self.now - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """Two snapshots beside each other. closed: the last reporting day that had closed at the earlier one. changes: of
    every cell that is not the same."""

    before: Counts
    now: Counts
    closed: date
    changes: Mapping[tuple[Counted, str], Days]

    def movement(self, figure: Counted, area: str = "") -> Movement | None:
        """Of one area or, with '', of all together. None where one of the snapshots does not tell the figure."""
        if not (self.before.tells(figure) and self.now.tells(figure)):
            return None
        areas = self.areas(area)
        changes = [(day, change) for code in areas for day, change in self.changes.get((figure, code), {}).items()]
        revised = [change for day, change in changes if self.had_closed(day)]
        return Movement(
            figure=figure,
            area=area,
            before=sum(self.before.total(figure, code) for code in areas),
            new=sum(change for day, change in changes if not self.had_closed(day)),
            raised=sum(change for change in revised if change > 0),
            lowered=sum(change for change in revised if change < 0),
            now=sum(self.now.total(figure, code) for code in areas),
        )

    def movements(self, area: str = "") -> tuple[Movement, ...]:
        return tuple(found for figure in FIGURES if (found := self.movement(figure, area)) is not None)

    def revisions(self, area: str = "") -> tuple[Revision, ...]:
        """Day by day: the largest change first, then the newest day. A day of which areas changed by what adds up to
        nothing is there: its figures are others."""
        found: list[Revision] = []
        for movement in self.movements(area):
            figure = movement.figure
            parts: dict[Day, list[tuple[str, int]]] = {}
            sides: tuple[Counter[Day], Counter[Day]] = (Counter(), Counter())
            for code in self.areas(area):
                for day, change in self.changes.get((figure, code), {}).items():
                    if self.had_closed(day):
                        parts.setdefault(day, []).append((code, change))
                for side, counts in zip(sides, (self.before, self.now), strict=True):
                    side.update(counts.days.get((figure, code), {}))
            for day, changed in parts.items():
                most, most_change = max(changed, key=lambda part: (abs(part[1]), part[0]))
                found.append(
                    Revision(
                        figure=figure, area=area, day=day, before=sides[0][day], now=sides[1][day],
                        most=most, most_change=most_change,
                    )
                )  # fmt: skip
        return tuple(sorted(found, key=_order))

    def areas(self, area: str = "") -> tuple[str, ...]:
        return (area,) if area else tuple(sorted(self.before.areas() | self.now.areas()))

    def had_closed(self, day: Day) -> bool:
        """What is told of no day cannot be called new."""
        return day is None or day <= self.closed


def compared(before: Counts, now: Counts, *, closed: date) -> Since:
    """Raises NotComparable where the earlier is not earlier, or counts something else."""
    if before.as_of >= now.as_of:
        raise NotComparable(
            f"snapshot {before.snapshot} is as of {before.as_of:%d/%m/%Y %H:%M}, which is not before snapshot"
            f" {now.snapshot}, as of {now.as_of:%d/%m/%Y %H:%M}"
        )
    if (before.kind, before.one_in) != (now.kind, now.one_in):
        raise NotComparable(
            f"snapshot {before.snapshot} is of kind '{before.kind}', one in {before.one_in}; snapshot {now.snapshot}"
            f" of kind '{now.kind}', one in {now.one_in}"
        )
    keys = before.days.keys() | now.days.keys()
    return Since(
        before=before,
        now=now,
        closed=closed,
        changes={key: _changes(before.days.get(key, {}), now.days.get(key, {})) for key in keys},
    )


def _changes(before: Days, now: Days) -> Days:
    changes = {day: now.get(day, 0) - before.get(day, 0) for day in before.keys() | now.keys()}
    return {day: change for day, change in changes.items() if change}


def _order(found: Revision) -> tuple[int, int, int]:
    newest = -found.day.toordinal() if found.day else 0
    return (-abs(found.change), newest, FIGURES.index(found.figure))
