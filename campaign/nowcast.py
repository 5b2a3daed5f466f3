"""How many doses the last, still incomplete days will have once every late record is in, with an 80 % interval.

Each day is completed by the days older than it (a chain ladder weighted towards recent days and days of its own
class); the interval is the spread of what the same rule misses on days that have settled. docs/NOWCAST.md explains.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
SMALLEST_VARIANCE = 0.1  # doses^2: keeps the scale of a miss above zero where nothing is expected to be missing


@dataclass(frozen=True, slots=True, kw_only=True)
class NowcastRules:
    """What the nowcast may learn from, and how wide it must be. Days are whole days of injection unless said."""

    complete_after_days: int = 28  # a day is settled once this many whole days of delay have passed
    window_days: int = 42  # days with evidence that are learnt from, newest first
    half_life_days: float = 14.0  # an older day weighs half as much after this long
    rest_days: tuple[int, ...] = (6,)  # weekdays (Monday = 0) that are recorded at a pace of their own
    other_class_weight: float = 0.3  # of a rest day for a working day, and the other way round
    pool_days: float = 3.0  # weight of all areas' pace in an area's own, in the area's days ...
    pool_doses: float = 20.0  # ... and in doses, which decides for small areas
    pool_errors: float = 14.0  # weight of all areas' misses in an area's own, in days
    full_pool: int = 200  # misses over all areas below which those at older ages are taken as well
    fewest_errors: int = 10  # settled days, counted in every area, without which there is no nowcast ...
    fewest_days: int = 2  # ... and different days among them: one alone says nothing of the next
    enough_errors: int = 14  # own settled days below which the interval reaches down to what is reported
    relative_spread: float = 0.5  # share of the missing doses by which a large area usually misses
    silent_doses: float = 20.0  # an area that usually knows this many by now and knows none has not reported
    level: float = 0.8  # share of days that the interval is to cover
    margin: float = 1.2  # on the misses of the past: paces drift


@dataclass(frozen=True, slots=True, kw_only=True)
class Triangle:
    """Doses of one area known by delay: `counts[i][lag]` were known at the end of day `days[i] + lag`.

    None where nobody published then. Corrections downwards are kept. Only finished days of delay count, so a row has at
    most `as_of - day` of them; one more entry, if given, is what is known by now, in the middle of day `as_of`.
    """

    days: Sequence[date]
    counts: Sequence[Sequence[int | None] | Floats]
    as_of: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DayNowcast:
    """One incomplete day, in doses. `low` is below `reported` only where corrections downwards were seen before."""

    day: date
    reported: int
    expected: int
    low: int
    high: int


def nowcast(triangle: Triangle, rules: NowcastRules) -> tuple[DayNowcast, ...]:
    """The incomplete days of one area by itself, oldest first. See `nowcast_areas`."""
    return nowcast_areas({"": triangle}, rules)[""]


def nowcast_areas(triangles: Mapping[str, Triangle], rules: NowcastRules) -> dict[str, tuple[DayNowcast, ...]]:
    """The incomplete days of areas that lend each other strength: what one cannot know alone it takes from all.

    Left out: settled days, the day in progress, days without a report, and all days while too few have settled.
    Raises ValueError where the triangles are not of the same instant or a row's length contradicts it.
    """
    if not triangles:
        return {}
    table = _Table.of(list(triangles.values()), rules)
    found: list[list[DayNowcast]] = [[] for _ in triangles]
    for age in range(min(rules.complete_after_days, table.ages), 0, -1):
        day = table.as_of - timedelta(days=age)
        estimate = _estimate(table, age, rules)
        if estimate is None:
            continue
        for area in np.flatnonzero(estimate.usable):
            reported, *limits = (
                int(values[area]) for values in (table.now[:, age - 1], estimate.expected, estimate.low, estimate.high)
            )
            expected, low, high = limits
            found[area].append(DayNowcast(day=day, reported=reported, expected=expected, low=low, high=high))
    return dict(zip(triangles, map(tuple, found), strict=True))


@dataclass(slots=True, kw_only=True)
class _Table:
    """Areas x ages (column 0 is yesterday) x lags; NaN where nothing is known. `final` is filled while going on."""

    as_of: date
    known: Floats  # area x age x lag below complete_after_days
    now: Floats  # area x age: the newest value
    settled: Floats  # area x age: the first value known once a day is complete
    final: Floats  # area x age: settled, or expected once its age has been dealt with
    misses: list[Floats] = field(default_factory=list[Floats])  # of all areas, an entry an age, oldest age first

    @property
    def ages(self) -> int:
        return self.known.shape[1]

    def pool(self, enough: int) -> Floats:
        """Misses of all areas at the newest age, and at as many older ones as it takes to have `enough`."""
        sizes = np.cumsum([len(misses) for misses in reversed(self.misses)])
        return np.concatenate(self.misses[-(int(np.searchsorted(sizes, enough)) + 1) :])

    @classmethod
    def of(cls, triangles: Sequence[Triangle], rules: NowcastRules) -> _Table:
        as_of = triangles[0].as_of
        if any(triangle.as_of != as_of for triangle in triangles):
            raise ValueError("all triangles must be of the same instant")
        ages = max(((as_of - day).days for triangle in triangles for day in triangle.days), default=0)
        known = np.full((len(triangles), max(ages, 0), rules.complete_after_days), np.nan)
        now, settled = np.full(known.shape[:2], np.nan), np.full(known.shape[:2], np.nan)
        for area, triangle in enumerate(triangles):
            for day, row in zip(triangle.days, triangle.counts, strict=True):
                age = (as_of - day).days
                if len(row) > max(age, 0) + 1:
                    raise ValueError(f"the row of {day} knows more than {as_of} can")
                if age > 0:
                    values: Any = np.array(row, dtype=np.float64)
                    finished = values[:age]
                    lags = finished[: rules.complete_after_days]
                    known[area, age - 1, : len(lags)] = lags
                    now[area, age - 1] = _last(values)
                    settled[area, age - 1] = _first(finished[rules.complete_after_days :])
        return cls(as_of=as_of, known=known, now=now, settled=settled, final=settled.copy())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Estimate:
    """One age, one entry an area, in whole doses; NaN where not `usable`."""

    usable: Flags
    expected: Floats
    low: Floats
    high: Floats


def _estimate(table: _Table, age: int, rules: NowcastRules) -> _Estimate | None:
    """The days that are `age` days old. None while too few older days say how such a day goes on."""
    before = table.known[:, age:, age - 1]  # what older days knew when they were as old
    settled = _evidence(before, table.settled[:, age:])
    evidence = np.isfinite(settled)
    if evidence.sum() < rules.fewest_errors or evidence.any(axis=0).sum() < rules.fewest_days:
        return None
    after = _evidence(before, table.final[:, age:])
    pace = _pace(table, age, before, after, rules)
    reported = table.known[:, age - 1, age - 1]
    expected = reported * pace
    table.final[:, age - 1] = expected
    recent = _newest(settled, rules.window_days)
    past, truth = before[:, recent], settled[:, recent]
    enough = np.isfinite(truth).sum(axis=1) >= rules.enough_errors
    misses = (truth - past * pace[:, None]) / _scale(past, past * pace[:, None], rules)
    table.misses.append(misses[np.isfinite(misses)])
    low, high = _limits(misses, table.pool(rules.full_pool), rules)
    scale = _scale(reported, expected, rules) * rules.margin
    # An area's own days say how far a correction downwards has gone; with few of them, those of all areas do.
    with np.errstate(divide="ignore", invalid="ignore"):
        fallen = np.fmin.reduce(np.where(past > 0, truth / past, np.nan), axis=1, initial=1.0)
    now = table.now[:, age - 1]
    floor = np.ceil(now * np.where(enough, fallen, 1.0))
    lowest = np.rint(expected + low * scale)
    lowest = np.where(enough, np.maximum(lowest, floor), np.minimum(lowest, now))
    highest = np.rint(expected + high * scale)
    expected = np.maximum(np.rint(expected), floor)
    usual = np.divide(np.nansum(past, axis=1), np.isfinite(past).sum(axis=1).clip(min=1))
    usable = np.isfinite(expected) & ((reported > 0) | (usual < rules.silent_doses))
    return _Estimate(
        usable=usable, expected=expected, low=np.minimum(lowest, expected), high=np.maximum(highest, expected)
    )


def _pace(table: _Table, age: int, before: Floats, after: Floats, rules: NowcastRules) -> Floats:
    """Area: doses in the end for each dose known at this age, drawn to the pace of all areas."""
    recent = _newest(after, rules.window_days)
    first = table.as_of - timedelta(days=age)
    weekday = (first.weekday() - 1 - recent) % 7
    same = np.isin(weekday, rules.rest_days) == (first.weekday() in rules.rest_days)
    weight = 0.5 ** ((recent - recent[0]) / rules.half_life_days) * np.where(same, 1.0, rules.other_class_weight)
    told = np.isfinite(after[:, recent])
    known = (np.where(told, before[:, recent], 0.0) * weight).sum(axis=1)
    final = (np.where(told, after[:, recent], 0.0) * weight).sum(axis=1)
    days = (told * weight).sum(axis=1)
    pooled = final.sum() / known.sum() if known.sum() > 0 else 1.0
    drawn = rules.pool_doses + rules.pool_days * np.divide(known, days, out=np.zeros_like(known), where=days > 0)
    return (final + drawn * pooled) / (known + drawn)


def _limits(misses: Floats, everywhere: Floats, rules: NowcastRules) -> tuple[Floats, Floats]:
    """Area: the scaled misses between which `level` of them lie, widened where there are few, drawn to all areas'."""
    own = np.sort(misses, axis=1)
    counts = np.isfinite(own).sum(axis=1)
    pool = np.sort(everywhere)[None, :]
    pooled = np.array([len(everywhere)])
    share = counts / (counts + rules.pool_errors)
    tail = (1.0 - rules.level) / 2
    low, high = (
        share * _quantile(own, counts, level) + (1.0 - share) * _quantile(pool, pooled, level)
        for level in (tail, 1.0 - tail)
    )
    return low, high


