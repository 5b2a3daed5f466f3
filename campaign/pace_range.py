"""How far the pace of a place strays: its slowest and fastest week of late, beside their mean.

Looked at are the whole weeks that the present pace is the mean of (`stock.look_back_days`); one in which a place gave
none of a product says nothing of its pace. No law of chance is assumed: what happened within the
look-back may happen again. Source: issue 7 ("Build" 1); docs/adr/0053-pace-and-sessions-in-the-demand.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from campaign.coverage import NATION

# Of one week nobody knows how the next one differs.
FEWEST = 2
Key = tuple[str, str]
"""Place and product."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekDoses:
    """Doses of a product given in a place in one whole week; week: 0 is the last before today."""

    place: str
    product: str
    week: int
    doses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceRange:
    """The slowest and the fastest week as shares of the mean week: slow <= 1 <= fast."""

    slow: float = 1.0
    fast: float = 1.0


STEADY = PaceRange()


def pace_ranges(weeks: Iterable[WeekDoses]) -> dict[Key, PaceRange]:
    """By place and product, of those with enough weeks; and of all places together, as NATION."""
    doses: defaultdict[Key, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    for item in weeks:
        for place in (item.place, NATION):
            doses[place, item.product][item.week] += item.doses
    given = {key: [amount for amount in own.values() if amount > 0] for key, own in doses.items()}
    return {key: _range(own) for key, own in given.items() if len(own) >= FEWEST}


def range_of(ranges: Mapping[Key, PaceRange], place: str, product: str) -> PaceRange:
    """Its own, else the nation's of the product, else none is known and the pace is taken as it is."""
    return ranges.get((place, product)) or ranges.get((NATION, product)) or STEADY


def scaled(paces: Mapping[Key, float], ranges: Mapping[Key, PaceRange], *, fast: bool) -> dict[Key, float]:
    """The same paces, each in its fastest or slowest week."""
    found: dict[Key, float] = {}
    for (place, product), pace in paces.items():
        own = range_of(ranges, place, product)
        found[place, product] = pace * (own.fast if fast else own.slow)
    return found


def _range(doses: list[int]) -> PaceRange:
    mean = sum(doses) / len(doses)
    return PaceRange(slow=min(doses) / mean, fast=max(doses) / mean)
