"""The process that makes reports: takes them in their order, and writes down what came of each.

A try is written down before it begins, so that a process does not die over one report for ever; the folder is whole
before its row says so; who gets it is written in the same transaction (docs/adr/0055-the-archive-of-reports.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg
import structlog
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from campaign.notices import pause_after
from campaign.report_archive import ReportState
from operations.action_log import connect
from operations.notice_sending import SendRules
from operations.report_rows import COLUMNS, Archived, archived_from

log = structlog.get_logger(__name__)
# A clock that was set back must not put one off for as long as it jumped.
NEXT = COLUMNS + (
    "WHERE r.state = 'waiting' AND (r.next_at <= %(now)s OR r.next_at > %(latest)s) "
    "ORDER BY r.next_at, r.report_id LIMIT 1"
)
BEGIN = (
    "UPDATE operations.report SET tries = tries + 1, step = 0, steps = %(steps)s, next_at = %(now)s "
    "WHERE report_id = %(report_id)s AND state = 'waiting'"
)
STEP = "UPDATE operations.report SET step = %s WHERE report_id = %s AND state = 'waiting'"
STORE = (
    "UPDATE operations.report SET state = %(state)s, reason = '', snapshot = %(snapshot)s, content_hash = %(hash)s, "
    "as_of = %(as_of)s, locked_on = %(locked_on)s, checks = %(checks)s, folder = %(folder)s, "
    "manifest_hash = %(manifest_hash)s, made_at = %(now)s, step = steps "
    "WHERE report_id = %(report_id)s AND state = 'waiting'"
)
PUT_OFF = "UPDATE operations.report SET reason = %(reason)s, next_at = %(next_at)s WHERE report_id = %(report_id)s"
FAIL = (
    "UPDATE operations.report SET state = 'failed', reason = %(reason)s "
    "WHERE report_id = %(report_id)s AND state = 'waiting'"
)
# One mail an address, however many of the roles' lists it is on; its key is the report's own and the address.
TO_SEND = (
    "INSERT INTO operations.report_mail (report_id, address, key, state, made_at, next_at) "
    "SELECT DISTINCT ON (lower(p.address)) r.report_id, p.address, "
    "left(encode(sha256(convert_to(r.key || ' ' || lower(p.address), 'UTF8')), 'hex'), 40), 'waiting', "
    "%(now)s, %(now)s "
    "FROM operations.report AS r JOIN operations.report_recipient AS p ON p.role = ANY(r.roles) "
    "AND p.area_code = r.area_code AND p.language = r.language AND p.ended_at IS NULL "
    "WHERE r.report_id = %(report_id)s AND r.sends ORDER BY lower(p.address), p.recipient_id ON CONFLICT DO NOTHING"
)
INTERRUPTED, BROKEN = "interrupted", "broken"


class NotMade(Exception):
    """`why`: one word of the catalogue (report_failed.<why>). final: another try would not help."""

    def __init__(self, why: str, *, final: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.final = final


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A report whose folder is there. checks: what failed, `check`, `name` and a sentence by language each."""

    snapshot: int
    content_hash: str
    as_of: datetime
    locked_on: date | None
    checks: Sequence[Mapping[str, Any]]
    folder: str
    manifest_hash: str


# Makes a report; the second argument is called with how many forms are written, and may fail without harm.
Make = Callable[[Archived, Callable[[int], None]], Made]


def make_next(url: str, make: Make, *, rules: SendRules, wall: Callable[[], datetime]) -> str | None:
    """What became of the oldest one that is due: its new state, or `put_off`; None: none is due.

    rules: how often and after which pauses. Raises psycopg.Error where the registry goes away: the report stands."""
    now = wall()
    with connect(url) as connection:
        row = connection.execute(NEXT, {"now": now, "latest": now + rules.longest_pause}).fetchone()
        if row is None:
            return None
        report = archived_from(row)
        if report.tries >= rules.attempts:
            connection.execute(FAIL, {"report_id": report.report_id, "reason": report.reason or INTERRUPTED})
            return ReportState.FAILED.value
        begun = {"report_id": report.report_id, "now": now, "steps": len(report.forms)}
        connection.execute(BEGIN, begun)
    try:
        made = make(report, lambda step: _step(url, report.report_id, step))
    except NotMade as error:
        return _not_made(url, report, error.why, final=error.final, rules=rules, now=wall())
    except psycopg.Error:
        raise
    except Exception:
        # The process must outlive one report: the others would wait for ever.
        log.exception("a report could not be made", report=report.report_id)
        return _not_made(url, report, BROKEN, final=False, rules=rules, now=wall())
    return _store(url, report, made, wall())


def address_mails(connection: psycopg.Connection[DictRow], report_id: int, now: datetime) -> int:
    """Write down who gets it; nobody twice. Returns to how many it is to be sent."""
    return connection.execute(TO_SEND, {"report_id": report_id, "now": now}).rowcount


def _store(url: str, report: Archived, made: Made, now: datetime) -> str:
    # On request nothing is sent: who asked sees what failed, and so does the first page.
    state = ReportState.HELD if made.checks and report.sends else ReportState.READY
    values = {
        "report_id": report.report_id,
        "state": state.value,
        "snapshot": made.snapshot,
        "hash": made.content_hash,
        "as_of": made.as_of,
        "locked_on": made.locked_on,
        "checks": Jsonb([dict(item) for item in made.checks]),
        "folder": made.folder,
        "manifest_hash": made.manifest_hash,
        "now": now,
    }
    with connect(url) as connection:
        if connection.execute(STORE, values).rowcount and state is ReportState.READY:
            address_mails(connection, report.report_id, now)
    return state.value


def _not_made(url: str, report: Archived, why: str, *, final: bool, rules: SendRules, now: datetime) -> str:
    tries = report.tries + 1
    values: dict[str, Any] = {"report_id": report.report_id, "reason": why}
    with connect(url) as connection:
        if final or tries >= rules.attempts:
            connection.execute(FAIL, values)
            return ReportState.FAILED.value
        pause = pause_after(tries, first=rules.first_pause, longest=rules.longest_pause)
        connection.execute(PUT_OFF, {**values, "next_at": now + pause})
    return "put_off"


def _step(url: str, report_id: int, step: int) -> None:
    """What is only shown must stop nothing."""
    try:
        with connect(url) as connection:
            connection.execute(STEP, [step, report_id])
    except psycopg.Error:
        log.warning("how far a report is could not be written down", report=report_id)
