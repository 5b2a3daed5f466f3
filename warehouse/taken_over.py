"""What a warehouse that is begun anew takes over from the newest snapshot, because no source can tell it again."""

from __future__ import annotations

import logging
from pathlib import Path

import duckdb

from warehouse.files import SnapshotUnavailable, current_version, snapshot_path
from warehouse.sqlfiles import sql

LOG = logging.getLogger(__name__)


def take_over_log(connection: duckdb.DuckDBPyConnection, snapshot_dir: Path) -> None:
    """The log of corrections, which each snapshot has as a whole, into a warehouse that has read nothing yet. Where the
    snapshot cannot be read the log begins anew, and that is said: figures matter more than their history."""
    if _has_rows(connection, "core.feed_state") or _has_rows(connection, "core.correction"):
        return
    try:
        path = snapshot_path(snapshot_dir, current_version(snapshot_dir))
    except SnapshotUnavailable:
        return
    try:
        connection.execute(f"ATTACH '{path}' AS former (READ_ONLY)")
        try:
            connection.execute(sql("schema/correction_taken_over"))
        finally:
            connection.execute("DETACH former")
    except duckdb.Error as error:
        LOG.warning("the log of corrections begins anew, %s cannot be read: %s", path.name, str(error).splitlines()[0])


def _has_rows(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    return bool(connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchall())
