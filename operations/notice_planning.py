"""What is to be told is written into the outbox in the transaction that settles the incidents: neither is there without
the other, however the process ends. Sending is another process's affair (operations/notice_sending.py).

The rules: campaign/notices.py and campaign/oncall.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from campaign.incidents import area_of
from campaign.notices import (
    NOTHING_TOLD,
    NoticeKind,
    NoticeRules,
    NoticeState,
    Occasion,
    Told,
    Undeliverable,
    holds,
    occasion,
    withdrawn,
)
from campaign.oncall import Duty, PlannedKind, on_duty, planned_now
from operations.incident_rows import Kept, kept_from
from operations.oncall_rows import duties_from, planned_from

EMAIL = "email"
# A row that says that somebody ought to be told, and that there is no way.
NO_CHANNEL = "none"
OPEN = "SELECT * FROM operations.incident WHERE state <> 'closed' ORDER BY incident_id"
# What was held back was not told, and begins no turn.
TOLD = (
    "WITH latest AS (SELECT n.*, max(n.turn) OVER (PARTITION BY n.incident_id) AS newest FROM operations.notice n "
    "JOIN operations.incident i USING (incident_id) WHERE i.state <> 'closed' "
    "AND NOT (n.state = 'dropped' AND n.kind <> 'over')) "
    "SELECT incident_id, newest AS turn, coalesce(max(level) FILTER (WHERE kind <> 'over'), 0) AS level, "
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
# What was taken back because it was not true is told again once it is.
WRITE = (
    "INSERT INTO operations.notice (key, incident_id, kind, turn, level, channel, address, why, drill, state, reason, "
    "made_at, due_at, next_at, acknowledged_at, ended_at) VALUES (%(key)s, %(incident_id)s, %(kind)s, %(turn)s, "
    "%(level)s, %(channel)s, %(address)s, %(why)s, %(drill)s, %(state)s, %(reason)s, %(made_at)s, %(due_at)s, "
    "%(due_at)s, %(acknowledged_at)s, %(ended_at)s) ON CONFLICT (key) DO UPDATE SET state = excluded.state, "
    "reason = '', due_at = excluded.due_at, next_at = excluded.next_at WHERE notice.state = 'dropped'"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """`zone`: in which the hours of duties are meant."""

    rules: NoticeRules
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """failed: why nothing can be sent there, '' where it can."""

    channel: str
    address: str
    why: Mapping[str, Any]
    failed: str = ""


def plan_notices(connection: Connection, *, now: datetime, planning: Planning) -> int:
    """Inside the transaction that settles incidents. Returns how many were written.

    Nothing at all while neither a channel nor a post on duty is set up: then nobody expects a notice."""
    duties, planned = duties_from(connection, now), planned_from(connection, now)
    if not duties and not planning.rules.channels:
        return 0
    told = {row.pop("incident_id"): Told(**row) for row in connection.execute(TOLD).fetchall()}
    rows: list[dict[str, Any]] = []
    dropped: list[int] = []
    again: list[tuple[int, int, int]] = []
    for row in connection.execute(OPEN).fetchall():
        kept = kept_from(row)
        known = told.get(kept.incident_id, NOTHING_TOLD)
        if withdrawn(kept.incident, known):
            dropped.append(kept.incident_id)
        work = planned_now(planned, area=area_of(kept.labels), rule=kept.rule, now=now)
        hushed = work is not None and work.kind is PlannedKind.WORK
        found = occasion(kept.incident, known, rules=planning.rules, hushed=hushed)
        if found is None and holds(kept.incident, known, rules=planning.rules, hushed=hushed):
            again.append((kept.incident_id, known.turn, kept.incident.level))
        if found is not None:
            drill = work is not None and work.kind is PlannedKind.DRILL
            rows += _rows(connection, kept, found, duties=duties, drill=drill, now=now, planning=planning)
    if dropped:
        connection.execute(DROP, [dropped])
    if again:
        incidents, turns, levels = (list(column) for column in zip(*again, strict=True))
        connection.execute(REVIVE, {"now": now, "incidents": incidents, "turns": turns, "levels": levels})
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(WRITE, rows)
    return len(rows)


def _rows(
    connection: Connection,
    kept: Kept,
    found: Occasion,
    *,
    duties: Sequence[Duty],
    drill: bool,
    now: datetime,
    planning: Planning,
) -> list[dict[str, Any]]:
    if found.kind is NoticeKind.OVER:
        wanted = {"incident": kept.incident_id, "turn": found.turn}
        recipients = [Recipient(**row) for row in connection.execute(WAS_TOLD, wanted).fetchall()]
    else:
        recipients = _recipients(kept, found, duties=duties, now=now, planning=planning)
    return [
        {
            "key": notice_key(kept.incident_id, found, to),
            "incident_id": kept.incident_id,
            "kind": found.kind.value,
            "turn": found.turn,
            "level": found.level,
            "channel": to.channel,
            "address": to.address,
            "why": Jsonb(dict(to.why)),
            "drill": drill,
            "state": (NoticeState.FAILED if to.failed else NoticeState.WAITING).value,
            "reason": to.failed,
            "made_at": now,
            "due_at": now + found.after,
            "acknowledged_at": kept.incident.acknowledged_at,
            "ended_at": now if to.failed else None,
        }
        for to in recipients
    ]


def _recipients(
    kept: Kept, found: Occasion, *, duties: Sequence[Duty], now: datetime, planning: Planning
) -> list[Recipient]:
    """One an address, whatever number of posts share it."""
    rules = planning.rules
    listed = on_duty(duties, area=area_of(kept.labels), rule=kept.rule, level=found.level, now=now, zone=planning.zone)
    made: dict[tuple[str, str], Recipient] = {}
    for duty in listed.posts if listed else ():
        why = {
            "duty_id": duty.duty_id,
            "post": duty.post,
            "area": duty.covers.area,
            "rule_prefix": duty.covers.rule_prefix,
            "level": duty.level,
        }
        if not duty.email:
            to = Recipient(channel=NO_CHANNEL, address=duty.phone, why=why, failed=Undeliverable.NO_ADDRESS)
        else:
            off = "" if EMAIL in rules.channels else Undeliverable.CHANNEL_OFF.value
            to = Recipient(channel=EMAIL, address=duty.email, why=why, failed=off)
        made.setdefault((to.channel, to.address), to)
    if listed is None:
        made[NO_CHANNEL, ""] = Recipient(channel=NO_CHANNEL, address="", why={}, failed=Undeliverable.NOBODY)
    for channel in rules.broadcast:
        made[channel, ""] = Recipient(channel=channel, address="", why={})
    return list(made.values())


def notice_key(incident_id: int, found: Occasion, to: Recipient) -> str:
    """The same for each try of the same notice, and told with it: who gets it twice can see that. No address in it."""
    of = hashlib.sha256(f"{to.channel}|{to.address}".encode()).hexdigest()[:12]
    return f"incident-{incident_id}-{found.kind}-{found.turn}-{found.level}-{of}"
