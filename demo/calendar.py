"""Days of the demonstration: whole numbers counted from Monday, 8 March 2021."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

FIRST_DAY = date(2021, 3, 8)
LAST_DAY = date(2022, 6, 30)
DAYS = (LAST_DAY - FIRST_DAY).days + 1
WEEKS = DAYS // 7 + 1
DAY_SECONDS = 86_400


def day_of(when: date) -> int:
    """Number of a calendar day; negative before the campaign."""
    return (when - FIRST_DAY).days


def date_of(day: int) -> date:
    return FIRST_DAY + timedelta(days=day)


def seconds_of(when: datetime, timezone: str) -> int:
    """Local seconds since the start of the first day. The zone has no summer time, so this is a plain difference."""
    local = when.astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
    return int((local - datetime.combine(FIRST_DAY, datetime.min.time())).total_seconds())


def instant_of(seconds: int, timezone: str) -> datetime:
    """The aware instant at `seconds` local time since the start of the first day."""
    local = datetime.combine(FIRST_DAY, datetime.min.time()) + timedelta(seconds=int(seconds))
    return local.replace(tzinfo=ZoneInfo(timezone))


def utc_epoch_of_start(timezone: str) -> int:
    """Seconds from 1970 (UTC) to the start of the first day in local time."""
    return int(instant_of(0, timezone).astimezone(UTC).timestamp())
