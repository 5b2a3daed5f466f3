"""What is to be told is written into the outbox in the transaction that settles the incidents: neither is there without
the other, however the process ends. Sending is another process's affair (operations/notice_sending.py).

The rules: campaign/notices.py and campaign/oncall.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import DictRow

from campaign.incidents import area_of
from campaign.notices import NOTHING_TOLD, NoticeKind, Occasion, Told, holds, occasion, withdrawn
from campaign.oncall import Duty, PlannedKind, planned_now
from operations.incident_rows import Kept, kept_from
from operations.notice_members import Members
from operations.notice_rows import NO_CHANNEL, WRITE, Planning, Recipient, recipients, rows_of
from operations.notice_unattended import Watch
from operations.oncall_rows import duties_from, planned_from

__all__ = ["NO_CHANNEL", "Planning", "plan_notices"]

OPEN = "SELECT * FROM operations.incident WHERE state <> 'closed' ORDER BY incident_id"
# What was held back was not told, and begins no turn.
TOLD = (
    "WITH latest AS (SELECT n.*, max(n.turn) OVER (PARTITION BY n.incident_id) AS newest FROM operations.notice n "
    "JOIN operations.incident i USING (incident_id) WHERE i.state <> 'closed' "
    "AND NOT (n.state = 'dropped' AND n.kind <> 'over')) "
    "SELECT incident_id, newest AS turn, coalesce("
    "max(level) FILTER (WHERE kind NOT IN ('over', 'joined', 'unattended')), 0) AS level, "
    "max(acknowledged_at) FILTER (WHERE kind IN ('opened', 'reopened')) AS acknowledged_at, "
    "bool_or(kind = 'over' AND state = 'sent') AS over_sent, "
    "bool_or(kind = 'over' AND state = 'waiting') AS over_waits, "
    "bool_or(kind = 'over' AND state = 'failed') AS over_failed "
    "FROM latest WHERE turn = newest GROUP BY incident_id, newest"
)
WAS_TOLD = (
    "SELECT DISTINCT ON (channel, address) channel, address, why FROM operations.notice "
    "WHERE incident_id = %(incident)s AND turn = %(turn)s AND kind <> 'over' AND state IN ('waiting', 'sent') "
    "ORDER BY channel, address, notice_id"
)
# What one recipient was not told while it was not true, and the others were, is told once it is true again.
REVIVE = (
    "UPDATE operations.notice n SET state = 'waiting', reason = '', due_at = %(now)s, next_at = %(now)s "
    "FROM unnest(%(incidents)s::bigint[], %(turns)s::integer[], %(levels)s::integer[]) AS w (incident_id, turn, level) "
    "WHERE n.incident_id = w.incident_id AND n.turn = w.turn AND n.state = 'dropped' "
    "AND (n.kind IN ('opened', 'reopened') OR n.kind = 'escalated' AND n.level = w.level)"
)
DROP = (
    "UPDATE operations.notice SET state = 'dropped', reason = 'goes_on' "
    "WHERE incident_id = ANY(%s) AND kind = 'over' AND state = 'waiting'"
)

Connection = psycopg.Connection[DictRow]


def plan_notices(connection: Connection, *, now: datetime, planning: Planning) -> int:
    """Inside the transaction that settles incidents. Returns how many were written.

    Nothing at all while neither a channel nor a post on duty is set up: then nobody expects a notice."""
    duties, planned = duties_from(connection, now), planned_from(connection, now)
    if not duties and not planning.rules.channels:
        return 0
    told = {row.pop("incident_id"): Told(**row) for row in connection.execute(TOLD).fetchall()}
    incidents = [kept_from(row) for row in connection.execute(OPEN).fetchall()]
    members = Members(connection, incidents, lull=planning.rules.over_after)
    watch = Watch(connection, duties=duties, now=now, planning=planning)
    rows: list[dict[str, Any]] = []
    dropped: list[int] = []
    again: list[tuple[int, int, int]] = []
    for kept in incidents:
        known = told.get(kept.incident_id, NOTHING_TOLD)
        if withdrawn(kept.incident, known):
            dropped.append(kept.incident_id)
        work = planned_now(planned, area=area_of(kept.labels), rule=kept.rule, now=now)
        hushed = work is not None and work.kind is PlannedKind.WORK
        drill = work is not None and work.kind is PlannedKind.DRILL
        found = occasion(kept.incident, known, rules=planning.rules, hushed=hushed)
        holding = holds(kept.incident, known, rules=planning.rules, hushed=hushed)
        if found is None and holding:
            again.append((kept.incident_id, known.turn, kept.incident.level))
        if found is not None:
            to = _told_to(connection, kept, found, duties=duties, now=now, planning=planning)
            rows += rows_of(kept, found, to, drill=drill, now=now)
        turn = found.turn if found is not None else known.turn
        rows += watch.look(kept, turn, waits=holding or _begins(found), said=_begins(found), drill=drill)
        tells = NoticeKind.OPENED in planning.rules.kinds and kept.incident.severity in planning.rules.severities
        if tells and not hushed and kept.incident.fires:
            # Also where the nation took it before anything was told: its provinces have not heard of it.
            rows += members.joined(kept, max(turn, 1), duties=duties, planned=planned, now=now, planning=planning)
    watch.keep()
    if dropped:
        connection.execute(DROP, [dropped])
    if again:
        numbers, turns, levels = (list(column) for column in zip(*again, strict=True))
        connection.execute(REVIVE, {"now": now, "incidents": numbers, "turns": turns, "levels": levels})
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(WRITE, rows)
    return len(rows)


def _begins(found: Occasion | None) -> bool:
    """Whether it is told now to whoever is on duty: where nobody is, that says so."""
    return found is not None and found.kind is not NoticeKind.OVER


def _told_to(
    connection: Connection,
    kept: Kept,
    found: Occasion,
    *,
    duties: Sequence[Duty],
    now: datetime,
    planning: Planning,
) -> list[Recipient]:
    if found.kind is not NoticeKind.OVER:
        return recipients(kept, level=found.level, duties=duties, now=now, planning=planning)
    wanted = {"incident": kept.incident_id, "turn": found.turn}
    return [Recipient(**row) for row in connection.execute(WAS_TOLD, wanted).fetchall()]
