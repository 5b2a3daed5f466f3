"""Monitoring messages into the registry: once each, whole, whoever sends the same at the same moment.

A message is one transaction: its readings, what of it is kept aside, and what it is answered. Reports of a serial that
no equipment has wait for whoever registers it (operations/loggers.py); records of a clock that was never set, or runs
ahead, are kept with their reason. The number of a reading is made of device and instant (operations/logger_rows.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from campaign.ems_readings import DeviceReading, StateRules, device_readings
from campaign.formats.ems import EmsMessage, EmsRecord, EmsReport, read_kept
from campaign.formats.ems_fields import Kind
from operations.loggers import LOCK_SHARED
from operations.sessions import Connect

Connection = psycopg.Connection[DictRow]
# Any constant: with the number of a message it makes the lock that twins wait for.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s || ' ' || %s, 730508))"
KNOWN = "SELECT sha256, answer FROM registry.ems_message WHERE sender = %s AND transfer_id = %s"
DEVICES = "SELECT serial, equipment_id, storage_class FROM registry.equipment WHERE serial = ANY(%s)"
KEEP_MESSAGE = (
    "INSERT INTO registry.ems_message (sender, transfer_id, sha256, kind, source, transferred_at, received_at, answer) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
)
KEEP_REPORT = (
    "INSERT INTO registry.ems_kept (sender, transfer_id, position, why, serials, records, told, kept_at) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (sender, transfer_id, position, why) DO NOTHING"
)
WAITING = (
    "SELECT k.sender, k.transfer_id, k.position, k.told, m.kind FROM registry.ems_kept k "
    "JOIN registry.ems_message m USING (sender, transfer_id) "
    "WHERE k.serials @> ARRAY[%s] AND k.settled_at IS NULL AND k.why <> 'clock' "
    "ORDER BY k.kept_at, k.sender, k.transfer_id, k.position"
)
SETTLED = (
    "UPDATE registry.ems_kept SET settled_at = %s "
    "WHERE sender = %s AND transfer_id = %s AND position = %s AND why <> 'clock'"
)
# In the order of their numbers, so that two messages with the same readings wait for each other and do not lock up.
READINGS = (
    "INSERT INTO registry.temperature_reading (reading_id, equipment_id, read_at, received_at, temp_c, power_on, "
    "battery_ok, probe_ok, door_open) "
    "SELECT n.reading_id, n.equipment_id, n.read_at, %(now)s, n.temp_c, n.power_on, n.battery_ok, n.probe_ok, "
    "n.door_open "
    "FROM unnest(%(ids)s::bigint[], %(devices)s::text[], %(instants)s::timestamptz[], %(temps)s::double precision[], "
    "%(power)s::boolean[], %(battery)s::boolean[], %(probe)s::boolean[], %(door)s::boolean[]) "
    "AS n (reading_id, equipment_id, read_at, temp_c, power_on, battery_ok, probe_ok, door_open) "
    "WHERE NOT EXISTS (SELECT FROM registry.temperature_reading AS r "
    "WHERE r.equipment_id = n.equipment_id AND r.read_at = n.read_at) "
    "ORDER BY n.reading_id ON CONFLICT (reading_id) DO NOTHING"
)


class OtherContents(Exception):
    """The sender used this number for another message before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What readings may be of: the campaign from its begin up to its present."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    rules: StateRules
    window: Window


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    report: EmsReport
    why: str
    records: int
    told: Mapping[str, Any]


def take(
    connect: Connect, *, sender: str, message: EmsMessage, sha256: str, intake: Intake, now: datetime
) -> dict[str, Any]:
    """What the message is answered: readings and how many of them are new, devices, and what is kept aside and why.

    Raises OtherContents, and RegistryUnavailable.
    """
    with connect() as connection:
        # A serial that is being registered is known by then, or its registration finds this message waiting.
        connection.execute(LOCK_SHARED)
        connection.execute(LOCK, [sender, message.transfer_id])
        known = connection.execute(KNOWN, [sender, message.transfer_id]).fetchone()
        if known is not None:
            if known["sha256"] != sha256:
                raise OtherContents(message.transfer_id)
            answered: dict[str, Any] = known["answer"]
            return answered
        found, aside = _sorted_out(connection, message.reports, message.kind, intake)
        answer: dict[str, Any] = {
            "transferId": message.transfer_id,
            "devices": len(found),
            "readings": sum(len(readings) for readings in found.values()),
            "added": write_readings(connection, found, now=now),
            "kept": [
                {
                    "report": item.report.position,
                    "serials": item.report.serials,
                    "why": item.why,
                    "records": item.records,
                }
                for item in aside
            ],
        }
        connection.execute(
            KEEP_MESSAGE,
            [
                *(sender, message.transfer_id, sha256, message.kind.value, message.source),
                *(message.transferred_at, now, Jsonb(answer)),
            ],
        )
        _keep(connection, sender, message.transfer_id, aside, now=now)
    return answer


