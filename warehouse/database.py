"""Open DuckDB the way this project needs it."""

from __future__ import annotations

from pathlib import Path

import duckdb

# Days are local calendar days everywhere; an installation elsewhere in the world would still count Vietnam's days.
ZONE = "Asia/Ho_Chi_Minh"


def open_database(path: Path | str) -> duckdb.DuckDBPyConnection:
    """A connection to `path` (or ':memory:').

    A missing table must be an error: python_enable_replacements would read a Python variable of that name instead.
    """
    connection = duckdb.connect(path, config={"python_enable_replacements": "false"})
    # Only once connected: as an option of connect() it would ask for an extension that is loaded a moment later.
    connection.execute(f"SET GLOBAL TimeZone = '{ZONE}'")
    # It is drawn on standard output, where --json belongs.
    connection.execute("SET enable_progress_bar = false")
    return connection
