"""Row types of what makes a figure trustworthy: what was set aside and by which rule, what was declared beside what was
recorded, the two clocks of a dose, figures that a named person locked. Counts are whole, instants are aware."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

# Whole days from the declared day to the day of the snapshot, newest first.
AGES = ("0_3", "4_7", "8_30", "over_30")


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRule:
    """One rule of the catalogue. `effect`: set_aside (the record is counted nowhere) or counted (it is, and its owner
    should look at it)."""

    rule_id: str
    feed: str
    field: str
    reason: str
    owner: str
    severity: str
    effect: str
    name_vi: str
    name_en: str
    fix_vi: str
    fix_en: str
    source: str
    valid_from: date

    def covers(self, *, feed: str, field: str, reason: str) -> bool:
        """Whether this rule is the one that set such a record aside; '' and '*' cover every name."""
        pairs = ((self.feed, feed), (self.field, field), (self.reason, reason))
        return self.effect == "set_aside" and all(own in ("", "*", name) for own, name in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCount:
    """Records that break one rule now, in all and in the areas that break it most, the worst first."""

    rule_id: str
    records: int
    areas: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineGroup:
    """Records of one feed, field and reason. `held`: set aside now. `ever` and `repaired` are None where the source
    keeps no days. `trend`: records first set aside by wall-clock day, days without one are absent."""

    feed: str
    field: str
    reason: str
    held: int
    ever: int | None
    repaired: int | None
    trend: Mapping[date, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRecord:
    """One record set aside: its key, what it said, and what was expected. Never an identity."""

    feed: str
    record_key: str
    field: str
    reason: str
    value: str | None
    expected: str
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredGap:
    """One area: what it declared and what was recorded for the same days. `by_age` has the keys AGES and adds up to
    `gap`, which is negative where more was recorded than declared."""

    area_code: str
    declared: int
    recorded: int
    by_age: Mapping[str, int]
    last_day: date
    declared_at: datetime

    @property
    def gap(self) -> int:
        return self.declared - self.recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a day will come to once everything is entered: the middle and the 80 % interval. Unit: doses."""

    middle: int
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockDay:
    """One day on both clocks: doses injected on it, doses recorded on it, and those of the latter that were injected
    earlier (None: the source has no day of recording). `expected` only while the day is not complete."""

    day: date
    injected: int
    recorded: int | None
    late: int | None
    expected: Expected | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityCount:
    """Doses of one place of vaccination by whether the record's identity matches the population register."""

    area_code: str
    matched: int
    mismatched: int
    none: int

    @property
    def doses(self) -> int:
        return self.matched + self.mismatched + self.none


@dataclass(frozen=True, slots=True, kw_only=True)
class Merges:
    """Identities that a named person found to be one person's. `lately`: those in force of the last seven days; undone:
    taken back, both people count again; people: on record, a merged pair as one."""

    in_force: int
    lately: int
    undone: int
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureLock:
    """The figures of one reporting day as a named person locked them, beside the same figures now."""

    reporting_day: date
    scope: str
    snapshot_version: int
    locked_by: str
    locked_at: datetime
    locked_doses: int
    locked_dose1_people: int
    locked_full_people: int
    doses_now: int
    dose1_people_now: int
    full_people_now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockLimits:
    """From when on a next dose is overdue, a registration waits long, stock is about to expire, and a device is silent
    by its way of reporting."""

    overdue_days: int
    unserved_days: int
    expiring_days: int
    live_minutes: int
    hand_minutes: int
    file_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ByClock:
    """What changes with the clock alone. Units: people, doses on hand at full size, devices. Overdue people are due.
    Silent devices have sent a reading once."""

    due_people: int
    overdue_people: int
    expired_doses: int
    expiring_doses: int
    doses_without_expiry: int
    silent_devices: int
    devices_never_read: int
    devices: int
