"""Acts of named persons: a temperature that somebody read off a device, or was told by telephone.

It is a reading like any other, so that it counts against silence. When it was read is campaign time; when it was
written down is wall time. A reading that is there already for that minute stays.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from campaign.access import Permission
from operations.action_log import LONGEST_TEXT, ActRefused, acting, connect, said, write_log
from operations.decisions import Actor
from operations.ems import Window

# What a thermometer of a fridge, freezer or ultra-cold freezer can show: E006/DS01's own limits.
COLDEST_C, WARMEST_C = -99.9, 60.0
MINUTE = timedelta(minutes=1)
PROVINCE = (
    "SELECT e.equipment_id, s.province_code FROM registry.equipment AS e "
    "LEFT JOIN registry.store AS s ON s.code = e.store_code WHERE e.equipment_id = %s"
)
THERE = "SELECT 1 FROM registry.temperature_reading WHERE equipment_id = %s AND read_at >= %s AND read_at < %s LIMIT 1"
READING = (
    "INSERT INTO registry.temperature_reading (reading_id, equipment_id, read_at, received_at, temp_c, probe_ok) "
    "VALUES (%s, %s, %s, %s, %s, true) ON CONFLICT (reading_id) DO NOTHING"
)
NOTE = (
    "INSERT INTO registry.hand_reading (reading_id, equipment_id, read_at, temp_c, caller, note, written_by, "
    "written_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandReading:
    """To the minute. `caller`: who read it or called, '' where it is who writes; `note`: what was said."""

    equipment_id: str
    temp_c: float
    read_at: datetime
    caller: str = ""
    note: str = ""


def take(url: str, reading: HandReading, *, window: Window, by: Actor) -> None:
    """`window.until`: the campaign's present. Raises ActRefused."""
    device = said("equipment", reading.equipment_id)
    caller, note = _line("caller", reading.caller), _line("note", reading.note)
    at = reading.read_at.replace(second=0, microsecond=0)
    _check(reading.temp_c, at, window)
    with connect(url) as connection:
        row = connection.execute(PROVINCE, [device]).fetchone()
    with acting(
        url,
        actor=by.name,
        permission=Permission.HANDLE_ALERT,
        action="hand_reading",
        subject=device,
        area=row["province_code"] if row else None,
        origin=by.origin,
        request_id=by.request_id,
    ) as act:
        if row is None:
            raise ActRefused(f"no equipment is called '{device}'", "unknown_equipment", name=device)
        number = reading_id(device, at)
        if act.connection.execute(THERE, [device, at, at + MINUTE]).fetchone() is not None or not (
            act.connection.execute(READING, [number, device, at, by.now, reading.temp_c]).rowcount
        ):
            raise ActRefused(f"{device} has a reading of that minute already", "reading_there", name=device, at=at)
        told = [number, device, at, reading.temp_c, caller, note, act.author.name, by.now]
        act.connection.execute(NOTE, told)
        detail = {"temp_c": reading.temp_c, "read_at": at.isoformat(), "caller": caller, "note": note}
        write_log(act.connection, by.now, act.author, "hand_reading", device, detail)


def _check(temp_c: float, at: datetime, window: Window) -> None:
    if not COLDEST_C <= temp_c <= WARMEST_C:
        raise ActRefused(
            f"{temp_c:g} °C cannot be: write degrees Celsius between {COLDEST_C} and {WARMEST_C}",
            "temperature_range",
            value=f"{temp_c:g}",
        )
    if at > window.until:
        raise ActRefused(f"{at} is later than the present", "reading_later", at=at)
    if at < window.since:
        raise ActRefused(f"{at} is before the campaign", "reading_early", at=at)


def _line(what: str, text: str) -> str:
    return said(what, text[: LONGEST_TEXT + 1]) if text.strip() else ""


def reading_id(equipment_id: str, at: datetime) -> int:
    """From -2^63 to -1, as in operations/logger_rows.py; one a device and minute."""
    digest = hashlib.sha256(f"hand {equipment_id} {at.astimezone(UTC):%Y-%m-%dT%H:%MZ}".encode()).digest()
    return -1 - (int.from_bytes(digest[:8]) >> 1)
