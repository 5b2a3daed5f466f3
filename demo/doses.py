"""Dose records of one province: where and when, when it was written down, and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date

import numpy as np

from demo.calendar import DAY_SECONDS, WEEKS, day_of
from demo.injections import Injections
from demo.people import AT_HOME, People
from demo.posts import Sites
from demo.reference import PRODUCTS, Reference
from demo.streams import Flags, Floats, Ints, rank_within, stream

SITE_WEEK_DOSES = 2000  # full-size doses that one site gives in a week it serves; demo assumption
NEVER = np.iinfo(np.int32).max  # seconds of a campaign fit into 31 bits
# 43.5 of 205 million doses did not match the population register (platform, Apr 2022); no number at all: assumed.
MISMATCHED_SHARE, NO_IDENTITY_SHARE = 43.5 / 205, 0.008
MATCHED, MISMATCHED, NO_IDENTITY = 0, 1, 2
# Entry: most within eight hours; a part at night; a part days later in one go; and the backlog of September 2021.
NIGHT_SHARE, LATE_SHARE, LATE_DAYS_MEAN = 0.12, 0.025, 3.0
BACKLOG_FROM, BACKLOG_TO = day_of(date(2021, 8, 21)), day_of(date(2021, 9, 14))
BACKLOG_CLEARED_FROM, BACKLOG_CLEARED_TO = day_of(date(2021, 9, 20)), day_of(date(2021, 10, 8))
BACKLOG_SHARE, BACKLOG_PROVINCES = 0.28, ("79", "74", "75", "80", "01")
# Rows that cannot be right as they stand, each a share of all doses; 60 % of them are repaired within weeks.
FAULT_SHARE = 0.00018
NO_FAULT, YEAR_1899, SWAPPED_DATES, UNKNOWN_PRODUCT, UNKNOWN_SITE, MISSING_LOT = range(6)
REPAIRED_SHARE = 0.6
TYPED_TWICE_SHARE, VOIDED_SHARE = 0.0004, 0.0001
DUPLICATE_PERSON_SHARE = 0.0004  # of people with two doses: registered twice, the second dose under the other record
DUPLICATES_MERGED_SHARE = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Doses:
    """One entry a dose record, in order of `dose_id`. Times are local seconds since the first day; NEVER for none.
    All int32 but `dose_id`: with everyone of the largest province these are 22 million entries.

    `person` is a position in People, or len(People) + k for the k-th duplicate person; `typed_twice` marks a second
    record of the same injection, which used no vaccine."""

    dose_id: Ints
    person: Ints
    step: Ints
    product: Ints
    site: Ints
    day: Ints
    injected: Ints
    recorded: Ints
    identity: Ints
    fault: Ints
    repaired: Ints
    voided: Ints
    typed_twice: Flags

    def __len__(self) -> int:
        return len(self.dose_id)

    def take(self, chosen: Ints | Flags) -> Doses:
        return Doses(**{field.name: getattr(self, field.name)[chosen] for field in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """People registered twice: position of the true person, and when the two were merged (NEVER: not yet)."""

    person: Ints
    merged: Ints


def record_doses(
    reference: Reference,
    sites: Sites,
    people: People,
    injections: Injections,
    *,
    province: int,
    one_in: int,
    seed: int,
    dirt: bool,
) -> tuple[Doses, Duplicates]:
    """The records of everything injected into people who live in `province`."""
    generator = stream(seed, "doses", province)
    count = len(injections.person)
    site = _small(choose_sites(reference, sites, people, injections, one_in=one_in))
    injected = _small(injections.day * DAY_SECONDS + _time_of_day(generator, count))
    entry = generator.exponential(4500.0, count)
    never = np.full(count, NEVER, dtype=np.int32)
    doses = Doses(
        dose_id=np.zeros(count, dtype=np.int64),
        person=injections.person,
        step=injections.step,
        product=injections.product,
        site=site,
        day=injections.day,
        injected=injected,
        recorded=injected + 120 + _small(np.minimum(entry, 8 * 3600)),
        identity=np.full(count, MATCHED, dtype=np.int32),
        fault=np.full(count, NO_FAULT, dtype=np.int32),
        repaired=never,
        voided=never,
        typed_twice=np.zeros(count, dtype=np.bool_),
    )
    nobody = Duplicates(person=np.zeros(0, dtype=np.int64), merged=np.zeros(0, dtype=np.int64))
    if not dirt:
        return _numbered(doses, province), nobody
    behind = reference.areas.province_codes[province] in BACKLOG_PROVINCES
    doses = _soiled(generator, _recorded_late(generator, doses, behind=behind))
    doses, duplicates = _under_another_name(generator, doses, people=len(people))
    return _numbered(_typed_twice(generator, doses), province), duplicates


def choose_sites(reference: Reference, sites: Sites, people: People, injections: Injections, *, one_in: int) -> Ints:
    """The site of each injection: a few sites of the district serve in a week, and take turns from week to week."""
    place = people.work[injections.person]
    home = reference.areas.home_district[people.home[injections.person]]
    place = np.where(place == AT_HOME, home, place)
    week = injections.day // 7
    key = (place * WEEKS + week) * len(PRODUCTS) + injections.product
    groups, group, sizes = np.unique(key, return_inverse=True, return_counts=True)
    serving = -(-sizes * one_in // SITE_WEEK_DOSES)
    turn = (groups * 2_654_435_761 >> 7) % 100_003  # any fixed mixing: where in the district the week begins
    number = turn[group] + rank_within(group) % serving[group]
    chosen = np.zeros(len(key), dtype=np.int64)
    order = np.argsort(week, kind="stable")
    for these in np.split(order, np.flatnonzero(np.diff(week[order])) + 1):
        if len(these):
            chosen[these] = _site_in_week(reference, sites, place[these], number[these], int(week[these[0]]))
    return chosen


def _site_in_week(reference: Reference, sites: Sites, place: Ints, number: Ints, week: int) -> Ints:
    """The n-th open site of a place, counted round; a district without an open site uses those of a neighbour."""
    open_sites, offsets = sites.open_in[week]
    count = np.diff(offsets)
    usable = np.flatnonzero(count)
    neighbour = usable[np.minimum(np.searchsorted(usable, place), len(usable) - 1)]
    before = usable[np.maximum(np.searchsorted(usable, place) - 1, 0)]
    own = np.minimum(place, sites.districts - 1)
    same = reference.areas.district_province[np.minimum(neighbour, sites.districts - 1)]
    neighbour = np.where(same == reference.areas.district_province[own], neighbour, before)
    where = np.where(count[place] > 0, place, neighbour)
    return open_sites[offsets[where] + number % count[where]]


def _small(values: Ints | Floats) -> Ints:
    return values.astype(np.int32)


def _time_of_day(generator: np.random.Generator, count: int) -> Ints:
    """Seconds after midnight: 7:30 to 11:30, or 13:30 to 17:00."""
    morning = generator.random(count) < 0.6
    part = generator.random(count)
    return np.where(morning, 27_000 + part * 14_400, 48_600 + part * 12_600).astype(np.int64)


def _recorded_late(generator: np.random.Generator, doses: Doses, *, behind: bool) -> Doses:
    count = len(doses)
    draw = generator.random(count)
    night = (doses.day + 1) * DAY_SECONDS + (generator.random(count) * 7.5 * 3600).astype(np.int64)
    late_days = 1 + np.minimum(generator.exponential(LATE_DAYS_MEAN, count), 20.0).astype(np.int64)
    # A site enters a late batch in one go: the hour belongs to the site, the seconds to the row.
    burst = (doses.site * 7919 % 13 + 8) * 3600 + generator.integers(0, 1200, count)
    late = (doses.day + late_days) * DAY_SECONDS + burst
    recorded = np.where(draw < NIGHT_SHARE, night, doses.recorded)
    recorded = np.where((draw >= NIGHT_SHARE) & (draw < NIGHT_SHARE + LATE_SHARE), late, recorded)
    if behind:
        cleared = generator.integers(BACKLOG_CLEARED_FROM, BACKLOG_CLEARED_TO, count) * DAY_SECONDS + burst
        waits = (doses.day >= BACKLOG_FROM) & (doses.day <= BACKLOG_TO) & (generator.random(count) < BACKLOG_SHARE)
        recorded = np.where(waits, cleared, recorded)
    return replace(doses, recorded=_small(recorded))


def _soiled(generator: np.random.Generator, doses: Doses) -> Doses:
    """Identity mismatches, impossible rows and voids, at the rates above."""
    count = len(doses)
    draw = generator.random(count)
    identity = np.where(draw < MISMATCHED_SHARE, MISMATCHED, MATCHED)
    identity = np.where(draw >= 1 - NO_IDENTITY_SHARE, NO_IDENTITY, identity)
    fault = np.floor(generator.random(count) / FAULT_SHARE).astype(np.int64) + 1
    fault = np.where(fault <= MISSING_LOT, fault, NO_FAULT)
    wait = generator.integers(1, 25, count) * DAY_SECONDS + generator.integers(0, 9 * 3600, count)
    mended = (fault != NO_FAULT) & (generator.random(count) < REPAIRED_SHARE)
    voided = (fault == NO_FAULT) & (generator.random(count) < VOIDED_SHARE)
    return replace(
        doses,
        identity=_small(identity),
        fault=_small(fault),
        repaired=_small(np.where(mended, doses.recorded + wait, NEVER)),
        voided=_small(np.where(voided, doses.recorded + wait, NEVER)),
    )


def _under_another_name(generator: np.random.Generator, doses: Doses, *, people: int) -> tuple[Doses, Duplicates]:
    second = np.flatnonzero(doses.step == 2)
    chosen = second[generator.random(len(second)) < DUPLICATE_PERSON_SHARE]
    person = doses.person.copy()
    person[chosen] = people + np.arange(len(chosen))
    found = doses.recorded[chosen] + generator.integers(5, 45, len(chosen)) * DAY_SECONDS
    merged = np.where(generator.random(len(chosen)) < DUPLICATES_MERGED_SHARE, found, NEVER)
    return replace(doses, person=person), Duplicates(person=doses.person[chosen], merged=merged)


def _typed_twice(generator: np.random.Generator, doses: Doses) -> Doses:
    chosen = np.flatnonzero((generator.random(len(doses)) < TYPED_TWICE_SHARE) & (doses.fault == NO_FAULT))
    again = doses.take(chosen)
    recorded = again.recorded + generator.integers(300, 2 * DAY_SECONDS, len(chosen))
    noticed = generator.random(len(chosen)) < REPAIRED_SHARE
    voided = recorded + generator.integers(1, 15, len(chosen)) * DAY_SECONDS
    again = replace(
        again,
        recorded=_small(recorded),
        typed_twice=np.ones(len(chosen), dtype=np.bool_),
        voided=_small(np.where(noticed, voided, NEVER)),
    )
    joined = {
        field.name: np.concatenate([getattr(doses, field.name), getattr(again, field.name)]) for field in fields(Doses)
    }
    return Doses(**joined)


def _numbered(doses: Doses, province: int) -> Doses:
    """In order of recording. The number is made of that second, the province and a rank: the same in every run."""
    doses = doses.take(np.argsort(doses.recorded, kind="stable"))
    dose_id = ((doses.recorded.astype(np.int64) * 64 + province) << 14) + rank_within(doses.recorded)
    return replace(doses, dose_id=dose_id)
