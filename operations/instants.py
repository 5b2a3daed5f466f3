"""Instants as people type them: a local day and hour, in the campaign's zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from operations.action_log import ActRefused

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
