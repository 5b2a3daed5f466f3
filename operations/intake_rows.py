"""What was brought in of devices and waits: of loggers and monitors that nobody registered, or whose clock is wrong."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg.rows import DictRow

MOST = 200
WAITING = """
    SELECT 'file' AS source, serial, 'unknown_device' AS why, sum(readings)::integer AS records, max(received_at) AS at
    FROM registry.logger_file WHERE outcome = 'unknown_device' GROUP BY serial
    UNION ALL
    SELECT 'sender', serials[1], why, sum(records)::integer, max(kept_at)
    FROM registry.ems_kept WHERE settled_at IS NULL GROUP BY serials[1], why
    ORDER BY at DESC, serial, why LIMIT %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Grain: serial x source (file or sender) x why. `records` that are kept aside."""

    source: str
    serial: str
    why: str
    records: int


def waiting(connection: psycopg.Connection[DictRow]) -> tuple[Waiting, ...]:
    """The newest first, at most MOST."""
    return tuple(
        Waiting(source=row["source"], serial=row["serial"], why=row["why"], records=row["records"])
        for row in connection.execute(WAITING, [MOST]).fetchall()
    )
