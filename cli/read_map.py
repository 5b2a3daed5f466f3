"""`app.py read map | districts | sites`: the table twins of the map and of what lies below it, as page and files show
them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from campaign.area_stock import stock_by_area, with_stock
from campaign.coverage import NATION, Coverage, Measure, PopulationGroup
from campaign.lots import ThawLimit, thaw_limits_in_force
from campaign.map_metrics import OF_STOCK, Metric, NeedEdges
from campaign.readings import Area, AreaRow, AreaStock
from campaign.regroup import COUNTS, members_of, regroup
from campaign.stock_board import judge_areas, paces_of_all
from campaign.twins import district_rows, map_rows, site_rows
from geo.gazetteer import Gazetteer
from settings import ConfigError
from warehouse import reads, reads_allocation, reads_places, reads_stores
from warehouse.snapshot import Snapshots

Rows = list[dict[str, Any]]
MERGED = "34"
GROUPS = (PopulationGroup.ADULTS, PopulationGroup.ALL, PopulationGroup.SENIORS)
MEASURES = (Measure.DOSE1, Measure.FULL)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapAsked:
    """What a reading of the map is asked for, and where names below the province come from. `on`: as of the end of this
    day of injection; None for the newest figures. `area` is '' for all of them."""

    snapshots: Snapshots
    gazetteer: Gazetteer
    version: int
    denominator: str
    area: str
    metric: Metric
    group: PopulationGroup
    grain: str
    on: date | None
    district: str
    zone: ZoneInfo
    thaw_limits: tuple[ThawLimit, ...]
    settled_days: int
    need: NeedEdges


def read_map(asked: MapAsked) -> Rows:
    """Every area, or the one asked for; the nation last. Raises ConfigError for an area that is not there."""
    known = reads.area_rows(asked.snapshots, asked.version, denominator=asked.denominator, on=asked.on)
    areas = regroup(known, asked.gazetteer.successors) if asked.grain == MERGED else known
    nation = _nation(known)
    if asked.metric in OF_STOCK and asked.on is None:
        stock = _stock(asked)
        members = members_of(asked.gazetteer.successors) if asked.grain == MERGED else {}
        areas, nation = tuple(with_stock(areas, stock, members)), replace(nation, stock=stock.get(NATION))
    wanted = [row for row in (*areas, nation) if asked.area in ("", row.area.code)]
    if not wanted:
        raise ConfigError(f"--area: no area has the code '{asked.area}' among the {asked.grain}")
    targets = reads.targets(asked.snapshots, asked.version)
    return map_rows(wanted, metric=asked.metric, group=asked.group, targets=targets, name=_vietnamese, need=asked.need)


def _stock(asked: MapAsked) -> dict[str, AreaStock]:
    found = reads_stores.stock(asked.snapshots, asked.version, zone=asked.zone)
    paces, thaw_days = paces_of_all(found.paces), thaw_limits_in_force(asked.thaw_limits, today=found.today)
    judged = judge_areas(found.heaps, found.lots, paces, today=found.today, thaw_days=thaw_days)
    usage = reads_allocation.usage(asked.snapshots, asked.version, zone=asked.zone, settled_days=asked.settled_days)
    return stock_by_area(judged, paces, usage)


def read_districts(asked: MapAsked) -> Rows:
    """The districts of every province, or of the one asked for."""
    rows = reads.area_rows(asked.snapshots, asked.version, denominator=asked.denominator)
    wanted = [row for row in rows if asked.area in ("", row.area.code) and asked.gazetteer.districts_of(row.area.code)]
    if not wanted:
        raise ConfigError(f"--area: there is no list of districts for '{asked.area}'")
    return [line for row in wanted for line in _districts(asked, row)]


def read_sites(asked: MapAsked) -> Rows:
    """The sites of the province asked for, or of one district of it. Raises ConfigError without one."""
    districts = asked.gazetteer.districts_of(asked.area)
    if not districts:
        raise ConfigError("read sites: name a province that has districts by --area")
    wanted = [item for item in districts if asked.district in ("", item.code)]
    if not wanted:
        raise ConfigError(f"--district: '{asked.district}' is no district of {asked.area}")
    return [line for item in wanted for line in _sites(asked, item.code)]


def _districts(asked: MapAsked, row: AreaRow) -> Rows:
    cell = row.coverage.get((PopulationGroup.ALL, Measure.DOSE1))
    members = asked.gazetteer.districts_of(row.area.code)
    people = asked.gazetteer.populations(
        row.area.code, people=cell.population if cell else None, denominator=asked.denominator
    )
    today = reads.day_of(asked.snapshots, asked.version)
    found = reads_places.districts(
        asked.snapshots,
        asked.version,
        area=row.area.code,
        on=asked.on or today,
        past=asked.on is not None and asked.on != today,
        codes=[item.code for item in members],
        populations=people,
    )
    return district_rows(found or (), area=row.area.code, names={item.code: item.name_vi for item in members})


def _sites(asked: MapAsked, district: str) -> Rows:
    names = {item.code: item.name_vi for item in asked.gazetteer.sites_of(district)}
    on = asked.on or reads.day_of(asked.snapshots, asked.version)
    found = reads_places.sites(asked.snapshots, asked.version, codes=tuple(names), on=on) or ()
    return site_rows(found, area=asked.area, district=district, names=names)


def _nation(rows: Sequence[AreaRow]) -> AreaRow:
    known = {(group, measure): reads.national(rows, group, measure) for group in GROUPS for measure in MEASURES}
    coverage: dict[tuple[PopulationGroup, Measure], Coverage] = {
        pair: found[0] for pair, found in known.items() if found is not None
    }
    told = {name: [value for row in rows if (value := getattr(row, name)) is not None] for name in COUNTS}
    return AreaRow(
        area=Area(code=NATION, name_vi="Cả nước", name_en="Whole country", region_vi="", region_en="", position=-1),
        coverage=coverage,
        last_report_on=None,
        stock=None,
        **{name: sum(values) if values else None for name, values in told.items()},
    )


def _vietnamese(name_vi: str, _name_en: str) -> str:
    return name_vi
