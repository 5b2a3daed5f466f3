"""Uptime: the share of the time in which a device told that it was in range (feature K5).

Time between two readings is as the first of them said, up to the silence that its way of reporting allows; a longer
one is silent from its first minute, and never counts as good. Time in which the register has it as not working counts,
and is no uptime; while it is stored or retired nothing is counted. It is counted from its first reading on: a device
never heard has no uptime.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from campaign.equipment import HOLDS, Status, StatusChange, spans

NONE = timedelta(0)
Stretch = tuple[datetime, datetime]


class Kind(StrEnum):
    OUT = "out"  # out of range
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """A stretch that was not in range. to_at None: it goes on, as far as anybody heard."""

    kind: Kind
    from_at: datetime
    to_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """From when to when a device told temperatures, and after how much silence that counts as such."""

    first_at: datetime
    last_at: datetime
    gap: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """By device: its history in the register, what was heard of it, when it was away, and its alarms. told: False of a
    snapshot from before these were counted."""

    changes: Mapping[str, Sequence[StatusChange]]
    heard: Mapping[str, Heard]
    away: Mapping[str, Sequence[Away]]
    alarms: Mapping[str, int]
    told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Uptime:
    """The four add up to the time that counts."""

    in_range: timedelta = NONE
    out: timedelta = NONE
    silent: timedelta = NONE
    not_working: timedelta = NONE

    @property
    def counted(self) -> timedelta:
        return self.in_range + self.out + self.silent + self.not_working

    @property
    def share(self) -> float | None:
        """None where no time counts: never heard, or not in use all the time."""
        return self.in_range / self.counted if self.counted else None

    def __add__(self, other: Uptime) -> Uptime:
        return Uptime(
            in_range=self.in_range + other.in_range,
            out=self.out + other.out,
            silent=self.silent + other.silent,
            not_working=self.not_working + other.not_working,
        )


def uptime(
    heard: Heard | None, away: Iterable[Away], changes: Sequence[StatusChange], *, begin: datetime, end: datetime
) -> Uptime:
    """Of one device in [begin, end), whatever order its stretches and changes come in. `end`: up to when readings have
    been taken in."""
    if heard is None:
        return Uptime()
    begin = max(begin, heard.first_at)
    if begin >= end:
        return Uptime()
    quiet_now = end - heard.last_at > heard.gap
    silent = [(item.from_at, item.to_at or end) for item in away if item.kind is Kind.SILENT]
    silent += [(heard.last_at, end)] if quiet_now else []
    upto = heard.last_at if quiet_now else end
    out = [(item.from_at, item.to_at or upto) for item in away if item.kind is Kind.OUT]
    found = Uptime()
    for span in spans(changes, begin=begin, end=end):
        whole = span.end - span.begin
        if span.status is Status.NOT_WORKING:
            found += Uptime(not_working=whole)
        elif span.status in HOLDS:
            quiet = covered(silent, span.begin, span.end)
            either = covered([*silent, *out], span.begin, span.end)
            found += Uptime(in_range=whole - either, out=either - quiet, silent=quiet)
    return found


def uptime_of(past: Past, equipment_id: str, *, begin: datetime, end: datetime) -> Uptime:
    return uptime(
        past.heard.get(equipment_id),
        past.away.get(equipment_id, ()),
        past.changes.get(equipment_id, ()),
        begin=begin,
        end=end,
    )


def covered(stretches: Iterable[Stretch], begin: datetime, end: datetime) -> timedelta:
    """How much of [begin, end) lies in any of them."""
    total, at = NONE, begin
    for first, last in sorted(stretches):
        since, until = max(first, at), min(last, end)
        if until > since:
            total += until - since
            at = until
    return total


def together(parts: Iterable[Uptime]) -> Uptime:
    return sum(parts, Uptime())
