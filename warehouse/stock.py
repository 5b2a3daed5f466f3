"""Stock of each store and lot, and its use: carried on for what a refresh touches, and counted anew where need be.

campaign/ledger.py and campaign/stock_days.py say the same in plain Python; tests hold this to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import duckdb

from warehouse.sqlfiles import sql

# Movements replayed in one go: what fits into the memory that DuckDB has beside the people.
PIECE_MOVEMENTS = 1_000_000
MADE = (
    *("my_movement", "standing", "replayed", "sent_here", "handed", "thaw_link", "thaw_asked", "thaw_begun"),
    *("thaw_passed", "counted_level", "counted_day", "touched_pairs"),
)
# In this order: each reads what those before it leave.
REPLAY = ("levels/stock", "levels/stock_thaw", "levels/stock_counted", "levels/stock_days")


def set_clock(connection: duckdb.DuckDBPyConnection, *, today: date, look_back_days: int) -> bool:
    """Inside a transaction, before movements are taken in: the local day, and how many whole days before it are looked
    at. True where either is another than before: use must then be counted for every store."""
    since = today - timedelta(days=look_back_days)
    held = connection.execute("SELECT today, look_back_days, since FROM core.stock_clock").fetchall()
    if held and held[0][:2] == (today, look_back_days):
        return False
    connection.execute("DELETE FROM core.stock_clock")
    connection.execute("INSERT INTO core.stock_clock VALUES (?, ?, ?)", [today, look_back_days, since])
    if held and held[0][2] <= since:
        connection.execute(sql("levels/stock_days_summed"))
    else:
        recount_stock(connection)
    return True


def note_stock(connection: duckdb.DuckDBPyConnection) -> None:
    """Before the movements of temp.incoming_stock_movement are taken in: which stores and lots must be counted anew."""
    connection.execute(sql("levels/stock_pairs"))


def refresh_stock(connection: duckdb.DuckDBPyConnection) -> None:
    """After the movements are taken in; temp.incoming_stock_movement has those that were new. Leaves in
    temp.use_stores the stores whose use changed."""
    connection.execute(sql("levels/stock_carried"))
    connection.execute(sql("levels/stock_days_carried"))
    connection.execute(sql("levels/stock_waste_carried"))
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE use_stores AS SELECT store_code FROM temp.touched_pairs "
        "UNION SELECT store_code FROM temp.carried_pairs"
    )
    connection.execute(
        "DELETE FROM core.stock_level USING temp.carried_pairs t "
        "WHERE stock_level.store_code = t.store_code AND stock_level.lot_number = t.lot_number"
    )
    connection.execute("INSERT INTO core.stock_level BY NAME FROM temp.carried_pairs")
    if connection.execute("SELECT count(*) FROM temp.touched_pairs").fetchall()[0][0]:
        _replay(connection)
        connection.execute(sql("levels/stock_put"))
    connection.execute("DROP TABLE temp.carried_pairs; DROP TABLE temp.arriving; DROP TABLE temp.thawed_lots")
    _drop(connection)


def refresh_use(connection: duckdb.DuckDBPyConnection, *, everywhere: bool) -> None:
    """After all feeds are taken in: days of use and of stock of the stores whose stock changed, or of all."""
    if everywhere:
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE use_stores AS SELECT DISTINCT store_code FROM core.stock_level"
        )
        connection.execute("DELETE FROM core.stock_use")
    elif not connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE temporary AND table_name = 'use_stores'"
    ).fetchall():
        return
    else:
        connection.execute("DELETE FROM core.stock_use WHERE store_code IN (SELECT store_code FROM temp.use_stores)")
    connection.execute(sql("levels/stock_use"))
    connection.execute("INSERT INTO core.stock_use BY NAME FROM temp.counted_use")
    connection.execute("DROP TABLE temp.counted_use; DROP TABLE temp.use_stores")


def recount_stock(connection: duckdb.DuckDBPyConnection) -> None:
    """Every level, count, day, thaw and wastage counted anew from the movements; use is left to `refresh_use`."""
    connection.execute(
        "DELETE FROM core.stock_level; DELETE FROM core.stock_count; DELETE FROM core.stock_day; "
        "DELETE FROM core.stock_thaw; DELETE FROM core.stock_waste"
    )
    for _ in _pieces(connection):
        connection.execute(sql("levels/stock_put"))


def verify_stock(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """How many levels, counts, days, wastages and uses there are, and how many a replay from zero gives otherwise."""
    checked = differing = 0
    for _ in _pieces(connection):
        found, odd = connection.execute(sql("levels/stock_verify")).fetchall()[0]
        checked, differing = checked + int(found), differing + int(odd)
    connection.execute("CREATE OR REPLACE TEMP TABLE use_stores AS SELECT DISTINCT store_code FROM core.stock_level")
    connection.execute(sql("levels/stock_use"))
    odd = connection.execute(
        "SELECT (SELECT count(*) FROM (FROM core.stock_use EXCEPT FROM temp.counted_use)) "
        "+ (SELECT count(*) FROM (FROM temp.counted_use EXCEPT FROM core.stock_use))"
    ).fetchall()[0][0]
    checked += int(connection.execute("SELECT count(*) FROM temp.counted_use").fetchall()[0][0])
    connection.execute("DROP TABLE temp.counted_use; DROP TABLE temp.use_stores")
    return checked, differing + int(odd)


def _pieces(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Each time some lots stand in temp.touched_pairs with all their stores and are replayed; in the end all have been.
    A lot is never cut: its thaw clocks go from store to store."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE every_pair AS SELECT store_code, lot_number FROM core.stock_level "
        "UNION SELECT store_code, lot_number FROM core.stock_movement "
        "UNION SELECT counterpart_code, lot_number FROM core.stock_movement "
        "WHERE counterpart_code IS NOT NULL AND kind IN ('issue', 'transfer_out')"
    )
    movements = int(connection.execute("SELECT count(*) FROM core.stock_movement").fetchall()[0][0])
    pieces = -(-movements // PIECE_MOVEMENTS) or 1
    for piece in range(pieces):
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE touched_pairs AS FROM temp.every_pair "
            "WHERE hash(lot_number) % $pieces = $piece",
            {"pieces": pieces, "piece": piece},
        )
        _replay(connection)
        yield
        _drop(connection)
    connection.execute("DROP TABLE temp.every_pair")


def _replay(connection: duckdb.DuckDBPyConnection) -> None:
    for name in REPLAY:
        connection.execute(sql(name))


def _drop(connection: duckdb.DuckDBPyConnection) -> None:
    for table in MADE:
        connection.execute(f"DROP TABLE IF EXISTS temp.{table}")
