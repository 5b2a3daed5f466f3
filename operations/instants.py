"""Instants as people type them: a local day and hour, in the campaign's zone."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from operations.action_log import ActRefused

OFFSET = re.compile(
    r"(?P<sign>[+-]?)(?:(?P<days>\d{1,6})d)?(?P<hours>\d{1,2}):(?P<minutes>\d{2})(?::(?P<seconds>\d{2}))?", re.ASCII
)
FORMS = ("%d/%m/%Y %H:%M", "%d/%m/%Y", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d")


def instant_of(text: str, zone: ZoneInfo, *, default: datetime | None = None) -> datetime:
    """22/11/2021 14:00, or 2021-11-22T14:00; a day alone is its beginning; '' is `default`. Raises ActRefused."""
    bare = " ".join(text.split())
    if not bare and default is not None:
        return default
    for form in FORMS:
        try:
            return datetime.strptime(bare, form).replace(tzinfo=zone)
        except ValueError:
            continue
    raise ActRefused(f"'{bare[:30]}' is no instant; write 22/11/2021 14:00", "no_when", text=bare[:30])


def offset_of(text: str) -> timedelta:
    """+2d03:00 is two days and three hours later; -07:00, 0d00:05:30. Raises ActRefused."""
    found = OFFSET.fullmatch(text.replace(" ", ""))
    if found is None or int(found["hours"]) > 23 or int(found["minutes"]) > 59 or int(found["seconds"] or 0) > 59:
        raise ActRefused(f"'{text[:30]}' is no offset: write it as +2d03:00", "offset_form", text=text[:30])
    span = timedelta(
        days=int(found["days"] or 0),
        hours=int(found["hours"]),
        minutes=int(found["minutes"]),
        seconds=int(found["seconds"] or 0),
    )
    return -span if found["sign"] == "-" else span


def hours_of(text: str) -> tuple[int, int] | None:
    """22-6: local hours of each day; '' is around the clock. Raises ActRefused."""
    bare = text.replace(" ", "")
    if not bare:
        return None
    begin, mark, end = bare.partition("-")
    if not (mark and begin.isdecimal() and end.isdecimal() and bare.isascii() and len(bare) <= 5):
        raise ActRefused("hours are two different whole hours from 0 to 23, such as 22-6", "duty_hours")
    if int(begin) > 23 or int(end) > 24:
        raise ActRefused("hours are two different whole hours from 0 to 23, such as 22-6", "duty_hours")
    # 22-24 is until midnight.
    return int(begin), int(end) % 24
