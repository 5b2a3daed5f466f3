"""The table twin of each map as plain rows: what the page's table says, the file that it gives away, and the command.

A row's keys are the columns. Numbers are unrounded; None is "not known"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from campaign.coverage import Coverage, Measure, PopulationGroup, Target
from campaign.map_metrics import Metric, NeedEdges, metric_value
from campaign.places import DistrictRow, SiteRow
from campaign.readings import AreaRow
from campaign.regroup import COUNTS
from campaign.targets import Standing

Row = dict[str, Any]
Name = Callable[[str, str], str]
MEASURES = (Measure.DOSE1, Measure.FULL)
RATED = (PopulationGroup.ADULTS, PopulationGroup.ALL)
COUNTED = PopulationGroup.SENIORS


def map_rows(
    areas: Iterable[AreaRow],
    *,
    metric: Metric,
    group: PopulationGroup,
    targets: Sequence[Target],
    name: Name,
    need: NeedEdges | None = None,
) -> list[Row]:
    """One row an area: the value on the map, then both readings of both groups with people and population, the people
    of 65 and over, and the counts. `name` picks of a Vietnamese and an English name."""
    return [
        {
            "area": row.area.code,
            "name": name(row.area.name_vi, row.area.name_en),
            "metric": metric.value,
            "group": group.value,
            "value": metric_value(row, metric, group, targets, need),
            **_readings(row.coverage),
            **{field: getattr(row, field) for field in COUNTS},
        }
        for row in areas
    ]


def coverage_rows(areas: Iterable[AreaRow], *, name: Name) -> list[Row]:
    """One row an area: both readings of both groups with people and population, then the counts."""
    return [
        {
            "area": row.area.code,
            "name": name(row.area.name_vi, row.area.name_en),
            **_readings(row.coverage),
            **{field: getattr(row, field) for field in COUNTS},
        }
        for row in areas
    ]


def target_row(found: Standing, names: Mapping[str, str]) -> Row:
    """One reading of one target in one area."""
    projection = found.projection
    return {
        "area": found.area_code,
        "name": names.get(found.area_code, found.area_code),
        "target": found.target.target_id,
        "target_ratio": found.target.ratio,
        "more_than": found.target.more_than,
        "due_on": found.target.due_on,
        "group": found.group.value,
        "measure": found.measure.value,
        "own": found.own,
        "share": found.coverage.ratio,
        "people": found.coverage.people,
        "population": found.coverage.population,
        "sources": list(found.denominator.sources),
        "population_valid_from": found.denominator.valid_from,
        "missing_areas": list(found.missing_areas),
        "needed": found.needed,
        "not_yet": found.not_yet,
        "gap": found.gap,
        "pace_needed": found.pace_needed,
        "pace": found.pace,
        "reached_on": found.reached_on,
        "overdue": found.overdue,
        "no_date": found.no_date,
        "earliest": projection.earliest if projection else None,
        "expected": projection.middle if projection else None,
        "latest": projection.latest if projection else None,
    }


def district_rows(districts: Iterable[DistrictRow], *, area: str, names: Mapping[str, str]) -> list[Row]:
    """One row a district of the province `area`; '' is a district that is not known."""
    return [
        {
            "area": area,
            "district": row.code,
            "name": names.get(row.code, row.code),
            **_readings(row.coverage),
            "doses": row.doses,
            "doses_last_7_days": row.doses_last_7_days,
        }
        for row in districts
    ]


def site_rows(sites: Iterable[SiteRow], *, area: str, district: str, names: Mapping[str, str]) -> list[Row]:
    """One row a site of a district; doses and days are those that the snapshot keeps of sites."""
    return [
        {
            "area": area,
            "district": district,
            "site": row.code,
            "name": names.get(row.code, row.code),
            "doses": row.doses,
            "doses_last_7_days": row.doses_last_7_days,
            "days_with_doses": row.days,
            "last_on": row.last_on,
        }
        for row in sites
    ]


def _readings(coverage: Mapping[tuple[PopulationGroup, Measure], Coverage]) -> Row:
    cells: Row = {}
    for group in RATED:
        told = [coverage.get((group, measure)) for measure in MEASURES]
        for measure, cell in zip(MEASURES, told, strict=True):
            cells[f"{measure}_{group}"] = cell.ratio if cell else None
            cells[f"{measure}_{group}_people"] = cell.people if cell else None
        cells[f"{group}_population"] = next((cell.population for cell in told if cell), None)
    for measure in MEASURES:
        cell = coverage.get((COUNTED, measure))
        cells[f"{measure}_{COUNTED}_people"] = cell.people if cell else None
    return cells
