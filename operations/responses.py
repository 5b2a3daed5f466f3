"""The log of incidents, for times of response: one row an incident, newest first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime

from campaign.response import Answered
from operations.action_log import connect

ROWS = (
    "SELECT incident_id, rule, severity, opened_at, acknowledged_at, over_at, closed_at, closed_by, closing, level, "
    "members FROM operations.incident WHERE opened_at >= %(since)s AND (%(areas)s::text[] IS NULL OR "
    "(coalesce(labels ->> 'area' = ANY(%(areas)s), true) AND coalesce(labels ->> 'province' = ANY(%(areas)s), true))) "
    "ORDER BY opened_at DESC, incident_id DESC"
)
NAMES = tuple(field.name for field in fields(Answered))


def answered(url: str, *, since: datetime, areas: Collection[str] | None = None) -> tuple[Answered, ...]:
    """Of these provinces and of what is about none; None: of all. Raises psycopg.Error."""
    own = None if areas is None else list(areas)
    with connect(url) as connection:
        rows = connection.execute(ROWS, {"since": since, "areas": own}).fetchall()
    return tuple(Answered(**{name: row[name] for name in NAMES}) for row in rows)
