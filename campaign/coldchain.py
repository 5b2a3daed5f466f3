"""Cold chain: when a device was out of range, for how long, and when that is an alarm (design, "Cold chain").

The set of excursions depends on the readings alone, not on the order in which they came.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Side(StrEnum):
    HIGH = "high"
    LOW = "low"


class Ended(StrEnum):
    BACK_IN_RANGE = "back_in_range"
    UNKNOWN = "unknown"  # nothing was heard for longer than the gap: neither good nor bad
    ONGOING = "ongoing"  # the newest reading is outside


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One edge of the range, degrees Celsius. `inclusive`: a reading exactly at it is already outside."""

    side: Side
    celsius: float
    inclusive: bool = False

    def outside(self, temp_c: float) -> bool:
        if temp_c == self.celsius:
            return self.inclusive
        return (temp_c > self.celsius) == (self.side is Side.HIGH)

    def worse(self, one: float, other: float) -> float:
        return max(one, other) if self.side is Side.HIGH else min(one, other)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRule:
    """Out for so many minutes without a break is an alarm; its clock starts again with each excursion."""

    limit: Limit
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a device told at one instant. None: it told no temperature (a fault of the probe, "--.-")."""

    at: datetime
    temp_c: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Excursion:
    """From the first reading outside to the first one back inside.

    `end` of one that goes on, or whose end nobody saw, is its last reading outside, plus one step where that is known.
    """

    side: Side
    start: datetime
    end: datetime
    readings: int
    extreme_c: float
    ended: Ended

    @property
    def minutes(self) -> int:
        return int((self.end - self.start).total_seconds() // 60)

    def alarm_at(self, rule: AlarmRule) -> datetime | None:
        """The minute at which it became an alarm, None where it is none (yet)."""
        reached = self.start + timedelta(minutes=rule.minutes)
        return reached if self.end >= reached else None


def excursions(
    readings: Iterable[Reading], limit: Limit, *, gap: timedelta, step: timedelta = timedelta(0)
) -> tuple[Excursion, ...]:
    """Every excursion of one device beyond one limit, in order of time.

    `gap`: silence longer than this ends an excursion as unknown. Of several readings at one instant the one
    furthest out counts. Readings without a temperature are as if there were none.
    """
    worst: dict[datetime, float] = {}
    for reading in readings:
        if reading.temp_c is not None:
            known = worst.get(reading.at)
            worst[reading.at] = reading.temp_c if known is None else limit.worse(known, reading.temp_c)
    found: list[Excursion] = []
    run: list[tuple[datetime, float]] = []
    for at, temp_c in sorted(worst.items()):
        if run and at - run[-1][0] > gap:
            found.append(_closed(run, limit, end=run[-1][0] + step, ended=Ended.UNKNOWN))
            run = []
        if limit.outside(temp_c):
            run.append((at, temp_c))
        elif run:
            found.append(_closed(run, limit, end=at, ended=Ended.BACK_IN_RANGE))
            run = []
    if run:
        found.append(_closed(run, limit, end=run[-1][0] + step, ended=Ended.ONGOING))
    return tuple(found)


def _closed(run: Sequence[tuple[datetime, float]], limit: Limit, *, end: datetime, ended: Ended) -> Excursion:
    extreme = run[0][1]
    for _, temp_c in run[1:]:
        extreme = limit.worse(extreme, temp_c)
    return Excursion(side=limit.side, start=run[0][0], end=end, readings=len(run), extreme_c=extreme, ended=ended)
