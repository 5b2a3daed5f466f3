"""A scenario of a plan: what is supposed, and what that changes of the plan without it. Pure; never a figure of the
campaign.

Both plans are made from one snapshot by one process. They are documents beside the registry's plans, without acts:
nothing of a scenario can be proposed (docs/adr/0052-orders-and-scenarios-of-plans.md). Source: issue 7 ("Build" 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from campaign.plan_facts import PlanStore
from campaign.plan_rules import Arrival, Suppose

AIMS = ("lost", "unmet", "short")
COST = "cost"
LEVEL = "province"


class UnknownSupposed(ValueError):
    """Something is supposed of a store or lot that the snapshot does not have; the text is its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AimCompared:
    """Doses; of `cost` thousand VND. nothing: if nothing is done; planned: with the plan; each without and with what is
    supposed."""

    name: str
    nothing: float
    planned: float
    nothing_supposed: float
    planned_supposed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCompared:
    """Grain: lot, two stores and a day of departure whose doses differ; 0 where that plan has no such line."""

    lot: str
    product: str
    giver: str
    taker: str
    ship_on: str
    planned: int
    supposed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCompared:
    """Grain: store where the two plans leave other figures behind. days: of stock; None: no pace."""

    code: str
    area: str
    days: tuple[float | None, float | None]
    lost: tuple[int, int]
    unmet: tuple[int, int]


def as_plain(suppose: Suppose) -> dict[str, Any]:
    """As it is kept, and as `app.py plan --json` tells it."""
    return {
        "arrivals": [
            {"lot": item.lot, "store": item.store, "doses": item.doses, "day": item.day} for item in suppose.arrivals
        ],
        "late": dict(suppose.late),
        "failed": sorted(suppose.failed),
        "targets": dict(suppose.targets),
    }


def from_plain(told: Mapping[str, Any]) -> Suppose:
    """Raises KeyError, TypeError or ValueError for what `as_plain` did not write."""
    return Suppose(
        arrivals=tuple(Arrival(**item) for item in told.get("arrivals", ())),
        late={str(lot): int(days) for lot, days in told.get("late", {}).items()},
        failed=frozenset(map(str, told.get("failed", ()))),
        targets={str(store): int(doses) for store, doses in told.get("targets", {}).items()},
    )


def resolved(suppose: Suppose, places: Iterable[PlanStore], lots: Iterable[str]) -> Suppose:
    """With codes of the plan's stores: a province may be named by its own code, a central unit by its. Raises
    UnknownSupposed."""
    code = _codes(tuple(places))
    known = frozenset(lots)
    for lot in (*suppose.late, *(item.lot for item in suppose.arrivals)):
        if lot not in known:
            raise UnknownSupposed(lot)
    return replace(
        suppose,
        arrivals=tuple(replace(item, store=code(item.store)) for item in suppose.arrivals),
        failed=frozenset(map(code, suppose.failed)),
        targets={code(store): doses for store, doses in suppose.targets.items()},
    )


def _codes(places: tuple[PlanStore, ...]) -> Callable[[str], str]:
    own = {store.code: store.code for store in places}
    units = {store.recipient: store.code for store in places if store.recipient}
    areas = {store.area: store.code for store in places if store.level == LEVEL}

    def found(name: str) -> str:
        for known in (own, areas, units):
            if name in known:
                return known[name]
        raise UnknownSupposed(name)

    return found


def aims_compared(without: Mapping[str, Any], supposed: Mapping[str, Any]) -> list[AimCompared]:
    """In the order in which a plan keeps them small. without, supposed: documents as they are kept."""
    sides = [(document["before"]["total"], document["after"]["total"]) for document in (without, supposed)]
    (nothing, planned), (nothing_supposed, planned_supposed) = sides
    found = [
        AimCompared(
            name=name,
            nothing=nothing[name],
            planned=planned[name],
            nothing_supposed=nothing_supposed[name],
            planned_supposed=planned_supposed[name],
        )
        for name in AIMS
    ]
    costs = [_cost(document) for document in (without, supposed)]
    return [
        *found,
        AimCompared(name=COST, nothing=0, planned=costs[0], nothing_supposed=0, planned_supposed=costs[1]),
    ]


def _cost(document: Mapping[str, Any]) -> float:
    return next((float(item["value"]) for item in document["objective"] if item["aim"] == COST), 0.0)


def lines_compared(without: Mapping[str, Any], supposed: Mapping[str, Any]) -> list[LineCompared]:
    """Lines that differ, the greatest difference first."""
    planned, other = _doses(without), _doses(supposed)
    found = [
        LineCompared(
            lot=lot,
            product=product,
            giver=giver,
            taker=taker,
            ship_on=ship_on,
            planned=planned.get(key, 0),
            supposed=other.get(key, 0),
        )
        for key in {*planned, *other}
        for lot, product, giver, taker, ship_on in (key,)
        if planned.get(key, 0) != other.get(key, 0)
    ]
    return sorted(
        found, key=lambda line: (-abs(line.supposed - line.planned), line.lot, line.giver, line.taker, line.ship_on)
    )


def _doses(document: Mapping[str, Any]) -> dict[tuple[str, str, str, str, str], int]:
    found: defaultdict[tuple[str, str, str, str, str], int] = defaultdict(int)
    for line in document["lines"]:
        found[line["lot"], line["product"], line["from"], line["to"], line["ship_on"]] += int(line["doses"])
    return found


def places_compared(without: Mapping[str, Any], supposed: Mapping[str, Any]) -> list[PlaceCompared]:
    """Stores whose figures after the two plans differ, the most doses lost and second doses unmet first, then days."""
    one, other = without["after"]["stores"], supposed["after"]["stores"]
    found = [
        PlaceCompared(
            code=code,
            area=str(figures["area"]),
            days=(figures["days"], other[code]["days"]),
            lost=(int(figures["lost"]), int(other[code]["lost"])),
            unmet=(int(figures["unmet"]), int(other[code]["unmet"])),
        )
        for code, figures in one.items()
        if code in other
    ]
    differ = [item for item in found if any(before != after for before, after in (item.days, item.lost, item.unmet))]
    return sorted(differ, key=_change)


def _change(item: PlaceCompared) -> tuple[float, float, str]:
    doses = abs(item.lost[1] - item.lost[0]) + abs(item.unmet[1] - item.unmet[0])
    before, after = (days or 0.0 for days in item.days)
    return -doses, -abs(after - before), item.code
