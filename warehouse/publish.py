"""Copy the marts into a file of their own and point readers at it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from warehouse.files import point_to, snapshot_path, sync_folder, versions

Fill = Callable[[duckdb.DuckDBPyConnection], object]


def write_snapshot(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    *,
    version: int,
    keep_last: int,
    keep_hourly_hours: int,
    checkpoint: Callable[[str], None],
    fill: Fill,
    cited: frozenset[int] = frozenset(),
    base: Path | None = None,
) -> Path:
    """Publish snapshot `version`: beside, flushed, renamed, pointed at, old ones pruned.

    `fill` writes its tables into the attached database `outgoing`, which begins as a copy of `base` where there is one;
    `cited` versions are never pruned."""
    target = snapshot_path(folder, version)
    temporary = target.with_suffix(".tmp")
    # Left by a process that died here: a stale log beside a new file would be replayed into it.
    for leftover in folder.glob("*.tmp*"):
        leftover.unlink(missing_ok=True)
    if base is not None:
        shutil.copyfile(base, temporary)
    # Without a log of its own: what a crash leaves half written is begun anew, and a table is written once, not twice.
    connection.execute(f"ATTACH '{temporary}' AS outgoing (RECOVERY_MODE no_wal_writes)")
    try:
        fill(connection)
        connection.execute("CHECKPOINT outgoing")
    finally:
        connection.execute("DETACH outgoing")
    checkpoint("snapshot_written")
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.replace(target)
    sync_folder(folder)
    checkpoint("snapshot_renamed")
    point_to(folder, version)
    checkpoint("snapshot_current")
    prune(folder, keep_last=keep_last, keep_hourly_hours=keep_hourly_hours, now=datetime.now(UTC), cited=cited)
    return target


def mart_tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    query = "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'mart' ORDER BY table_name"
    return [row[0] for row in connection.execute(query).fetchall()]


def copy_marts(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill a snapshot with the marts as they stand in the warehouse."""
    for table in mart_tables(connection):
        connection.execute(f'CREATE TABLE outgoing.main."{table}" AS FROM mart."{table}"')


def prune(
    folder: Path, *, keep_last: int, keep_hourly_hours: int, now: datetime, cited: frozenset[int] = frozenset()
) -> None:
    """Keep the last few, of each wall-clock hour within the retention the newest, and the cited ones; delete the rest.

    A reader that still has a deleted file open keeps reading it: the data go when the last reader lets go.
    """
    kept = versions(folder)
    hours: dict[datetime, int] = {}
    for version in kept:
        written = datetime.fromtimestamp(snapshot_path(folder, version).stat().st_mtime, UTC)
        if now - written <= timedelta(hours=keep_hourly_hours):
            hours[written.replace(minute=0, second=0, microsecond=0)] = version
    wanted = set(kept[-keep_last:]) | set(hours.values()) | cited
    for version in kept:
        if version not in wanted:
            snapshot_path(folder, version).unlink(missing_ok=True)
