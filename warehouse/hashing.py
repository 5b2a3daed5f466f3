"""A fingerprint of what a snapshot says, so that "the same batch twice changes nothing" can be checked by anyone."""

from __future__ import annotations

import hashlib

import duckdb

from warehouse.publish import mart_tables
from warehouse.sqlfiles import sql

# What differs between two refreshes of the same data: when they ran, and how often.
NOT_CONTENT = frozenset({"snapshot_info", "feed_status", "quarantine_day", "quarantine_row", "figure_lock"})
# Cells in several signed rows, and numbers that another warehouse gives out in another order: hashed by their meaning.
DETAILS = frozenset({"dose_cell", "dose_group_cell", "district_day_cell", "site_day_cell"})


def content_hash(connection: duckdb.DuckDBPyConnection, schema: str = "mart") -> str:
    """Hash over all published rows in `schema`, whatever their order; 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for table in mart_tables(connection):
        if table in NOT_CONTENT | DETAILS or table.startswith("name_"):
            continue
        # The hash of a set of rows: order must not matter, and a doubled row must.
        query = f'SELECT count(*), coalesce(sum(hash(t)), 0)::VARCHAR FROM {schema}."{table}" AS t'
        count, total = connection.execute(query).fetchall()[0]
        digest.update(f"{table}:{count}:{total};".encode())
    for total in connection.execute(sql("publish/detail_hash").replace("{schema}", schema)).fetchall()[0]:
        digest.update(f"{total};".encode())
    return digest.hexdigest()[:16]
