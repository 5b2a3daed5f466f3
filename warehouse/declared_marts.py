"""Fill the published tables from what publishers declared. The SQL of each says its grain; this says their order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from warehouse.hashing import content_hash
from warehouse.publish import mart_tables
from warehouse.sqlfiles import sql

MARTS = (
    "area",
    "population",
    "people_by_area",
    "people_by_day",
    "doses_by_day",
    "stock_by_area",
    "registration_by_area",
    "area_report",
    "publisher_figure",
    "feed_status",
    "quarantine",
    "correction",
    "invariant",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredInfo:
    """What the snapshot says about itself. `as_of`: the publication's instant; `now`: wall time. Notes may be ''."""

    as_of: datetime
    now: datetime
    title_vi: str
    title_en: str
    note_vi: str
    note_en: str
    denominator: str
    has_boundaries: bool


def rebuild(connection: duckdb.DuckDBPyConnection, about: DeclaredInfo, *, version: int) -> str:
    """Replace every published table; those that a publisher cannot fill are left empty. Returns the content hash."""
    for table in mart_tables(connection):
        connection.execute(f'DELETE FROM mart."{table}"')
    for mart in MARTS:
        query = sql(f"marts/declared_{mart}")
        connection.execute(query, {"now": about.now} if "$now" in query else None)
    connection.execute(
        sql("marts/declared_snapshot_info"),
        {
            "version": version,
            "as_of": about.as_of,
            "published_at": about.now,
            "title_vi": about.title_vi,
            "title_en": about.title_en,
            "denominator": about.denominator,
            "has_boundaries": about.has_boundaries,
            "note_vi": about.note_vi,
            "note_en": about.note_en,
        },
    )
    fingerprint = content_hash(connection)
    connection.execute("UPDATE mart.snapshot_info SET content_hash = ?", [fingerprint])
    return fingerprint
