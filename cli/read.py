"""`app.py read NAME`: print a named reading of a kept snapshot, the rows that the page shows, with its columns.

A further reading is one function and one line of READINGS.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from rich.console import Console
from rich.table import Table

from campaign.coverage import NATION, PopulationGroup
from campaign.map_metrics import Metric, NeedEdges
from campaign.people_places import TIER
from campaign.readings import AreaRow, SnapshotInfo
from campaign.scenario import shift_days
from campaign.targets import GROUPS, MEASURES, Standing
from campaign.twins import target_row
from cli import read_people, read_sites
from cli.asked import Asked, Rows
from cli.places import Places
from cli.read_map import GROUPS as MAP_GROUPS
from cli.read_map import MapAsked, read_districts, read_map
from cli.read_map import read_sites as read_map_sites
from geo.gazetteer import Gazetteer
from operations.scenarios import Scenario, scenarios
from settings import ConfigError, Settings
from warehouse import reads, reads_people, reads_scenarios, reads_targets
from warehouse.files import SnapshotUnavailable, versions
from warehouse.reads_scenarios import WhatIf
from warehouse.reference import load_thaw_limits, load_usual_waits
from warehouse.snapshot import Snapshots

Commands = Any


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    read = commands.add_parser("read", parents=[common], help="print a named reading, as the page shows it")
    read.add_argument("name", choices=sorted(READINGS), metavar="NAME", help=", ".join(sorted(READINGS)))
    read.add_argument("--area", default="", metavar="CODE", help=f"one area's code, '{NATION}', or a tier ('tier-1')")
    read.add_argument("--as-of", metavar="T", help="the newest kept snapshot as of this campaign time or before it")
    read.add_argument("--denominator", metavar="VERSION", help="of the population; by default the snapshot's own")
    read.add_argument("--day", metavar="D", help="map, districts, sites: up to the end of this day of injection")
    read.add_argument("--metric", choices=[item.value for item in Metric], default="dose1", help="map: what it colours")
    read.add_argument("--group", choices=[item.value for item in MAP_GROUPS], default="18plus", help="map: whose")
    read.add_argument("--grain", choices=("63", "34"), default="63", help="map: areas of 2021, or of 2025")
    read.add_argument("--district", default="", metavar="CODE", help="sites: of one district of --area")
    read.add_argument("--json", action="store_true", help="one compact JSON object a row on standard output")
    read.set_defaults(handler=run)


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Raises SnapshotUnavailable where nothing is kept from then, ConfigError for an unknown area or denominator."""
    snapshots = Snapshots(settings.snapshot_dir)
    about = _about(snapshots, settings, chosen.as_of)
    denominator = _denominator(snapshots, about, chosen.denominator)
    _check_area(snapshots, about, chosen.name, chosen.area)
    asked_map = MapAsked(
        snapshots=snapshots,
        gazetteer=Gazetteer(settings.reference_dir),
        version=about.version,
        denominator=denominator,
        area=chosen.area,
        metric=Metric(chosen.metric),
        group=PopulationGroup(chosen.group),
        grain=chosen.grain,
        on=_day(about, chosen.day),
        district=chosen.district,
        zone=ZoneInfo(settings.campaign.timezone),
        thaw_limits=load_thaw_limits(settings.reference_dir),
        settled_days=settings.stock.settled_days,
        need=NeedEdges(**settings.campaign.map_need.model_dump()),
    )
    rows = READINGS[chosen.name](
        Asked(
            snapshots=snapshots,
            version=about.version,
            denominator=denominator,
            area=chosen.area,
            settings=settings,
            url=Places(settings).app_url,
            map=asked_map,
        )
    )
    stamp = {"snapshot": about.version, "as_of": about.as_of, "denominator": denominator}
    if chosen.json:
        for row in rows:
            sys.stdout.buffer.write(orjson.dumps({**row, **stamp}) + b"\n")
    else:
        # Wide enough for all columns: a narrow terminal wraps lines, which loses less than columns without room.
        Console(width=max(Console().width, WIDTH)).print(_table(chosen.name, rows, about, denominator))
    return 0


