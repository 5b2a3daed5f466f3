"""The register of equipment: how each device stands by what people and the register say, and for how long it did.

The words are those of WHO and UNICEF cold chain equipment inventories: working status (working well, working but needs
maintenance, not working) and utilization (in use, not in use or stored for allocation), as one status each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    WORKING = "working"
    NEEDS_REPAIR = "needs_repair"  # it still keeps its temperature, and holds vaccine
    NOT_WORKING = "not_working"
    NOT_IN_USE = "not_in_use"  # stored, or retired for good


# In these a device holds vaccine: its litres count, and it is expected to report.
HOLDS = frozenset({Status.WORKING, Status.NEEDS_REPAIR})
BROKEN = frozenset({Status.NEEDS_REPAIR, Status.NOT_WORKING})


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentRules:
    """Uptime is counted over uptime_days up to now; so many alarms within offender_days make a repeat offender."""

    uptime_days: int
    offender_days: int
    offender_alarms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """One line of a device's history, campaign time. by_person: a named person said it, and not the register."""

    status: Status
    since: datetime
    reason: str = ""
    by_person: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairJob:
    """A repair of one device, campaign time; open while done_at is None."""

    job_id: int
    equipment_id: str
    opened_at: datetime
    assigned_at: datetime | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time [begin, end) in one status."""

    begin: datetime
    end: datetime
    status: Status


def history(changes: Iterable[StatusChange]) -> list[StatusChange]:
    """Oldest first, whatever the order they came in. Of two of one instant a person's counts, then the later word in
    the alphabet: any rule will do that gives the same each time."""
    return sorted(changes, key=lambda item: (item.since, item.by_person, item.status))


def in_force(changes: Iterable[StatusChange], *, now: datetime) -> StatusChange | None:
    """None: nobody ever said anything, so that it counts as working."""
    begun = [item for item in history(changes) if item.since <= now]
    return begun[-1] if begun else None


def spans(changes: Sequence[StatusChange], *, begin: datetime, end: datetime) -> list[Span]:
    """Its statuses from `begin` to `end`, without a gap; working until somebody said otherwise."""
    found: list[Span] = []
    at, status = begin, Status.WORKING
    for item in history(changes):
        if item.since >= end:
            break
        if item.since > at:
            found.append(Span(begin=at, end=item.since, status=status))
            at = item.since
        status = item.status
    if end > at:
        found.append(Span(begin=at, end=end, status=status))
    return found
