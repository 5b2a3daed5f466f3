"""What is asked of a place within some days: second doses that fall due, planned sessions; and how its pace strayed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from campaign.due import DueCount
from campaign.pace_range import WeekDoses
from warehouse import reads
from warehouse.reads_places import has
from warehouse.snapshot import Snapshots
from warehouse.sqlfiles import sql


def second_due(
    snapshots: Snapshots, version: int, *, today: date, days: int, overdue_days: int
) -> tuple[DueCount, ...]:
    """From `overdue_days` before today to `days` after it: who is overdue for longer is no demand of today. Full size.
    Empty of a snapshot that tells of nobody due. Raises SnapshotUnavailable."""
    if not has(snapshots, version, "people_due"):
        return ()
    one_in = reads.info(snapshots, version).one_in
    bound = {"since": today - timedelta(overdue_days), "until": today + timedelta(days)}
    rows = snapshots.rows(version, sql("plan/due"), bound)
    return tuple(replace(found, people=found.people * one_in) for found in (DueCount(**row) for row in rows))


def planned_people(snapshots: Snapshots, version: int, *, today: date, days: int) -> dict[str, int] | None:
    """By area, people of sessions that are planned or open from today to `days` later. Full size. None of a snapshot
    of before that was told. Raises SnapshotUnavailable."""
    if not has(snapshots, version, "session_ahead"):
        return None
    one_in = reads.info(snapshots, version).one_in
    rows = snapshots.rows(version, sql("plan/sessions_by_area"), {"today": today, "days": days})
    return {row["area"]: row["people"] * one_in for row in rows}


def weeks_given(snapshots: Snapshots, version: int, *, today: date, weeks: int) -> tuple[WeekDoses, ...]:
    """Doses by place of vaccination, product and whole week before today, as sampled: only their proportions are asked
    for. Raises SnapshotUnavailable."""
    rows = snapshots.rows(version, sql("plan/weeks"), {"today": today, "weeks": weeks})
    return tuple(WeekDoses(**row) for row in rows)