def _quantile(ordered: Floats, counts: npt.NDArray[Any], level: float) -> Floats:
    """Row: the quantile of its first `counts` entries; one more miss is imagined beyond each end. 0 where none."""
    position = np.clip(level * (counts + 1) - 1, 0, np.maximum(counts - 1, 0))
    below = np.floor(position).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(counts - 1, 0))
    rows = np.arange(len(ordered))
    lower, upper = ordered[rows, below], ordered[rows, above]
    return np.where(counts > 0, lower + (position - below) * (upper - lower), 0.0)


def _scale(known: Floats, expected: Floats, rules: NowcastRules) -> Floats:
    """Doses by which one usually misses: chance among the few that are missing, a share of them where they are many."""
    missing = np.abs(expected - known)
    return np.sqrt(SMALLEST_VARIANCE + missing + (rules.relative_spread * missing) ** 2)


def _evidence(before: Floats, after: Floats) -> Floats:
    """`after` where both are known."""
    return np.where(np.isfinite(before), after, np.nan)


def _newest(values: Floats, most: int) -> npt.NDArray[np.int64]:
    """Columns with a value in any row, newest (first) `most` of them."""
    return np.flatnonzero(np.isfinite(values).any(axis=0))[:most]


def _first(values: Floats) -> float:
    if len(values) and math.isfinite(values[0]):  # as nearly always
        return float(values[0])
    found = values[np.isfinite(values)]
    return float(found[0]) if len(found) else float("nan")


def _last(values: Floats) -> float:
    return _first(values[::-1])
