"""Reports of the archive as the registry keeps them: one row each, from when it is asked for or falls due."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg
from psycopg.rows import DictRow

from campaign.report_archive import MailState, ReportState

# Of one with a schedule that is sent, the newest day first; a request for a person stands where it was asked.
COLUMNS = (
    "SELECT r.*, coalesce(m.mails, 0)::integer AS mails, coalesce(m.sent, 0)::integer AS sent, "
    "coalesce(m.failed, 0)::integer AS mails_failed FROM operations.report AS r LEFT JOIN LATERAL ("
    "SELECT count(*) AS mails, count(*) FILTER (WHERE state = 'sent') AS sent, "
    "count(*) FILTER (WHERE state = 'failed') AS failed FROM operations.report_mail AS m "
    "WHERE m.report_id = r.report_id) AS m ON true "
)
FIND = COLUMNS + (
    "WHERE (%(areas)s::text[] IS NULL OR r.area_code = ANY(%(areas)s)) "
    "AND (%(area)s::text IS NULL OR r.area_code = %(area)s) AND (%(state)s = '' OR r.state = %(state)s) "
    "AND (%(day)s::date IS NULL OR coalesce(r.day, (r.asked_at AT TIME ZONE %(zone)s)::date) = %(day)s "
    "OR (r.as_of AT TIME ZONE %(zone)s)::date = %(day)s) ORDER BY r.report_id DESC LIMIT %(limit)s"
)
ONE = COLUMNS + "WHERE r.report_id = %s"
MAILS = (
    "SELECT mail_id, report_id, address, state, reason, attempts, made_at, next_at, ended_at "
    "FROM operations.report_mail WHERE report_id = %s ORDER BY mail_id"
)
LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """area: '' is the nation. version: the snapshot asked for, None the newest; snapshot: the one that it was made of.
    checks: those that failed, as sentences by language. mails, sent, mails_failed: addresses. gone_at: when its files
    were let go."""

    report_id: int
    key: str
    schedule: str
    day: date | None
    area: str
    language: str
    parts: tuple[str, ...]
    forms: tuple[str, ...]
    days: tuple[date, date] | None
    version: int | None
    live: bool
    sends: bool
    roles: tuple[str, ...]
    asked_by: str
    asked_at: datetime
    state: ReportState
    reason: str
    tries: int
    next_at: datetime
    step: int
    steps: int
    snapshot: int | None
    content_hash: str
    as_of: datetime | None
    locked_on: date | None
    checks: tuple[Mapping[str, Any], ...]
    folder: str
    manifest_hash: str
    made_at: datetime | None
    decided_by: str
    decided_at: datetime | None
    decided_why: str
    gone_at: datetime | None
    mails: int
    sent: int
    mails_failed: int

    def failed_checks(self, language: str) -> list[str]:
        """Each sentence once: feeds that fail alike share theirs."""
        return list(dict.fromkeys(str(item[language]) for item in self.checks))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    mail_id: int
    report_id: int
    address: str
    state: MailState
    reason: str
    attempts: int
    made_at: datetime
    next_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """areas: what the reader may see, None: all. area: None: any; '' the nation. day: local, that it fell due, was
    asked for, or is of. state: '' any."""

    areas: Collection[str] | None = None
    area: str | None = None
    day: date | None = None
    state: ReportState | None = None
    limit: int = 50


def archived_from(row: Mapping[str, Any]) -> Archived:
    plain = dict(row)
    begin, end = plain.pop("days_from"), plain.pop("days_to")
    return Archived(
        area=plain.pop("area_code"),
        parts=tuple(plain.pop("parts")),
        forms=tuple(plain.pop("forms")),
        roles=tuple(plain.pop("roles")),
        checks=tuple(plain.pop("checks")),
        state=ReportState(plain.pop("state")),
        days=None if begin is None else (begin, end),
        **plain,
    )


def find(connection: psycopg.Connection[DictRow], asked: Search, *, zone: str) -> list[Archived]:
    """The newest first. zone: of the local day."""
    values = {
        "areas": None if asked.areas is None else list(asked.areas),
        "area": asked.area,
        "state": asked.state.value if asked.state else "",
        "day": asked.day,
        "zone": zone,
        "limit": max(asked.limit, 0),
    }
    return [archived_from(row) for row in connection.execute(FIND, values).fetchall()]


def one_report(connection: psycopg.Connection[DictRow], number: int) -> Archived | None:
    row = connection.execute(ONE, [number]).fetchone() if 0 <= number <= LARGEST else None
    return archived_from(row) if row else None


def mails_of(connection: psycopg.Connection[DictRow], number: int) -> Sequence[Mail]:
    return [_mail(row) for row in connection.execute(MAILS, [number]).fetchall()]


def _mail(row: dict[str, Any]) -> Mail:
    told: dict[str, Any] = row | {"state": MailState(row["state"])}
    return Mail(**told)
