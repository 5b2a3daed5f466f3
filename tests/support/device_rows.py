"""The cold chain of the sample snapshot: devices of every state, in several kinds of stores."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

Rows = list[dict[str, Any]]
# Device: store, level, area, district, class, way of reporting, minutes since it was heard, its temperature.
DEVICES = (
    ("TB001", "D760", "district", "79", "760", "refrigerator", "live", 3, 9.4),
    ("TB002", "D760", "district", "79", "760", "refrigerator", "live", 4, -0.8),
    ("TB003", "P40", "province", "40", None, "freezer", "live", 2, -13.5),
    ("TB004", "D412", "district", "40", "412", "refrigerator", "live", 60, 5.1),
    ("TB005", "D412", "district", "40", "412", "refrigerator", "hand", 839, 4.2),
    ("TB006", "D412", "district", "40", "412", "refrigerator", "hand", 840, 4.6),
    ("TB007", "NATIONAL", "national", "central", None, "ultra_cold", "live", 1, -72.6),
    ("TB008", "P79", "province", "79", None, "refrigerator", "live", 5, 4.9),
    ("TB009", "P01", "province", "01", None, "refrigerator", "file", None, None),
    ("TB010", "P01", "province", "01", None, "refrigerator", "live", 2, 8.3),
    ("TB011", "P01", "province", "01", None, "refrigerator", "live", 4400, 9.1),
    ("TB012", "D760", "district", "79", "760", "refrigerator", "live", 20_000, 5.0),
    ("TB013", "D412", "district", "40", "412", "refrigerator", "live", 3, 5.2),
)
# Device, minutes since it is so, status, reason, whether a person said it. TB011 does not work, and its repair is given
# to somebody; TB012 is retired; TB013 needs repair, and nobody has it yet. TB010 did not work for two days, long ago.
STATUSES = (
    ("TB011", 4320, "not_working", "máy nén hỏng", True),
    ("TB012", 20_000, "not_in_use", "", False),
    ("TB013", 3000, "needs_repair", "gioăng cửa rách", True),
    ("TB010", 20_160, "not_working", "mất điện kéo dài", True),
    ("TB010", 17_280, "working", "có điện lại", True),
)
# Device, minutes since its repair was opened, given, done.
JOBS: tuple[tuple[str, int, int | None, int | None], ...] = (
    ("TB011", 4000, 3000, None),
    ("TB010", 20_100, 20_000, 17_300),
)
MODELS = {"TB001": "Vestfrost VLS 054A", "TB010": "Vestfrost VLS 054A", "TB011": "Haier HBC-260"}
# Device, kind, minutes ago: from when to when; all whole minutes. They were heard for 40 days, TB013 for ten.
AWAY = (
    ("TB001", "out", 640, None), ("TB002", "out", 90, None), ("TB003", "out", 45, None), ("TB010", "out", 20, None),
    ("TB008", "out", 3000, 2875), ("TB008", "out", 5000, 4385), ("TB004", "out", 2000, 1965),
    ("TB004", "silent", 1965, 1700), ("TB008", "silent", 4600, 4200), ("TB007", "silent", 50_000, 43_000),
)  # fmt: skip
# Net litres where they are not 240: a device of which nobody told them, one that is too small for what its store has.
LITRES = {"TB008": None, "TB007": 5.0}
# Hours that a device keeps its temperature without power; TB007 has none now.
HOLDS = {"TB007": 9.5, "TB001": 22.0}
ALARMS = {"TB001": 4, "TB008": 3, "TB003": 2, "TB012": 5}
# Decision about an excursion: number, device, what, minutes ago: from when to when, decided, last day, lots.
DECIDED = ((11, "TB002", "hold", 90, 60, 60, None, "AS02100, CO123002"),)
GAPS = {"live": 60, "hand": 840, "file": 60}

RANGE = {"refrigerator": (2.0, 8.0), "freezer": (-25.0, -15.0), "ultra_cold": (-90.0, -60.0)}
# Device, edge, how many minutes ago it began, how many it lasted, how it ended, furthest, limit, minutes to an alarm.
RUNS = (
    ("TB001", "high", 640, 637, "ongoing", 11.2, 8.0, 600),
    ("TB002", "low", 90, 86, "ongoing", -1.3, 2.0, None),
    ("TB002", "low_alarm", 70, 66, "ongoing", -1.3, -0.5, 60),
    ("TB003", "high", 45, 43, "ongoing", -12.9, -15.0, 60),
    ("TB007", "power", 30, 29, "ongoing", None, None, 15),
    ("TB008", "door", 9, 4, "ongoing", None, None, 15),
    ("TB010", "high", 20, 18, "ongoing", 8.7, 8.0, 600),
    ("TB008", "high", 3000, 125, "back_in_range", 9.9, 8.0, 600),
    ("TB008", "high", 5000, 615, "back_in_range", 10.4, 8.0, 600),
    ("TB004", "low", 2000, 35, "unknown", 1.1, 2.0, None),
)


def device_rows(*, as_of: datetime) -> Iterator[tuple[str, Rows]]:
    """Table and rows."""
    yield "device", [_device(*row[:6]) for row in DEVICES]
    yield "equipment_state", [_state(as_of, row) for row in DEVICES]
    yield "device_run", [_run(as_of, *row) for row in RUNS]
    yield "equipment_now", [_register(as_of, row[0]) for row in DEVICES]
    yield (
        "equipment_history",
        [
            {
                "equipment_id": device,
                "since": _ago(as_of, since),
                "status": status,
                "reason": reason,
                "by_person": person,
            }
            for device, since, status, reason, person in STATUSES
        ],
    )
    yield "repair_job", [_job(as_of, number, row) for number, row in enumerate(JOBS)]
    yield (
        "excursion_decision",
        [
            {
                "decision_id": number,
                "equipment_id": device,
                "kind": kind,
                "started_at": _ago(as_of, since),
                "until_at": _ago(as_of, until),
                "actor": "Lê An",
                "decided_at": _ago(as_of, at),
                "usable_until": last,
                "lots": lots,
            }
            for number, device, kind, since, until, at, last, lots in DECIDED
        ],
    )
    yield "device_heard", [_heard(as_of, row) for row in DEVICES if row[7] is not None]
    yield (
        "device_away",
        [
            {"equipment_id": device, "kind": kind, "from_at": _ago(as_of, since), "to_at": _ago(as_of, until)}
            for device, kind, since, until in AWAY
        ],
    )


def _ago(as_of: datetime, minutes: int | None) -> datetime | None:
    return None if minutes is None else as_of - timedelta(minutes=minutes)


def _register(as_of: datetime, device: str) -> dict[str, Any]:
    own = sorted((row for row in STATUSES if row[0] == device), key=lambda row: -row[1])
    since, status, reason = own[-1][1:4] if own else (None, "working", "")
    jobs = [row for row in JOBS if row[0] == device and row[3] is None]
    return {
        "equipment_id": device,
        "model": MODELS.get(device, ""),
        "installed_on": None,
        "status": status,
        "status_since": _ago(as_of, since),
        "status_reason": reason,
        "job_opened_at": _ago(as_of, jobs[0][1]) if jobs else None,
        "job_assigned": bool(jobs) and jobs[0][2] is not None,
        "holdover_hours": HOLDS.get(device),
    }


def _job(as_of: datetime, number: int, row: tuple[Any, ...]) -> dict[str, Any]:
    device, opened, assigned, done = row
    return {
        "job_id": number,
        "equipment_id": device,
        "opened_at": _ago(as_of, opened),
        "assigned_at": _ago(as_of, assigned),
        "done_at": _ago(as_of, done),
    }


def _heard(as_of: datetime, row: tuple[Any, ...]) -> dict[str, Any]:
    return {
        "equipment_id": row[0],
        "first_at": _ago(as_of, 14_400 if row[0] == "TB013" else 57_600),
        "last_at": _ago(as_of, row[7]),
        "gap_minutes": GAPS[row[6]],
        "alarms": ALARMS.get(row[0], 0),
    }


def _device(device: str, store: str, level: str, area: str, district: str | None, kind: str) -> dict[str, Any]:
    low, high = RANGE[kind]
    return {
        "equipment_id": device,
        "store_code": store,
        "store_level": level,
        "area_code": area,
        "district_code": district,
        "site_code": None,
        "kind": kind,
        "litres": LITRES.get(device, 240.0),
        "low_c": low,
        "high_c": high,
    }


def _state(as_of: datetime, row: tuple[Any, ...]) -> dict[str, Any]:
    device, store, _, area, _, kind, mode, heard, temp_c = row
    return {
        "equipment_id": device,
        "store_code": store,
        "area_code": area,
        "storage_class": kind,
        "reporting_mode": mode,
        "last_read_at": None if heard is None else as_of - timedelta(minutes=heard),
        "temp_c": temp_c,
        "readings": 0 if heard is None else 300,
        "readings_outside": 0,
    }


def _run(
    as_of: datetime,
    device: str,
    edge: str,
    before: int,
    lasted: int,
    ended: str,
    extreme: float | None,
    limit: float | None,
    alarm: int | None,
) -> dict[str, Any]:
    start = as_of - timedelta(minutes=before)
    end = start + timedelta(minutes=lasted)
    return {
        "equipment_id": device,
        "edge": edge,
        "started_at": start,
        "last_out_at": end if ended != "back_in_range" else end - timedelta(minutes=5),
        "ended_at": None if ended == "ongoing" else end,
        "ended": ended,
        "readings": 1 + lasted // 5,
        "extreme_c": extreme,
        "limit_c": limit,
        "alarm_minutes": alarm,
        "heard_at": end,
        "end_heard_at": None if ended == "ongoing" else end + timedelta(minutes=5),
    }
