"""Faults that happen on demand: what each of them makes of the rows of a tick.

What a tick writes follows from the tick and the faults alone, so that one that was cut off is written again the same.
Seconds are local, as everywhere in the demonstration.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, cast

import numpy as np
import polars as pl

from demo.coldchain import ID_SHIFT, NOISE_C, ROOM_C, STEP_SECONDS, USUAL_C
from demo.copying import instants

PREFIX = "scenario."
# Above the numbers that a day's readings of live devices have (demo/coldchain.py: two a device and step).
FIRST_NUMBER = 1 << 15
# A fridge without power warms by this share of the way to the room's temperature an hour; a broken one in an hour by so
# much. Demo assumptions.
HOURLY, BROKEN_C = 0.02, 7.0
RECEIVED_AFTER = 20
# Tables whose rows are of one province, and the column that tells which.
OF_A_SITE = ("session", "dose", "adverse_event")
OF_A_STORE = ("stock_movement",)
BY_CODE = {"registration": "province_code", "declared_count": "area_code"}


class Name(StrEnum):
    POWER_CUT = "power-cut"
    WARM_FRIDGE = "warm-fridge"
    LOT_RECALL = "lot-recall"
    SILENT_PROVINCE = "silent-province"
    LATE_STORM = "late-storm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """From `since` up to `until`. `devices`: each with its class, `live` those of them that report by themselves;
    `sites` and `stores` are those of the silent `province`. `over`: ended, and what it held back is written."""

    name: Name
    since: int
    until: int
    target: str
    devices: tuple[tuple[str, int], ...] = ()
    live: tuple[str, ...] = ()
    province: str = ""
    sites: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    over: bool = False

    @property
    def fact(self) -> str:
        return f"{PREFIX}{self.name}.{self.target}"

    def ended(self) -> Fault:
        return replace(self, over=True)


def written(fault: Fault) -> str:
    return json.dumps(asdict(fault), sort_keys=True)


def faults_of(facts: Mapping[str, str]) -> tuple[Fault, ...]:
    """Those that are not over, of the registry's facts."""
    found: list[Fault] = []
    for name, text in sorted(facts.items()):
        if name.startswith(PREFIX):
            told: dict[str, Any] = json.loads(text)
            devices = tuple((str(device), int(kind)) for device, kind in told.pop("devices"))
            rest: dict[str, Any] = {
                key: tuple(cast("list[str]", value)) if isinstance(value, list) else value
                for key, value in told.items()
            }
            rest |= {"name": Name(told["name"]), "devices": devices}
            found.append(Fault(**rest))
    return tuple(fault for fault in found if not fault.over)


def with_faults(
    changes: Mapping[str, pl.DataFrame], faults: Iterable[Fault], *, after: int, at: int, epoch: int
) -> dict[str, pl.DataFrame]:
    """A tick's rows as they are written while the faults go on."""
    found = dict(changes)
    for fault in faults:
        if fault.name is Name.SILENT_PROVINCE:
            # What it would send is sent by the tick after its end (withheld).
            found = {table: rows.filter(~_of(fault, table)) for table, rows in found.items()}
        elif fault.name in (Name.POWER_CUT, Name.WARM_FRIDGE):
            found["temperature_reading"] = _faulty(fault, found.get("temperature_reading"), after, at, epoch)
    return {table: rows for table, rows in found.items() if not rows.is_empty()}


def withheld(changes: Mapping[str, pl.DataFrame], fault: Fault) -> dict[str, pl.DataFrame]:
    """Of everything since the fault began: what the province did not send meanwhile."""
    found = {table: rows.filter(_of(fault, table)) for table, rows in changes.items()}
    return {table: rows for table, rows in found.items() if not rows.is_empty()}


