"""What named persons decide about duty and planned work: set one, end one. Each is in the audit; none is deleted."""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString

from campaign.access import Permission
from campaign.oncall import LEVELS, Duty, Planned, PlannedKind
from operations.action_log import Act, ActRefused, acting, check_known, connect, said, write_log
from operations.decisions import Actor
from operations.oncall_rows import duties_from, duty_from, planned_from, work_from

EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
PHONE = re.compile(r"\+?[0-9][0-9 .()-]{1,28}[0-9]")
PREFIX = re.compile(r"[a-z][a-z0-9_]{0,60}")
LONGEST_DUTY = timedelta(days=366)
ADD_DUTY = (
    "INSERT INTO operations.duty (post, area_code, rule_prefix, level, phone, email, starts_at, ends_at, hour_from, "
    "hour_to, reason, set_by, set_at) VALUES (%(post)s, %(area)s, %(rule_prefix)s, %(level)s, %(phone)s, %(email)s, "
    "%(starts_at)s, %(ends_at)s, %(hour_from)s, %(hour_to)s, %(reason)s, %(set_by)s, %(set_at)s) RETURNING *"
)
ADD_WORK = (
    "INSERT INTO operations.planned_work (kind, area_code, rule_prefix, starts_at, ends_at, reason, set_by, set_at) "
    "VALUES (%(kind)s, %(area)s, %(rule_prefix)s, %(starts_at)s, %(ends_at)s, %(reason)s, %(set_by)s, %(set_at)s) "
    "RETURNING *"
)
DUTY_AREA = "SELECT area_code FROM operations.duty WHERE duty_id = %s"
WORK_AREA = "SELECT area_code FROM operations.planned_work WHERE work_id = %s"
END_DUTY = (
    "UPDATE operations.duty SET ended_by = %(by)s, ended_at = %(now)s, end_reason = %(reason)s "
    "WHERE duty_id = %(number)s AND ended_at IS NULL AND ends_at > %(now)s RETURNING duty_id"
)
END_WORK = (
    "UPDATE operations.planned_work SET ended_by = %(by)s, ended_at = %(now)s, end_reason = %(reason)s "
    "WHERE work_id = %(number)s AND ended_at IS NULL AND ends_at > %(now)s RETURNING work_id"
)
LOG = (
    "(SELECT 'duty' AS what, duty_id AS number, post AS name, area_code, rule_prefix, level, starts_at, ends_at, "
    "reason, set_by, set_at, ended_by, ended_at, end_reason FROM operations.duty) UNION ALL "
    "(SELECT kind, work_id, '', area_code, rule_prefix, NULL, starts_at, ends_at, reason, set_by, set_at, ended_by, "
    "ended_at, end_reason FROM operations.planned_work) ORDER BY set_at DESC, number DESC LIMIT %s"
)
LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Of what is covered, and when. area '': the nation."""

    area: str
    rule_prefix: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedDuty:
    """hours: local hours of each day (from, to); None: around the clock."""

    post: str
    span: Span
    level: int
    phone: str = ""
    email: str = ""
    hours: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """A line of the history: a duty or planned work, who set it and, where somebody did, who ended it early."""

    what: str
    number: int
    name: str
    area_code: str
    rule_prefix: str
    level: int | None
    starts_at: datetime
    ends_at: datetime
    reason: str
    set_by: str
    set_at: datetime
    ended_by: str
    ended_at: datetime | None
    end_reason: str


def duties(url: str, now: datetime) -> tuple[Duty, ...]:
    """Those that have not ended, also those to come. Raises psycopg.Error."""
    with connect(url) as connection:
        return duties_from(connection, now)


def planned(url: str, now: datetime) -> tuple[Planned, ...]:
    """The same of planned work and drills."""
    with connect(url) as connection:
        return planned_from(connection, now)


def log_of(url: str, *, limit: int = 100) -> tuple[Set, ...]:
    """Duties and planned work as they were set, newest first."""
    with connect(url) as connection:
        return tuple(Set(**row) for row in connection.execute(LOG, [limit]).fetchall())


def set_duty(url: str, asked: AskedDuty, *, reason: str, areas: Collection[str], by: Actor) -> Duty:
    """`areas`: codes of the provinces that there are. Raises ActRefused."""
    post, why = said("post", asked.post), said("reason", reason)
    _check_span(asked.span, areas, by.now, longest=LONGEST_DUTY)
    if asked.level not in LEVELS:
        raise ActRefused(f"level {asked.level} is none: 1 to {LEVELS[-1]}", "duty_level", limit=LEVELS[-1])
    if asked.hours and (asked.hours[0] == asked.hours[1] or not all(0 <= hour <= 23 for hour in asked.hours)):
        raise ActRefused("hours are two different whole hours from 0 to 23, such as 22-6", "duty_hours")
    phone, email = asked.phone.strip(), asked.email.strip()
    if not phone and not email:
        raise ActRefused("give a telephone or an e-mail address of the post", "duty_contact")
    if email and not EMAIL.fullmatch(email):
        raise ActRefused(f"'{email[:60]}' is no e-mail address", "duty_email", text=email[:60])
    if phone and not PHONE.fullmatch(phone):
        raise ActRefused(f"'{phone[:40]}' is no telephone number", "duty_phone", text=phone[:40])
    with _acting(url, asked.span.area, "duty_set", f"duty:{asked.span.area or 'nation'}", by) as act:
        begin, end = asked.hours or (None, None)
        values = {
            **_span_values(asked.span),
            "post": post,
            "level": asked.level,
            "phone": phone,
            "email": email,
            "hour_from": begin,
            "hour_to": end,
        }
        made = duty_from(_insert(act, ADD_DUTY, values, why, by))
        detail = {"duty": made.duty_id, "post": post, "level": asked.level, **_span_told(asked.span), "reason": why}
        write_log(act.connection, by.now, act.author, "duty_set", f"duty:{made.duty_id}", detail)
    return made


def plan_work(
    url: str, kind: PlannedKind, span: Span, *, reason: str, longest: timedelta, areas: Collection[str], by: Actor
) -> Planned:
    """Mark an area, rules and a time as planned work or a drill. Raises ActRefused."""
    why = said("reason", reason)
    _check_span(span, areas, by.now, longest=longest)
    with _acting(url, span.area, "work_planned", f"planned:{span.area or 'nation'}", by) as act:
        made = work_from(_insert(act, ADD_WORK, {**_span_values(span), "kind": kind.value}, why, by))
        detail = {"work": made.work_id, "kind": kind.value, **_span_told(span), "reason": why}
        write_log(act.connection, by.now, act.author, "work_planned", f"planned:{made.work_id}", detail)
    return made


def end_duty(url: str, number: int, *, reason: str, by: Actor) -> None:
    """Before its time. Raises ActRefused."""
    _end(url, number, find=DUTY_AREA, end=END_DUTY, action="duty_ended", subject=f"duty:{number}", reason=reason, by=by)


def end_work(url: str, number: int, *, reason: str, by: Actor) -> None:
    """Before its time. Raises ActRefused."""
    _end(
        url,
        number,
        find=WORK_AREA,
        end=END_WORK,
        action="work_ended",
        subject=f"planned:{number}",
        reason=reason,
        by=by,
    )


def _acting(url: str, area: str, action: str, subject: str, by: Actor) -> AbstractContextManager[Act]:
    return acting(
        url,
        actor=by.name,
        permission=Permission.HANDLE_ALERT,
        action=action,
        subject=subject,
        area=area or None,
        origin=by.origin,
        request_id=by.request_id,
    )


def _insert(act: Act, statement: LiteralString, values: dict[str, object], why: str, by: Actor) -> dict[str, object]:
    row = act.connection.execute(
        statement, {**values, "reason": why, "set_by": act.author.name, "set_at": by.now}
    ).fetchone()
    if row is None:
        raise RuntimeError("a row that was inserted is returned")
    return row


def _end(
    url: str, number: int, *, find: LiteralString, end: LiteralString, action: str, subject: str, reason: str, by: Actor
) -> None:
    why, row = said("reason", reason), None
    if 0 <= number <= LARGEST:
        with connect(url) as connection:
            row = connection.execute(find, [number]).fetchone()
    if row is None:
        raise ActRefused(f"there is no {subject}", "nothing_to_end", number=number)
    with _acting(url, row["area_code"], action, subject, by) as act:
        values = {"by": act.author.name, "now": by.now, "reason": why, "number": number}
        if act.connection.execute(end, values).fetchone() is None:
            raise ActRefused(f"{subject} has ended already", "ended_already", number=number)
        write_log(act.connection, by.now, act.author, action, subject, {"reason": why})


def _check_span(span: Span, areas: Collection[str], now: datetime, *, longest: timedelta) -> None:
    """Raises ActRefused. It must have an end that is still to come, and not too far away."""
    if span.area:
        check_known("province", span.area, areas)
    if span.rule_prefix and not PREFIX.fullmatch(span.rule_prefix):
        raise ActRefused(
            f"'{span.rule_prefix[:40]}' is no beginning of a rule's name: small letters, such as coldchain",
            "bad_prefix",
            text=span.rule_prefix[:40],
        )
    if span.ends_at <= max(span.starts_at, now):
        raise ActRefused("it must end after it begins, and after now", "ends_before")
    hours = round(longest.total_seconds() / 3600)
    if span.ends_at - span.starts_at > longest:
        raise ActRefused(f"it may last {hours} hours at most: set another one after it", "lasts_long", limit=hours)


def _span_values(span: Span) -> dict[str, object]:
    return {
        "area": span.area,
        "rule_prefix": span.rule_prefix,
        "starts_at": span.starts_at,
        "ends_at": span.ends_at,
    }


def _span_told(span: Span) -> dict[str, str]:
    return {
        "province": span.area,
        "rules": span.rule_prefix,
        "from": span.starts_at.isoformat(),
        "until": span.ends_at.isoformat(),
    }
