"""Incidents as the registry has them: a row and back, and the line that each change leaves behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from campaign.alerts import Severity
from campaign.incidents import Happened, Incident, Work

COLUMNS = tuple(field.name for field in fields(Incident))
# Of one row to be changed: held until the transaction ends, so that of two who act at once one comes second.
ONE = "SELECT * FROM operations.incident WHERE incident_id = %s FOR UPDATE"
NOTE = (
    "INSERT INTO operations.incident_event (incident_id, at, kind, actor, said, detail) "
    "VALUES (%(incident_id)s, %(at)s, %(kind)s, %(actor)s, %(said)s, %(detail)s)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An incident in the registry."""

    incident_id: int
    key: str
    rule: str
    labels: Mapping[str, str]
    incident: Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of an incident's history. `actor` is empty where it happened by itself."""

    incident_id: int
    at: datetime
    kind: Happened
    actor: str = ""
    said: str = ""
    detail: Mapping[str, Any] | None = None


def kept_from(row: Mapping[str, Any]) -> Kept:
    return Kept(
        incident_id=row["incident_id"],
        key=row["key"],
        rule=row["rule"],
        labels=row["labels"],
        incident=incident_from(row),
    )


def incident_from(row: Mapping[str, Any]) -> Incident:
    values: dict[str, Any] = {name: row[name] for name in COLUMNS}
    values |= {"state": Work(row["state"]), "severity": Severity(row["severity"])}
    return Incident(**values)


def values_of(incident: Incident) -> dict[str, Any]:
    return {**asdict(incident), "state": incident.state.value, "severity": incident.severity.value}


def write_events(connection: psycopg.Connection[DictRow], events: Iterable[Event]) -> None:
    rows = [{**asdict(event), "kind": event.kind.value, "detail": Jsonb(dict(event.detail or {}))} for event in events]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(NOTE, rows)
