"""What the map may colour an area by, and the value of each: one rule for map, table, file and command."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from campaign.coverage import Coverage, Measure, PopulationGroup, Target
from campaign.readings import AreaRow
from campaign.targets import people_needed
from campaign.usage import Way

WEEK_DAYS = 7
WEEKLY_PER = 1000


class Metric(StrEnum):
    """`DOSES7` are doses given in the last seven days per 1,000 residents, `DAILY` doses a day, the mean of those seven
    days. `GAP_DOSE1` and `GAP_FULL` are percentage points from the group's own target, negative while it is missed.
    `LEFT` are people of the group without a dose. `USAGE`, `USAGE_ALLOCATED` and `USAGE_GONE` are
    doses given over doses received, allocated, and received less on hand and wasted (campaign.usage), `COVER` days of
    stock, `NEED` both at once: the share with one dose and the days of stock, in nine classes (`Need`)."""

    DOSE1 = "dose1"
    FULL = "full"
    DOSES7 = "doses7"
    DAILY = "daily"
    GAP_DOSE1 = "gap_dose1"
    GAP_FULL = "gap_full"
    LEFT = "left"
    USAGE = "usage"
    USAGE_ALLOCATED = "usage_allocated"
    USAGE_GONE = "usage_gone"
    COVER = "cover"
    NEED = "need"


class Kind(StrEnum):
    """In what a value is counted, and so by which breaks it is classed."""

    RATIO = "ratio"  # 1.0 is everyone
    PEOPLE = "people"
    DOSES7 = "doses7"
    DAILY = "daily"
    POINTS = "points"
    LEFT = "left"
    USAGE = "usage"  # 1.0: all of what the doses given are held against
    COVER = "cover"  # days
    NEED = "need"  # place of a class in Need


class Need(StrEnum):
    """Need and have, the least urgent first: the place is the value, so that the most urgent stands on top of a
    list. Of each name the first word is the share with one dose, the second how long the stock lasts."""

    HIGH_LONG = "high_long"
    MIDDLE_LONG = "middle_long"
    HIGH_SOME = "high_some"
    LOW_LONG = "low_long"
    MIDDLE_SOME = "middle_some"
    HIGH_SHORT = "high_short"
    LOW_SOME = "low_some"
    MIDDLE_SHORT = "middle_short"
    LOW_SHORT = "low_short"


NEEDS = tuple(Need)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedEdges:
    """Where a share is no longer low, and high; from how many days on stock lasts some time, and long."""

    coverage: tuple[float, ...]
    days: tuple[float, ...]


SHARES = {Metric.DOSE1: Measure.DOSE1, Metric.FULL: Measure.FULL}
GAPS = {Metric.GAP_DOSE1: Measure.DOSE1, Metric.GAP_FULL: Measure.FULL}
# Doses are counted where they are given, whoever got them.
WAYS = {Metric.USAGE: Way.RECEIVED, Metric.USAGE_ALLOCATED: Way.ALLOCATED, Metric.USAGE_GONE: Way.GONE}
WITHOUT_GROUP = frozenset({Metric.DOSES7, Metric.DAILY, *WAYS, Metric.COVER})
# What is asked of the stores, which keep no past days.
OF_STOCK = frozenset({*WAYS, Metric.COVER, Metric.NEED})
# Counts of people or doses: those of a sample are classed by breaks as much smaller.
COUNTED = frozenset({Kind.PEOPLE, Kind.DAILY, Kind.LEFT})


def kind_of(metric: Metric, group: PopulationGroup) -> Kind:
    if metric in SHARES:
        return Kind.PEOPLE if group is PopulationGroup.SENIORS else Kind.RATIO
    if metric in GAPS:
        return Kind.POINTS
    return OTHER_KINDS[metric]


OTHER_KINDS = {
    Metric.DOSES7: Kind.DOSES7, Metric.DAILY: Kind.DAILY, Metric.LEFT: Kind.LEFT, Metric.COVER: Kind.COVER,
    Metric.NEED: Kind.NEED, **dict.fromkeys(WAYS, Kind.USAGE),
}  # fmt: skip


def own_target(targets: Iterable[Target], group: PopulationGroup) -> Target | None:
    """The target set for this group; the one due first where there are several, None where there is none."""
    own = [target for target in targets if target.population_group is group]
    return min(own, key=lambda target: target.due_on) if own else None


def metric_value(
    row: AreaRow,
    metric: Metric,
    group: PopulationGroup,
    targets: Iterable[Target] = (),
    need: NeedEdges | None = None,
) -> float | int | None:
    """The value of one area, unrounded; None where the source cannot tell, which is not zero. need: asked for by NEED
    alone."""
    if metric is Metric.NEED:
        found = need_of(row, group, need) if need is not None else None
        return None if found is None else NEEDS.index(found)
    if metric in OF_STOCK:
        return _stock(row, metric)
    if metric in WITHOUT_GROUP:
        return _doses(row, metric)
    cell = row.coverage.get((group, {**SHARES, **GAPS}.get(metric, Measure.DOSE1)))
    if cell is None:
        return None
    if metric in SHARES:
        return cell.people if group is PopulationGroup.SENIORS else cell.ratio
    return _points(cell, own_target(targets, group)) if metric in GAPS else not_yet(cell)


def need_of(row: AreaRow, group: PopulationGroup, edges: NeedEdges) -> Need | None:
    """None where the group has no population, or where nothing is known of the stock or nobody was given any of
    late."""
    cell = row.coverage.get((group, Measure.DOSE1))
    ratio = cell.ratio if cell is not None else None
    days = row.stock.cover_days if row.stock is not None else None
    if ratio is None or days is None:
        return None
    share = ("low", "middle", "high")[sum(ratio >= edge for edge in edges.coverage)]
    lasts = ("short", "some", "long")[sum(days >= edge for edge in edges.days)]
    return Need(f"{share}_{lasts}")


def _stock(row: AreaRow, metric: Metric) -> float | None:
    if row.stock is None:
        return None
    return row.stock.usage.ratio(WAYS[metric]) if metric in WAYS else row.stock.cover_days


def _doses(row: AreaRow, metric: Metric) -> float | None:
    if row.doses_last_7_days is None:
        return None
    if metric is Metric.DAILY:
        return row.doses_last_7_days / WEEK_DAYS
    residents = population_of(row, PopulationGroup.ALL)
    return row.doses_last_7_days * WEEKLY_PER / residents if residents else None


def not_yet(cell: Coverage | None) -> int | None:
    """People of the group who are not among those reached; never below none, None without a population."""
    return max(cell.population - cell.people, 0) if cell is not None and cell.population else None


def population_of(row: AreaRow, group: PopulationGroup) -> int | None:
    cells = (row.coverage.get((group, measure)) for measure in (Measure.DOSE1, Measure.FULL))
    return next((cell.population for cell in cells if cell is not None and cell.population), None)


def _points(cell: Coverage, target: Target | None) -> float | None:
    """Percentage points above the target; a hair below it where the share is met and "more than" is not."""
    if target is None or cell.ratio is None or not cell.population:
        return None
    points = (cell.ratio - target.ratio) * 100
    met = cell.people >= people_needed(target, cell.population)
    return max(points, 0.0) if met else min(points, -1e-4)
