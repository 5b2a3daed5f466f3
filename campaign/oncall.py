"""Who is on duty for what, and what of it is planned work or a drill. The clock is an argument.

Both stand for an area and for rules whose name begins with a word: `coldchain` covers `coldchain_power`; '' covers all.
Of several posts that fit the nearest ones are on duty: those of the province before those of the nation, and among them
those with the longest word.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

LEVELS = (1, 2, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Covers:
    """area '': everywhere, and what is about no area. rule_prefix '': every rule."""

    area: str = ""
    rule_prefix: str = ""

    def fits(self, *, area: str | None, rule: str) -> bool:
        prefix = self.rule_prefix
        named = not prefix or rule == prefix or rule.startswith(f"{prefix}_")
        return named and self.area in ("", area)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A post on duty from one instant to another; hours: local hours of each day within it (from, to), None: all day.

    A night shift goes past midnight: (22, 6). ended_at: somebody ended it before its time."""

    duty_id: int
    post: str
    covers: Covers
    level: int
    phone: str
    email: str
    starts_at: datetime
    ends_at: datetime
    hours: tuple[int, int] | None = None
    ended_at: datetime | None = None

    def in_force(self, now: datetime, zone: ZoneInfo) -> bool:
        if self.ended_at is not None or not self.starts_at <= now < self.ends_at:
            return False
        if self.hours is None:
            return True
        begin, end = self.hours
        hour = now.astimezone(zone).hour
        return begin <= hour < end if begin < end else hour >= begin or hour < end


class PlannedKind(StrEnum):
    WORK = "work"
    DRILL = "drill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """Work that was planned, or a drill. It hides nothing, and ends by itself at `ends_at`."""

    work_id: int
    kind: PlannedKind
    covers: Covers
    starts_at: datetime
    ends_at: datetime
    reason: str = ""
    ended_at: datetime | None = None

    def in_force(self, now: datetime) -> bool:
        return self.ended_at is None and self.starts_at <= now < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDuty:
    """Posts that answer for an incident, and their level: another one where that which was asked has nobody."""

    level: int
    posts: tuple[Duty, ...]


def on_duty(
    duties: Iterable[Duty], *, area: str | None, rule: str, level: int, now: datetime, zone: ZoneInfo
) -> OnDuty | None:
    """None where nobody is on duty for it at any level. A level without anybody goes to the next one above, then below:
    somebody must hear of it."""
    fitting = [duty for duty in duties if duty.in_force(now, zone) and duty.covers.fits(area=area, rule=rule)]
    asked = min(max(level, LEVELS[0]), LEVELS[-1])
    order = [*range(asked, LEVELS[-1] + 1), *range(asked - 1, LEVELS[0] - 1, -1)]
    for found in order:
        there = [duty for duty in fitting if duty.level == found]
        if there:
            nearest = max(_near(duty) for duty in there)
            return OnDuty(level=found, posts=tuple(duty for duty in there if _near(duty) == nearest))
    return None


def planned_now(planned: Iterable[Planned], *, area: str | None, rule: str, now: datetime) -> Planned | None:
    """What covers it now; work before a drill, since its notices are not sent at all."""
    found = [item for item in planned if item.in_force(now) and item.covers.fits(area=area, rule=rule)]
    return min(found, key=lambda item: (item.kind is PlannedKind.DRILL, -item.ends_at.timestamp()), default=None)


def _near(duty: Duty) -> tuple[bool, int]:
    return bool(duty.covers.area), len(duty.covers.rule_prefix)