def _about(snapshots: Snapshots, settings: Settings, as_of: str | None) -> SnapshotInfo:
    current = reads.info(snapshots, snapshots.current())
    if as_of is None:
        return current
    try:
        wanted = datetime.fromisoformat(as_of)
    except ValueError as error:
        raise ConfigError(f"--as-of: '{as_of}' is no instant; write 2021-11-20T14:05") from error
    if wanted.tzinfo is None:
        wanted = wanted.replace(tzinfo=ZoneInfo(settings.campaign.timezone))
    kept = [reads.info(snapshots, version) for version in versions(settings.snapshot_dir)]
    before = [info for info in kept if info.as_of <= wanted]
    if not before:
        oldest = min((info.as_of for info in kept), default=current.as_of)
        raise SnapshotUnavailable(f"no snapshot is kept from {as_of} or before; the oldest is as of {oldest}")
    return max(before, key=lambda info: (info.as_of, info.version))


def _day(about: SnapshotInfo, text: str | None) -> date | None:
    """Raises ConfigError for a day that the snapshot does not have."""
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"--day: '{text}' is no day; write 2021-11-05") from error
    if about.first_day is None or about.last_day is None or not about.first_day <= day <= about.last_day:
        raise ConfigError(f"--day: this snapshot has {about.first_day} to {about.last_day}")
    return day


def _denominator(snapshots: Snapshots, about: SnapshotInfo, wanted: str | None) -> str:
    known = reads.denominators(snapshots, about.version)
    if wanted is not None and wanted not in known:
        raise ConfigError(f"--denominator: no version is called '{wanted}'; there are {', '.join(known)}")
    return wanted or about.denominator


def _check_area(snapshots: Snapshots, about: SnapshotInfo, name: str, area: str) -> None:
    codes = {row["code"] for row in snapshots.rows(about.version, "SELECT code FROM area")}
    if name in read_people.READINGS:
        codes |= {f"{TIER}{tier}" for tier in reads_people.tiers(snapshots, about.version)}
    if area and area not in {*codes, NATION}:
        raise ConfigError(f"--area: no area has the code '{area}'; codes are those of the table, and '{NATION}'")


def _grounds(asked: Asked) -> reads_targets.Grounds:
    waits = load_usual_waits(asked.settings.reference_dir)
    return reads_targets.grounds(asked.snapshots, asked.version, denominator=asked.denominator, usual_waits=waits)


def targets(asked: Asked) -> Rows:
    """Every target under every reading: of the nation, then of each area under the target's own readings."""
    ground = _grounds(asked)
    names = _names(ground.areas)
    found: list[Standing] = []
    if asked.area in ("", NATION):
        found += reads_targets.of_nation(ground)
    if asked.area not in ("", NATION):
        found += reads_targets.of_area(ground, asked.area)
    if not asked.area:
        for target in ground.targets:
            for measure in MEASURES:
                found += reads_targets.of_areas(ground, target, target.population_group, measure)
    return [target_row(item, names) for item in found]


def supposed(asked: Asked) -> Rows:
    """Every saved scenario with what it would do to each target on this snapshot: supposed, never counted. Raises
    SnapshotUnavailable while the registry does not answer."""
    url = asked.url()
    if url is None:
        raise SnapshotUnavailable("scenarios lie in the registry, which is not running: start `app.py run`")
    ground = _grounds(asked)
    one_in = reads.info(asked.snapshots, asked.version).one_in
    wanted = "" if asked.area == NATION else asked.area
    rows: Rows = []
    for item in scenarios(url):
        if asked.area and item.area_code != wanted:
            continue
        standings = reads_targets.of_area(ground, item.area_code) if item.area_code else reads_targets.of_nation(ground)
        found = reads_scenarios.what_if(
            asked.snapshots, asked.version, ground, standings, levers=item.levers, one_in=one_in
        )
        rows += [_supposed_row(item, line) for line in found]
    return rows


