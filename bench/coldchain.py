"""A minute of readings of a country's devices: carried on, beside counting every run anew."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from warehouse.coldchain import ColdChainRules, recount_runs, use_rules, verify_runs
from warehouse.levels import note_devices, refresh_devices
from warehouse.writer import Warehouse

START = datetime(2021, 11, 1, tzinfo=UTC)
STEPS_A_DAY = 288
LATE = 200
HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """minute_seconds: of each minute's readings, from their arrival in the warehouse to levels and runs.
    recount_seconds: every run from all readings that are kept; ratio: that over the median minute. differing: runs that
    differed in the end."""

    devices: int
    readings: int
    minute_readings: int
    minute_seconds: list[float]
    recount_seconds: float
    ratio: float
    differing: int


def _sql(name: str) -> str:
    return (HERE / f"{name}.sql").read_text(encoding="utf-8")


def measure_coldchain(
    folder: Path, rules: ColdChainRules, *, devices: int, days: int, minutes: int, memory_mb: int
) -> Carried:
    """In a warehouse of its own below `folder`."""
    warehouse = Warehouse(folder / "warehouse", snapshot_dir=folder / "snapshots", memory_mb=memory_mb)
    connection = warehouse.connection
    use_rules(connection, rules)
    connection.execute(
        "INSERT INTO core.equipment (equipment_id, store_code, kind, storage_class, reporting_mode, version) "
        "SELECT 'E' || d, 'S', 'fridge', 'refrigerator', 'live', 0 FROM range($devices::BIGINT) t(d)",
        {"devices": devices},
    )
    steps = STEPS_A_DAY * days
    history = {"devices": devices, "steps": steps, "start": START}
    connection.execute(_sql("coldchain"), history)
    for feed in ("equipment", "temperature_reading"):
        connection.execute(f"CREATE TEMP TABLE incoming_{feed} AS FROM core.{feed} LIMIT 0")
    began = time.perf_counter()
    recount_runs(connection)
    recount = time.perf_counter() - began
    connection.execute(
        "INSERT INTO core.device_level SELECT equipment_id, max(read_at), last(temp_c), count(*), 0 "
        "FROM core.temperature_reading GROUP BY equipment_id"
    )
    seconds: list[float] = []
    for minute in range(minutes):
        now = START + timedelta(seconds=300 * steps + 60 * minute)
        connection.execute("DELETE FROM temp.incoming_temperature_reading")
        values = {"devices": devices, "minute": minute, "now": now, "late": LATE}
        connection.execute(_sql("coldchain_minute"), values)
        began = time.perf_counter()
        note_devices(connection)
        connection.execute("INSERT INTO core.temperature_reading BY NAME FROM temp.incoming_temperature_reading")
        refresh_devices(connection)
        seconds.append(round(time.perf_counter() - began, 3))
    counts = connection.execute(
        "SELECT (SELECT count(*) FROM core.temperature_reading), (SELECT count(*) FROM incoming_temperature_reading)"
    ).fetchall()[0]
    differing = verify_runs(connection)[1]
    warehouse.close()
    return Carried(
        devices=devices,
        readings=counts[0],
        minute_readings=counts[1],
        minute_seconds=seconds,
        recount_seconds=round(recount, 1),
        ratio=round(recount / statistics.median(seconds), 1),
        differing=differing,
    )
