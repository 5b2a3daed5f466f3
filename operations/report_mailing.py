"""Send reports by mail: each address on its own, and every try written down before and after.

At least once, under one Message-ID and Date: killed between sending and marking, a mail is sent once more when its try
is over, at most one repeat a death. The report that a meeting waits for must not be lost to save a second copy
(docs/adr/0055-the-archive-of-reports.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import DictRow

from campaign.access import Permission
from campaign.notices import pause_after
from campaign.report_archive import MailState
from operations.action_log import ActRefused, acting, connect, said, write_log
from operations.channels import Attachment, Email, Message, Undelivered
from operations.decisions import Actor
from operations.notice_sending import LONGEST_REASON, SendRules
from operations.report_rows import LARGEST, Archived, one_report

TAKE = (
    "SELECT m.*, EXISTS (SELECT FROM operations.report_recipient AS p JOIN operations.report AS r "
    "ON p.role = ANY(r.roles) AND p.area_code = r.area_code AND p.language = r.language "
    "WHERE r.report_id = m.report_id AND lower(p.address) = lower(m.address) AND p.ended_at IS NULL) AS listed "
    "FROM operations.report_mail AS m "
    "WHERE m.state = 'waiting' AND (m.next_at <= %(now)s OR m.next_at > %(latest)s) "
    "ORDER BY m.attempts, m.mail_id LIMIT 1 FOR UPDATE OF m SKIP LOCKED"
)
HOLD = "UPDATE operations.report_mail SET attempts = attempts + 1, next_at = %(until)s WHERE mail_id = %(mail_id)s"
END = (
    "UPDATE operations.report_mail SET state = %(state)s, reason = %(reason)s, ended_at = %(now)s "
    "WHERE mail_id = %(mail_id)s"
)
PUT_OFF = (
    "UPDATE operations.report_mail SET next_at = %(next_at)s, reason = %(reason)s "
    "WHERE mail_id = %(mail_id)s AND state = 'waiting'"
)
TRIED = (
    "INSERT INTO operations.report_mail_attempt (mail_id, at, outcome, reason) "
    "VALUES (%(mail_id)s, %(now)s, %(outcome)s, %(reason)s)"
)
ABOUT = "SELECT report_id, state FROM operations.report_mail WHERE mail_id = %s"
# The tries begin anew.
AGAIN = (
    "UPDATE operations.report_mail SET state = 'waiting', reason = '', attempts = 0, next_at = %(now)s, "
    "ended_at = NULL WHERE mail_id = %(mail_id)s AND state = 'failed' RETURNING mail_id"
)
INTERRUPTED = "each try was cut off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    subject: str
    body: str
    attachments: tuple[Attachment, ...] = ()


# What a report's mail says. Raises Undelivered where its files are not what they were when they were made.
Write = Callable[[Archived], Letter]


def send_next_report(
    url: str, channel: Email, *, write: Write, rules: SendRules, wall: Callable[[], datetime]
) -> str | None:
    """Try the next mail that is due. Returns what became of it (sent, put_off, failed, dropped); None: none is due.

    Raises psycopg.Error where the registry does not answer; whatever a server says is that mail's affair."""
    taken = _take(url, rules=rules, now=wall())
    if taken is None or isinstance(taken, str):
        return taken
    row, report = taken
    try:
        letter = write(report)
        channel.send(
            Message(
                key=row["key"],
                to=row["address"],
                subject=letter.subject,
                body=letter.body,
                # Not of the try: a repeat is the same message to whoever compares.
                at=report.made_at or row["made_at"],
                values={},
                attachments=letter.attachments,
            )
        )
    except Undelivered as error:
        return _not_sent(url, row, error.reason, final=error.final, rules=rules, now=wall())
    except Exception as error:  # noqa: BLE001 - one mail's fault must not stop the others; it is kept and shown
        return _not_sent(url, row, f"unexpected: {type(error).__name__}", final=False, rules=rules, now=wall())
    _end(url, row, MailState.SENT, now=wall())
    return MailState.SENT.value


def retry_mail(url: str, number: int, *, reason: str, by: Actor) -> None:
    """Try one that failed once more, under its own key. Raises ActRefused."""
    why, report = said("reason", reason), None
    with connect(url) as connection:
        row = connection.execute(ABOUT, [number]).fetchone() if 0 <= number <= LARGEST else None
        if row is not None:
            report = one_report(connection, row["report_id"])
    if report is None:
        raise ActRefused(f"there is no mail {number}", "no_mail", number=number)
    if report.gone_at is not None:
        raise ActRefused(f"the files of report {report.report_id} are not kept any more", "report_gone")
    with acting(
        url,
        actor=by.name,
        permission=Permission.RELEASE_REPORT,
        action="report_mail_retried",
        subject=f"mail:{number}",
        area=report.area or None,
        origin=by.origin,
        request_id=by.request_id,
    ) as act:
        if act.connection.execute(AGAIN, {"mail_id": number, "now": by.now}).fetchone() is None:
            raise ActRefused(f"mail {number} has not failed", "mail_not_failed", number=number)
        detail = {"reason": why, "report": report.report_id}
        write_log(act.connection, by.now, act.author, "report_mail_retried", f"mail:{number}", detail)


def _take(url: str, *, rules: SendRules, now: datetime) -> tuple[DictRow, Archived] | str | None:
    latest = now + max(rules.longest_pause, rules.lasts)
    with connect(url) as connection:
        row = connection.execute(TAKE, {"now": now, "latest": latest}).fetchone()
        if row is None:
            return None
        report = one_report(connection, row["report_id"])
        if report is None:
            raise RuntimeError("a mail is of a report, which is never deleted")
        values = {"mail_id": row["mail_id"], "now": now, "reason": ""}
        if not row["listed"]:
            connection.execute(END, {**values, "state": MailState.DROPPED.value})
            return MailState.DROPPED.value
        if row["attempts"] >= rules.attempts:
            # The last try ended with nothing written down: the process died over each.
            connection.execute(END, {**values, "state": MailState.FAILED.value, "reason": INTERRUPTED})
            connection.execute(TRIED, {**values, "outcome": "failed", "reason": INTERRUPTED})
            return MailState.FAILED.value
        connection.execute(HOLD, {"mail_id": row["mail_id"], "until": now + rules.lasts})
        connection.execute(TRIED, {**values, "outcome": "begun"})
    return {**row, "attempts": row["attempts"] + 1}, report


def _not_sent(url: str, row: DictRow, reason: str, *, final: bool, rules: SendRules, now: datetime) -> str:
    if final or row["attempts"] >= rules.attempts:
        _end(url, row, MailState.FAILED, reason=reason, now=now)
        return MailState.FAILED.value
    pause = pause_after(row["attempts"], first=rules.first_pause, longest=rules.longest_pause)
    values = {"mail_id": row["mail_id"], "now": now, "reason": reason[:LONGEST_REASON], "next_at": now + pause}
    with connect(url) as connection:
        connection.execute(PUT_OFF, values)
        connection.execute(TRIED, {**values, "outcome": "put_off"})
    return "put_off"


def _end(url: str, row: DictRow, state: MailState, *, now: datetime, reason: str = "") -> None:
    values = {"mail_id": row["mail_id"], "state": state.value, "now": now, "reason": reason[:LONGEST_REASON]}
    with connect(url) as connection:
        connection.execute(END, values)
        connection.execute(TRIED, {**values, "outcome": state.value})