def _supposed_row(item: Scenario, line: WhatIf) -> dict[str, Any]:
    standing, result = line.standing, line.supposed
    base, then = standing.projection, result.projection if result else None
    return {
        "supposed": True,
        "scenario": item.name,
        "area": item.area_code or NATION,
        "pace_percent": item.levers.pace_percent,
        "arrivals_weekly": item.levers.arrivals_weekly,
        "declines_percent": item.levers.declines_percent,
        "target": standing.target.target_id,
        "measure": standing.measure.value,
        "reached": standing.reached,
        "within_reach": result.within_reach if result else None,
        "base_expected": base.middle if base else None,
        "earliest": then.earliest if then else None,
        "expected": then.middle if then else None,
        "latest": then.latest if then else None,
        "shift_days": shift_days(base, then),
        "reason": item.reason,
        "actor": item.actor,
        "made_at": item.made_at,
    }


def coverage(asked: Asked) -> Rows:
    """The rows of the coverage table: both readings of both groups, then the counts; the nation last."""
    areas = reads.area_rows(asked.snapshots, asked.version, denominator=asked.denominator)
    rows = [_coverage_row(row) for row in areas if asked.area in ("", row.area.code)]
    if asked.area in ("", NATION):
        rows.append(_nation_row(areas))
    return rows


def _coverage_row(row: AreaRow) -> dict[str, Any]:
    cells: dict[str, Any] = {"area": row.area.code, "name": row.area.name_vi}
    for group in GROUPS:
        for measure in MEASURES:
            cell = row.coverage.get((group, measure))
            cells[f"{measure}_{group}"] = cell.ratio if cell else None
            cells[f"{measure}_{group}_people"] = cell.people if cell else None
            cells[f"{group}_population"] = cell.population if cell else cells.get(f"{group}_population")
    return cells | {name: getattr(row, name) for name in COUNTS}


def _nation_row(areas: tuple[AreaRow, ...]) -> dict[str, Any]:
    cells: dict[str, Any] = {"area": NATION, "name": "Cả nước"}
    for group in GROUPS:
        for measure in MEASURES:
            known = reads.national(areas, group, measure)
            cell = known[0] if known else None
            cells[f"{measure}_{group}"] = cell.ratio if cell else None
            cells[f"{measure}_{group}_people"] = cell.people if cell else None
            cells[f"{group}_population"] = cell.population if cell else None
    for name in COUNTS:
        told = [value for row in areas if (value := getattr(row, name)) is not None]
        cells[name] = sum(told) if told else None
    return cells


def _names(areas: tuple[AreaRow, ...]) -> dict[str, str]:
    return {NATION: "Cả nước", **{row.area.code: row.area.name_vi for row in areas}}


def _table(name: str, rows: Rows, about: SnapshotInfo, denominator: str) -> Table:
    title = f"{name}, snapshot {about.version}, as of {about.as_of:%d/%m/%Y %H:%M}, {denominator}"
    table = Table(title=title, box=None, title_justify="left")
    shown = [column for column in (rows[0] if rows else {}) if column not in LONG]
    for column in shown:
        table.add_column(column)
    for row in rows:
        table.add_row(*(_text(row[column]) for column in shown))
    return table


def _text(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, float):
        return f"{value:,.3f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


COUNTS = ("doses", "doses_last_7_days", "registered", "delivered", "on_hand")
WIDTH = 200
# On a terminal there is no room for where a figure comes from; --json has it.
LONG = frozenset({"sources", "population_valid_from", "missing_areas", "target_ratio", "more_than", "own", "name"})
READINGS: Mapping[str, Callable[[Asked], Rows]] = {
    "targets": targets,
    "coverage": coverage,
    "scenarios": supposed,
    **read_people.READINGS,
    "map": lambda asked: read_map(asked.map),
    "districts": lambda asked: read_districts(asked.map),
    "sites": lambda asked: read_map_sites(asked.map),
    **read_sites.READINGS,
}
