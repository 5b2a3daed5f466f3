"""People reached on the days ahead where vaccine is on record, with an 80 % interval that is learnt from past misses.

Of the doses ahead (campaign.supply_ahead) people who are due for the dose that completes their series take theirs at
the rate of late; what is left are first doses, as far as vaccine is on record, and later as many as the queue of
registrations tells (campaign.queue_ahead). They fall due in their turn. The same rule is asked for mornings that
have passed: what it missed of late corrects the time ahead, and how that varied is the interval. docs/PROJECTION.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import NormalDist

import numpy as np

from campaign.coverage import Measure
from campaign.projection import TINY, Fan, Floats
from campaign.queue_ahead import Course, QueueAhead, QueueRules, queue_ahead
from campaign.supply_ahead import Supply, SupplyRules, doses_ahead, weekdays

Paths = tuple[Floats, Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlookRules:
    """How doses ahead become people, and how wide the interval is. Days are whole days; misses are logarithms of the
    days it took over the days it was to take (0.1 is about 10 % late)."""

    rate_days: int = 14  # whose rate of those due goes on
    share_days: int = 7  # whose share of second doses among doses holds for the next days ...
    share_fades: float = 3.0  # ... and in so many days gives way to who is due
    mix_days: int = 21  # whose mix of products first doses ahead have
    most_seconds: float = 0.95  # of a day's doses
    look_back_days: int = 70  # mornings that misses are learnt from ...
    every_days: int = 3  # ... every so many days, by the calendar
    horizons: tuple[int, ...] = (4, 7, 10, 14, 21, 28, 35, 42)  # days after such a morning
    asked_days: int = 90  # ahead of such a morning: what takes longer counts as so long
    largest_miss: float = 1.0  # a past miss counts no further
    half_life_days: float = 7.0  # a miss weighs half as much so long after it was seen
    seen_weight: float = 0.3  # of one miss: those of neighbouring mornings and horizons tell nearly the same
    carried_share: float = 0.125  # of the mean miss that corrects the time ahead ...
    carried_weight: float = 3.0  # ... as far as seen misses outweigh this
    assumed_first: float = 0.08  # spread of first doses, which are what others leave, before anything was learnt ...
    assumed_full: float = 0.07  # ... and of the full series ...
    assumed_weight: float = 40.0  # ... and what these count
    short_days: float = 10.0  # a time so long is missed by 1.4 such spreads, a shorter one by so much more ...
    known_days: float = 40.0  # ... and by more again beyond so many days, of which hardly anything is on record ...
    beyond_days: float = 20.0  # ... by 1.4 spreads so many days later ...
    farthest_days: float = 100.0  # ... and no more than after so many
    least_days: float = 0.5  # a day is the least that can be told
    most_trusted: float = 0.2  # a spread above this: vaccine on record tells less than the pace does
    horizon_days: int = 400  # no date is told beyond
    level: float = 0.8  # share of projections whose interval is to hold the true date

    def spreads(self, days: Floats) -> Floats:
        """By how many spreads a time of so many days is missed."""
        short = self.short_days / np.maximum(days, self.least_days)
        beyond = (np.clip(days, self.known_days, self.farthest_days) - self.known_days) / self.beyond_days
        return np.sqrt(1.0 + short**2 + beyond**2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """First doses by the days, one or more, until the series is due to be completed. counts: wait x whole day, raised
    by what is not entered yet."""

    days: tuple[int, ...]
    counts: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What is on record besides people by day, of one group. All days count from `first_day`; `begun`, `full` and
    `supply.given` have the same days. Asked for an earlier day it uses nothing decided or arrived later, and people of
    the days before as they are known now."""

    first_day: date
    begun: Waits
    full: Floats
    supply: Supply
    courses: tuple[Course, ...] = ()  # of registrations, a class of ages each; none where the source does not tell them
    rules: OutlookRules = field(default_factory=OutlookRules)
    supply_rules: SupplyRules = field(default_factory=SupplyRules)
    queue_rules: QueueRules = field(default_factory=QueueRules)
    _asked: dict[int, Paths | None] = field(
        init=False, default_factory=dict[int, Paths | None], repr=False, compare=False
    )

    def fan(self, day: int, measure: Measure, population: int) -> Fan | None:
        """From the beginning of `day` on. None where vaccine on record tells nothing, or was of no use lately."""
        paths = self.paths(day, self.rules.horizon_days)
        if paths is None:
            return None
        late, spread = self._misses(day, measure)
        if spread > self.rules.most_trusted:
            return None
        path = paths[0 if measure is Measure.DOSE1 else 1]
        path = np.minimum(path, max(float(population), path[0]))
        taken = np.arange(len(path), dtype=np.float64)
        each = spread * self.rules.spreads(taken)
        sides = NormalDist().inv_cdf((1 + self.rules.level) / 2)

        def moved(side: float) -> Floats:
            """The path, reached later by its correction and `side` spreads."""
            when = np.maximum.accumulate(taken * np.exp(late + side * sides * each))
            return np.interp(taken[1:], when, path)

        return Fan(first_day=self.first_day + timedelta(days=day), fast=moved(-1.0), middle=moved(0.0), slow=moved(1.0))

    def paths(self, day: int, days: int) -> Paths | None:
        """People with a first dose, and with a full series, at the beginning of `day` and of so many days after it."""
        supply = self.supply.until(day)
        doses = doses_ahead(supply, days, self.supply_rules)
        if doses is None:
            return None
        queue = queue_ahead(
            self.courses,
            self.begun.counts[:, :day].sum(axis=0),
            weekdays(supply.given, days, self.supply_rules),
            self.queue_rules,
        )
        return _people(self.begun, self.full, supply.given, doses, self.rules, queue)

    def _past_paths(self, day: int) -> Paths | None:
        if day not in self._asked:
            self._asked[day] = self.paths(day, self.rules.asked_days)
        return self._asked[day]

    def _misses(self, day: int, measure: Measure) -> tuple[float, float]:
        """The correction, and the spread about it: of a time that is neither short nor long."""
        rules = self.rules
        counts = self.begun.counts.sum(axis=0) if measure is Measure.DOSE1 else self.full
        reached = np.concatenate([np.zeros(1), np.cumsum(counts[:day])])
        missed, weights, horizons = list[float](), list[float](), list[float]()
        for morning in range(max(day - rules.look_back_days, 0), day):
            if morning % rules.every_days or (paths := self._past_paths(morning)) is None:
                continue
            path = paths[0 if measure is Measure.DOSE1 else 1]
            for after in rules.horizons:
                if morning + after > day:
                    break
                said = float(np.interp(reached[morning + after], path, np.arange(len(path))))
                miss = float(np.log(after / max(said, rules.least_days)))
                missed.append(float(np.clip(miss, -rules.largest_miss, rules.largest_miss)))
                weights.append(rules.seen_weight * 0.5 ** ((day - morning - after) / rules.half_life_days))
                horizons.append(after)
        misses, weight, usual = np.array(missed), np.array(weights), rules.spreads(np.array(horizons))
        seen, sure = float(weight.sum()), weight / usual**2
        mean = float(sure @ misses) / max(float(sure.sum()), TINY)
        late = rules.carried_share * mean * seen / (seen + rules.carried_weight)
        square = float(weight @ np.clip((misses - late) / usual, -rules.largest_miss, rules.largest_miss) ** 2)
        assumed = rules.assumed_first if measure is Measure.DOSE1 else rules.assumed_full
        square += rules.assumed_weight * assumed**2
        return late, float(np.sqrt(square / (seen + rules.assumed_weight)))


