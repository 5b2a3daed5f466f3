"""The tables of the register of equipment: one list of rows each, for the page, its files and the commands alike.

Shares are parts of the time that counts (campaign/uptime.py), litres are net, instants ISO 8601. None is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaign.device_tables import NATION, DeviceNames
from campaign.devices import Device, Judged, gives_room
from campaign.equipment import BROKEN, RepairJob, Status, StatusChange
from campaign.people_tables import Row
from campaign.uptime import Past, Uptime, together, uptime_of

SHARES = ("uptime_share", "silent_share", "out_share", "down_share")
REGISTER_COLUMNS = (
    *("equipment", "area", "area_name", "store", "store_name", "model", "storage_class", "reporting_mode", "status"),
    *(
        "status_since",
        "status_reason",
        "litres",
        *SHARES,
        "alarms",
        "last_read_at",
        "quiet_minutes",
        "job",
        "job_since",
    ),
)
OFFENDER_COLUMNS = (
    *("equipment", "area", "area_name", "store", "store_name", "model", "alarms", "uptime_share", "status", "job"),
)
UPTIME_PLACE_COLUMNS = ("area", "name", "counted", *SHARES, "not_working", "litres", "usable_litres")
UPTIME_MODEL_COLUMNS = ("model", "devices", "counted", *SHARES, "alarms")
HISTORY_COLUMNS = ("since", "status", "reason", "said_by")
# The register begins with what asks for somebody.
ORDER = (Status.NOT_WORKING, Status.NEEDS_REPAIR, Status.WORKING, Status.NOT_IN_USE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """One device with its uptime and its alarms over the days that these are counted."""

    judged: Judged
    uptime: Uptime
    alarms: int

    @property
    def device(self) -> Device:
        return self.judged.device


def registered(judged: Iterable[Judged], past: Past, *, begin: datetime, end: datetime) -> list[Registered]:
    """Every one with its uptime in [begin, end), in the order of the register."""
    return in_order(
        Registered(
            judged=item,
            uptime=uptime_of(past, item.device.equipment_id, begin=begin, end=end),
            alarms=past.alarms.get(item.device.equipment_id, 0),
        )
        for item in judged
    )


def in_order(found: Iterable[Registered]) -> list[Registered]:
    """What does not work first, then what needs repair; among them the least uptime first, the unknown last."""
    return sorted(
        found,
        key=lambda item: (
            ORDER.index(item.device.status),
            item.uptime.share is None,
            item.uptime.share,
            item.device.equipment_id,
        ),
    )


def register_rows(found: Iterable[Registered], names: DeviceNames, *, now: datetime) -> list[Row]:
    """In the order given."""
    return [
        {
            **_whose(item.device, names),
            "storage_class": item.device.storage_class,
            "reporting_mode": item.device.reporting_mode,
            "status": str(item.device.status),
            "heard": _heard(item),
            "status_since": _iso(item.device.status_since),
            "status_reason": item.device.status_reason,
            "litres": item.device.litres,
            **shares(item.uptime),
            "alarms": item.alarms,
            "last_read_at": _iso(item.device.last_read_at),
            "quiet_minutes": _minutes(item.device.last_read_at, now),
            "job": job_of(item.device),
            "job_since": _iso(item.device.job_opened_at),
        }
        for item in found
    ]


def offender_rows(found: Iterable[Registered], names: DeviceNames, *, least: int) -> list[Row]:
    """Devices in use with at least so many alarms, the most first."""
    often = [item for item in found if item.alarms >= least and item.device.status is not Status.NOT_IN_USE]
    return [
        {
            **_whose(item.device, names),
            "alarms": item.alarms,
            "uptime_share": item.uptime.share,
            "status": str(item.device.status),
            "heard": _heard(item),
            "job": job_of(item.device),
        }
        for item in sorted(often, key=lambda item: (-item.alarms, item.device.equipment_id))
    ]


def uptime_place_rows(found: Sequence[Registered], name: Callable[[str], str], *, whole: bool = True) -> list[Row]:
    """A row an area with a device, by code, and the whole below them; whole False: `found` are not the nation's.
    counted: devices with time that counts."""
    areas = sorted({item.device.area_code for item in found})
    rows = [_place(code, name, [item for item in found if item.device.area_code == code]) for code in areas]
    return [*rows, _place(NATION, name, found)] if whole else rows


def _place(code: str, name: Callable[[str], str], found: Sequence[Registered]) -> Row:
    return {
        "area": code,
        "name": name(code),
        "counted": sum(item.uptime.share is not None for item in found),
        **shares(together(item.uptime for item in found)),
        "not_working": sum(item.device.status is Status.NOT_WORKING for item in found),
        "litres": litres(found),
        "usable_litres": litres(item for item in found if gives_room(item.device)),
    }


def litres(found: Iterable[Registered]) -> float:
    """Net; a device whose litres nobody told adds none. Stored and retired ones are no capacity."""
    return sum(item.device.litres or 0.0 for item in found if item.device.status is not Status.NOT_IN_USE)


def uptime_model_rows(found: Sequence[Registered]) -> list[Row]:
    """A row a model, the least uptime first; '' where nobody told the model."""
    by_model: dict[str, list[Registered]] = {}
    for item in found:
        by_model.setdefault(item.device.model, []).append(item)
    rows: list[Row] = [
        {
            "model": model,
            "devices": len(items),
            "counted": sum(item.uptime.share is not None for item in items),
            **shares(together(item.uptime for item in items)),
            "alarms": sum(item.alarms for item in items),
        }
        for model, items in by_model.items()
    ]
    return sorted(rows, key=lambda row: (row["uptime_share"] is None, row["uptime_share"], str(row["model"])))


def history_rows(changes: Sequence[StatusChange]) -> list[Row]:
    """The newest first."""
    return [
        {
            "key": f"{place}",
            "since": item.since.isoformat(),
            "status": str(item.status),
            "reason": item.reason,
            "said_by": "person" if item.by_person else "register",
        }
        for place, item in reversed(list(enumerate(changes)))
    ]


def job_rows(jobs: Sequence[RepairJob]) -> list[Row]:
    """The newest first."""
    return [
        {
            "key": str(job.job_id),
            "opened_at": job.opened_at.isoformat(),
            "assigned_at": _iso(job.assigned_at),
            "done_at": _iso(job.done_at),
        }
        for job in reversed(jobs)
    ]


def shares(found: Uptime) -> Row:
    whole = found.counted
    parts = (found.in_range, found.silent, found.out, found.not_working)
    return {name: part / whole if whole else None for name, part in zip(SHARES, parts, strict=True)}


def job_of(device: Device) -> str:
    """The open repair in one word: assigned, open; missing where one is needed; '' where none is."""
    if device.job_opened_at is not None:
        return "assigned" if device.job_assigned else "open"
    return "missing" if device.status in BROKEN else ""


def counts(found: Iterable[Registered]) -> Mapping[Status, int]:
    """Devices by status: every status stands there, and together they are all devices."""
    held = [item.device.status for item in found]
    return {status: held.count(status) for status in Status}


def _whose(device: Device, names: DeviceNames) -> Row:
    return {
        "equipment": device.equipment_id,
        "area": device.area_code,
        "area_name": names.area(device.area_code),
        "store": device.store_code,
        "store_name": names.store(device),
        "model": device.model,
    }


def _heard(item: Registered) -> str:
    """Whether it reports: never, silent (for longer than its way of reporting allows), lately."""
    if item.device.last_read_at is None:
        return "never"
    return "silent" if item.judged.silent else "lately"


def _minutes(since: datetime | None, now: datetime) -> int | None:
    return None if since is None else max(int((now - since).total_seconds() // 60), 0)


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
