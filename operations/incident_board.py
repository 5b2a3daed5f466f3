"""Incidents as the console shows them, read in one transaction: those that are not closed, and the latest closed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import UTC, datetime

import psycopg
from psycopg.rows import DictRow, dict_row

from campaign.alerts import Severity
from campaign.incident_places import tallies
from campaign.incident_view import Board, EventRow, IncidentRow
from campaign.incidents import Happened
from campaign.readings import AlertRow
from operations.incident_rows import incident_from
from operations.oncall_rows import duties_from, planned_from

# Of one incident; how many there are is told beside them.
MEMBERS_SHOWN = 60
EVENTS_SHOWN = 30
# What is about no area concerns everybody (campaign.incidents.AREA_LABELS). What is cut off where there are too many:
# first what is over, then what somebody has in hand.
INCIDENTS = (
    "WITH own AS (SELECT * FROM operations.incident WHERE %(areas)s::text[] IS NULL OR "
    "(coalesce(labels ->> 'area' = ANY(%(areas)s), true) AND coalesce(labels ->> 'province' = ANY(%(areas)s), true))), "
    "asked AS (SELECT * FROM own WHERE %(place)s = '' OR %(place)s IN (labels ->> 'area', labels ->> 'province') OR "
    "EXISTS (SELECT FROM operations.alert a WHERE a.incident_id = own.incident_id AND a.state = 'firing' "
    "AND %(place)s IN (a.labels ->> 'area', a.labels ->> 'province'))) "
    "(SELECT *, count(*) OVER () AS in_all FROM asked WHERE state <> 'closed' "
    "ORDER BY over_at IS NULL DESC, state = 'new' DESC, "
    "array_position(ARRAY['critical', 'warning', 'info'], severity), "
    "opened_at, incident_id LIMIT %(limit)s) UNION ALL "
    "(SELECT *, 0 FROM asked WHERE state = 'closed' ORDER BY closed_at DESC, incident_id DESC LIMIT %(closed)s)"
)
# An incident that is about no province has those of its things that fire; '' where these have none either.
PLACES = (
    "WITH own AS (SELECT incident_id, severity, state = 'new' AND over_at IS NULL AS waits, "
    "coalesce(labels ->> 'area', labels ->> 'province') AS area "
    "FROM operations.incident WHERE state <> 'closed'), "
    "placed AS (SELECT incident_id, severity, waits, area FROM own WHERE area IS NOT NULL UNION "
    "SELECT o.incident_id, o.severity, o.waits, coalesce(a.labels ->> 'area', a.labels ->> 'province', '') FROM own o "
    "LEFT JOIN operations.alert a ON a.incident_id = o.incident_id AND a.state = 'firing' WHERE o.area IS NULL) "
    "SELECT area, severity, array_agg(incident_id) AS ids, "
    "coalesce(array_agg(incident_id) FILTER (WHERE waits), '{}') AS waiting FROM placed "
    "WHERE %(areas)s::text[] IS NULL OR area = '' OR area = ANY(%(areas)s) GROUP BY area, severity"
)
# One row a thing, its newest alert; what fires before what ended, the newest first: those are what nobody has seen yet.
MEMBERS = (
    "WITH newest AS (SELECT DISTINCT ON (incident_id, key) * FROM operations.alert WHERE incident_id = ANY(%(ids)s) "
    "AND (%(areas)s::text[] IS NULL OR (coalesce(labels ->> 'area' = ANY(%(areas)s), true) AND "
    "coalesce(labels ->> 'province' = ANY(%(areas)s), true))) ORDER BY incident_id, key, alert_id DESC), "
    "numbered AS (SELECT *, count(*) FILTER (WHERE state = 'firing') OVER whole AS firing, row_number() OVER "
    "(PARTITION BY incident_id ORDER BY (state = 'firing') DESC, firing_since DESC, alert_id DESC) AS number "
    "FROM newest WINDOW whole AS (PARTITION BY incident_id)) "
    "SELECT * FROM numbered WHERE number <= %(limit)s ORDER BY incident_id, number"
)
# Of everything that fires in it, not only of the members shown.
STORES = (
    "SELECT incident_id, array_agg(DISTINCT labels ->> 'store' ORDER BY labels ->> 'store') AS stores "
    "FROM operations.alert WHERE incident_id = ANY(%(ids)s) AND state = 'firing' AND labels ? 'store' "
    "AND (%(areas)s::text[] IS NULL OR coalesce(labels ->> 'area' = ANY(%(areas)s), true)) GROUP BY 1"
)
EVENTS = (
    "SELECT incident_id, at, kind, actor, said, detail FROM (SELECT *, row_number() OVER "
    "(PARTITION BY incident_id ORDER BY event_id DESC) AS number FROM operations.incident_event "
    "WHERE incident_id = ANY(%(ids)s)) numbered WHERE number <= %(limit)s ORDER BY incident_id, number"
)
PENDING = (
    "SELECT * FROM operations.alert WHERE state = 'pending' AND (%(areas)s::text[] IS NULL OR "
    "(coalesce(labels ->> 'area' = ANY(%(areas)s), true) AND coalesce(labels ->> 'province' = ANY(%(areas)s), true))) "
    "AND (%(place)s = '' OR %(place)s IN (labels ->> 'area', labels ->> 'province')) "
    "ORDER BY pending_since, key LIMIT %(limit)s"
)

Rows = dict[int, list[DictRow]]


def board(
    url: str, *, areas: Collection[str] | None = None, place: str = "", limit: int = 500, closed: int = 50
) -> Board:
    """Of these provinces and of what is about none; None: of all. place: only what is about this province or has
    things there that fire; the counts by province stay those of all.

    Raises psycopg.Error where the registry is away."""
    asked = {"areas": None if areas is None else list(areas), "place": place}
    with psycopg.Connection[DictRow].connect(url, row_factory=dict_row, connect_timeout=3) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        found = connection.execute(INCIDENTS, {**asked, "limit": limit, "closed": closed}).fetchall()
        asked["ids"] = [row["incident_id"] for row in found]
        members = _by_incident(connection.execute(MEMBERS, {**asked, "limit": MEMBERS_SHOWN}).fetchall())
        events = _by_incident(connection.execute(EVENTS, {**asked, "limit": EVENTS_SHOWN}).fetchall())
        stores = {row["incident_id"]: tuple(row["stores"]) for row in connection.execute(STORES, asked)}
        pending = connection.execute(PENDING, {**asked, "limit": limit}).fetchall()
        places = connection.execute(PLACES, asked).fetchall()
        duties, planned = duties_from(connection, datetime.now(UTC)), planned_from(connection, datetime.now(UTC))
    return Board(
        incidents=tuple(_incident(row, members, events, stores) for row in found),
        pending=tuple(_alert(row) for row in pending),
        left_out=max(max((row["in_all"] for row in found), default=0) - limit, 0),
        duties=duties,
        planned=planned,
        places=tallies((row["area"], Severity(row["severity"]), len(row["ids"])) for row in places),
        waiting=tuple(sorted({number for row in places for number in row["waiting"]})),
        open_in_all=len({number for row in places for number in row["ids"]}),
    )


def _by_incident(rows: list[DictRow]) -> Rows:
    found: Rows = {}
    for row in rows:
        found.setdefault(row.pop("incident_id"), []).append(row)
    return found


def _incident(row: DictRow, members: Rows, events: Rows, stores: Mapping[int, tuple[str, ...]]) -> IncidentRow:
    number = row["incident_id"]
    own = members.get(number, [])
    firing = own[0]["firing"] if own else 0
    return IncidentRow(
        incident_id=number,
        key=row["key"],
        rule=row["rule"],
        labels=row["labels"],
        incident=incident_from(row),
        firing=firing,
        shown=tuple(_alert(item) for item in own),
        events=tuple(_event(item) for item in events.get(number, [])),
        stores=stores.get(number, ()),
    )


def _alert(row: DictRow) -> AlertRow:
    return AlertRow(**{field.name: row[field.name] for field in fields(AlertRow)})


def _event(row: DictRow) -> EventRow:
    kind = Happened(row["kind"])
    return EventRow(at=row["at"], kind=kind, actor=row["actor"], said=row["said"], detail=row["detail"])
