"""Send what waits in the outbox: one notice at a time, each channel by itself, and every try written down.

A notice is taken for as long as a try may last, sent, and marked. Killed between sending and marking, it is taken again
once that time is over, and sent once more under the same key: at most one repeat a death, and one that can be known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import DictRow

from campaign.incidents import Work, area_of
from campaign.notices import NoticeKind, pause_after
from campaign.oncall import PlannedKind, planned_now
from operations.action_log import connect
from operations.channels import Channel, Message, Undelivered
from operations.incident_rows import Kept, kept_from
from operations.oncall_rows import planned_from

# A clock that was set back must not put a notice off for as long as it jumped: that something is over waits for its own
# while from now on, and everything else is due.
SET_BACK = (
    "UPDATE operations.notice SET next_at = %(now)s + (due_at - made_at) WHERE state = 'waiting' "
    "AND channel = %(channel)s AND kind = 'over' AND made_at > %(now)s AND next_at > %(now)s + (due_at - made_at)"
)
# What one recipient is told of an incident keeps its order, whatever had to be tried again.
TAKE = (
    "SELECT n.* FROM operations.notice n WHERE n.state = 'waiting' AND n.channel = %(channel)s "
    "AND (n.due_at <= %(now)s OR n.made_at > %(now)s) "
    "AND (n.next_at <= %(now)s OR n.next_at > %(latest)s + (n.due_at - n.made_at)) "
    "AND NOT EXISTS (SELECT FROM operations.notice e WHERE e.incident_id = n.incident_id AND e.channel = n.channel "
    "AND e.address = n.address AND e.state = 'waiting' AND e.notice_id < n.notice_id) "
    "ORDER BY n.attempts, n.notice_id LIMIT 1 FOR UPDATE SKIP LOCKED"
)
HOLD = (
    "UPDATE operations.notice SET attempts = attempts + 1, next_at = %(until)s, subject = %(subject)s, body = %(body)s "
    "WHERE notice_id = %(notice_id)s"
)
WAS_SENT = (
    "SELECT EXISTS (SELECT FROM operations.notice e WHERE e.incident_id = %(incident_id)s AND e.turn = %(turn)s "
    "AND e.channel = %(channel)s AND e.address = %(address)s AND e.kind <> 'over' AND e.state = 'sent') AS sent"
)
INCIDENT = "SELECT * FROM operations.incident WHERE incident_id = %s"
FIRING = "SELECT count(*) AS firing FROM operations.alert WHERE incident_id = %s AND state = 'firing'"
END = (
    "UPDATE operations.notice SET state = %(state)s, reason = %(reason)s, ended_at = %(now)s "
    "WHERE notice_id = %(notice_id)s"
)
PUT_OFF = (
    "UPDATE operations.notice SET next_at = %(next_at)s, reason = %(reason)s "
    "WHERE notice_id = %(notice_id)s AND state = 'waiting'"
)
TRIED = (
    "INSERT INTO operations.notice_attempt (notice_id, at, outcome, reason) "
    "VALUES (%(notice_id)s, %(now)s, %(outcome)s, %(reason)s)"
)
LONGEST_REASON = 300

Connection = psycopg.Connection[DictRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a notice is written from. `firing`: members that fire now."""

    notice_id: int
    key: str
    kind: NoticeKind
    level: int
    drill: bool
    why: Mapping[str, Any]
    kept: Kept
    firing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    subject: str
    body: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRules:
    """attempts: after so many tries a notice has failed for good. first_pause, longest_pause: between two tries.
    lasts: longer than one try can take."""

    attempts: int
    first_pause: timedelta
    longest_pause: timedelta
    lasts: timedelta


# What a notice says, by what is known when it is first tried.
Write = Callable[[Facts], Written]


def send_next(
    url: str, channel: Channel, *, write: Write, rules: SendRules, wall: Callable[[], datetime]
) -> str | None:
    """Try the channel's next notice. Returns what became of it (sent, put_off, failed, dropped); None: none is due.

    Raises psycopg.Error where the registry does not answer; whatever a channel raises is that notice's affair.
    """
    taken = _take(url, channel.name, write=write, rules=rules, now=wall())
    if taken is None or isinstance(taken, str):
        return taken
    row, message = taken
    try:
        channel.send(message)
    except Undelivered as error:
        return _not_sent(url, row, error.reason, final=error.final, rules=rules, now=wall())
    except Exception as error:  # noqa: BLE001 - one channel's fault must not stop the others; it is kept and shown
        return _not_sent(url, row, f"unexpected: {type(error).__name__}", final=False, rules=rules, now=wall())
    with connect(url) as connection:
        values = {"notice_id": row["notice_id"], "now": wall(), "state": "sent", "outcome": "sent", "reason": ""}
        connection.execute(END, values)
        connection.execute(TRIED, values)
    return "sent"


