"""What named persons do about reports: ask for one, release a held one, withdraw it, have it made again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date

from campaign.access import Permission
from campaign.report_archive import ReportState
from operations.action_log import Act, ActRefused, acting, connect, said, write_log
from operations.decisions import Actor
from operations.report_making import address_mails
from operations.report_planning import new_key
from operations.report_rows import Archived, one_report

ASK = (
    "INSERT INTO operations.report (key, area_code, language, parts, forms, days_from, days_to, version, live, sends, "
    "asked_by, asked_at, state, next_at) VALUES (%(key)s, %(area)s, %(language)s, %(parts)s, %(forms)s, %(begin)s, "
    "%(end)s, %(version)s, %(live)s, false, %(by)s, %(now)s, 'waiting', %(now)s) RETURNING report_id"
)
# Two windows of one person: the second sees the first one's request.
ASKING = "SELECT pg_advisory_xact_lock(hashtextextended('report ' || %s, 730508))"
OWN_WAITING = (
    "SELECT count(*)::integer AS waiting FROM operations.report "
    "WHERE asked_by = %s AND state = 'waiting' AND schedule = ''"
)
DECIDE = (
    "UPDATE operations.report SET state = %(state)s, decided_by = %(by)s, decided_at = %(now)s, decided_why = %(why)s "
    "WHERE report_id = %(report_id)s AND state = ANY(%(from)s) RETURNING report_id"
)
# From the newest snapshot: what held it back may be over. One that a person asked for keeps the one that was asked for.
AGAIN = (
    "UPDATE operations.report SET state = 'waiting', reason = '', tries = 0, step = 0, next_at = %(now)s, "
    "version = CASE WHEN schedule = '' THEN version END, decided_by = '', decided_at = NULL, decided_why = '', "
    "gone_at = NULL WHERE report_id = %(report_id)s AND state = ANY(%(from)s) RETURNING report_id"
)
MOST_WAITING = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedReport:
    """area: '' is the nation. days: that its doses by day are of, None the usual. version: None the newest snapshot."""

    area: str
    language: str
    parts: Sequence[str]
    forms: Sequence[str]
    days: tuple[date, date] | None = None
    version: int | None = None
    live: bool = False


def ask_report(url: str, asked: AskedReport, *, by: Actor) -> int:
    """The number of the request. Raises ActRefused: no right to export there, or too many own ones still wait."""
    begin, end = asked.days or (None, None)
    values = {
        "key": new_key(),
        "area": asked.area,
        "language": asked.language,
        "parts": list(asked.parts),
        "forms": list(asked.forms),
        "begin": begin,
        "end": end,
        "version": asked.version,
        "live": asked.live,
        "now": by.now,
    }
    with _acting(url, Permission.EXPORT, asked.area, "report_asked", asked.area or "nation", by) as act:
        act.connection.execute(ASKING, [act.author.name])
        row = act.connection.execute(OWN_WAITING, [act.author.name]).fetchone()
        if row and row["waiting"] >= MOST_WAITING:
            raise ActRefused(
                f"{MOST_WAITING} reports that you asked for are still being made", "report_waits", limit=MOST_WAITING
            )
        made = act.connection.execute(ASK, {**values, "by": act.author.name}).fetchone()
        number = int(made["report_id"]) if made else 0
        detail = {"report": number, "area": asked.area, "language": asked.language, "version": asked.version}
        write_log(act.connection, by.now, act.author, "report_asked", f"report:{number}", detail)
    return number


def release_report(url: str, number: int, *, reason: str, by: Actor) -> int:
    """Let a held one go out with what failed on its first page. Returns to how many addresses. Raises ActRefused."""
    why, report = said("reason", reason), _known(url, number)
    with _acting(url, Permission.RELEASE_REPORT, report.area, "report_released", f"report:{number}", by) as act:
        _decide(act, report, ReportState.RELEASED, (ReportState.HELD,), why, by)
        mails = address_mails(act.connection, number, by.now)
        detail = {"reason": why, "failed": report.failed_checks("en"), "mails": mails}
        write_log(act.connection, by.now, act.author, "report_released", f"report:{number}", detail)
    return mails


def withdraw_report(url: str, number: int, *, reason: str, by: Actor) -> None:
    """It is not sent, and its alert is over. Raises ActRefused."""
    why, report = said("reason", reason), _known(url, number)
    with _acting(url, Permission.RELEASE_REPORT, report.area, "report_withdrawn", f"report:{number}", by) as act:
        _decide(act, report, ReportState.WITHDRAWN, (ReportState.HELD, ReportState.FAILED), why, by)
        write_log(act.connection, by.now, act.author, "report_withdrawn", f"report:{number}", {"reason": why})


def make_again(url: str, number: int, *, reason: str, by: Actor) -> None:
    """A held, failed or withdrawn one is made once more, and checked once more. Raises ActRefused."""
    why, report = said("reason", reason), _known(url, number)
    states = (ReportState.HELD, ReportState.FAILED, ReportState.WITHDRAWN)
    with _acting(url, Permission.RELEASE_REPORT, report.area, "report_again", f"report:{number}", by) as act:
        values = {"report_id": number, "now": by.now, "from": [state.value for state in states]}
        if act.connection.execute(AGAIN, values).fetchone() is None:
            raise _not_now(act, report)
        write_log(act.connection, by.now, act.author, "report_again", f"report:{number}", {"reason": why})


def _known(url: str, number: int) -> Archived:
    with connect(url) as connection:
        report = one_report(connection, number)
    if report is None:
        raise ActRefused(f"there is no report {number}", "no_report", number=number)
    return report


def _acting(
    url: str, permission: Permission, area: str, action: str, subject: str, by: Actor
) -> AbstractContextManager[Act]:
    return acting(
        url,
        actor=by.name,
        permission=permission,
        action=action,
        subject=subject,
        area=area or None,
        origin=by.origin,
        request_id=by.request_id,
    )


def _decide(act: Act, report: Archived, state: ReportState, before: Sequence[ReportState], why: str, by: Actor) -> None:
    values = {
        "report_id": report.report_id,
        "state": state.value,
        "by": act.author.name,
        "now": by.now,
        "why": why,
        "from": [item.value for item in before],
    }
    if act.connection.execute(DECIDE, values).fetchone() is None:
        raise _not_now(act, report)


def _not_now(act: Act, report: Archived) -> ActRefused:
    now = one_report(act.connection, report.report_id)
    state = now.state.value if now else report.state.value
    return ActRefused(f"report {report.report_id}: its state is {state}", "report_state", report_state=state)
