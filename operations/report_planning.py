"""Write down the reports that fell due: once each, whoever looks and however often."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from campaign.report_archive import Schedule, due_on
from operations.action_log import connect

BY_ITSELF = "schedule"
# Looked for first: a conflict alone takes a report number each time, and readers ask where the missing ones are.
PLAN = (
    "INSERT INTO operations.report (key, schedule, day, area_code, language, parts, forms, version, live, sends, "
    "roles, asked_by, asked_at, state, next_at) SELECT %(key)s, %(schedule)s, %(day)s, %(area)s, %(language)s, "
    "%(parts)s, "
    "%(forms)s, %(version)s, false, true, %(roles)s, %(by)s, %(now)s, 'waiting', %(now)s "
    "WHERE NOT EXISTS (SELECT FROM operations.report r WHERE r.schedule = %(schedule)s AND r.day = %(day)s "
    "AND r.area_code = %(area)s AND r.language = %(language)s) "
    "ON CONFLICT (schedule, day, area_code, language) WHERE schedule <> '' DO NOTHING"
)


def plan_due(
    url: str,
    schedules: Iterable[Schedule],
    *,
    version: int | None,
    campaign_now: datetime,
    zone: ZoneInfo,
    late: timedelta,
    wall: datetime,
) -> int:
    """How many new ones. version: the snapshot that all of them are to be of, so that a nation's report and its
    provinces' agree; None: the newest when each is made."""
    rows = [
        row
        for schedule in schedules
        if (day := due_on(schedule, campaign_now, zone, late=late)) is not None
        for row in _rows(schedule, day, version, wall)
    ]
    if not rows:
        return 0
    with connect(url) as connection, connection.cursor() as cursor:
        cursor.executemany(PLAN, rows)
        return max(cursor.rowcount, 0)


def _rows(schedule: Schedule, day: date, version: int | None, now: datetime) -> Iterator[Mapping[str, Any]]:
    for area in schedule.areas:
        for language in schedule.languages:
            yield {
                "key": new_key(),
                "schedule": schedule.name,
                "day": day,
                "area": area,
                "language": language,
                "parts": list(schedule.parts),
                "forms": list(schedule.forms),
                "version": version,
                "roles": list(schedule.roles),
                "by": BY_ITSELF,
                "now": now,
            }


def new_key() -> str:
    """Of a report: unlike any other's, also those of another registry."""
    return secrets.token_hex(16)
