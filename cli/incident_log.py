"""`app.py alerts --log`: incidents of the last weeks, and how fast they were answered, by rule and week."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from campaign.response import Answered, Response, responses
from operations.responses import answered
from settings import Settings


def incident_log(settings: Settings, url: str, *, now: datetime) -> tuple[object, str]:
    """As JSON `incidents` and `rules`; `week` is its Monday, null for all weeks together."""
    rows = answered(url, since=now - timedelta(weeks=settings.alerts.response_weeks))
    found = responses(rows, ZoneInfo(settings.campaign.timezone))
    limit = settings.alerts.false_share
    told = {
        "incidents": [asdict(row) for row in rows],
        "rules": [{**asdict(row), "false_share": row.false_share, "flagged": row.flagged(limit)} for row in found],
    }
    lines = [*(_incident(row) for row in rows), "", *(_rule(row, limit) for row in found)]
    return told, "\n".join(lines) if rows else "no incidents"


def _incident(row: Answered) -> str:
    taken = _time(row.acknowledged_at) if row.acknowledged_at else "nobody"
    closed = f"{_time(row.closed_at)} {row.closing or 'by itself'}" if row.closed_at else "open"
    opened = _time(row.opened_at)
    return f"{row.incident_id}  {row.rule}  {row.severity}  opened {opened}  taken {taken}  closed {closed}"


def _rule(row: Response, limit: float) -> str:
    share = "-" if row.false_share is None else f"{row.false_share:.0%}"
    flag = "  MORE FALSE THAN TRUE" if row.flagged(limit) else ""
    week = row.week.isoformat() if row.week else "all weeks"
    return (
        f"{row.rule}  {week}  {row.incidents} incidents  acknowledged in {_minutes(row.acknowledge_minutes)}  "
        f"closed in {_minutes(row.close_minutes)}  false {row.false_alarms} of {row.judged} ({share}){flag}"
    )


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "-"


def _minutes(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f} min"