def _of(fault: Fault, table: str) -> pl.Expr:
    """Whether a row is the silent province's."""
    if table in OF_A_SITE:
        return pl.col("site_code").is_in(fault.sites).fill_null(value=False)
    if table in OF_A_STORE:
        return pl.col("store_code").is_in(fault.stores)
    if table in BY_CODE:
        return (pl.col(BY_CODE[table]) == fault.province).fill_null(value=False)
    if table == "temperature_reading":
        return pl.col("equipment_id").is_in([device for device, _ in fault.devices])
    return pl.lit(value=False)


def _faulty(fault: Fault, rows: pl.DataFrame | None, after: int, at: int, epoch: int) -> pl.DataFrame:
    """Readings of its live devices changed, and of the others made: without power they call in."""
    made = _made(fault, after, at, epoch)
    if rows is None or rows.is_empty():
        return made
    since, until = _moment(fault.since, epoch), _moment(fault.until, epoch)
    struck = pl.col("equipment_id").is_in(fault.live) & (pl.col("read_at") >= since) & (pl.col("read_at") < until)
    hours = (pl.col("read_at") - since).dt.total_seconds() / 3600
    usual = pl.col("equipment_id").replace_strict(
        {device: USUAL_C[kind] for device, kind in fault.devices}, default=USUAL_C[0], return_dtype=pl.Float64
    )
    warmer = pl.col("temp_c") + _rise(fault, hours, usual)
    changed = rows.with_columns(temp_c=pl.when(struck).then(warmer.round(1)).otherwise(pl.col("temp_c")))
    if fault.name is Name.POWER_CUT:
        power = pl.when(struck).then(pl.lit(value=False)).otherwise(pl.col("power_on"))
        changed = changed.with_columns(power_on=power)
    return pl.concat([changed, made.select(changed.columns)]) if not made.is_empty() else changed


def _rise(fault: Fault, hours: pl.Expr, usual: pl.Expr) -> pl.Expr:
    """Degrees above what it would tell."""
    if fault.name is Name.POWER_CUT:
        return (pl.lit(ROOM_C) - usual) * (HOURLY * hours).clip(0, 1)
    return BROKEN_C * hours.clip(0, 1)


def _made(fault: Fault, after: int, at: int, epoch: int) -> pl.DataFrame:
    """Readings, received in (after, at], of devices that do not report by themselves."""
    silent = [(number, device, kind) for number, (device, kind) in enumerate(fault.devices) if device not in fault.live]
    first, last = max(after + 1 - RECEIVED_AFTER, fault.since), min(at - RECEIVED_AFTER, fault.until - 1)
    steps = np.arange(-(-first // STEP_SECONDS) * STEP_SECONDS, last + 1, STEP_SECONDS)
    if fault.name is not Name.POWER_CUT or not silent or not len(steps):
        return pl.DataFrame()
    read = np.tile(steps, len(silent))
    number = np.repeat([number for number, _, _ in silent], len(steps))
    kind = np.repeat([kind for _, _, kind in silent], len(steps))
    usual = np.array(USUAL_C)[kind]
    gone = np.clip(HOURLY * (read - fault.since) / 3600, 0, 1)
    # A little apart from each other, and always the same.
    apart = np.array(NOISE_C)[kind] * np.sin(number * 1.7 + read / 1800)
    frame = pl.DataFrame(
        {
            "reading_id": (read + ID_SHIFT << 16) + FIRST_NUMBER + number,
            "equipment_id": np.repeat([device for _, device, _ in silent], len(steps)),
            "read_at": read,
            "received_at": read + RECEIVED_AFTER,
            "temp_c": np.round(usual + apart + (ROOM_C - usual) * gone, 1),
        }
    ).with_columns(power_on=pl.lit(value=False), battery_ok=pl.lit(value=True), probe_ok=pl.lit(value=True),
                   door_open=pl.lit(value=False))  # fmt: skip
    return frame.with_columns(
        read_at=instants(pl.col("read_at"), epoch), received_at=instants(pl.col("received_at"), epoch)
    )


def _moment(seconds: int, epoch: int) -> pl.Expr:
    return instants(pl.lit(seconds), epoch)
