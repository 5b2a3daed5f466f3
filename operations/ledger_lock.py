"""Acts that look at levels of the ledger and then write in it follow each other, whichever acts they are."""

from __future__ import annotations

from typing import Any

import psycopg

# Any constant; one for every act that writes in registry.stock_movement: a level that was read is still true when the
# entry is made that it was read for.
LOCK = "SELECT pg_advisory_xact_lock(7305081524)"


def lock_ledger(connection: psycopg.Connection[Any]) -> None:
    """Until the end of the transaction: waits for whoever has it."""
    connection.execute(LOCK)
