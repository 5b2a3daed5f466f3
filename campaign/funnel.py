"""From registered to fully vaccinated, how long it takes, and who still waits.

A registration carries its present state only. Whoever is in a later state has passed the earlier ones, so that each
stage of the registry is at most the one before. Somebody deferred or cancelled has registered; how far they came the
registry does not say. A stage whose state no record has is not told by the source, and is named, not guessed. Doses
follow people: more people with a first dose than registrations that say "injected" came without registering, or their
registration lags behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

# In the order in which a person passes them.
PASSED = ("registered", "approved", "invited", "arrived", "screened", "injected")
OBSERVED, DEFERRED, CANCELLED = "observed", "deferred", "cancelled"
DOSE1, FULL = "dose1", "full"
STAGES = (*PASSED, DOSE1, FULL)
# Ageing: whole days since the registration, up to and with the edge; then `clock.unserved_days`, then twice that.
FIRST_EDGES = (7, 14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """count: registrations up to "injected", people from the first dose on; None where the source does not tell it.
    above: by how many it exceeds the stage before it that is told."""

    name: str
    count: int | None
    above: int

    @property
    def of_people(self) -> bool:
        return self.name in (DOSE1, FULL)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCount:
    """Registrations of one area, made on one day, in a state before the injection, or deferred for `reason`."""

    area_code: str
    state: str
    reason: int
    registered_on: date
    registrations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitCount:
    """Registrations of one area that were served after `days` whole days."""

    area_code: str
    days: int
    registrations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How long those waited who were served. Days; None where nobody was."""

    served: int
    median: int | None
    p90: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ageing:
    """Registrations not served and not cancelled. buckets: by whole days since the registration, in order of `edges`,
    the last without an end. deferred: of all of them. long: of all of them, waiting longer than the limit."""

    buckets: tuple[int, ...]
    deferred: int
    long: int

    @property
    def waiting(self) -> int:
        return sum(self.buckets)


def stages(states: Mapping[str, int], *, told: Iterable[str], dose1: int | None, full: int | None) -> tuple[Stage, ...]:
    """`states`: registrations by present state; `told`: states that any record of the source has."""
    known = set(told)
    if OBSERVED in known:
        known.add(PASSED[-1])
    counts: dict[str, int | None] = {}
    reached = states.get(OBSERVED, 0)
    for name in reversed(PASSED):
        reached += states.get(name, 0)
        counts[name] = reached if name in known else None
    if known:
        counts[PASSED[0]] = reached + states.get(DEFERRED, 0) + states.get(CANCELLED, 0)
    counts |= {DOSE1: dose1, FULL: full}
    found: list[Stage] = []
    before: int | None = None
    for name in STAGES:
        count = counts[name]
        above = 0 if count is None or before is None else max(count - before, 0)
        found.append(Stage(name=name, count=count, above=above))
        before = before if count is None else count
    return tuple(found)


def edges(limit_days: int) -> tuple[int, ...]:
    return (*FIRST_EDGES, limit_days, 2 * limit_days)


def ageing(counts: Iterable[OpenCount], *, today: date, limit_days: int) -> Ageing:
    bounds = edges(limit_days)
    buckets = [0] * (len(bounds) + 1)
    deferred = long = 0
    for count in counts:
        days = (today - count.registered_on).days
        buckets[sum(days > bound for bound in bounds)] += count.registrations
        deferred += count.registrations * (count.state == DEFERRED)
        long += count.registrations * (days > limit_days)
    return Ageing(buckets=tuple(buckets), deferred=deferred, long=long)


def deferrals(counts: Iterable[OpenCount]) -> dict[int, int]:
    """Registrations that are deferred now, by number of the reason, the most first. They add up to all deferred."""
    found: dict[int, int] = {}
    for count in counts:
        if count.state == DEFERRED:
            found[count.reason] = found.get(count.reason, 0) + count.registrations
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def waits(counts: Iterable[WaitCount]) -> Waits:
    by_days: dict[int, int] = {}
    for count in counts:
        by_days[count.days] = by_days.get(count.days, 0) + count.registrations
    ordered = sorted(by_days.items())
    return Waits(
        served=sum(by_days.values()), median=percentile(ordered, percent=50), p90=percentile(ordered, percent=90)
    )


def percentile(ordered: Sequence[tuple[int, int]], *, percent: int) -> int | None:
    """The smallest value that at least `percent` per cent of the counts do not exceed; `ordered`: value and count."""
    whole = sum(count for _, count in ordered)
    passed = 0
    for value, count in ordered:
        passed += count
        if passed * 100 >= whole * percent and count:
            return value
    return None
