"""The tables about the cold chain: one list of rows each, for the page and its files alike.

Temperatures are degrees Celsius, times minutes, instants as ISO 8601. None is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from campaign.devices import TEMPERATURE, Device, DeviceRun, DeviceState, Judged, counts
from campaign.people_tables import Row

DEVICE_COLUMNS = (
    *("equipment", "area", "area_name", "store", "store_name", "storage_class", "reporting_mode", "state", "since"),
    *("minutes", "temp_c", "low_c", "high_c", "edge", "extreme_c", "last_read_at", "quiet_minutes"),
)
RUN_COLUMNS = (
    *("equipment", "area", "area_name", "store", "store_name", "edge", "started_at", "ended_at", "ended", "minutes"),
    *("readings", "extreme_c", "limit_c", "alarm_at"),
)
AREA_COLUMNS = ("area", "name", "devices", *(str(state) for state in DeviceState))
NATION = "nation"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceNames:
    """What places are called, by code; `store`: of the store in which a device stands."""

    area: Callable[[str], str]
    store: Callable[[Device], str]


def device_rows(judged: Iterable[Judged], names: DeviceNames, *, now: datetime) -> list[Row]:
    """In the order given."""
    return [_device_row(item, names, now) for item in judged]


def _device_row(item: Judged, names: DeviceNames, now: datetime) -> Row:
    own, worst = item.device, item.worst
    return {
        **_place(own, names),
        "storage_class": own.storage_class,
        "reporting_mode": own.reporting_mode,
        "state": str(item.state),
        "since": item.since.isoformat() if item.since else None,
        # Of a run as far as its readings go, which is how long the list of runs and the alert say that it lasted.
        "minutes": worst.minutes if worst else _minutes(item.since, now),
        "temp_c": own.temp_c,
        "low_c": own.low_c,
        "high_c": own.high_c,
        "edge": worst.edge if worst else "",
        "extreme_c": worst.extreme_c if worst else None,
        "last_read_at": own.last_read_at.isoformat() if own.last_read_at else None,
        "quiet_minutes": _minutes(own.last_read_at, now),
    }


def _place(device: Device, names: DeviceNames) -> Row:
    return {
        "equipment": device.equipment_id,
        "area": device.area_code,
        "area_name": names.area(device.area_code),
        "store": device.store_code,
        "store_name": names.store(device),
    }


def _minutes(since: datetime | None, now: datetime) -> int | None:
    return None if since is None else max(int((now - since).total_seconds() // 60), 0)


def out_of_range(runs: Iterable[DeviceRun]) -> list[DeviceRun]:
    """Runs of temperature, alarms first and then the longest. What only says that another limit was passed, too, is
    left out until it is an alarm."""
    told = [
        run for run in runs if run.edge in ("high", "low") or (run.edge in TEMPERATURE and run.alarm_at is not None)
    ]
    return sorted(told, key=lambda run: (run.alarm_at is None, -run.minutes, run.equipment_id, run.edge))


def run_rows(runs: Iterable[DeviceRun], devices: dict[str, Device], names: DeviceNames) -> list[Row]:
    """In the order given; runs of devices that are not among `devices` are left out."""
    return [_run_row(run, devices[run.equipment_id], names) for run in runs if run.equipment_id in devices]


def _run_row(run: DeviceRun, device: Device, names: DeviceNames) -> Row:
    return {
        "key": f"{run.equipment_id} {run.edge} {run.started_at.astimezone(UTC):%Y%m%d%H%M}",
        **_place(device, names),
        "edge": run.edge,
        "started_at": run.started_at.isoformat(),
        "ended_at": run.ended_at.isoformat() if run.ended_at else None,
        "ended": run.ended,
        "minutes": run.minutes,
        "readings": run.readings,
        "extreme_c": run.extreme_c,
        "limit_c": run.limit_c,
        "alarm_at": run.alarm_at.isoformat() if run.alarm_at else None,
    }


def area_rows(judged: Sequence[Judged], name: Callable[[str], str], *, whole: bool = True) -> list[Row]:
    """A row an area with a device, by code, and the whole below them; whole False: `judged` are not the nation's."""
    areas = sorted({item.device.area_code for item in judged})
    rows = [_area_row(code, name(code), [item for item in judged if item.device.area_code == code]) for code in areas]
    return [*rows, _area_row(NATION, name(NATION), judged)] if whole else rows


def _area_row(code: str, name: str, judged: Sequence[Judged]) -> Row:
    by_state: Row = {str(state): number for state, number in counts(judged).items()}
    return {"area": code, "name": name, "devices": len(judged), **by_state}
