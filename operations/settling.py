"""What fires becomes incidents, in the transaction that found it (operations/alerts.py, operations/watch.py).

The rules: campaign/incidents.py. As many statements as there are incidents that changed, however many alerts they have.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from campaign.alerts import Severity
from campaign.incidents import Happened, Identity, Incident, IncidentRules, identity, settle, worst
from operations.incident_rows import Event, kept_from, values_of, write_events

FIRING = "SELECT key, rule, severity, labels FROM operations.alert WHERE state = 'firing' ORDER BY key"
OPEN = "SELECT * FROM operations.incident WHERE state <> 'closed' ORDER BY incident_id FOR UPDATE"
MEMBERS = (
    "SELECT a.incident_id, array_agg(DISTINCT a.key) AS keys FROM operations.alert a "
    "JOIN operations.incident i USING (incident_id) WHERE i.state <> 'closed' GROUP BY a.incident_id"
)
BEGIN = (
    "INSERT INTO operations.incident (key, rule, severity, labels, state, members, level, opened_at, waiting_since) "
    "VALUES (%(key)s, %(rule)s, %(severity)s, %(labels)s, %(state)s, %(members)s, %(level)s, %(opened_at)s, "
    "%(waiting_since)s) RETURNING incident_id"
)
CHANGE = (
    "UPDATE operations.incident SET state = %(state)s, severity = %(severity)s, members = %(members)s, "
    "level = %(level)s, over_at = %(over_at)s, waiting_since = %(waiting_since)s, escalated_at = %(escalated_at)s, "
    "snoozed_until = %(snoozed_until)s, closed_at = %(closed_at)s WHERE incident_id = %(incident_id)s"
)
JOIN = (
    "UPDATE operations.alert a SET incident_id = joined.incident_id "
    "FROM unnest(%(keys)s::text[], %(ids)s::bigint[]) AS joined (key, incident_id) "
    "WHERE a.key = joined.key AND a.state = 'firing' AND a.incident_id IS DISTINCT FROM joined.incident_id"
)

Connection = psycopg.Connection[DictRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fires:
    """One alert that fires, whoever raised it."""

    key: str
    rule: str
    severity: Severity
    labels: dict[str, str]


def settle_incidents(connection: Connection, *, now: datetime, rules: IncidentRules) -> None:
    """From all alerts that are written as firing."""
    groups: dict[str, list[Fires]] = {}
    named: dict[str, Identity] = {}
    for condition in _firing(connection):
        of = identity(condition.rule, condition.labels, rules.group_by, rules.national)
        named[of.key] = of
        groups.setdefault(of.key, []).append(condition)
    held = {row["key"]: kept_from(row) for row in connection.execute(OPEN).fetchall()}
    known = {row["incident_id"]: set(row["keys"]) for row in connection.execute(MEMBERS).fetchall()}
    ids: dict[str, int] = {}
    changes: list[dict[str, Any]] = []
    events: list[Event] = []
    for key in dict.fromkeys([*held, *groups]):
        kept = held.get(key)
        group = groups.get(key, [])
        before = kept.incident if kept else None
        keys = {condition.key for condition in group} - (known.get(kept.incident_id, set()) if kept else set())
        members = len(keys) + (before.members if before else 0)
        found = settle(before, firing=_worst_of(group), members=members, now=now, rules=rules)
        if found is None:
            continue
        after, happened = found
        ids[key] = kept.incident_id if kept else _begin(connection, named[key], after)
        if kept and after != before:
            changes.append({**values_of(after), "incident_id": kept.incident_id})
        events += [_event(ids[key], kind, after, now) for kind in happened]
    with connection.cursor() as cursor:
        if changes:
            cursor.executemany(CHANGE, changes)
    _join(connection, groups, ids)
    write_events(connection, events)


def _firing(connection: Connection) -> list[Fires]:
    return [
        Fires(key=row["key"], rule=row["rule"], severity=Severity(row["severity"]), labels=row["labels"])
        for row in connection.execute(FIRING).fetchall()
    ]


def _worst_of(group: list[Fires]) -> Severity | None:
    return worst([condition.severity for condition in group]) if group else None


def _begin(connection: Connection, of: Identity, made: Incident) -> int:
    values = {**values_of(made), "key": of.key, "rule": of.rule, "labels": Jsonb(dict(of.labels))}
    row = connection.execute(BEGIN, values).fetchone()
    if row is None:
        raise RuntimeError("a row that was inserted returns its number")
    return int(row["incident_id"])


def _join(connection: Connection, groups: dict[str, list[Fires]], ids: dict[str, int]) -> None:
    pairs = [(condition.key, ids[key]) for key, group in groups.items() for condition in group]
    if pairs:
        connection.execute(JOIN, {"keys": [key for key, _ in pairs], "ids": [number for _, number in pairs]})


def _event(incident_id: int, kind: Happened, after: Incident, now: datetime) -> Event:
    told: dict[Happened, dict[str, Any]] = {
        Happened.OPENED: {"members": after.members},
        Happened.GREW: {"members": after.members},
        Happened.WORSE: {"severity": after.severity.value},
        Happened.ESCALATED: {"level": after.level},
    }
    return Event(incident_id=incident_id, at=now, kind=kind, detail=told.get(kind))
