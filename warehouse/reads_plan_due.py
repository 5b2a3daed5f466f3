"""Second doses that fall due within some days, by area and product."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from campaign.due import DueCount
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
