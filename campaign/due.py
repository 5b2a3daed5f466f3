"""Next doses that have fallen due, are overdue, and will fall due: the demand of the weeks to come.

A person whose series is partial falls due on one day (campaign.series). The clock is applied here, when read: nobody
has to be touched for a dose to become overdue. The rule of grace is `clock.overdue_days` of the settings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

WEEKS = 8
WEEK_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class DueCount:
    """People of one area whose last dose was of `product` and whose next one falls due on `due_on`."""

    area_code: str
    product: str
    due_on: date
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """Unit: people. overdue: due earlier than `grace` days before today. due: since then, up to today. weeks: from
    tomorrow on by calendar week, beginning on Monday, the first with what is left of the present one. later: beyond.

    overdue + due + weeks + later are all people whose series is partial."""

    overdue: int
    due: int
    weeks: tuple[int, ...]
    later: int

    @property
    def fallen_due(self) -> int:
        return self.overdue + self.due

    @property
    def people(self) -> int:
        return self.fallen_due + sum(self.weeks) + self.later


def backlog(counts: Iterable[DueCount], *, today: date, grace: int) -> Backlog:
    overdue = due = later = 0
    weeks = [0] * WEEKS
    for count in counts:
        if count.due_on < today - timedelta(grace):
            overdue += count.people
        elif count.due_on <= today:
            due += count.people
        elif (week := (_monday(count.due_on) - _monday(today + timedelta(1))).days // WEEK_DAYS) < WEEKS:
            weeks[week] += count.people
        else:
            later += count.people
    return Backlog(overdue=overdue, due=due, weeks=tuple(weeks), later=later)


def by_product(counts: Iterable[DueCount], *, today: date, grace: int) -> Mapping[str, Backlog]:
    """The product of the last dose, in order of the people overdue, the most first."""
    parts: dict[str, list[DueCount]] = {}
    for count in counts:
        parts.setdefault(count.product, []).append(count)
    found = {product: backlog(part, today=today, grace=grace) for product, part in parts.items()}
    return dict(sorted(found.items(), key=lambda item: (-item[1].overdue, -item[1].people, item[0])))


def week_starts(today: date) -> tuple[date, ...]:
    """The first day of each of `Backlog.weeks`: tomorrow, then Mondays."""
    first = _monday(today + timedelta(1))
    return (today + timedelta(1), *(first + timedelta(WEEK_DAYS * week) for week in range(1, WEEKS)))


def _monday(day: date) -> date:
    return day - timedelta(day.weekday())
