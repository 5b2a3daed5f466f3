"""When a number of people will have been reached, with an 80 % interval. docs/PROJECTION.md explains in plain words.

First doses: the daily chance that somebody who is still waiting comes is carried on, with part of its recent trend, and
is uncertain by what the same rule missed before. Full series: those who will complete it have their first dose already,
so the curve of first doses is followed at its distance in days, which is carried on in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
TINY = 1e-9
WEEK = 7
# Averaged over a time, the level of a random walk strays a third as far (in variance) as the walk at the end of it.
MEAN_OF_WALK = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectionRules:
    """What a projection may learn from, and how wide it must be. Days are whole days; spreads are of logarithms (0.1 is
    about 10 %) for the pace, and days for the distance."""

    window_days: int = 21  # whose mean is the present pace: three of each weekday
    fewest_days: int = 42  # whole days without which nothing is said: two such windows
    trend_share: float = 0.5  # of the change from one window to the next, the part that is carried on ...
    trend_damping: float = 0.97  # ... losing so much of itself each day
    steepest: float = 0.04  # change a day beyond which none is believed
    look_back_days: int = 70  # past paces that the spread is learnt from
    horizons: tuple[int, ...] = (7, 14, 21, 28)  # days ahead at which past paces are compared with what came
    every_days: int = 3  # between two of them: neighbours tell the same
    pace_spread: float = 0.15  # of a week's change, assumed before anything was learnt ...
    distance_spread: float = 1.5  # ... and days by which the distance changes in a week
    assumed_weight: float = 15.0  # of those assumptions, in weeks seen
    growth_weeks: float = 8.0  # a pace strays no further from its present level than it does in so many weeks
    pace_noise: float = 0.05  # spread of the present pace itself, besides the chance of small numbers
    distance_noise: float = 0.7  # days
    largest_miss: float = 1.0  # a past miss counts no further: one backlog must not widen every interval for months
    largest_slip: float = 10.0  # days in a week, likewise
    shortest_distance: float = 14.0  # days: the shortest interval between two doses of one product
    distance_trend: float = 0.3  # part of its recent change that is carried on
    distance_damping: float = 0.95
    weekday_days: int = 56  # that the pattern of the week is taken from
    horizon_days: int = 400  # no date is told beyond
    level: float = 0.8  # share of projections whose interval is to hold the true date

    @property
    def spread(self) -> float:
        """Standard deviations on each side of the middle."""
        return NormalDist().inv_cdf((1 + self.level) / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
    """People who reached a state, by whole day from `first_day` on; the day in progress is not among them."""

    first_day: date
    counts: Floats

    @property
    def next_day(self) -> date:
        """The first day that is not known yet."""
        return self.first_day + timedelta(days=len(self.counts))

    def until(self, day: date) -> Daily:
        """What was known at the end of the day before `day`."""
        return Daily(first_day=self.first_day, counts=self.counts[: max((day - self.first_day).days, 0)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Fan:
    """People reached by the end of each day from `first_day` on, should it go fast, as expected, or slowly."""

    first_day: date
    fast: Floats
    middle: Floats
    slow: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """The day on which enough people are expected to have been reached, and the interval; None: not before `beyond`."""

    earliest: date | None
    middle: date | None
    latest: date | None
    beyond: date


def first_dose_fan(daily: Daily, population: int, rules: ProjectionRules) -> Fan | None:
    """None where too few days are known, nobody was reached lately, or no population is known."""
    if len(daily.counts) < rules.fewest_days or population <= 0:
        return None
    reached = _cumulated(daily.counts)
    today = len(daily.counts)
    if reached[today] - reached[today - rules.window_days] <= 0:
        return None
    ends = np.array([today, today - rules.window_days])
    chance, before = _chance(reached, population, ends, rules.window_days)
    trend = 0.0
    if before > TINY:
        change = float(np.log(chance / before)) / rules.window_days
        trend = rules.trend_share * float(np.clip(change, -rules.steepest, rules.steepest))
    ahead = np.arange(1, rules.horizon_days + 1)
    pace = chance * np.exp(np.cumsum(trend * rules.trend_damping**ahead)) * _weekdays(daily, rules)
    weeks = np.minimum(ahead / WEEK, rules.growth_weeks)
    seen = reached[today] - reached[today - rules.window_days]
    noise = rules.pace_noise**2 + 1 / seen
    spread = np.sqrt(noise + _pace_variance(reached, population, rules) * weeks / MEAN_OF_WALK)

    def path(side: float) -> Floats:
        pressed = np.maximum.accumulate(np.cumsum(pace) * np.exp(side * rules.spread * spread))
        waiting = max(population - reached[today], 0.0)
        return reached[today] + waiting * (1.0 - np.exp(-pressed))

    return Fan(first_day=daily.next_day, fast=path(1.0), middle=path(0.0), slow=path(-1.0))


def full_series_fan(full: Daily, first: Daily, first_fan: Fan | None, population: int, rules: ProjectionRules) -> Fan:
    """Both dailies have the same days. Where nobody completed a series lately the fan is flat: no date at that pace."""
    reached, begun = _cumulated(full.counts), _cumulated(first.counts)
    today = len(full.counts)
    ahead = np.arange(1, rules.horizon_days + 1, dtype=np.float64)
    still = np.full(len(ahead), reached[today])
    lately = reached[today] - reached[max(today - rules.window_days, 0)]
    if today < rules.fewest_days or lately <= 0:
        return Fan(first_day=full.next_day, fast=still, middle=still, slow=still)
    past = np.arange(max(today - 8 * WEEK, 0), today + 1)
    distance = _distance(begun, reached, past)
    if not np.isfinite(distance[-1]):
        # More full series than first doses on record, as where people moved: the curve has nothing to follow.
        alone = first_dose_fan(full, population, rules)
        return alone or Fan(first_day=full.next_day, fast=still, middle=still, slow=still)
    change = (distance[-1] - distance[-1 - rules.window_days]) / rules.window_days
    trend = rules.distance_trend * (float(np.clip(change, -0.6, 0.6)) if np.isfinite(change) else 0.0)
    drift = np.cumsum(trend * rules.distance_damping**ahead)
    slip = np.sqrt(rules.distance_noise**2 + _slip_variance(distance, rules) * ahead / WEEK)
    none_more = np.full(len(ahead), begun[today])

    def path(side: float, first_path: Floats) -> Floats:
        days = np.maximum(distance[-1] + drift - side * rules.spread * slip, rules.shortest_distance)
        whole = np.concatenate([begun, first_path])
        followed = np.interp(today + ahead - days, np.arange(len(whole)), whole)
        return np.maximum.accumulate(np.maximum(followed, reached[today]))

    fan = first_fan
    return Fan(
        first_day=full.next_day,
        fast=path(1.0, fan.fast if fan else none_more),
        middle=path(0.0, fan.middle if fan else none_more),
        slow=path(-1.0, fan.slow if fan else none_more),
    )


def reach(fan: Fan, people: int) -> Projection:
    """When `people` will have been reached; dates beyond the horizon are not told."""

    def day(path: Floats) -> date | None:
        found = np.flatnonzero(path >= people)
        return fan.first_day + timedelta(days=int(found[0])) if len(found) else None

    return Projection(
        earliest=day(fan.fast),
        middle=day(fan.middle),
        latest=day(fan.slow),
        beyond=fan.first_day + timedelta(days=len(fan.middle) - 1),
    )


def _cumulated(counts: Floats) -> Floats:
    """Entry d: people reached before day d; one more than there are days."""
    return np.concatenate([np.zeros(1), np.cumsum(counts)])


def _chance(reached: Floats, population: int, ends: npt.NDArray[Any], days: int) -> Floats:
    """By end (a position in `reached`): the mean daily chance over the `days` before it of those still waiting then.

    Above 100 % there is nobody left to wait: a fiftieth of the population stands in, so that nothing is divided by 0.
    """
    waiting = np.maximum(population - reached[ends - days // 2 - 1], population / 50)
    return np.maximum(reached[ends] - reached[ends - days], TINY) / days / waiting


def _weekdays(daily: Daily, rules: ProjectionRules) -> Floats:
    """The pattern of the week for each day ahead, 1 on average."""
    whole = min(rules.weekday_days, len(daily.counts)) // WEEK * WEEK
    by_day = daily.counts[len(daily.counts) - whole :].reshape(-1, WEEK).sum(axis=0)
    total = by_day.sum()
    pattern = np.ones(WEEK) if total <= 0 else (by_day + total / WEEK / 4) / (total / WEEK * 1.25)
    return np.resize(pattern, rules.horizon_days)


def _pace_variance(reached: Floats, population: int, rules: ProjectionRules) -> float:
    """Of the logarithm of the pace, for each week: what carrying on the pace missed lately, with what was assumed."""
    today = len(reached) - 1
    first = max(today - rules.look_back_days, 2 * rules.window_days)
    misses: list[Floats] = []
    for days in rules.horizons:
        starts = np.arange(first, today - days + 1, rules.every_days)
        if not len(starts):
            continue
        came = _chance(reached, population, starts + days, days)
        carried = _chance(reached, population, starts, rules.window_days)
        known = (came > TINY) & (carried > TINY)
        miss = np.log(came[known] / carried[known]) ** 2 / (days / WEEK / MEAN_OF_WALK + 1 / MEAN_OF_WALK)
        misses.append(np.minimum(miss, rules.largest_miss))
    return _mixed(misses, rules.pace_spread**2, rules)


def _distance(begun: Floats, reached: Floats, ends: npt.NDArray[Any]) -> Floats:
    """By end: how many days earlier as many people had begun as have completed now; nan where never."""
    people = reached[ends]
    # Of equal entries the last: days without a first dose have no width.
    after = np.searchsorted(begun, people, side="left")
    inside = (after > 0) & (after < len(begun)) & (people > 0)
    upper = np.clip(after, 1, len(begun) - 1)
    step = np.maximum(begun[upper] - begun[upper - 1], TINY)
    then = upper - 1 + np.clip((people - begun[upper - 1]) / step, 0.0, 1.0)
    return np.where(inside & (then <= ends), ends - then, np.nan)


def _slip_variance(distance: Floats, rules: ProjectionRules) -> float:
    """Days² by which the distance changes in a week."""
    slips: list[Floats] = []
    for days in rules.horizons:
        change = (distance[days:] - distance[:-days])[:: rules.every_days] if len(distance) > days else np.zeros(0)
        known = change[np.isfinite(change)]
        slips.append(np.minimum(known**2 / (days / WEEK), rules.largest_slip**2))
    return _mixed(slips, rules.distance_spread**2, rules)


def _mixed(seen: list[Floats], assumed: float, rules: ProjectionRules) -> float:
    """Mean of what was seen and what is assumed, by weight: neighbouring windows share most of their days."""
    values = np.concatenate(seen) if seen else np.zeros(0)
    weight = len(values) / (2 * rules.every_days)
    total = float(values.sum()) / (2 * rules.every_days)
    return (total + rules.assumed_weight * assumed) / (weight + rules.assumed_weight)
