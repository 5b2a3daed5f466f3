"""`app.py read sites-activity | sites-hours | sites-ranks`: how each site stands now, doses by hour against the plan,
and the order of the provinces, as the page about sites shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from campaign.causes import CauseRules
from campaign.coverage import NATION
from campaign.site_tables import hour_rows, rank_table, site_rows
from campaign.sites import SiteBoard, SiteRules, by_hour, judge_all
from cli.asked import Asked, Rows
from warehouse import reads, reads_allocation, reads_sites


def activity(asked: Asked) -> Rows:
    """A row a site with a session or a dose today, in the order of their codes."""
    board, rules = _board(asked), _rules(asked)
    names = _names(asked)
    gazetteer = asked.map.gazetteer
    judged = judge_all(board.sites, board.now, rules)
    return [
        dict(row)
        for row in site_rows(
            judged,
            area=lambda code: names.get(code, code),
            district=lambda code: gazetteer.districts[code].name_vi if code in gazetteer.districts else code,
            site=lambda code: gazetteer.sites[code].name_vi if code in gazetteer.sites else code,
        )
    ]


def hours(asked: Asked) -> Rows:
    board = _board(asked)
    return [dict(row) for row in hour_rows(by_hour(board.sites, board.hours, board.now, _rules(asked)))]


def ranks(asked: Asked) -> Rows:
    areas = reads.area_rows(asked.snapshots, asked.version, denominator=asked.denominator)
    rules = CauseRules(**asked.settings.causes.model_dump(exclude={"places"}))
    zone = ZoneInfo(asked.settings.campaign.timezone)
    settled_days = asked.settings.stock.settled_days
    usage = reads_allocation.usage(asked.snapshots, asked.version, zone=zone, settled_days=settled_days)
    found = reads_sites.ranks(asked.snapshots, asked.version, areas, usage=usage, rules=rules)
    names = _names(asked)
    rows = rank_table(found, lambda code: names.get(code, code))
    return [dict(row) for row in rows if asked.area in ("", NATION, row["area"])]


def _board(asked: Asked) -> SiteBoard:
    """Of the area asked for. Empty of a snapshot that has no plans of sessions."""
    zone = ZoneInfo(asked.settings.campaign.timezone)
    found = reads_sites.site_board(asked.snapshots, asked.version, zone=zone)
    if asked.area in ("", NATION):
        return found
    return SiteBoard(
        now=found.now,
        sites=tuple(site for site in found.sites if site.area_code == asked.area),
        hours=tuple(item for item in found.hours if item.area_code == asked.area),
        told=found.told,
    )


def _rules(asked: Asked) -> SiteRules:
    return SiteRules(**asked.settings.sites.model_dump(exclude={"places", "most_rows"}))


def _names(asked: Asked) -> dict[str, str]:
    areas = reads.area_rows(asked.snapshots, asked.version, denominator=asked.denominator)
    return {row.area.code: row.area.name_vi for row in areas}


READINGS: Mapping[str, Callable[[Asked], Rows]] = {
    "sites-activity": activity,
    "sites-hours": hours,
    "sites-ranks": ranks,
}
