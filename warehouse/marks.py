"""Which decisions about excursions are at work on which doses: counted anew for the lots that a refresh touches.

campaign/dose_marks.py says the same in plain Python; tests hold this to it."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from warehouse.sqlfiles import sql
from warehouse.stock import PIECE_MOVEMENTS

ASKED = "CREATE TEMP TABLE IF NOT EXISTS mark_lots (lot_number VARCHAR NOT NULL)"
# The lots of lines that are new, and those that the lines they replace were about. A reading also brings lines that are
# held already.
OF_LINES = (
    "INSERT INTO temp.mark_lots "
    "WITH arriving AS (FROM temp.incoming_excursion_line i WHERE NOT EXISTS "
    "(FROM core.excursion_line held WHERE held.line_id = i.line_id AND held.version >= i.version)) "
    "SELECT lot_number FROM arriving UNION "
    "SELECT lot_number FROM core.excursion_line WHERE line_id IN (SELECT line_id FROM arriving)"
)
# What is new, what it replaces and what it takes back, where a decision can reach. Of a lot that no decision is about
# nothing is asked.
OF_MOVEMENTS = (
    "INSERT INTO temp.mark_lots SELECT DISTINCT lot_number FROM core.stock_mark_reach "
    "WHERE (store_code, lot_number) IN (SELECT store_code, lot_number FROM temp.arriving UNION ALL "
    "SELECT store_code, lot_number FROM core.stock_movement WHERE movement_id IN "
    "(SELECT movement_id FROM temp.arriving UNION ALL "
    "SELECT cancels_id FROM temp.arriving WHERE cancels_id IS NOT NULL) UNION ALL "
    "SELECT store_code, lot_number FROM core.stock_movement WHERE cancels_id IN "
    "(SELECT movement_id FROM temp.arriving))"
)
# Also lots that have marks though no decision is about them, which is a fault.
EVERY = (
    "CREATE OR REPLACE TEMP TABLE every_lot AS SELECT lot_number FROM core.excursion_line "
    "UNION SELECT lot_number FROM core.stock_mark UNION SELECT lot_number FROM core.stock_mark_reach"
)
PIECE = "CREATE OR REPLACE TEMP TABLE mark_lots AS FROM temp.every_lot WHERE hash(lot_number) % $pieces = $piece"
MADE = (
    *("mark_lots", "mark_sent", "touched_pairs", "sent_here", "my_movement", "replayed"),
    *("mark_line", "mark_issue", "mark_receipt", "mark_link", "found_marks"),
)


def note_lines(connection: duckdb.DuckDBPyConnection) -> None:
    """Before the lines of temp.incoming_excursion_line are taken in: the lots whose marks they may change."""
    connection.execute(ASKED)
    connection.execute(OF_LINES)


def note_marks(connection: duckdb.DuckDBPyConnection) -> None:
    """After `note_stock`, which leaves the new movements in temp.arriving, and before they are taken in: lots whose
    marks they may change."""
    connection.execute(ASKED)
    if connection.execute("SELECT count(*) FROM core.stock_mark_reach").fetchall()[0][0]:
        connection.execute(OF_MOVEMENTS)


def refresh_marks(connection: duckdb.DuckDBPyConnection) -> None:
    """After all feeds are taken in: what was noted since the last time."""
    connection.execute(ASKED)
    if connection.execute("SELECT count(*) FROM temp.mark_lots").fetchall()[0][0]:
        _find(connection)
        connection.execute(sql("marks/put"))
    _drop(connection)


def recount_marks(connection: duckdb.DuckDBPyConnection) -> None:
    """Every mark counted anew from decisions and movements."""
    for _ in _pieces(connection):
        connection.execute(sql("marks/put"))


def verify_marks(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """How many marks and stores in reach there are, and how many a replay of all lots gives otherwise."""
    checked = differing = 0
    for _ in _pieces(connection):
        found, odd = connection.execute(sql("marks/verify")).fetchall()[0]
        checked, differing = checked + int(found), differing + int(odd)
    return checked, differing


def _pieces(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Each time some lots stand in temp.mark_lots and their marks are found; in the end those of all have been. A lot
    is never cut: its marks go from store to store."""
    connection.execute(EVERY)
    movements = connection.execute(
        "SELECT count(*) FROM core.stock_movement WHERE lot_number IN (SELECT lot_number FROM temp.every_lot)"
    ).fetchall()[0][0]
    pieces = -(-int(movements) // PIECE_MOVEMENTS) or 1
    for piece in range(pieces):
        connection.execute(PIECE, {"pieces": pieces, "piece": piece})
        _find(connection)
        yield
        _drop(connection)
    connection.execute("DROP TABLE temp.every_lot")


def _find(connection: duckdb.DuckDBPyConnection) -> None:
    for name in ("marks/begin", "levels/stock", "marks/marks"):
        connection.execute(sql(name))


def _drop(connection: duckdb.DuckDBPyConnection) -> None:
    for table in MADE:
        connection.execute(f"DROP TABLE IF EXISTS temp.{table}")
