"""Instants and spans as the texts of alerts say them, Vietnamese and English: as the pages do (layouts/format.py)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

Words = tuple[str, str]
"""Vietnamese, English."""
HOUR, DAY = 60, 1440
# How the words of an alert end once its condition has.
OVER: Words = ("; đã hết lúc {ended}", "; over at {ended}")


def over_at(instant: datetime, zone: ZoneInfo) -> Words:
    """What is told of an alert that ended: at this instant at the latest, by the clock of the rest of its words."""
    vi, en = (text.format(ended=ended) for text, ended in zip(OVER, minute_of(instant, zone), strict=True))
    return vi, en


def minute_of(instant: datetime, zone: ZoneInfo) -> Words:
    """Local: 14:05 22/11/2021, 14:05 22 Nov 2021. With its year: the page also tells days of whoever handles it."""
    local = instant.astimezone(zone)
    return f"{local:%H:%M %d/%m/%Y}", f"{local:%H:%M %d %b %Y}"


def span_of(minutes: int) -> Words:
    """Minutes as minutes, hours and minutes, or days and hours."""
    if minutes < HOUR:
        return f"{minutes} phút", f"{minutes} min"
    hours, rest = divmod(minutes, HOUR)
    if minutes < 2 * DAY:
        return f"{hours} giờ {rest:02d} phút", f"{hours} h {rest:02d} min"
    days, hours = minutes // DAY, minutes % DAY // HOUR
    return f"{days} ngày {hours} giờ", f"{days} d {hours} h"
