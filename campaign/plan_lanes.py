"""Lanes between stores, by kinds: how many days, at what cost, how much on one departure.

Distances are between the stores' points, or the centres of population of what they serve, as the crow flies times the
road factor. The kinds are data/reference/lane_kinds.csv; what of them is assumed is said there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import asin, ceil, cos, radians, sin, sqrt

from campaign.plan_facts import PlanStore
from campaign.plan_problem import Lane
from campaign.plan_rules import LaneKind, PlanRules, Point

EARTH_KM = 6371.0


def kilometres(one: Point, other: Point) -> float:
    """Great-circle distance (haversine)."""
    east, north = radians(other[0] - one[0]), radians(other[1] - one[1])
    part = sin(north / 2) ** 2 + cos(radians(one[1])) * cos(radians(other[1])) * sin(east / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(part))


def lanes(places: Sequence[PlanStore], rules: PlanRules, *, labels: Mapping[str, frozenset[str]]) -> tuple[Lane, ...]:
    """All lanes of all kinds. labels: the problem's storage classes by the class of the reference data. A store of
    which nobody knows a point has none."""
    points = {store.code: point for store in places if (point := point_of(store, rules)) is not None}
    levels: defaultdict[str, list[PlanStore]] = defaultdict(list)
    for store in places:
        if store.code in points:
            levels[store.level].append(store)
    found: dict[str, Lane] = {}
    for kind in rules.lanes.values():
        for giver, taker in _pairs(kind, levels, points):
            lane = _lane(kind, giver, taker, kilometres(points[giver], points[taker]) * rules.road_factor, labels)
            found[lane.code] = lane
    return tuple(found.values())


def point_of(store: PlanStore, rules: PlanRules) -> Point | None:
    """Its own; that of its district or province; a central store lies in the capital where nobody says another."""
    by_area = store.area if store.level in ("province", "site") else rules.national_area
    own = rules.points.get(store.code) or rules.points.get(f"district {store.district}")
    return own or rules.points.get(f"area {by_area}")


def _pairs(
    kind: LaneKind, levels: Mapping[str, Sequence[PlanStore]], points: Mapping[str, Point]
) -> Iterator[tuple[str, str]]:
    giver_level, taker_level = kind.kind.split("_")
    givers, takers = levels.get(giver_level, ()), levels.get(taker_level, ())
    for giver in givers:
        others = [taker for taker in takers if taker.code != giver.code and _belong(giver, taker)]
        if kind.nearest is not None:
            others = _nearest(giver, others, points)[: kind.nearest]
        for taker in others:
            yield giver.code, taker.code


def _belong(giver: PlanStore, taker: PlanStore) -> bool:
    """A regional store serves those that name it as their parent, if they name one."""
    for upper, lower in ((giver, taker), (taker, giver)):
        if upper.level == "regional" and lower.level not in ("regional", "national") and lower.parent:
            return lower.parent == upper.code
    return True


def _nearest(giver: PlanStore, others: Iterable[PlanStore], points: Mapping[str, Point]) -> list[PlanStore]:
    return sorted(others, key=lambda taker: (kilometres(points[giver.code], points[taker.code]), taker.code))


def _lane(kind: LaneKind, giver: str, taker: str, km: float, labels: Mapping[str, frozenset[str]]) -> Lane:
    return Lane(
        code=f"{giver}>{taker}",
        giver=giver,
        taker=taker,
        days=max(1, ceil(km / kind.km_a_day)),
        cost=round(kind.cost_base + kind.cost_a_km * km, 3),
        litres=kind.litres,
        storage=frozenset(label for name in kind.storage for label in labels.get(name, frozenset())),
    )
