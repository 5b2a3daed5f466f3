"""Rows that a logger file becomes: its readings, its days, the limits of its device. The transaction is the caller's.

The number of a reading is made of serial and instant, so that the same reading has the same number in every export, in
every registry and after every restore: -1 - (the upper 63 bits of sha256("<serial> <instant, UTC, to the minute>")).
Negative numbers are made so, here and in operations/ems.py; live feeds count upwards from 0 or above. Among 10^9
readings two share a number with a chance of one in twenty: the later one is then left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

import psycopg
from psycopg.rows import DictRow

from campaign.coldchain import Reading, Side
from campaign.formats.fridge_tag import LoggerFile

Connection = psycopg.Connection[DictRow]
# What a live feed, or an earlier export, told of the same device and instant stays as it is.
READINGS = (
    "INSERT INTO registry.temperature_reading (reading_id, equipment_id, read_at, received_at, temp_c, probe_ok) "
    "SELECT n.reading_id, %(equipment_id)s, n.read_at, %(now)s, n.temp_c, "
    "CASE WHEN n.temp_c IS NULL THEN false END "
    "FROM unnest(%(ids)s::bigint[], %(instants)s::timestamptz[], %(temps)s::double precision[]) "
    "AS n (reading_id, read_at, temp_c) "
    "WHERE NOT EXISTS (SELECT FROM registry.temperature_reading AS r "
    "WHERE r.equipment_id = %(equipment_id)s AND r.read_at = n.read_at) "
    "ON CONFLICT (reading_id) DO NOTHING"
)
DAYS = (
    "INSERT INTO registry.logger_day AS d (serial, day, min_c, min_at, max_c, max_at, mean_c, low_minutes, "
    "low_alarm_at, high_minutes, high_alarm_at, sensor_timeout_minutes, created_at, sha256) VALUES (%(serial)s, "
    "%(day)s, %(min_c)s, %(min_at)s, %(max_c)s, %(max_at)s, %(mean_c)s, %(low_minutes)s, %(low_alarm_at)s, "
    "%(high_minutes)s, %(high_alarm_at)s, %(sensor_timeout_minutes)s, %(created_at)s, %(sha256)s) "
    "ON CONFLICT (serial, day) DO UPDATE SET min_c = EXCLUDED.min_c, min_at = EXCLUDED.min_at, max_c = EXCLUDED.max_c, "
    "max_at = EXCLUDED.max_at, mean_c = EXCLUDED.mean_c, low_minutes = EXCLUDED.low_minutes, "
    "low_alarm_at = EXCLUDED.low_alarm_at, high_minutes = EXCLUDED.high_minutes, "
    "high_alarm_at = EXCLUDED.high_alarm_at, sensor_timeout_minutes = EXCLUDED.sensor_timeout_minutes, "
    "created_at = EXCLUDED.created_at, sha256 = EXCLUDED.sha256 WHERE d.created_at < EXCLUDED.created_at"
)
# A side at a time: a limit of its own wins over what a logger was set to. The minutes are kept beside it; the feed does
# not tell them yet.
LOW_LIMIT = (
    "UPDATE registry.equipment SET low_limit_c = %(celsius)s, low_minutes = %(minutes)s "
    "WHERE equipment_id = %(equipment_id)s AND low_limit_c IS NULL"
)
HIGH_LIMIT = (
    "UPDATE registry.equipment SET high_limit_c = %(celsius)s, high_minutes = %(minutes)s "
    "WHERE equipment_id = %(equipment_id)s AND high_limit_c IS NULL"
)


def reading_id(serial: str, at: datetime) -> int:
    """From -2^63 to -1."""
    digest = hashlib.sha256(f"{serial} {at.astimezone(UTC):%Y-%m-%dT%H:%MZ}".encode()).digest()
    return -1 - (int.from_bytes(digest[:8]) >> 1)


def write_readings(connection: Connection, equipment_id: str, file: LoggerFile, *, now: datetime) -> int:
    """How many were new. Of several at one instant in one file the one furthest out is written."""
    one_each = _one_each(file)
    asked = {
        "equipment_id": equipment_id,
        "now": now,
        "ids": [reading_id(file.serial, reading.at) for reading in one_each],
        "instants": [reading.at for reading in one_each],
        "temps": [reading.temp_c for reading in one_each],
    }
    return connection.execute(READINGS, asked).rowcount


def write_days(connection: Connection, file: LoggerFile, *, sha256: str) -> None:
    """Every day of the file; days that a newer export told already stay."""
    rows = [
        {
            "serial": file.serial,
            "day": day.day,
            "min_c": day.min_c,
            "min_at": day.min_at,
            "max_c": day.max_c,
            "max_at": day.max_at,
            "mean_c": day.mean_c,
            "low_minutes": day.low.minutes,
            "low_alarm_at": day.low.alarm_at,
            "high_minutes": day.high.minutes,
            "high_alarm_at": day.high.alarm_at,
            "sensor_timeout_minutes": day.sensor_timeout_minutes,
            "created_at": file.created_at,
            "sha256": sha256,
        }
        for day in file.days
    ]
    if rows:
        connection.cursor().executemany(DAYS, rows)


def take_limits_over(connection: Connection, equipment_id: str, file: LoggerFile) -> tuple[str, ...]:
    """The sides whose limit the equipment now has from the file."""
    taken: list[str] = []
    for rule in (file.low, file.high):
        asked = {"equipment_id": equipment_id, "celsius": rule.limit.celsius, "minutes": rule.minutes}
        statement = LOW_LIMIT if rule.limit.side is Side.LOW else HIGH_LIMIT
        if connection.execute(statement, asked).rowcount:
            taken.append(rule.limit.side.value)
    return tuple(taken)


def _one_each(file: LoggerFile) -> Sequence[Reading]:
    """One reading an instant: a device whose clock was set back may tell two."""
    low, high = file.low.limit.celsius, file.high.limit.celsius

    def out(reading: Reading) -> float:
        return float("-inf") if reading.temp_c is None else max(low - reading.temp_c, reading.temp_c - high)

    kept: dict[datetime, Reading] = {}
    for reading in file.readings:
        known = kept.get(reading.at)
        if known is None or out(reading) > out(known):
            kept[reading.at] = reading
    return tuple(kept.values())
