"""What records of a monitoring message say of one device: a reading an instant, as the registry keeps readings.

The result depends on the records alone, not on their order. Which field is the temperature of a device follows from
its class: TVC of a refrigerator; TFRZ of a freezer or ultra-cold freezer, TVC where there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from campaign.formats.ems import EmsRecord
from campaign.formats.ems_fields import Kind

REFRIGERATOR = "refrigerator"
# Middle of each class's range (data/reference/cold_chain_classes.csv): of two temperatures at one instant the one
# further from it counts.
MIDDLE: Mapping[str, float] = {REFRIGERATOR: 5.0, "freezer": -20.0, "ultra_cold": -75.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRules:
    """battery_days: fewer days left is a low battery. door_seconds: open for so many of 15 minutes is open."""

    battery_days: float
    door_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceReading:
    """None: nothing was told of it. A probe that tells no temperature, or an error, is a fault of the probe."""

    at: datetime
    temp_c: float | None
    power_on: bool | None
    battery_ok: bool | None
    probe_ok: bool
    door_open: bool | None


def device_readings(
    records: Iterable[EmsRecord], kind: Kind, storage_class: str, rules: StateRules
) -> tuple[DeviceReading, ...]:
    """In order of time. A monitor's records of the room alone are no readings of the device."""
    by_instant: dict[datetime, list[EmsRecord]] = {}
    for record in records:
        by_instant.setdefault(record.at, []).append(record)
    read = (_reading(by_instant[at], kind, storage_class, rules) for at in sorted(by_instant))
    return tuple(reading for reading in read if reading is not None)


def _reading(beside: list[EmsRecord], kind: Kind, storage_class: str, rules: StateRules) -> DeviceReading | None:
    """Of the records of one instant."""
    names = ("TVC",) if storage_class == REFRIGERATOR else ("TFRZ", "TVC")
    if kind is Kind.RTM and not any(name in record.told for record in beside for name in names):
        return None
    temps: list[float] = []
    for name in names:
        temps = temps or _told(beside, name)
    middle = MIDDLE.get(storage_class, MIDDLE[REFRIGERATOR])
    temp_c = max(temps, key=lambda found: (abs(found - middle), found), default=None)
    battery, door, mains = (
        _told(beside, "BEMD") + _told(beside, "BLOG"),
        _told(beside, "DORV"),
        _told(beside, "SVA"),
    )
    off = any(record.switched_off for record in beside)
    return DeviceReading(
        at=beside[0].at,
        temp_c=temp_c,
        power_on=False if off else min(mains) > 0 if mains else None,
        battery_ok=min(battery) >= rules.battery_days if battery else None,
        probe_ok=temp_c is not None and not any(record.errors for record in beside),
        door_open=max(door) >= rules.door_seconds if door else None,
    )


def _told(beside: list[EmsRecord], name: str) -> list[float]:
    return [value for record in beside if (value := record.numbers.get(name)) is not None]
