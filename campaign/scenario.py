"""What if: how three levers would move the day on which a target is met. Pure, and never a figure of the campaign.

The model starts from the projection that the page of the targets shows (campaign.projection) and changes three things:

- *pace*: the daily chance that somebody who is still waiting comes, multiplied from tomorrow on. 150 % is half as many
  again as would come otherwise, on each day, as long as there is somebody left.
- *declines*: a share of the population who will not come. They are left out of those who wait; whoever has had a dose
  has not declined. The present pace is not slowed by them (those who come today are among the others), it runs dry
  earlier: nobody is reached beyond the population less those who decline. Where the target lies above that there is no
  date at all.
- *arrivals*: doses that arrive each week, beside what is on hand today, are all that can be given to this group. While
  there are too few the campaign waits: everything happens in the same order, later, first and second doses in the
  proportion in which they would have come. It makes up for lost days no faster than its pace allows.

With the levers at 100 %, none and no limit the scenario is the projection itself, to the day.

Limits: doses are those for this group alone, wastage and boosters are not reckoned; the interval is that of the
projection carried through the levers, so that it holds what was uncertain before, and nothing of how sure the levers
are; second doses follow first doses at the distance of today.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from campaign.coverage import Measure
from campaign.projection import Fan, Floats, Projection, ProjectionRules, full_series_fan, reach
from campaign.targets import Past, fan_of

DAYS_A_WEEK = 7
HUNDRED = 100
TINY = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Levers:
    """What is supposed. pace_percent: 100 is today's. arrivals_weekly: doses a week at full size, None for no limit.
    declines_percent: of the group's population, who will not come."""

    pace_percent: int = HUNDRED
    arrivals_weekly: int | None = None
    declines_percent: int = 0

    @property
    def neutral(self) -> bool:
        return self == Levers()


@dataclass(frozen=True, slots=True, kw_only=True)
class Supposed:
    """One reading of one target under the levers. within_reach: whether the target can be met at all by those who do
    not decline; projection None: no date can be told, as for the base (campaign.targets.project)."""

    projection: Projection | None
    within_reach: bool


def suppose(
    past: Past,
    measure: Measure,
    *,
    population: int,
    needed: int,
    levers: Levers,
    on_hand: float,
    one_in: int,
    rules: ProjectionRules,
) -> Supposed:
    """When `needed` people would have been reached. `on_hand` and arrivals are doses at full size; people of a
    demonstration are one in `one_in`, and get one dose in as many."""
    begun, completed = float(past.first.counts.sum()), float(past.full.counts.sum())
    ceiling = population * (1 - levers.declines_percent / HUNDRED)
    within_reach = needed <= max(ceiling, begun if measure is Measure.DOSE1 else completed)
    fan = supposed_fan(past, measure, population=population, levers=levers, on_hand=on_hand, one_in=one_in, rules=rules)
    projection = None if fan is None else reach(fan, needed)
    return Supposed(projection=projection, within_reach=within_reach)


def supposed_fan(
    past: Past,
    measure: Measure,
    *,
    population: int,
    levers: Levers,
    on_hand: float,
    one_in: int,
    rules: ProjectionRules,
) -> Fan | None:
    """The curve ahead of one reading under the levers; None where there is none of the base. Units as for `suppose`."""
    base = fan_of(past, Measure.DOSE1, population, rules)
    if base is None and measure is Measure.DOSE1:
        return None
    begun, completed = float(past.first.counts.sum()), float(past.full.counts.sum())
    ceiling = population * (1 - levers.declines_percent / HUNDRED)
    # Where nobody came lately for a first dose, series may still be completed.
    first = (
        _pressed(base, begun, population, ceiling, levers.pace_percent / HUNDRED)
        if base
        else _still(past, begun, rules)
    )
    full = _completed(past, base, first, population, rules)
    if levers.arrivals_weekly is not None:
        first, full = _supplied(
            first, full, begun, completed, stock=max(on_hand, 0.0) / one_in, weekly=levers.arrivals_weekly / one_in
        )
    found = first if measure is Measure.DOSE1 else full
    return None if found is None else _around(found)


def shift_days(base: Projection | None, supposed: Projection | None) -> int | None:
    """Days by which the expected date moves, later is positive; None where either has no date."""
    if base is None or supposed is None or base.middle is None or supposed.middle is None:
        return None
    return (supposed.middle - base.middle).days


def middle(projection: Projection | None) -> date | None:
    return projection.middle if projection else None


