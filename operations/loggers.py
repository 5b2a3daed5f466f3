"""Acts of named persons on logger files: take one into the registry, say in which equipment a logger hangs.

A file goes in whole or not at all: its bytes, its readings, its days and its line in the audit are one transaction. A
file that cannot be read, or whose device nobody has registered, is kept too, with the reason. Instants are wall time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from campaign.access import Permission
from campaign.formats.fridge_tag import LoggerFile
from campaign.formats.outline import LoggerFileBad
from operations.action_log import Act, ActRefused, acting, connect, said, write_log
from operations.logger_rows import Connection, take_limits_over, write_days, write_readings

Read = Callable[[bytes], LoggerFile]
# Takes in what machines sent of a serial before it was registered, in the same transaction: how many readings were new.
TakeWaiting = Callable[[Connection, str], int]
# Any constant. One import at a time: a file that is just being taken neither misses nor doubles a registration.
LOCK = "SELECT pg_advisory_xact_lock(7305081522)"
# The same number: who holds it keeps registrations out, and nobody else who only looks serials up.
LOCK_SHARED = "SELECT pg_advisory_xact_lock_shared(7305081522)"
DEVICES = "SELECT equipment_id FROM registry.equipment WHERE serial = %s ORDER BY equipment_id"
DEVICE = "SELECT equipment_id, serial FROM registry.equipment WHERE equipment_id = %s FOR UPDATE"
PROVINCE = (
    "SELECT DISTINCT s.province_code FROM registry.equipment AS e JOIN registry.store AS s ON s.code = e.store_code "
    "WHERE %(serial)s IN ('', e.serial) AND %(equipment_id)s IN ('', e.equipment_id) LIMIT 2"
)
SET_SERIAL = "UPDATE registry.equipment SET serial = %s WHERE equipment_id = %s"
WAITING = (
    "SELECT content, name FROM registry.logger_file WHERE serial = %s AND outcome = 'unknown_device' "
    "ORDER BY received_at, sha256"
)
# A file that comes again keeps when it came first, and from whom; what becomes of it is as of now.
KEEP = (
    "INSERT INTO registry.logger_file (sha256, content, name, serial, received_at, received_by, outcome, message, "
    "readings, first_at, last_at) VALUES (%(sha256)s, %(content)s, %(name)s, %(serial)s, %(now)s, %(actor)s, "
    "%(outcome)s, %(message)s, %(readings)s, %(first_at)s, %(last_at)s) "
    "ON CONFLICT (sha256) DO UPDATE SET serial = EXCLUDED.serial, outcome = EXCLUDED.outcome, "
    "message = EXCLUDED.message, readings = EXCLUDED.readings, first_at = EXCLUDED.first_at, last_at = EXCLUDED.last_at"
)


class Outcome(StrEnum):
    IMPORTED = "imported"
    UNKNOWN_DEVICE = "unknown_device"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of one file. `readings` are in it, `added` of them were new to the registry."""

    sha256: str
    name: str
    serial: str | None
    outcome: Outcome
    message: str
    equipment_id: str | None = None
    readings: int = 0
    added: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """`before`: the logger that hung there until now. `files`: those of this serial that had waited; `sent`: readings
    that machines had sent of it, and that are new."""

    equipment_id: str
    serial: str
    before: str | None
    files: tuple[Taken, ...]
    sent: int = 0


def take(
    url: str,
    *,
    content: bytes,
    name: str,
    read: Read,
    actor: str,
    now: datetime,
    origin: str = "command",
    request_id: str = "",
) -> Taken:
    """Take one file in. `read` raises LoggerFileBad, which makes the outcome unreadable and nothing raise.

    The permission is asked for the province of the device, nationwide where that is not known. Raises ActRefused.
    """
    label = said("name of the file", name)
    serial, file_or_reason = _read(content, read)
    subject = serial or label
    with acting(
        url,
        actor=actor,
        permission=Permission.HANDLE_ALERT,
        action="logger_import",
        subject=subject,
        area=_province(url, serial=serial) if serial else None,
        origin=origin,
        request_id=request_id,
    ) as act:
        act.connection.execute(LOCK)
        taken = _settle(act, content, label, file_or_reason, now=now)
        write_log(act.connection, now, act.author, "logger_import", subject, _detail(taken))
    return taken


