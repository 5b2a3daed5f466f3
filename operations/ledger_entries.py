"""Entries of the centre in the ledger of stock, whichever act makes them. Callers hold operations.ledger_lock."""

from __future__ import annotations

import psycopg
from psycopg.rows import DictRow

from campaign.ledger import Movement

# Numbers below zero are the centre's own; this sequence gives all of them, so that no two acts take the same.
NUMBERS = (
    "SELECT nextval(pg_get_serial_sequence('operations.excursion_decision_lot', 'line_id')) AS number "
    "FROM generate_series(1, %s)"
)
MOVEMENT = (
    "INSERT INTO registry.stock_movement (movement_id, store_code, lot_number, kind, doses, occurred_at, recorded_at, "
    "counterpart_code, reason, cancels_id, decision_id) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


def draw_numbers(connection: psycopg.Connection[DictRow], count: int) -> list[int]:
    """Numbers for entries, in the order in which the ledger reads those of one instant."""
    rows = connection.execute(NUMBERS, [count]).fetchall()
    return sorted(-int(row["number"]) for row in rows)


def enter(connection: psycopg.Connection[DictRow], entry: Movement, *, decision: int | None = None) -> None:
    """decision: on allocation, that it belongs to."""
    values = [entry.movement_id, entry.store, entry.lot, entry.kind, entry.doses, entry.occurred_at]
    values += [entry.recorded_at, entry.counterpart, entry.reason, entry.cancels_id, decision]
    connection.execute(MOVEMENT, values)
