"""What the warehouse keeps of the sites' day: sessions of the last days, and when each site entered its newest dose."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl

from warehouse.records import Staging
from warehouse.sqlfiles import sql


def let_old_go(connection: duckdb.DuckDBPyConnection, staging: Staging, *, before: date) -> None:
    """Inside the refresh's transaction, before sessions are taken: those held before that day are of no page, and years
    of them would only make each look-up longer. They count as read."""
    connection.execute(f"DELETE FROM {staging.table} WHERE held_on < $before", {"before": before})
    connection.execute("DELETE FROM core.session WHERE held_on < $before", {"before": before})


def note_records(connection: duckdb.DuckDBPyConnection, doses: pl.DataFrame) -> None:
    """Inside the refresh's transaction: `doses` are the accepted rows of this reading. A dose withdrawn later was a
    sign of life of its site all the same."""
    newest = doses.group_by("site_code").agg(pl.col("recorded_at").max().alias("last_recorded_at")).drop_nulls()
    if newest.is_empty():
        return
    connection.register("entered", newest.to_arrow())
    connection.execute(sql("sites/record"))
    connection.unregister("entered")