def settle_waiting(connection: Connection, serial: str, *, intake: Intake, now: datetime) -> int:
    """In the caller's transaction: take in what waited for this serial, which an equipment now has. How many readings
    were new."""
    added = 0
    for row in connection.execute(WAITING, [serial]).fetchall():
        kind = Kind(row["kind"])
        report = read_kept(row["told"], kind, row["position"])
        found, aside = _sorted_out(connection, [report], kind, intake)
        if not found and any(item.why != "clock" for item in aside):
            continue
        added += write_readings(connection, found, now=now)
        connection.execute(SETTLED, [now, row["sender"], row["transfer_id"], row["position"]])
        _keep(connection, row["sender"], row["transfer_id"], aside, now=now)
    return added


def _sorted_out(
    connection: Connection, reports: Sequence[EmsReport], kind: Kind, intake: Intake
) -> tuple[dict[str, tuple[DeviceReading, ...]], list[_Kept]]:
    """By device what goes in, and what does not."""
    serials = sorted({serial for report in reports for serial in report.serials})
    hangs: dict[str, set[tuple[str, str]]] = {}
    for row in connection.execute(DEVICES, [serials]).fetchall():
        hangs.setdefault(row["serial"], set()).add((row["equipment_id"], row["storage_class"]))
    good: dict[tuple[str, str], list[EmsRecord]] = {}
    aside: list[_Kept] = []
    window = intake.window
    for report in reports:
        devices = {device for serial in report.serials for device in hangs.get(serial, ())}
        if len(devices) != 1:
            why = "several_devices" if devices else "unknown_device"
            aside.append(_Kept(report=report, why=why, records=len(report.records), told=report.raw))
            continue
        dated = [record for record in report.records if window.since <= record.at <= window.until]
        good.setdefault(devices.pop(), []).extend(dated)
        if len(dated) < len(report.records):
            aside.append(_off(report, window))
    found = {
        device: device_readings(records, kind, storage_class, intake.rules)
        for (device, storage_class), records in good.items()
    }
    return found, aside


def _off(report: EmsReport, window: Window) -> _Kept:
    """The records whose clock is wrong; a report that was taken has as many records as it has raw ones."""
    pairs = zip(report.records, report.raw["records"], strict=True)
    off = [raw for record, raw in pairs if not window.since <= record.at <= window.until]
    return _Kept(report=report, why="clock", records=len(off), told={**report.raw, "records": off})


def write_readings(connection: Connection, found: Mapping[str, Sequence[DeviceReading]], *, now: datetime) -> int:
    """How many were new. What was told before of a device and an instant stays."""
    rows = [(device, reading) for device, readings in found.items() for reading in readings]
    if not rows:
        return 0
    asked = {
        "now": now,
        "ids": [reading_id(device, reading.at) for device, reading in rows],
        "devices": [device for device, _ in rows],
        "instants": [reading.at for _, reading in rows],
        "temps": [reading.temp_c for _, reading in rows],
        "power": [reading.power_on for _, reading in rows],
        "battery": [reading.battery_ok for _, reading in rows],
        "probe": [reading.probe_ok for _, reading in rows],
        "door": [reading.door_open for _, reading in rows],
    }
    return connection.execute(READINGS, asked).rowcount


def _keep(connection: Connection, sender: str, transfer_id: str, aside: Sequence[_Kept], *, now: datetime) -> None:
    rows = [
        [
            sender,
            transfer_id,
            item.report.position,
            item.why,
            list(item.report.serials),
            item.records,
            Jsonb(item.told),
            now,
        ]
        for item in aside
    ]
    if rows:
        connection.cursor().executemany(KEEP_REPORT, rows)


def reading_id(equipment_id: str, at: datetime) -> int:
    """From -2^63 to -1: those of live feeds that number their own readings count upwards from 0."""
    digest = hashlib.sha256(f"ems {equipment_id} {at.astimezone(UTC).isoformat()}".encode()).digest()
    return -1 - (int.from_bytes(digest[:8]) >> 1)
