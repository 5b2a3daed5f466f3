"""Consumables: levels by store, item and batch, counted anew for what a refresh touches and for nothing else.

campaign/ledger.py says the rules in plain Python, of a lot that is an item and its batch; tests hold this to it."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from warehouse.sqlfiles import sql
from warehouse.stock import PIECE_MOVEMENTS


def note_supplies(connection: duckdb.DuckDBPyConnection) -> None:
    """Before the movements of temp.incoming_supply_movement are taken in: whose levels they change."""
    connection.execute(sql("levels/supply_pairs"))


def refresh_supplies(connection: duckdb.DuckDBPyConnection) -> None:
    """After they are taken in: those levels anew."""
    if connection.execute("SELECT 1 FROM temp.touched_supplies LIMIT 1").fetchall():
        connection.execute(sql("levels/supply"))
        _put(connection)
    _drop(connection)


def recount_supplies(connection: duckdb.DuckDBPyConnection) -> None:
    """Every level anew from the movements."""
    connection.execute("DELETE FROM core.supply_level")
    for _ in _pieces(connection):
        connection.execute("INSERT INTO core.supply_level BY NAME FROM temp.counted_supply")


def verify_supplies(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """How many levels there are, and how many a replay from zero gives otherwise."""
    checked = differing = 0
    for _ in _pieces(connection):
        found, odd = connection.execute(sql("levels/supply_verify")).fetchall()[0]
        checked, differing = checked + int(found), differing + int(odd)
    return checked, differing


def _pieces(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Each time the levels of some stores stand in temp.counted_supply; in the end those of all have."""
    movements = int(connection.execute("SELECT count(*) FROM core.supply_movement").fetchall()[0][0])
    pieces = -(-movements // PIECE_MOVEMENTS) or 1
    for piece in range(pieces):
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE touched_supplies AS "
            "SELECT store_code, item_code, coalesce(batch, '') AS batch FROM core.supply_movement "
            "WHERE hash(store_code) % $pieces = $piece "
            "UNION SELECT store_code, item_code, batch FROM core.supply_level "
            "WHERE hash(store_code) % $pieces = $piece",
            {"pieces": pieces, "piece": piece},
        )
        connection.execute(sql("levels/supply"))
        yield
        _drop(connection)


def _put(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "DELETE FROM core.supply_level USING temp.touched_supplies t WHERE supply_level.store_code = t.store_code "
        "AND supply_level.item_code = t.item_code AND supply_level.batch = t.batch"
    )
    connection.execute("INSERT INTO core.supply_level BY NAME FROM temp.counted_supply")


def _drop(connection: duckdb.DuckDBPyConnection) -> None:
    for table in ("touched_supplies", "my_supply", "counted_supply"):
        connection.execute(f"DROP TABLE IF EXISTS temp.{table}")
