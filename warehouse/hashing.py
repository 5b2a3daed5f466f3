"""A fingerprint of what a snapshot says, so that "the same batch twice changes nothing" can be checked by anyone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import duckdb

from warehouse.details import CUBE_OF, hash_of
from warehouse.publish import mart_tables

# What differs between two refreshes of the same data: when they ran, and how often. When a site entered its newest
# dose is known of every reading, also of doses that were corrected away since, which a new warehouse never reads.
NOT_CONTENT = frozenset(
    {
        *("snapshot_info", "feed_status", "quarantine_day", "quarantine_row", "figure_lock", "figure_statement"),
        *("reallocation", "reallocation_line"),
        "site_seen",
    }
)
# Cells in several signed rows, and numbers that another warehouse gives out in another order: hashed by their meaning.
DETAILS = frozenset(CUBE_OF)


def content_hash(
    connection: duckdb.DuckDBPyConnection, schema: str = "mart", *, known: Mapping[str, str] | None = None
) -> str:
    """Hash over all published rows in `schema`, whatever their order; 16 hexadecimal digits.

    `known`: what `table_hash` said of some of its tables already."""
    told = known or {}
    tables = [table for table in mart_tables(connection) if counts(table)]
    digest = hashlib.sha256()
    for table in [*(t for t in tables if t not in DETAILS), *(t for t in tables if t in DETAILS)]:
        digest.update(told[table].encode() if table in told else table_hash(connection, schema, table).encode())
    return digest.hexdigest()[:16]


def counts(table: str) -> bool:
    """True where the table's rows are part of the content."""
    return table not in NOT_CONTENT and not table.startswith("name_")


def table_hash(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> str:
    """One table's part of the content hash."""
    if table in DETAILS:
        return told_total(table, hash_of(connection, schema, table, cells=f"{schema}.{table}"))
    # The hash of a set of rows: order must not matter, and a doubled row must.
    query = f'SELECT count(*), coalesce(sum(hash(t)), 0)::VARCHAR FROM {schema}."{table}" AS t'
    count, total = connection.execute(query).fetchall()[0]
    return f"{table}:{count}:{total};"


def told_total(table: str, total: int) -> str:
    """Part of the content hash of a table of cells, from the sum over its rows."""
    return f"{table}:{total};"
