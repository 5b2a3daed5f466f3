"""Doses that will be given on the days ahead, from vaccine that is on record: decided allocations and arrived lots.

What stores expect on a day is given some days later, in the days until what they expect next; it had arrived some days
before. How many days, and what part of it is given, is learnt from the last weeks. Of what is being given now the days
that are left get what is left. Beyond what is on record the pace goes on, with part of its recent change. Everything
used of a morning was on record on that morning. docs/PROJECTION.md explains in plain words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from campaign.projection import TINY, WEEK, Floats

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyRules:
    """How doses ahead are read from vaccine on record. Days are whole days."""

    fewest_days: int = 60  # whole days of doses without which nothing is said
    freshest_days: int = 21  # so long without a decision: they are not kept, and none says nothing
    learnt_days: int = 56  # from which the lag and the part that is given are learnt ...
    lag_half_life_days: float = 28.0  # ... newest first: a batch counts half as much for the lag so long after its use
    part_half_life_days: float = 14.0  # ... and so long for the part
    fewest_batches: int = 3  # used up, without which no lag is told
    longest_batch: int = 28  # days: what is expected next later than that does not stretch the use of what came before
    most_moved: float = 2.0  # days left get at most so often what they would have had, and at least its inverse
    longest_lag: int = 30  # from the day on which a store expects doses to their use ...
    arrival_lags: tuple[int, int] = (10, 55)  # ... and from the end of an arrival's spread to its use
    least_given: float = 0.8  # of what is sent; the rest is wastage and reserves
    arrival_days: int = 14  # lots are large and come unevenly: one is spread over so many days
    waiting_days: int = 30  # a lot that has not been released so long after it came is not counted on
    early_share: float = 0.05  # of doses decided later than all others for their day: the last decisions are not whole
    pace_days: int = 28  # whose pace goes on beyond what is on record ...
    trend_share: float = 0.5  # ... with this part of its change from the days before them ...
    trend_damping: float = 0.97  # ... which loses so much of itself each day
    steepest: float = 0.04  # change a day beyond which none is believed
    weekday_days: int = 56  # that the pattern of the week is taken from


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """Doses in the unit of the people (one in N of a demonstration's). Days count from the first day of `given`, below
    zero before it. Entries of lots and of lines of decisions stand side by side."""

    given: Floats  # by whole day, raised by what is not entered yet
    arrived_on: Floats  # of each lot
    usable_until: Floats  # on hold, recalled or destroyed from that day on; inf: not
    arrived: Floats
    decided_on: Floats  # of each line
    planned_on: Floats  # the day on which its store expects it
    allocated: Floats

    def until(self, day: int) -> Supply:
        """What was on record at the beginning of `day`."""
        lots, lines = self.arrived_on < day, self.decided_on < day
        return replace(
            self,
            given=self.given[:day],
            arrived_on=self.arrived_on[lots],
            usable_until=self.usable_until[lots],
            arrived=self.arrived[lots],
            decided_on=self.decided_on[lines],
            planned_on=self.planned_on[lines],
            allocated=self.allocated[lines],
        )


def doses_ahead(supply: Supply, days: int, rules: SupplyRules) -> Floats | None:
    """Doses of each of so many days ahead. None without decisions of late, with too few days, or where nothing was
    given."""
    today = len(supply.given)
    lately = float(supply.given[-rules.pace_days :].sum())
    fresh = supply.decided_on.max(initial=-np.inf) >= today - rules.freshest_days
    if today < rules.fewest_days or not fresh or supply.allocated.sum() <= TINY or lately <= TINY:
        return None
    batches = _Batches.of(supply, rules)
    followed = batches.followed(supply.given, rules)
    if followed is None:
        return None
    lag, part = followed
    week = weekdays(supply.given, days, rules)
    pace, whole = batches.ahead(supply.given, week, lag, part, today + _complete_days(supply, rules), rules)
    usable = supply.usable_until >= today
    arrived = _Timeline.of(
        supply.arrived_on[usable], supply.arrived[usable], spread=rules.arrival_days, until=today + days
    )
    found = _followed(
        arrived, supply.given, rules.arrival_days, range(rules.arrival_lags[0], rules.arrival_lags[1] + 1), rules
    )
    if found is not None and found[0] > whole:
        lag, part = found
        end = min(lag, days)
        pace[whole:end] = part * (arrived.between(today - lag + whole, today - lag + end) * week[whole:end])
        whole = end
    pace[whole:] = _goes_on(np.concatenate([supply.given, pace[:whole]]), days - whole, rules) * week[whole:]
    return pace


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batches:
    """What stores expect by day, days with hardly any joined to the one before. One is used in the days until the next,
    which begin some days, the lag, after it is expected."""

    expected_on: Places
    doses: Floats
    days: Places

    @classmethod
    def of(cls, supply: Supply, rules: SupplyRules) -> _Batches:
        begins = int(supply.planned_on.min())
        by_day = np.bincount((supply.planned_on - begins).astype(np.int64), weights=supply.allocated)
        about = np.convolve(by_day, np.ones(2 * WEEK - 1))[WEEK - 1 : WEEK - 1 + len(by_day)]
        first = np.flatnonzero((by_day > TINY) & (by_day > rules.early_share * about))
        between = np.minimum(np.diff(first), rules.longest_batch)
        usual = int(np.median(between[-8:])) if len(between) else WEEK
        days = np.append(between, usual)[: len(first)].astype(np.int64)
        return cls(expected_on=first + begins, doses=np.add.reduceat(by_day, first), days=days)

    def followed(self, given: Floats, rules: SupplyRules) -> tuple[int, float] | None:
        """After how many days the use of a batch begins, and what part of it is given. The lag is the one under which
        the part was most nearly the same for all. At least a week of batches is compared with as many days of use, as
        a weekend is less than other days. None where too few are used up."""
        today = len(given)
        until = np.concatenate([np.zeros(1), np.cumsum(given)])
        sent = np.concatenate([np.zeros(1), np.cumsum(self.doses)])
        span = np.maximum(self.days, WEEK)
        last = np.searchsorted(self.expected_on, self.expected_on + span)
        doses = sent[last] - sent[:-1]
        best: tuple[float, int, float] | None = None
        for lag in range(rules.longest_lag + 1):
            began = self.expected_on + lag
            used_up = np.flatnonzero((began >= max(today - rules.learnt_days, 0)) & (began + span <= today))
            began = began[used_up]
            came = until[began + span[used_up]] - until[began]
            told = (came > TINY) & (doses[used_up] > TINY)
            if told.sum() < rules.fewest_batches:
                continue
            part = np.log(came[told] / doses[used_up][told])
            age = (today - began[told]).astype(np.float64)
            usual = _mean(part, age, rules.lag_half_life_days)
            miss = _mean((part - usual) ** 2, age, rules.lag_half_life_days)
            if best is None or miss < best[0]:
                given_part = float(np.exp(_mean(part, age, rules.part_half_life_days)))
                best = (miss, lag, min(max(given_part, rules.least_given), 1.0))
        return None if best is None else best[1:]

    def ahead(
        self, given: Floats, week: Floats, lag: int, part: float, complete_until: int, rules: SupplyRules
    ) -> tuple[Floats, int]:
        """Doses of each day ahead from batches expected by `complete_until`, and for how many days they are known.
        week: the weekdays of the days ahead, whose number says how far to look."""
        today, days = len(given), len(week)
        pace, whole = np.zeros(days), 0
        for expected_on, doses, use in zip(self.expected_on, self.doses, self.days, strict=True):
            began, end = int(expected_on) + lag, int(expected_on) + lag + int(use)
            if expected_on > complete_until or end <= today or began >= today + days:
                continue
            first, whole = max(began - today, 0), min(end - today, days)
            left = part * doses
            if began < today:
                usual = left * (end - today) / use
                still = left - float(given[began:].sum())
                left = min(max(still, usual / rules.most_moved), usual * rules.most_moved)
            these = week[first:whole]
            pace[first:whole] += left * (whole - first) / (end - today - first) * these / max(float(these.sum()), TINY)
        return pace, whole


def _mean(values: Floats, age: Floats, half_life: float) -> float:
    return float(np.average(values, weights=0.5 ** (age / half_life)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Timeline:
    """Doses by day; the first entry is that of day `begins`, which lies before all."""

    begins: int
    doses: Floats

    @classmethod
    def of(cls, days: Floats, doses: Floats, *, spread: int, until: int) -> _Timeline:
        """What comes on a day is for that day and those after it, `spread` in all."""
        begins = min(int(days.min(initial=0.0)), 0) - 2 * until
        found = np.zeros(until - begins + spread)
        for later in range(spread):
            np.add.at(found, np.clip(days - begins + later, 0, len(found) - 1).astype(np.int64), doses / spread)
        return cls(begins=begins, doses=found)

    def between(self, first: int, end: int) -> Floats:
        return self.doses[first - self.begins : end - self.begins]


def _complete_days(supply: Supply, rules: SupplyRules) -> int:
    """Days ahead for which all decisions are taken: nearly all doses are decided so long before stores expect them."""
    before = supply.planned_on - supply.decided_on
    order = np.argsort(before)
    share = np.cumsum(supply.allocated[order])
    return int(before[order][np.searchsorted(share, rules.early_share * share[-1])])


def _followed(
    leader: _Timeline, given: Floats, smoothed: int, lags: range, rules: SupplyRules
) -> tuple[int, float] | None:
    """By how many days doses given follow the leader, and what part of it they are: least squares of the sums over
    `smoothed` days. None where there was nothing to follow."""
    today, longest = len(given), lags[-1]
    span = min(rules.learnt_days, today - smoothed)
    came = _sums(given[today - span - smoothed :], smoothed)
    sums = _sums(leader.between(today - longest - span - smoothed, today - lags[0]), smoothed)
    sent = np.lib.stride_tricks.sliding_window_view(sums, span)[::-1]  # lag x day, the shortest lag first
    square = (sent**2).sum(axis=1)
    if not (square > TINY).any():
        return None
    part = np.clip(sent @ came / np.maximum(square, TINY), rules.least_given, 1.0)
    miss = ((came - part[:, np.newaxis] * sent) ** 2).sum(axis=1)
    best = int(np.argmin(np.where(square > TINY, miss, np.inf)))
    return lags[best], float(part[best])


def _sums(doses: Floats, days: int) -> Floats:
    """Sums of the last so many days, for every day that has as many before it and itself."""
    whole = np.concatenate([np.zeros(1), np.cumsum(doses)])
    return whole[days + 1 :] - whole[1:-days]


def _goes_on(known: Floats, days: int, rules: SupplyRules) -> Floats:
    """The pace of the last days of what is known, and part of its change."""
    span = rules.pace_days
    level, before = float(known[-span:].mean()), float(known[-2 * span : -span].mean())
    if level <= TINY or before <= TINY:
        return np.full(days, level)
    change = float(np.clip(np.log(level / before) / span, -rules.steepest, rules.steepest)) * rules.trend_share
    ahead = np.arange(1, days + 1)
    return level * np.exp(change * span / 2 + np.cumsum(change * rules.trend_damping**ahead))


def weekdays(given: Floats, days: int, rules: SupplyRules) -> Floats:
    """The pattern of the week for each day ahead, 1 on average."""
    whole = min(rules.weekday_days, len(given)) // WEEK * WEEK
    by_day = given[len(given) - whole :].reshape(-1, WEEK).sum(axis=0)
    return np.resize(by_day / by_day.sum() * WEEK, days)