def _people(
    begun: Waits, full: Floats, given: Floats, doses: Floats, rules: OutlookRules, queue: QueueAhead | None
) -> Paths | None:
    """Day by day: who is due comes at the rate of late, first doses are what is left and who waits. None where nobody
    came lately.

    Doses that are neither a first one nor complete a series, or not of this group, keep their part of late."""
    today, ahead = len(given), len(doses)
    counts, completed = begun.counts[:, :today], full[:today]
    ones, twos = float(counts[:, -rules.share_days :].sum()), float(completed[-rules.share_days :].sum())
    came = float(given[-rules.share_days :].sum())
    if min(ones + twos, came) <= TINY:
        return None
    due = np.zeros(today + 1)
    for wait, people in zip(begun.days, counts, strict=True):
        due[wait + 1 :] += np.cumsum(people)[: max(today - wait, 0)]
    done = np.concatenate([np.zeros(1), np.cumsum(completed)])
    waiting = np.maximum(due[1:] - done[:-1], 0.0)[-rules.rate_days :]
    rate = min(float(completed[-rules.rate_days :].sum()) / max(float(waiting.sum()), TINY), 1.0)
    mix = counts[:, -rules.mix_days :].sum(axis=1)
    mix = (mix / max(float(mix.sum()), TINY)).tolist()
    mine = (doses * (ones + twos) / came).tolist()
    lately = np.exp(-np.arange(1, ahead + 1) / rules.share_fades).tolist()
    share = twos / (ones + twos)
    firsts, seconds, open_due = list[float](), list[float](), float(due[-1] - done[-1])
    for day in range(ahead):
        for wait, people, part in zip(begun.days, counts, mix, strict=True):
            began = day - wait
            if began >= 0:
                open_due += part * firsts[began]
            elif today + began >= 0:
                open_due += float(people[today + began])
        second = lately[day] * mine[day] * share + (1 - lately[day]) * rate * max(open_due, 0.0)
        second = min(second, mine[day] * rules.most_seconds)
        open_due -= second
        seconds.append(second)
        first = mine[day] - second
        firsts.append(first if queue is None else queue.first_doses(first))
    first = float(counts.sum()) + np.concatenate([np.zeros(1), np.cumsum(firsts)])
    return first, float(done[-1]) + np.concatenate([np.zeros(1), np.cumsum(seconds)])
