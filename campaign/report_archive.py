"""When reports are made by themselves, and what may become of one: the clock is an argument.

A report that falls due is made, its checks are looked at, and it is ready, or held until a named person releases it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from campaign.access import NATION, Scope


class ReportState(StrEnum):
    WAITING = "waiting"  # asked for, or being made
    READY = "ready"
    HELD = "held"  # a check failed: nobody gets it by itself
    RELEASED = "released"  # by a named person, although a check failed
    WITHDRAWN = "withdrawn"  # by a named person: it is not sent
    FAILED = "failed"  # it could not be made


# What has files that may be looked at.
MADE = frozenset({ReportState.READY, ReportState.HELD, ReportState.RELEASED})


class MailState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"  # its reader left the list before it was sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """at: local time of the campaign's zone; weekdays: 1 is Monday. areas: '' is the nation. roles: whose lists get it.
    needs_lock: the last closed day must have been locked by a named person."""

    name: str
    at: time
    weekdays: frozenset[int]
    areas: tuple[str, ...]
    languages: tuple[str, ...]
    parts: tuple[str, ...]
    forms: tuple[str, ...]
    roles: tuple[str, ...]
    needs_lock: bool


def last_due(schedule: Schedule, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The latest instant at or before `now` at which it fell due; None where it never does."""
    local = now.astimezone(zone)
    for back in range(8):
        day = local.date() - timedelta(back)
        at = datetime.combine(day, schedule.at, tzinfo=zone)
        if at <= now and day.isoweekday() in schedule.weekdays:
            return at
    return None


def due_on(schedule: Schedule, now: datetime, zone: ZoneInfo, *, late: timedelta) -> date | None:
    """The local day of a report that has to be there by `now`. One that is late by more than `late` is not made any
    more: of several that were missed the last is, if it is not too late."""
    at = last_due(schedule, now, zone)
    return None if at is None or now - at > late else at.astimezone(zone).date()


def scope_of_area(area: str) -> Scope:
    """What a report of an area is made of, so that its readers may see all of it."""
    return Scope(provinces=frozenset({area})) if area else NATION
