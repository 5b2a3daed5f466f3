"""How fast incidents are answered, and how many were false, by rule and week (design, feature L6).

A week is the local ISO week in which the incident began. Times are medians: one night without anybody must not hide a
week of quick answers, nor the other way round. What nobody acknowledged yet has no time, and is counted beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

FALSE = "false_alarm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One incident. closing '': open, or closed by itself."""

    incident_id: int
    rule: str
    severity: str
    opened_at: datetime
    acknowledged_at: datetime | None
    over_at: datetime | None
    closed_at: datetime | None
    closed_by: str
    closing: str
    level: int
    members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """Of one rule in one week (its Monday), or in all of them (None). judged: closed by a person who said why; minutes
    are medians, None where there is nothing to measure."""

    rule: str
    week: date | None
    incidents: int
    acknowledged: int
    acknowledge_minutes: float | None
    closed: int
    close_minutes: float | None
    judged: int
    false_alarms: int

    @property
    def false_share(self) -> float | None:
        return self.false_alarms / self.judged if self.judged else None

    def flagged(self, limit: float) -> bool:
        """More than this share of what was judged was false."""
        return self.false_share is not None and self.false_share > limit


def responses(rows: Iterable[Answered], zone: ZoneInfo) -> tuple[Response, ...]:
    """By rule: first all weeks together, then each week, the newest first."""
    by_rule: dict[str, list[Answered]] = {}
    for row in rows:
        by_rule.setdefault(row.rule, []).append(row)
    found: list[Response] = []
    for rule in sorted(by_rule):
        found.append(_response(rule, None, by_rule[rule]))
        weeks: dict[date, list[Answered]] = {}
        for row in by_rule[rule]:
            weeks.setdefault(week_of(row.opened_at, zone), []).append(row)
        found += [_response(rule, week, weeks[week]) for week in sorted(weeks, reverse=True)]
    return tuple(found)


def week_of(instant: datetime, zone: ZoneInfo) -> date:
    """Its Monday."""
    day = instant.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


def _response(rule: str, week: date | None, rows: list[Answered]) -> Response:
    taken = [_minutes(row.opened_at, row.acknowledged_at) for row in rows if row.acknowledged_at is not None]
    # What closed by itself was answered by nobody.
    closed = [_minutes(row.opened_at, row.closed_at) for row in rows if row.closed_at is not None and row.closed_by]
    judged = [row for row in rows if row.closing]
    return Response(
        rule=rule,
        week=week,
        incidents=len(rows),
        acknowledged=len(taken),
        acknowledge_minutes=median(taken) if taken else None,
        closed=len(closed),
        close_minutes=median(closed) if closed else None,
        judged=len(judged),
        false_alarms=sum(row.closing == FALSE for row in judged),
    )


def _minutes(begin: datetime, end: datetime | None) -> float:
    """Never below zero: a clock that was set back between the two makes no answer quicker than none."""
    return max(0.0, (end - begin).total_seconds() / 60) if end is not None else 0.0
