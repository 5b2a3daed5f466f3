"""What is at risk if nothing is moved, place by place: doses that the present pace leaves over at their expiry, and
second doses that fall due and that the place's own usable stock of the product does not cover.

Full-size doses and people. Source: issue 7 ("Build" 1; "Done when": see the risk)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from campaign.due import DueCount
from campaign.stock_board import JudgedHeap


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """place: an area's code, or that of the national and regional stores. expiring: doses, at the present pace; slow,
    fast: should every week be as the place's slowest or fastest of late (campaign/pace_range.py). due: second doses
    that fall due; uncovered: of them, beyond the usable doses of the same product there. usable: doses of all products.
    planned: people of sessions that are planned there; None: of such the figures do not tell."""

    place: str
    area: str
    usable: int
    expiring: int
    due: int
    uncovered: int
    slow: int = 0
    fast: int = 0
    planned: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LostRange:
    """Doses by place that expire at the slowest and at the fastest pace."""

    slow: Mapping[str, int] = field(default_factory=dict[str, int])
    fast: Mapping[str, int] = field(default_factory=dict[str, int])


NOTHING_ELSE = LostRange()


def at_risk(
    judged: Iterable[JudgedHeap],
    due: Iterable[DueCount],
    *,
    lost: LostRange = NOTHING_ELSE,
    planned: Mapping[str, int] | None = None,
) -> tuple[Risk, ...]:
    """Grain: place with doses, or with somebody due. The most doses and second doses at risk first. planned: people of
    planned sessions, by place; None: not told."""
    usable: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    expiring: defaultdict[str, int] = defaultdict(int)
    areas: dict[str, str] = {}
    for item in judged:
        place = item.heap.place
        areas[place] = item.heap.area
        usable[place][item.heap.product] += item.usable
        expiring[place] += item.lost
    people: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for count in due:
        areas.setdefault(count.area_code, count.area_code)
        people[count.area_code][count.product] += count.people
    found = [
        Risk(
            place=place,
            area=area,
            usable=sum(usable[place].values()),
            expiring=expiring[place],
            due=sum(people[place].values()),
            uncovered=_uncovered(people[place], usable[place]),
            slow=lost.slow.get(place, 0),
            fast=lost.fast.get(place, 0),
            planned=None if planned is None else planned.get(place, 0),
        )
        for place, area in areas.items()
    ]
    return tuple(sorted(found, key=lambda risk: (-(risk.expiring + risk.uncovered), risk.place)))


def lost_by_place(judged: Iterable[JudgedHeap]) -> dict[str, int]:
    found: defaultdict[str, int] = defaultdict(int)
    for item in judged:
        found[item.heap.place] += item.lost
    return dict(found)


def _uncovered(people: Mapping[str, int], usable: Mapping[str, int]) -> int:
    return sum(max(0, due - usable.get(product, 0)) for product, due in people.items())
