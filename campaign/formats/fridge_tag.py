"""Text exports of Berlinger Fridge-tags: 2 L with every reading, 2 with daily summaries only.

Limits are strict by the device's own marks: a reading exactly at one is inside. Times are local and carry no zone (its
`Zone: 0.00` says nothing of where it hangs): the reader says which zone. The signature must be there, as the sign that
the file is whole, but it is not verified: how it is computed is not published.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from campaign.coldchain import AlarmRule, Limit, Reading, Side
from campaign.formats.outline import AGAIN, LoggerFileBad, Node, read_outline

MODELS = ("Q-tag Fridge-tag 2", "Q-tag Fridge-tag 2 L")
_NUMBER = re.compile(r"[+-]?\d{1,4}(\.\d+)?")
_NOTHING = re.compile(r"[+-]?[-. ]*")  # "--.-": the device had no temperature
_ROW = re.compile(r"\t(\d{4}-\d\d-\d\d \d\d:\d\d)(?:\t([^\t]*)(?:\t *x? *)?)?")
_SERIAL = re.compile(r"[0-9A-Za-z-]{4,40}")
_SET_CLOCK = "set the clock of the device; what it told until now cannot be dated"


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySide:
    """One side of one day as the device counted it, by the minute and not by its logging interval."""

    minutes: int
    alarm_at: datetime | None  # 00:00 on a day to which an alarm goes on from the day before


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySummary:
    """Grain: local day, that of the export up to the export. None: the probe told nothing that day."""

    day: date
    min_c: float | None
    min_at: datetime | None
    max_c: float | None
    max_at: datetime | None
    mean_c: float | None
    low: DaySide
    high: DaySide
    sensor_timeout_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggerFile:
    """One whole export; one that is cut off is never handed on. `readings` and `days` are in order of time.

    `readings` holds each row once, however often it came; two temperatures of one instant are both kept. Of two
    summaries of one day the one written first, which is the newer, is kept.
    """

    device: str
    serial: str
    interval_minutes: int | None
    activated_at: datetime
    created_at: datetime
    low: AlarmRule
    high: AlarmRule
    readings: tuple[Reading, ...]
    days: tuple[DaySummary, ...]

    @property
    def missing(self) -> int:
        """Readings without a temperature."""
        return sum(reading.temp_c is None for reading in self.readings)

    @property
    def sensor_timeout_minutes(self) -> int:
        return sum(day.sensor_timeout_minutes for day in self.days)

    def rule(self, side: Side) -> AlarmRule:
        return self.high if side is Side.HIGH else self.low


def read_fridge_tag(content: bytes, *, zone: tzinfo, max_bytes: int, earliest_year: int) -> LoggerFile:
    """`zone`: of the place where the device hangs. `earliest_year`: a clock before it was never set.

    Raises LoggerFileBad.
    """
    root = read_outline(content, max_bytes=max_bytes)
    device = " ".join(root.text("Device").split())
    if device not in MODELS:
        raise LoggerFileBad("Device", f"'{device}' is a model that cannot be read yet", f"known: {', '.join(MODELS)}")
    serial = root.text("Conf", "Serial")
    if _SERIAL.fullmatch(serial) is None:
        raise LoggerFileBad("Serial", f"'{serial}' is no serial number" if serial else "it is missing", AGAIN)
    if (unit := root.text("Conf", "Temp unit")) != "C":
        raise LoggerFileBad("Temp unit", f"'{unit}' instead of C", "set the logger to Celsius and read it out again")
    low, high = _limits(root)
    found = LoggerFile(
        device=device,
        serial=serial,
        interval_minutes=_interval(root),
        activated_at=_instant(root, "TS Actv", zone),
        created_at=_instant(root, "TS Report Creation", zone),
        low=low,
        high=high,
        readings=tuple(_readings(root, zone)),
        days=_days(root, zone),
    )
    _check_clock(found, earliest_year)
    return found


def _interval(root: Node) -> int | None:
    """Minutes between readings. Without it nobody could say how long the last reading held."""
    minutes = _whole(root, "Conf", "Logging Interval")
    if minutes is None and root.get("Data") is None:
        return None
    if not minutes:
        raise LoggerFileBad("Logging Interval", "it is missing although there are readings", AGAIN)
    return minutes


def _limits(root: Node) -> tuple[AlarmRule, AlarmRule]:
    """Of the cold and of the warm side, which the file numbers 0 and 1."""
    rules: list[AlarmRule] = []
    for number, side in (("0", Side.LOW), ("1", Side.HIGH)):
        celsius = _celsius("T AL", root.text("Conf", "Alarm", number, "T AL"))
        minutes = _whole(root, "Conf", "Alarm", number, "t AL")
        if celsius is None or minutes is None:
            raise LoggerFileBad("Alarm", f"the {side} limit (T AL) or its minutes (t AL) are missing", AGAIN)
        rules.append(AlarmRule(limit=Limit(side=side, celsius=celsius), minutes=minutes))
    low, high = rules
    if low.limit.celsius >= high.limit.celsius:
        told = f"low {low.limit.celsius} is not below high {high.limit.celsius}"
        raise LoggerFileBad("Alarm", told, "set the limits of the device and read it out again")
    return low, high


def _readings(root: Node, zone: tzinfo) -> list[Reading]:
    data = root.get("Data")
    told = {reading for number, row in data.rows if (reading := _reading(number, row, zone))} if data else set()
    # Warm before cold at one instant: any order, as long as it is always the same.
    return sorted(told, key=lambda reading: (reading.at, reading.temp_c is None, -(reading.temp_c or 0.0)))


def _reading(number: int, row: str, zone: tzinfo) -> Reading | None:
    """None for the row that names the columns."""
    if row.startswith("\tyyyy-MM-dd hh:mm\t"):
        return None
    found = _ROW.fullmatch(row)
    if found is None:
        raise LoggerFileBad(f"Data, line {number}", f"'{row.strip()[:40]}' is no time and temperature", AGAIN)
    name = f"Data, line {number}"
    return Reading(at=_parsed(name, found[1], zone), temp_c=_celsius(name, found[2] or ""))


def _days(root: Node, zone: tzinfo) -> tuple[DaySummary, ...]:
    by_day: dict[date, DaySummary] = {}
    for name, node in _children(root, "Hist"):
        if name.isdigit():
            found = _day(node, zone)
            by_day.setdefault(found.day, found)
    return tuple(by_day[day] for day in sorted(by_day))


def _day(node: Node, zone: tzinfo) -> DaySummary:
    midnight = _parsed("Date", f"{node.text('Date')} 00:00", zone)
    day = midnight.date()
    name = f"Hist, {day}"

    def at(text: str) -> datetime | None:
        return _parsed(name, f"{day} {text}", zone) if any(sign.isdigit() for sign in text) else None

    def side(number: str) -> DaySide:
        minutes = _whole(node, "Alarm", number, "t Acc")
        if minutes is None:
            raise LoggerFileBad(name, f"minutes outside (t Acc) of alarm {number} are missing", AGAIN)
        return DaySide(minutes=minutes, alarm_at=at(node.text("Alarm", number, "TS A")))

    return DaySummary(
        day=day,
        min_c=_celsius(name, node.text("Min T")),
        min_at=at(node.text("TS Min T")),
        max_c=_celsius(name, node.text("Max T")),
        max_at=at(node.text("TS Max T")),
        mean_c=_celsius(name, node.text("Avrg T")),
        low=side("0"),
        high=side("1"),
        sensor_timeout_minutes=_whole(node, "Int Sensor timeout", "t AccST") or 0,
    )


def _children(root: Node, name: str) -> Iterator[tuple[str, Node]]:
    yield from (node.children if (node := root.get(name)) else ())


def _celsius(name: str, text: str) -> float | None:
    """None where the device had no temperature. Never nan or infinite, which float() would let in."""
    if _NOTHING.fullmatch(text):
        return None
    if _NUMBER.fullmatch(text) is None:
        raise LoggerFileBad(name, f"'{text[:40]}' is no temperature in degrees Celsius", AGAIN)
    return float(text)


def _whole(node: Node, *path: str) -> int | None:
    text = node.text(*path)
    if not text:
        return None
    if re.fullmatch(r"\d{1,9}", text) is None:
        raise LoggerFileBad(path[-1], f"'{text[:40]}' is no whole number", AGAIN)
    return int(text)


def _instant(root: Node, name: str, zone: tzinfo) -> datetime:
    return _parsed(name, root.text("Hist", name), zone)


def _parsed(name: str, text: str, zone: tzinfo) -> datetime:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", text):
        raise LoggerFileBad(name, f"'{text[:40]}' is no time" if text.strip() else "it is missing", AGAIN)
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError as error:
        raise LoggerFileBad(name, f"there is no such time as {text}", AGAIN) from error


def _check_clock(found: LoggerFile, earliest_year: int) -> None:
    """A device whose clock was never set, or was set back, counts from where it stands: its times mean nothing."""
    days = [datetime.combine(day.day, time(), tzinfo=found.created_at.tzinfo) for day in found.days]
    told = [("TS Report Creation", found.created_at), ("TS Actv", found.activated_at)]
    told += [("Hist, Date", at) for at in days[:1] + days[-1:]]
    told += [("Data", reading.at) for reading in found.readings[:1] + found.readings[-1:]]
    for name, at in told:
        if at.year < earliest_year:
            raise LoggerFileBad(name, f"{at:%Y-%m-%d %H:%M} is before {earliest_year}", _SET_CLOCK)
        if at > found.created_at:
            later = f"{at:%Y-%m-%d %H:%M} is after the export was made ({found.created_at:%Y-%m-%d %H:%M})"
            raise LoggerFileBad(name, later, _SET_CLOCK)


def check_window(found: LoggerFile, *, since: datetime, until: datetime) -> None:
    """Nothing can be after the present, and what is older than `since` nobody asks for. Raises LoggerFileBad."""
    if found.readings and found.readings[0].at < since:
        early = f"{found.readings[0].at:%Y-%m-%d %H:%M} is before {since:%Y-%m-%d}"
        raise LoggerFileBad("Data", early, "readings so old are not taken in: read the device out again, newest only")
    at = max([found.created_at, *(reading.at for reading in found.readings[-1:])])
    if at > until:
        late = f"{at:%Y-%m-%d %H:%M} is after the present ({until.astimezone(at.tzinfo):%Y-%m-%d %H:%M})"
        raise LoggerFileBad("TS Report Creation", late, _SET_CLOCK)