def _still(past: Past, begun: float, rules: ProjectionRules) -> Fan:
    flat = np.full(rules.horizon_days, begun)
    return Fan(first_day=past.first.next_day, fast=flat, middle=flat, slow=flat)


def _around(fan: Fan) -> Fan:
    """The interval about what is expected. Each side has been moved for itself, and where doses are short the fast one
    may come last: its second doses use up what first doses wait for."""
    paths = np.stack([fan.fast, fan.middle, fan.slow])
    return replace(fan, fast=paths.max(axis=0), slow=paths.min(axis=0))


def _pressed(base: Fan, begun: float, population: int, ceiling: float, pace: float) -> Fan:
    """The base's paths with another chance and fewer people to wait. `pace`: 1.0 is today's."""
    waiting = max(population - begun, 0.0)
    willing = min(max(ceiling - begun, 0.0), waiting)
    if waiting <= TINY:
        return base

    def path(known: Floats) -> Floats:
        left = np.maximum(1.0 - (known - begun) / waiting, TINY)
        pressure = -np.log(left)
        if willing <= TINY:
            return np.full(len(known), begun)
        # The same people a day come out of fewer who wait: each of them is the likelier to come.
        return begun + willing * (1.0 - np.exp(-pressure * pace * waiting / willing))

    return replace(base, fast=path(base.fast), middle=path(base.middle), slow=path(base.slow))


def _completed(past: Past, base: Fan | None, first: Fan, population: int, rules: ProjectionRules) -> Fan | None:
    """The projection, moved by what other first doses mean for those who follow them at their distance. None where
    nobody completed a series lately, as in campaign.targets.fan_of."""
    projected = fan_of(past, Measure.FULL, population, rules)
    if projected is None or base is None:
        return projected
    before, after = (full_series_fan(past.full, past.first, fan, population, rules) for fan in (base, first))
    completed = float(past.full.counts.sum())

    def moved(path: Floats, was: Floats, now: Floats) -> Floats:
        return np.maximum.accumulate(np.maximum(path + (now - was), completed))

    return replace(
        projected,
        fast=moved(projected.fast, before.fast, after.fast),
        middle=moved(projected.middle, before.middle, after.middle),
        slow=moved(projected.slow, before.slow, after.slow),
    )


def _supplied(
    first: Fan, full: Fan | None, begun: float, completed: float, *, stock: float, weekly: float
) -> tuple[Fan, Fan | None]:
    """The same curves, walked along no faster than doses allow: each path has a day of its own that waits for doses."""

    def walked(ones: Floats, twos: Floats | None) -> tuple[Floats, Floats | None]:
        wanted = (ones - begun) + (twos - completed if twos is not None else 0.0)
        at = _held_back(np.concatenate([[0.0], np.maximum.accumulate(wanted)]), stock=stock, weekly=weekly)
        places = np.arange(len(ones) + 1)
        slow_ones = np.interp(at, places, np.concatenate([[begun], ones]))
        slow_twos = None if twos is None else np.interp(at, places, np.concatenate([[completed], twos]))
        return slow_ones, slow_twos

    sides = {side: walked(getattr(first, side), getattr(full, side) if full else None) for side in SIDES}
    one = replace(first, **{side: found[0] for side, found in sides.items()})
    two = None if full is None else replace(full, **{side: found[1] for side, found in sides.items()})
    return one, two


SIDES = ("fast", "middle", "slow")


def _held_back(wanted: Floats, *, stock: float, weekly: float) -> Floats:
    """By day from tomorrow on: how far along its own curve the campaign has come. `wanted`: doses it would have given
    by the end of each of its days, 0 first. A day is walked where doses allow, or the part of it that they do."""
    at = np.zeros(len(wanted) - 1)
    here = 0.0
    places = np.arange(len(wanted), dtype=np.float64)
    for day in range(len(at)):
        there = here + 1.0
        allowed = stock + weekly * (day + 1) / DAYS_A_WEEK
        if np.interp(there, places, wanted) > allowed + TINY:
            there = max(here, _latest(wanted, allowed))
        here = min(there, float(len(at)))
        at[day] = here
    return at


def _latest(wanted: Floats, allowed: float) -> float:
    """The place on the curve, between two days, at which `allowed` doses have been given."""
    after = int(np.searchsorted(wanted, allowed, side="right"))
    if after >= len(wanted):
        return float(len(wanted) - 1)
    before = wanted[after - 1]
    return after - 1 + float((allowed - before) / (wanted[after] - before))
