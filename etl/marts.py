"""Rebuild the published tables from the facts. The SQL of each says its grain; this says their order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from warehouse.hashing import content_hash
from warehouse.sqlfiles import sql

# area_report reads a mart and invariant compares them: they come after what they read.
MARTS = (
    "people_by_area",
    "people_by_day",
    "doses_by_day",
    "doses_by_recorded_day",
    "stock_by_area",
    "registration_by_area",
    "equipment_state",
    "area_report",
    "feed_status",
    "quarantine",
    "correction",
    "invariant",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the snapshot says about itself. `as_of` is campaign time, `wall_now` wall time."""

    as_of: datetime
    wall_now: datetime
    one_in: int
    is_demo: bool
    denominator: str
    adult_age: int


def rebuild_marts(connection: duckdb.DuckDBPyConnection, about: About, *, version: int) -> str:
    """Replace every mart and describe the snapshot. Inside the refresh's transaction. Returns the content hash."""
    for mart in MARTS:
        query = sql(f"marts/record_{mart}")
        values = {"adult_age": about.adult_age, "wall_now": about.wall_now}
        wanted = {name: value for name, value in values.items() if f"${name}" in query}
        connection.execute(f"DELETE FROM mart.{mart}")
        connection.execute(f"INSERT INTO mart.{mart} BY NAME {query}", wanted)
    fingerprint = content_hash(connection)
    connection.execute("DELETE FROM mart.snapshot_info")
    connection.execute(
        sql("marts/record_snapshot_info"),
        {
            "version": version,
            "content_hash": fingerprint,
            "as_of": about.as_of,
            "published_at": about.wall_now,
            "one_in": about.one_in,
            "is_demo": about.is_demo,
            "denominator": about.denominator,
        },
    )
    return fingerprint
