"""How long messages of machines are kept: the nightly job forgets old ones. Their readings stay as long as any reading.

A message that is sent anew after it was forgotten is taken as a new one: it adds nothing, since a reading is known by
device and instant. What waits for somebody (an unknown device, a wrong clock) is never forgotten, nor is its message.
"""

from __future__ import annotations

from datetime import datetime
from typing import LiteralString

import psycopg

# In parts, so that no lock is held for long and messages that come meanwhile do not wait.
AT_ONCE = 20_000
FORGET_KEPT = "SELECT operations.forget_ems_kept(%(before)s, %(limit)s)"
FORGET_MESSAGES = "SELECT operations.forget_ems_messages(%(before)s, %(limit)s)"


def forget_messages(url: str, *, before: datetime, at_once: int = AT_ONCE) -> tuple[int, int]:
    """How many reports kept aside, and how many messages. As the ETL's role. Raises psycopg.Error."""
    with psycopg.connect(url, autocommit=True) as connection:
        kept = _in_parts(connection, FORGET_KEPT, before, at_once)
        return kept, _in_parts(connection, FORGET_MESSAGES, before, at_once)


def _in_parts(connection: psycopg.Connection, statement: LiteralString, before: datetime, at_once: int) -> int:
    gone = 0
    while True:
        row = connection.execute(statement, {"before": before, "limit": at_once}).fetchone()
        part = int(row[0]) if row else 0
        gone += part
        if part < at_once:
            return gone
