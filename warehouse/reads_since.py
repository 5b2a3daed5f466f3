"""One snapshot's figures by reporting day, to be compared with another's."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from campaign.since import Counted, Counts, Day
from warehouse import reads
from warehouse.snapshot import Snapshots
from warehouse.sqlfiles import sql


def counts(snapshots: Snapshots, version: int, *, zone: ZoneInfo) -> Counts:
    """Of all areas; as_of in `zone`. Raises SnapshotUnavailable for a version that is not kept."""
    about = reads.info(snapshots, version)
    days: dict[tuple[Counted, str], dict[Day, int]] = {}
    for row in snapshots.rows(version, sql("reads/counted_days")):
        own = days.setdefault((Counted(row["figure"]), row["area_code"]), {})
        if row["count"]:
            own[row["day"]] = row["count"]
    head = reads.headline(snapshots, version, denominator=about.denominator)
    undated: dict[tuple[str, str], int | None] = {
        ("registered", ""): head.registered,
        ("delivered", ""): head.delivered,
        ("quarantined", ""): head.quarantined,
    }
    for row in reads.area_rows(snapshots, version, denominator=about.denominator):
        undated["registered", row.area.code] = row.registered
        undated["delivered", row.area.code] = row.delivered
    return Counts(
        snapshot=about.version,
        content_hash=about.content_hash,
        as_of=about.as_of.astimezone(zone),
        kind=about.kind,
        one_in=about.one_in,
        days=days,
        undated=undated,
    )
