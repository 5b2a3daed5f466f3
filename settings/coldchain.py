"""Cold chain: how logger files are read, when what a device tells of itself is an alarm, and how long that is kept."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from settings.section import Section


class ColdChainSettings(Section):
    """`gap_minutes`: see campaign.coldchain.excursions. `earliest_year`: a device's clock before it was never set."""

    power_minutes: Annotated[int, Field(ge=0, le=24 * 60)] = 15
    door_minutes: Annotated[int, Field(ge=0, le=24 * 60)] = 15
    battery_minutes: Annotated[int, Field(ge=0, le=24 * 60)] = 60
    probe_minutes: Annotated[int, Field(ge=0, le=24 * 60)] = 30
    told_hours: Annotated[int, Field(ge=1, le=168)] = 12
    source_devices: Annotated[int, Field(ge=2, le=100_000)] = 20
    source_silent_share: Annotated[float, Field(gt=0, lt=1)] = 0.5
    shown_days: Annotated[int, Field(ge=1, le=90)] = 7
    run_days: Annotated[int, Field(ge=1)] = 400
    stability_days: Annotated[int, Field(ge=1, le=400)] = 60
    uptime_days: Annotated[int, Field(ge=1, le=365)] = 30
    offender_days: Annotated[int, Field(ge=1, le=365)] = 90
    offender_alarms: Annotated[int, Field(ge=1)] = 3
    job_days: Annotated[float, Field(gt=0, le=365)] = 14
    broken_hours: Annotated[float, Field(ge=0, le=24 * 365)] = 24
    gap_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 60
    file_max_bytes: Annotated[int, Field(ge=10_000, le=100_000_000)] = 1_000_000
    earliest_year: Annotated[int, Field(ge=1971, le=2100)] = 2015
    drop_dir: str = ""
    ems_max_bytes: Annotated[int, Field(ge=1_000, le=10_000_000)] = 1_048_576
    ems_unpacked_max_bytes: Annotated[int, Field(ge=1_000, le=100_000_000)] = 10_485_760
    ems_per_minute: Annotated[int, Field(ge=1)] = 6000
    ems_at_once: Annotated[int, Field(ge=1, le=64)] = 4
    ems_keep_days: Annotated[int, Field(ge=7, le=3660)] = 90
    ems_battery_days: Annotated[float, Field(ge=0)] = 1.0
    ems_door_seconds: Annotated[int, Field(ge=1, le=900)] = 450
