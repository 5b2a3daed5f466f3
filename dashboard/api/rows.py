"""The rows of each resource: those of the pages, their tables and their files, read through `Seen`, so that a token
sees what a person of the same scope sees. No figure is computed here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from campaign.access import Scope
from campaign.coverage import PopulationGroup
from campaign.dhis2 import Codes, Dhis2Error, data_value_set, is_over, period_of
from campaign.people_tables import age_rows, due_rows
from campaign.readings import SnapshotInfo
from campaign.site_tables import rank_table
from campaign.stock_tables import in_file, long_rows, lot_rows
from campaign.targets import MEASURES
from campaign.twins import coverage_rows, target_row
from dashboard import files, sites
from dashboard import people as people_page
from dashboard import stock as stock_page
from dashboard.params import BadParameter
from dashboard.seen import Seen
from dashboard.trust import area_names
from dashboard.views import Studio, stock_now
from layouts.table import nation_row
from layouts.view import View
from warehouse.reads_dhis2 import exchanged

Row = Mapping[str, Any]
TILES = ("doses", "doses_today", "doses_yesterday", "dose1_people", "full_people", "registered", "delivered")


class Filter(StrEnum):
    """Parameters that only some resources have."""

    AREA = "area"
    DENOMINATOR = "denominator"
    GROUP = "group"
    SINCE = "since"
    UNTIL = "until"
    PERIOD = "period"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question about one snapshot, within the scope of a token; everything in it was checked. kept: every snapshot
    that there is, the oldest first. codes: what stands for a figure in DHIS2."""

    studio: Studio
    version: int
    view: View
    scope: Scope
    kept: Callable[[], Sequence[SnapshotInfo]]
    codes: Codes
    since: date | None = None
    until: date | None = None
    period: str = ""

    @property
    def seen(self) -> Seen:
        return Seen(self.studio.readings, self.scope)

    @property
    def told(self) -> tuple[Studio, int, View, Scope]:
        return self.studio, self.version, self.view, self.scope


def snapshots(asked: Asked) -> list[Row]:
    return [
        {
            "snapshot": info.version,
            "as_of": info.as_of.astimezone(asked.studio.zone),
            "published_at": info.published_at.astimezone(asked.studio.zone),
            "content_hash": info.content_hash,
            "denominator": info.denominator,
        }
        for info in reversed(asked.kept())
    ]


def headline(asked: Asked) -> list[Row]:
    """The tiles of the nation, or the card of an area."""
    seen, view = asked.seen, asked.view
    seen.check(view.area)
    board = seen.board(asked.version, view.denominator)
    if not view.area:
        head = board.headline
        return [{"number": name, "value": getattr(head, name)} for name in (*TILES, "pending", "quarantined")]
    row = next(row for row in board.areas if row.area.code == view.area)
    reached = {measure: row.coverage.get((PopulationGroup.ALL, measure)) for measure in MEASURES}
    told: dict[str, int | None] = {name: getattr(row, name) for name in ("doses", "doses_last_7_days")}
    told |= {f"{measure}_people": cell.people if cell else None for measure, cell in reached.items()}
    told |= {name: getattr(row, name) for name in ("registered", "delivered")}
    return [{"number": name, "value": value} for name, value in told.items()]


def targets(asked: Asked) -> list[Row]:
    """Every reading of every target: of the nation, or of one area."""
    words = asked.studio.catalogues[asked.view.language]
    names = {**area_names(asked.studio.readings, asked.version, asked.view, words), "nation": words("table.nation")}
    found = asked.seen.target_standings(asked.version, asked.view.denominator, asked.view.area)
    return [target_row(item, names) for item in found]


def coverage(asked: Asked) -> list[Row]:
    """The areas of the scope, then the nation; of one area that one alone."""
    asked.seen.check(asked.view.area)
    board = asked.seen.board(asked.version, asked.view.denominator)
    rows = [row for row in board.areas if asked.view.area in ("", row.area.code)]
    if not asked.view.area:
        rows.append(nation_row(board.nation, board.counts))
    return [*coverage_rows(rows, name=asked.studio.catalogues[asked.view.language].pick)]


def ranks(asked: Asked) -> list[Row]:
    found = sites.told(*asked.told)
    rows = rank_table(found.ranks, lambda code: found.names.get(code, code))
    return [row for row in rows if asked.view.area in ("", row["area"])]


def days(asked: Asked) -> list[Row]:
    days = asked.seen.days(asked.version, asked.view.group, asked.view.area)
    first, last = asked.since or date.min, asked.until or date.max
    return [
        {"day": row.day, "doses": row.doses, "dose1_people": row.dose1_people, "full_people": row.full_people}
        for row in days
        if first <= row.day <= last
    ]


def districts(asked: Asked) -> list[Row]:
    return [*files.district_file(*asked.told)]


def overdue(asked: Asked) -> list[Row]:
    found = people_page.told(*asked.told)
    return [row for row in due_rows(found.people, found.listed, found.limits) if _wanted(asked, row)]


def ages(asked: Asked) -> list[Row]:
    found = people_page.told(*asked.told)
    return [row for row in age_rows(found.people, found.listed) if _wanted(asked, row)]


def stock(asked: Asked) -> list[Row]:
    if not stock_now(asked.studio, asked.version).stock.told:
        return []
    found = stock_page.told(*asked.told)
    return [*long_rows(found.listed, found.paces, found.names, found.areas)]


def lots(asked: Asked) -> list[Row]:
    if not stock_now(asked.studio, asked.version).stock.told:
        return []
    found = stock_page.told(*asked.told)
    zone = asked.studio.zone
    return [in_file(row, lambda at: datetime.fromtimestamp(at, tz=zone)) for row in lot_rows(found.listed, found.names)]


def exchange(asked: Asked) -> Mapping[str, Any]:
    """The areas of the scope. Raises BadParameter for a period that the snapshot has nothing of."""
    readings, view = asked.studio.readings, asked.view
    asked.seen.check(view.area)
    info = readings.info(asked.version)
    allowed = tuple(str(day) for day in (info.first_day, info.last_day) if day)
    try:
        period = period_of(asked.period)
        is_over(period, info.last_day)
    except Dhis2Error as error:
        raise BadParameter(Filter.PERIOD, asked.period, allowed) from error
    counts = [
        item
        for item in exchanged(readings.snapshots, asked.version, period)
        if view.area in ("", item.area_code) and asked.scope.covers(item.area_code)
    ]
    return data_value_set(counts, asked.codes, period)


def _wanted(asked: Asked, row: Row) -> bool:
    return asked.view.area in ("", row["area"])
