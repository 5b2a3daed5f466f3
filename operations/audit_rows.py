"""Read the audit, newest first: who did, saw or changed what, when and from where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import DictRow

PAGE_ROWS = 100
ROWS = (
    "SELECT audit_id, at, actor, action, subject, outcome, origin, detail, "
    "left(encode(row_hash, 'hex'), 16) AS row_hash FROM operations.audit "
    "WHERE audit_id < %s ORDER BY audit_id DESC LIMIT %s"
)
# Larger than any number the chain will reach, and within the column's type.
NEWEST = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One row of the chain. `origin`: an address, or `command`. `row_hash`: its first eight bytes, in hex."""

    audit_id: int
    at: datetime
    actor: str
    action: str
    subject: str
    outcome: str
    origin: str
    detail: Mapping[str, Any]
    row_hash: str


def audit_rows(connection: psycopg.Connection[DictRow], *, before: int = NEWEST) -> tuple[AuditRow, ...]:
    """At most PAGE_ROWS rows older than number `before`."""
    rows = connection.execute(ROWS, [min(before, NEWEST), PAGE_ROWS]).fetchall()
    return tuple(AuditRow(**row) for row in rows)
