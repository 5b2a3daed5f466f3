"""Posts on duty and planned work as the registry has them, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.rows import DictRow

from campaign.oncall import Covers, Duty, Planned, PlannedKind

# What may still matter: a screen shows what ended lately, too.
DUTIES = "SELECT * FROM operations.duty WHERE ended_at IS NULL AND ends_at > %(now)s ORDER BY duty_id"
PLANNED = "SELECT * FROM operations.planned_work WHERE ended_at IS NULL AND ends_at > %(now)s ORDER BY work_id"

Connection = psycopg.Connection[DictRow]


def duties_from(connection: Connection, now: object) -> tuple[Duty, ...]:
    """Those that have not ended at `now`, also those that begin later."""
    return tuple(duty_from(row) for row in connection.execute(DUTIES, {"now": now}).fetchall())


def planned_from(connection: Connection, now: object) -> tuple[Planned, ...]:
    """The same of planned work."""
    return tuple(work_from(row) for row in connection.execute(PLANNED, {"now": now}).fetchall())


def duty_from(row: Mapping[str, Any]) -> Duty:
    hours = None if row["hour_from"] is None else (row["hour_from"], row["hour_to"])
    return Duty(
        duty_id=row["duty_id"],
        post=row["post"],
        covers=Covers(area=row["area_code"], rule_prefix=row["rule_prefix"]),
        level=row["level"],
        phone=row["phone"],
        email=row["email"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        hours=hours,
        ended_at=row["ended_at"],
    )


def work_from(row: Mapping[str, Any]) -> Planned:
    return Planned(
        work_id=row["work_id"],
        kind=PlannedKind(row["kind"]),
        covers=Covers(area=row["area_code"], rule_prefix=row["rule_prefix"]),
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        reason=row["reason"],
        ended_at=row["ended_at"],
    )
