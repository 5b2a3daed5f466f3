"""What one logger file says: counts, excursions by our rule, and the alarms that the device itself raised.

Our rule over the readings finds the alarm days of the device (on the real file that we have: all 19 and 11, no other),
if every day counts from the one on which an alarm is reached to the one on which its excursion ends: a device repeats
an alarm that goes on, at 00:00. The minute may differ by up to one logging interval: the device samples more finely
than it logs, so it sees a crossing before the first logged reading outside. An excursion of almost exactly the limit's
minutes may therefore be an alarm to one and none to the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from campaign.coldchain import AlarmRule, Excursion, Side, excursions
from campaign.formats.fridge_tag import LoggerFile


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmDay:
    """An alarm of the device on one local day. `minutes` outside on that day, by its own count and in all."""

    day: date
    side: Side
    minutes: int
    alarm_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggerReport:
    """Counts are of readings. `above` and `below` are outside; those exactly at a limit are inside and in neither.

    Without readings the extremes are those of the daily summaries; None where the device told none.
    """

    above: int
    below: int
    at_limit: int
    at_low_limit: int
    min_c: float | None
    max_c: float | None
    excursions: tuple[Excursion, ...]
    alarm_days: tuple[AlarmDay, ...]
    message: str


def report(file: LoggerFile, *, gap: timedelta) -> LoggerReport:
    """`gap`: silence longer than this ends an excursion as unknown."""
    told = [reading.temp_c for reading in file.readings if reading.temp_c is not None]
    low, high = file.low.limit, file.high.limit
    step = timedelta(minutes=file.interval_minutes or 0)
    found = tuple(
        sorted(
            (item for limit in (low, high) for item in excursions(file.readings, limit, gap=gap, step=step)),
            key=lambda item: (item.start, item.side),
        )
    )
    least = told or [day.min_c for day in file.days if day.min_c is not None]
    most = told or [day.max_c for day in file.days if day.max_c is not None]
    alarms = device_alarms(file)
    return LoggerReport(
        above=sum(high.outside(temp_c) for temp_c in told),
        below=sum(low.outside(temp_c) for temp_c in told),
        at_limit=told.count(high.celsius),
        at_low_limit=told.count(low.celsius),
        min_c=min(least, default=None),
        max_c=max(most, default=None),
        excursions=found,
        alarm_days=alarms,
        message=_message(file, told, found) if file.readings else _only_days(file, alarms),
    )


def device_alarms(file: LoggerFile) -> tuple[AlarmDay, ...]:
    """In order of day, the warm side before the cold one."""
    return tuple(
        AlarmDay(day=day.day, side=side, minutes=counted.minutes, alarm_at=counted.alarm_at)
        for day in file.days
        for side, counted in ((Side.HIGH, day.high), (Side.LOW, day.low))
        if counted.alarm_at is not None
    )


def alarm_days(found: Iterable[Excursion], rule: AlarmRule) -> frozenset[date]:
    """Days on which an alarm by our rule began or went on, in the zone of the readings."""
    days: set[date] = set()
    for item in found:
        reached = item.alarm_at(rule)
        if reached is not None:
            day = reached.date()
            days |= {day + timedelta(days=count) for count in range((item.end.date() - day).days + 1)}
    return frozenset(days)


def _message(file: LoggerFile, told: list[float], found: tuple[Excursion, ...]) -> str:
    if not told:
        return f"None of the {len(file.readings):,} readings has a temperature: look at the probe."
    span = f"between {min(told)} and {max(told)} °C"
    silent = f", {file.missing:,} more without a temperature" if file.missing else ""
    if not found:
        return f"No excursion: {len(told):,} readings {span}{silent}."
    sides = Counter(item.side for item in found)
    longest = max(found, key=lambda item: item.minutes)
    many = f"{len(found)} excursion{'s' if len(found) > 1 else ''} ({sides[Side.HIGH]} high, {sides[Side.LOW]} low)"
    when = f"the longest {longest.side} for {longest.minutes:,} minutes from {longest.start:%Y-%m-%d %H:%M}"
    return f"{many}, {when}; {len(told):,} readings {span}{silent}."


def _only_days(file: LoggerFile, alarms: tuple[AlarmDay, ...]) -> str:
    if not file.days:
        return "Only daily summaries could be in the file, and there is none yet."
    sides = Counter(alarm.side for alarm in alarms)
    return (
        f"Only daily summaries are in the file, no readings: {len(file.days)} days from {file.days[0].day} to "
        f"{file.days[-1].day}, {sides[Side.HIGH]} with a high alarm and {sides[Side.LOW]} with a low one."
    )