def _take(
    url: str, channel: str, *, write: Write, rules: SendRules, now: datetime
) -> tuple[DictRow, Message] | str | None:
    latest = now + max(rules.longest_pause, rules.lasts)
    with connect(url) as connection:
        connection.execute(SET_BACK, {"channel": channel, "now": now})
        row = connection.execute(TAKE, {"channel": channel, "now": now, "latest": latest}).fetchone()
        if row is None:
            return None
        found = connection.execute(INCIDENT, [row["incident_id"]]).fetchone()
        firing = connection.execute(FIRING, [row["incident_id"]]).fetchone()
        if found is None or firing is None:
            raise RuntimeError("a notice is of an incident, which is never deleted")
        kept, kind = kept_from(found), NoticeKind(row["kind"])
        stale = _not_true_now(connection, kept, row, now)
        if stale:
            values = {"notice_id": row["notice_id"], "now": now, "state": "dropped", "reason": stale}
            connection.execute(END, values)
            return "dropped"
        facts = Facts(
            notice_id=row["notice_id"],
            key=row["key"],
            kind=kind,
            level=row["level"],
            drill=row["drill"],
            why=row["why"],
            kept=kept,
            firing=firing["firing"],
        )
        try:
            written = write(facts)
        except Exception as error:  # noqa: BLE001 - a notice that cannot be written must not keep the others back
            failed = {"notice_id": row["notice_id"], "now": now, "state": "failed", "outcome": "failed"}
            failed["reason"] = f"unexpected: {type(error).__name__}"
            connection.execute(END, failed)
            connection.execute(TRIED, failed)
            return "failed"
        # Kept as it was first tried: a repeat says the same.
        subject, body = row["subject"] or written.subject, row["body"] or written.body
        held = {"notice_id": row["notice_id"], "until": now + rules.lasts, "subject": subject, "body": body}
        connection.execute(HOLD, held)
    message = Message(
        key=facts.key,
        to=row["address"],
        subject=subject,
        body=body,
        at=now,
        values=_values(facts, written.link, subject, body),
    )
    return {**row, "attempts": row["attempts"] + 1}, message


def _not_true_now(connection: Connection, kept: Kept, row: DictRow, now: datetime) -> str:
    """Why a notice that waited is not sent: what it says is over, somebody took it since, planned work began
    to cover it, or the end is of something that was never told. '' where it is true."""
    kind = NoticeKind(row["kind"])
    if kind is NoticeKind.OVER:
        if kept.incident.fires:
            return "goes_on"
        told = connection.execute(WAS_SENT, row).fetchone()
        return "" if told and told["sent"] else "over"
    if not kept.incident.fires:
        return "over"
    if kind in (NoticeKind.ESCALATED, NoticeKind.UNATTENDED) and kept.incident.state is not Work.NEW:
        return "taken"
    # Of a province of the nation's incident its own work counts.
    area = row["why"].get("area") if kind is NoticeKind.JOINED else area_of(kept.labels)
    work = planned_now(planned_from(connection, now), area=area, rule=kept.rule, now=now)
    return "planned_work" if work is not None and work.kind is PlannedKind.WORK else ""


def _values(facts: Facts, link: str, subject: str, body: str) -> dict[str, Any]:
    """The same for machines. No personal data: a post, places and counts."""
    kept = facts.kept
    return {
        "id": facts.key,
        "kind": facts.kind.value,
        "incident": kept.incident_id,
        "rule": kept.rule,
        "severity": kept.incident.severity.value,
        "labels": dict(kept.labels),
        "state": kept.incident.state.value,
        "members": kept.incident.members,
        "firing": facts.firing,
        "since": kept.incident.opened_at.isoformat(),
        "over_at": kept.incident.over_at.isoformat() if kept.incident.over_at else None,
        "level": facts.level,
        "drill": facts.drill,
        "why": dict(facts.why),
        "subject": subject,
        "text": body,
        "link": link,
    }


def _not_sent(url: str, row: DictRow, reason: str, *, final: bool, rules: SendRules, now: datetime) -> str:
    ends = final or row["attempts"] >= rules.attempts
    outcome = "failed" if ends else "put_off"
    pause = pause_after(row["attempts"], first=rules.first_pause, longest=rules.longest_pause)
    values = {
        "notice_id": row["notice_id"],
        "now": now,
        "state": "failed",
        "outcome": outcome,
        "reason": reason[:LONGEST_REASON],
        "next_at": now + pause,
    }
    with connect(url) as connection:
        connection.execute(END if ends else PUT_OFF, values)
        connection.execute(TRIED, values)
    return outcome
