"""What was sent and received under each decision on allocation: carried on for the decisions that a refresh touches.

campaign/allocation.py says the same in plain Python; tests hold this to it."""

from __future__ import annotations

import duckdb

from warehouse.sqlfiles import sql

FEEDS = ("allocation_decision", "allocation_line")


def note_allocation(connection: duckdb.DuckDBPyConnection) -> None:
    """Before the movements of temp.incoming_stock_movement are taken in: whose flow they change."""
    connection.execute(sql("levels/allocation_noted"))


def refresh_allocation(connection: duckdb.DuckDBPyConnection, *, everywhere: bool) -> None:
    """After all small feeds are taken in. everywhere: stores changed, by whose level flows are kept. Where none was
    ever counted all are, which is how a warehouse from before begins."""
    begun = bool(connection.execute("SELECT 1 FROM core.allocation_flow LIMIT 1").fetchall())
    if everywhere or not begun:
        recount_allocation(connection)
    else:
        noted = [f"SELECT decision_id FROM temp.{table}" for table in _incoming(connection)]
        if not noted:
            return
        connection.execute(f"CREATE OR REPLACE TEMP TABLE touched_decisions AS {' UNION '.join(noted)}")
        if connection.execute("SELECT 1 FROM temp.touched_decisions LIMIT 1").fetchall():
            _put(connection)
        connection.execute("DROP TABLE temp.touched_decisions")
    connection.execute("DROP TABLE IF EXISTS temp.noted_decisions")


def recount_allocation(connection: duckdb.DuckDBPyConnection) -> None:
    """Every flow anew from the movements."""
    connection.execute(sql("levels/allocation_every"))
    _put(connection)
    connection.execute("DROP TABLE temp.touched_decisions")


def verify_allocation(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """How many flows there are, and how many differ from what the movements give."""
    connection.execute(sql("levels/allocation_every"))
    connection.execute(sql("levels/allocation_flow"))
    checked, differing = connection.execute(
        "SELECT (SELECT count(*) FROM core.allocation_flow), "
        "(SELECT count(*) FROM (FROM core.allocation_flow EXCEPT FROM temp.counted_flow)) "
        "+ (SELECT count(*) FROM (FROM temp.counted_flow EXCEPT FROM core.allocation_flow))"
    ).fetchall()[0]
    connection.execute("DROP TABLE temp.counted_flow; DROP TABLE temp.touched_decisions")
    return int(checked), int(differing)


def _put(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(sql("levels/allocation_flow"))
    connection.execute(
        "DELETE FROM core.allocation_flow WHERE decision_id IN (SELECT decision_id FROM temp.touched_decisions)"
    )
    connection.execute("INSERT INTO core.allocation_flow BY NAME FROM temp.counted_flow")
    connection.execute("DROP TABLE temp.counted_flow")


def _incoming(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Temporary tables that name decisions: rows that came, and what movements touched."""
    wanted = ["noted_decisions", *(f"incoming_{feed}" for feed in FEEDS)]
    found = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE temporary AND table_name IN (SELECT unnest($wanted))",
        {"wanted": wanted},
    ).fetchall()
    return [str(row[0]) for row in found]
