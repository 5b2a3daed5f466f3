"""How a national curve is shared out between provinces: each follows an S of its own, early or late, steep or flat.

The common time of the S is solved day by day, so that the provinces always add up to the nation; the regions' places
on it are solved so that their published shares of one day hold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from demo.streams import Floats, Ints

STEPS = 60  # bisections: far below one person


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """One entry a province: where on the common time its S has its middle, and how wide it is (logit units)."""

    middle: Floats
    width: Floats


def solve_pace(
    *, people: Floats, region: Ints, lead: Floats, width: Floats, region_people: Floats, shares: Floats, total: float
) -> Pace:
    """The pace under which, at common time 0, region r holds `shares[r]` of `region_people[r]`.

    The published shares are rounded and do not add up to `total` exactly: all of them are moved by one common logit
    until they do. `lead` keeps the order of the provinces inside a region.
    """
    moved = _moved_to_total(shares, region_people, total)
    middle = np.zeros(len(people))
    for index, share in enumerate(moved):
        inside = region == index
        offset = _bisect(
            lambda value, inside=inside: float(
                (people[inside] * logistic((lead[inside] - value) / width[inside])).sum()
            ),
            float(share * region_people[index]),
        )
        middle[inside] = offset - lead[inside]
    return Pace(middle=middle, width=width)


def by_province(pace: Pace, people: Floats, totals: Floats) -> Floats:
    """Province x day: cumulative people such that each day's column adds up to `totals` of that day."""
    low, high = np.full(len(totals), -200.0), np.full(len(totals), 200.0)
    for _ in range(STEPS):
        time = (low + high) / 2
        reached = people @ logistic((time[None, :] - pace.middle[:, None]) / pace.width[:, None])
        low = np.where(reached < totals, time, low)
        high = np.where(reached < totals, high, time)
    return people[:, None] * logistic(((low + high) / 2 - pace.middle[:, None]) / pace.width[:, None])


def logistic(value: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-np.clip(value, -500.0, 500.0)))


def _moved_to_total(shares: Floats, people: Floats, total: float) -> Floats:
    logit = np.log(shares / (1.0 - shares))
    low, high = -20.0, 20.0
    for _ in range(STEPS):
        shift = (low + high) / 2
        if float((people * logistic(logit + shift)).sum()) < total:
            low = shift
        else:
            high = shift
    return logistic(logit + low)


def _bisect(falling: Callable[[float], float], target: float) -> float:
    low, high = -60.0, 60.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        if falling(middle) > target:
            low = middle
        else:
            high = middle
    return (low + high) / 2
