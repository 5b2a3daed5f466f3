"""Reads about the cold chain: devices as they stand, and what was out of order in the last days."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaign.devices import Device, DeviceRun
from campaign.equipment import RepairJob, Status, StatusChange
from campaign.excursion_state import ToldDecision
from campaign.uptime import Away, Heard, Kind, Past
from warehouse import reads
from warehouse.reads_places import has
from warehouse.snapshot import Row, Snapshots
from warehouse.sqlfiles import sql

# Snapshots of before were made without it.
HAS_HOLDOVER = (
    "SELECT 1 FROM duckdb_columns() WHERE database_name = current_database() AND table_name = 'equipment_now' "
    "AND column_name = 'holdover_hours'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColdChain:
    """`now`: the instant up to which readings have been taken in, campaign time: our own standing still makes no fridge
    silent. told: False of a snapshot from before devices were read one by one, and of a source that has none."""

    now: datetime
    devices: tuple[Device, ...]
    runs: tuple[DeviceRun, ...]
    told: bool


def cold_chain(snapshots: Snapshots, version: int) -> ColdChain:
    """Raises SnapshotUnavailable."""
    now = reads.info(snapshots, version).as_of
    if not has(snapshots, version, "device", "device_run"):
        return ColdChain(now=now, devices=(), runs=(), told=False)
    said = _register(snapshots, version)
    devices = tuple(
        Device(**row, **said.get(row["equipment_id"], {})) for row in snapshots.rows(version, sql("reads/devices"))
    )
    runs = tuple(DeviceRun(**row) for row in snapshots.rows(version, sql("reads/device_runs")))
    return ColdChain(now=now, devices=devices, runs=runs, told=bool(devices))


def _register(snapshots: Snapshots, version: int) -> dict[str, Row]:
    """What the register says, by device; nothing of a snapshot from before it was read."""
    if not has(snapshots, version, "equipment_now"):
        return {}
    found: dict[str, Row] = {}
    for row in snapshots.rows(version, sql("reads/equipment_now")):
        device = row.pop("equipment_id")
        found[device] = {**row, "status": Status(row["status"])}
    if snapshots.rows(version, HAS_HOLDOVER):
        for row in snapshots.rows(version, sql("reads/equipment_holdover")):
            found.setdefault(row["equipment_id"], {})["holdover_hours"] = row["holdover_hours"]
    return found


def histories(snapshots: Snapshots, version: int, *, equipment: str = "") -> dict[str, list[StatusChange]]:
    """Every status of one device, or of all, oldest first; none of a snapshot from before."""
    found: defaultdict[str, list[StatusChange]] = defaultdict(list)
    if has(snapshots, version, "equipment_history"):
        for row in snapshots.rows(version, sql("reads/equipment_history"), {"equipment": equipment}):
            found[row["equipment_id"]].append(
                StatusChange(
                    status=Status(row["status"]),
                    since=row["since"],
                    reason=row["reason"],
                    by_person=row["by_person"],
                )
            )
    return dict(found)


def repair_jobs(snapshots: Snapshots, version: int, *, equipment: str = "") -> tuple[RepairJob, ...]:
    """Repairs of one device, or of all, oldest first."""
    if not has(snapshots, version, "repair_job"):
        return ()
    rows = snapshots.rows(version, sql("reads/repair_jobs"), {"equipment": equipment})
    return tuple(RepairJob(**row) for row in rows)


def decisions(snapshots: Snapshots, version: int, *, equipment: str = "") -> tuple[ToldDecision, ...]:
    """About excursions of one device, or of all; none of a snapshot from before."""
    if not has(snapshots, version, "excursion_decision"):
        return ()
    rows = snapshots.rows(version, sql("reads/excursion_decisions"), {"equipment": equipment})
    return tuple(ToldDecision(**row) for row in rows)


def past(snapshots: Snapshots, version: int) -> Past:
    """What uptime and repeat offenders are counted from, over the days that the snapshot was made with."""
    if not has(snapshots, version, "device_heard", "device_away"):
        return Past(changes={}, heard={}, away={}, alarms={}, told=False)
    rows = snapshots.rows(version, sql("reads/device_heard"))
    away: defaultdict[str, list[Away]] = defaultdict(list)
    for row in snapshots.rows(version, sql("reads/device_away")):
        away[row["equipment_id"]].append(Away(kind=Kind(row["kind"]), from_at=row["from_at"], to_at=row["to_at"]))
    return Past(
        changes=histories(snapshots, version),
        heard={
            row["equipment_id"]: Heard(
                first_at=row["first_at"], last_at=row["last_at"], gap=timedelta(minutes=row["gap_minutes"])
            )
            for row in rows
        },
        away=dict(away),
        alarms={row["equipment_id"]: row["alarms"] for row in rows},
        told=True,
    )
