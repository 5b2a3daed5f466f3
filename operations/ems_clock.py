"""Records of machines whose clock was wrong: a named person takes them in with a stated offset, or rejects them.

All that waits of one serial is settled at once: a clock that was never set is wrong by the same in each message. An
offset that leaves a record outside the campaign is refused, and nothing of it is taken in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from campaign.access import Permission
from campaign.ems_readings import device_readings
from campaign.formats.ems import EmsReport, read_kept
from campaign.formats.ems_fields import Kind
from operations import ems
from operations.action_log import ActRefused, acting, connect, said, write_log
from operations.decisions import Actor

# Five centuries: what no clock is wrong by, and far from where instants end.
LARGEST = timedelta(days=366 * 500)
CLOCKS = (
    "SELECT k.sender, k.transfer_id, k.position, k.serials, k.records, k.told, k.kept_at, m.kind, m.transferred_at "
    "FROM registry.ems_kept k JOIN registry.ems_message m USING (sender, transfer_id) "
    "WHERE k.why = 'clock' AND k.settled_at IS NULL AND (%(serial)s = '' OR k.serials @> ARRAY[%(serial)s]) "
    "ORDER BY k.kept_at, k.sender, k.transfer_id, k.position LIMIT %(limit)s"
)
HOLD = (
    "SELECT k.sender, k.transfer_id, k.position, k.serials, k.records, k.told, m.kind FROM registry.ems_kept k "
    "JOIN registry.ems_message m USING (sender, transfer_id) WHERE k.why = 'clock' AND k.settled_at IS NULL "
    "AND k.serials @> ARRAY[%s] ORDER BY k.kept_at, k.sender, k.transfer_id, k.position FOR UPDATE OF k"
)
SETTLE = (
    "UPDATE registry.ems_kept SET settled_at = %(now)s, verdict = %(verdict)s, offset_seconds = %(offset)s, "
    "settled_by = %(by)s, reason = %(reason)s "
    "WHERE sender = %(sender)s AND transfer_id = %(transfer_id)s AND position = %(position)s AND why = 'clock'"
)
DEVICE = (
    "SELECT e.equipment_id, e.storage_class, s.province_code FROM registry.equipment e "
    "LEFT JOIN registry.store s ON s.code = e.store_code WHERE e.serial = ANY(%s)"
)
MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Grain: serial. Records that wait; first_at, last_at: as its clock has them; kept_at: when the latest came, wall
    time."""

    serial: str
    records: int
    messages: int
    first_at: datetime
    last_at: datetime
    kept_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What was done. added: readings that were new; offset_seconds None: rejected."""

    serial: str
    equipment_id: str
    verdict: str
    records: int
    added: int
    offset_seconds: int | None


def clocks(url: str, *, limit: int = MOST) -> tuple[Clock, ...]:
    """What waits, the latest first. Raises psycopg.Error."""
    found: dict[str, list[tuple[Mapping[str, Any], EmsReport]]] = {}
    with connect(url) as connection:
        for row in connection.execute(CLOCKS, {"serial": "", "limit": limit}).fetchall():
            found.setdefault(row["serials"][0], []).append((row, _report(row)))
    made = [
        Clock(
            serial=serial,
            records=sum(len(report.records) for _, report in reports),
            messages=len(reports),
            first_at=min(record.at for _, report in reports for record in report.records),
            last_at=max(record.at for _, report in reports for record in report.records),
            kept_at=max(row["kept_at"] for row, _ in reports),
        )
        for serial, reports in found.items()
    ]
    return tuple(sorted(made, key=lambda item: item.kept_at, reverse=True))


def settle(url: str, serial: str, *, offset: timedelta | None, reason: str, intake: ems.Intake, by: Actor) -> Settled:
    """offset: what is added to each instant of its clock; None: the records are rejected, and stay where they are.

    Raises ActRefused: no such records, no device or several, an offset with which some lie outside the campaign."""
    name, why = said("serial", serial), said("reason", reason)
    _check(offset)
    with connect(url) as connection:
        told = connection.execute(CLOCKS, {"serial": name, "limit": MOST}).fetchall()
        # A report names several serials, and any of them may be the registered one.
        serials = sorted({name, *(serial for row in told for serial in row["serials"])})
        devices = connection.execute(DEVICE, [serials]).fetchall()
    area = devices[0]["province_code"] if len(devices) == 1 else None
    with acting(
        url,
        actor=by.name,
        permission=Permission.HANDLE_ALERT,
        action="clock_settled",
        subject=f"serial:{name}",
        area=area,
        origin=by.origin,
        request_id=by.request_id,
    ) as act:
        rows = act.connection.execute(HOLD, [name]).fetchall()
        if not rows:
            raise ActRefused(f"no records of {name} wait for its clock", "no_clock_records", name=name)
        if offset is not None and len(devices) != 1:
            raise ActRefused(f"not one device has the serial {name}: register it first", "clock_device", name=name)
        device = devices[0]["equipment_id"] if len(devices) == 1 else ""
        reports = [_report(row) for row in rows]
        added = 0
        if offset is not None:
            moved = [_moved(report, offset, intake.window) for report in reports]
            storage = devices[0]["storage_class"]
            for row, report in zip(rows, moved, strict=True):
                readings = device_readings(report.records, Kind(row["kind"]), storage, intake.rules)
                added += ems.write_readings(act.connection, {device: readings}, now=by.now)
        seconds = None if offset is None else int(offset.total_seconds())
        verdict = "rejected" if offset is None else "accepted"
        values = {"now": by.now, "verdict": verdict, "offset": seconds, "by": act.author.name, "reason": why}
        for row in rows:
            key = {part: row[part] for part in ("sender", "transfer_id", "position")}
            act.connection.execute(SETTLE, {**values, **key})
        records = sum(len(report.records) for report in reports)
        detail = {"verdict": verdict, "offset_seconds": seconds, "records": records, "added": added, "reason": why}
        write_log(act.connection, by.now, act.author, "clock_settled", f"serial:{name}", detail)
    return Settled(
        serial=name, equipment_id=device, verdict=verdict, records=records, added=added, offset_seconds=seconds
    )


def _check(offset: timedelta | None) -> None:
    if offset is not None and (offset == timedelta(0) or abs(offset) > LARGEST):
        raise ActRefused("the offset must not be zero, and below 500 years: write it as +2d03:00", "clock_offset")


def _report(row: Mapping[str, Any]) -> EmsReport:
    return read_kept(row["told"], Kind(row["kind"]), row["position"])


def _moved(report: EmsReport, offset: timedelta, window: ems.Window) -> EmsReport:
    """Raises ActRefused."""
    records: Sequence[Any] = [replace(record, at=record.at + offset) for record in report.records]
    outside = [record.at for record in records if not window.since <= record.at <= window.until]
    if outside:
        raise ActRefused(
            f"with this offset {len(outside)} of {len(records)} records lie outside the campaign, such as {outside[0]}",
            "clock_outside",
            count=len(outside),
            at=outside[0],
        )
    return replace(report, records=tuple(records))