def register(
    url: str,
    *,
    serial: str,
    equipment_id: str,
    read: Read,
    actor: str,
    now: datetime,
    origin: str = "command",
    request_id: str = "",
    take_waiting: TakeWaiting | None = None,
) -> Registered:
    """The logger `serial` hangs in this equipment from now on; its waiting files are taken in at once. Another logger
    that hung there is named in the audit. Raises ActRefused."""
    number, device = said("serial", serial), said("equipment", equipment_id)
    with acting(
        url,
        actor=actor,
        permission=Permission.HANDLE_ALERT,
        action="logger_register",
        subject=device,
        area=_province(url, equipment_id=device),
        origin=origin,
        request_id=request_id,
    ) as act:
        connection = act.connection
        connection.execute(LOCK)
        row = connection.execute(DEVICE, [device]).fetchone()
        if row is None:
            raise ActRefused(f"no equipment is called '{device}'", "unknown_equipment", name=device)
        others = [found for found in _devices(connection, number) if found != device]
        if others:
            raise ActRefused(
                f"the logger {number} hangs in {', '.join(others)}: register another one there first",
                "serial_taken",
                serial=number,
                others=", ".join(others),
            )
        connection.execute(SET_SERIAL, [number, device])
        waiting = connection.execute(WAITING, [number]).fetchall()
        files = tuple(
            _settle(act, bytes(file["content"]), file["name"], _read(bytes(file["content"]), read)[1], now=now)
            for file in waiting
        )
        sent = take_waiting(connection, number) if take_waiting else 0
        made = Registered(equipment_id=device, serial=number, before=row["serial"], files=files, sent=sent)
        detail = {"serial": number, "before": made.before, "files": [_detail(file) for file in files], "sent": sent}
        write_log(connection, now, act.author, "logger_register", device, detail)
    return made


def _read(content: bytes, read: Read) -> tuple[str | None, LoggerFile | LoggerFileBad]:
    try:
        file = read(content)
    except LoggerFileBad as bad:
        return None, bad
    return file.serial, file


def _settle(act: Act, content: bytes, name: str, file: LoggerFile | LoggerFileBad, *, now: datetime) -> Taken:
    """Write the file down with what becomes of it."""
    connection, sha256 = act.connection, hashlib.sha256(content).hexdigest()
    told: dict[str, Any] = {"sha256": sha256, "name": name}
    kept: dict[str, Any] = {**told, "content": content, "now": now, "actor": act.author.name}
    kept |= {"first_at": None, "last_at": None}
    if isinstance(file, LoggerFileBad):
        taken = Taken(**told, serial=None, outcome=Outcome.UNREADABLE, message=str(file))
        connection.execute(KEEP, kept | _about(taken))
        return taken
    told |= {"serial": file.serial, "readings": len(file.readings)}
    if file.readings:
        kept |= {"first_at": file.readings[0].at, "last_at": file.readings[-1].at}
    devices = _devices(connection, file.serial)
    if len(devices) != 1:
        taken = Taken(**told, outcome=Outcome.UNKNOWN_DEVICE, message=_nowhere(file.serial, devices))
        connection.execute(KEEP, kept | _about(taken))
        return taken
    device = devices[0]
    added = write_readings(connection, device, file, now=now)
    limits = take_limits_over(connection, device, file)
    message = f"{added:,} of {len(file.readings):,} readings are new in {device}, {len(file.days)} days"
    message += f"; {' and '.join(limits)} limit taken over from the logger" if limits else ""
    taken = Taken(**told, outcome=Outcome.IMPORTED, message=message, equipment_id=device, added=added)
    # The days name the file: it comes first.
    connection.execute(KEEP, kept | _about(taken))
    write_days(connection, file, sha256=sha256)
    return taken


def _about(taken: Taken) -> dict[str, Any]:
    return {
        "serial": taken.serial,
        "outcome": taken.outcome.value,
        "message": taken.message,
        "readings": taken.readings,
    }


def _detail(taken: Taken) -> dict[str, Any]:
    return {
        "sha256": taken.sha256,
        "file": taken.name,
        "outcome": taken.outcome.value,
        "equipment_id": taken.equipment_id,
        "readings": taken.readings,
        "added": taken.added,
    }


def _nowhere(serial: str, devices: list[str]) -> str:
    if devices:
        return (
            f"the serial {serial} stands with {', '.join(devices)}: put that right in the registry, send the file again"
        )
    command = f"app.py coldchain --register {serial} --equipment ID --actor NAME"
    return f"kept, but no equipment has the serial {serial}: {command}"


def _devices(connection: Connection, serial: str) -> list[str]:
    return [row["equipment_id"] for row in connection.execute(DEVICES, [serial]).fetchall()]


def _province(url: str, *, serial: str = "", equipment_id: str = "") -> str | None:
    """None where the device is not known or in no province; of several provinces none either."""
    with connect(url) as connection:
        rows = connection.execute(PROVINCE, {"serial": serial, "equipment_id": equipment_id}).fetchall()
    return rows[0]["province_code"] if len(rows) == 1 else None
