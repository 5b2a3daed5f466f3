"""Reads about the sites' day: plans, records, doses by hour; and what provinces are ranked by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from campaign.causes import CauseRules
from campaign.ranks import Doubted, RankRow, rank_rows
from campaign.readings import AreaRow
from campaign.sites import HourDoses, SiteBoard, SiteToday
from campaign.usage import Usage
from warehouse import reads, reads_first
from warehouse.reads_places import has
from warehouse.snapshot import Snapshots
from warehouse.sqlfiles import sql

RECORDS = "record"


def site_board(snapshots: Snapshots, version: int, *, zone: ZoneInfo) -> SiteBoard:
    """Every site with a session or a dose on the snapshot's day. Not told of a snapshot from before sessions were read,
    and of a source that publishes tallies. Raises SnapshotUnavailable."""
    info = reads.info(snapshots, version)
    now = info.as_of.astimezone(zone)
    if info.kind != RECORDS or not has(snapshots, version, "site_session", "site_seen", "doses_by_site_hour"):
        return SiteBoard(now=now, sites=(), hours=(), told=False)
    day = now.date()
    rows = snapshots.rows(version, sql("reads/site_day"), {"day": day, "hour": now.hour})
    hours = snapshots.rows(version, sql("reads/area_hours"), {"day": day})
    return SiteBoard(
        now=now,
        sites=tuple(SiteToday(**row) for row in rows),
        hours=tuple(HourDoses(**row) for row in hours),
        told=True,
    )


def ranks(
    snapshots: Snapshots, version: int, areas: Sequence[AreaRow], *, usage: Mapping[str, Usage], rules: CauseRules
) -> list[RankRow]:
    """A row a province of `areas`, with the doubts about its figures. usage: by area. Raises SnapshotUnavailable."""
    info = reads.info(snapshots, version)
    entered = reads_first.entered(snapshots, version)
    declared = reads_first.declared(snapshots, version)
    known = {
        row.area.code: Doubted(
            expected=entered[row.area.code].expected if row.area.code in entered else None,
            reported=entered[row.area.code].reported if row.area.code in entered else None,
            declared=declared[row.area.code][0] if row.area.code in declared else None,
            recorded=declared[row.area.code][1] if row.area.code in declared else None,
        )
        for row in areas
    }
    return rank_rows(areas, known, usage=usage, one_in=info.one_in, today=reads.day_of(snapshots, version), rules=rules)
