"""The tables of the sites' day: one list of rows each, for the page, its files and the command line alike.

Counts are whole numbers, rates are doses an hour, ratios have names that end in _share, None is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from campaign.coverage import Coverage
from campaign.people_tables import Row
from campaign.ranks import Ranked, RankRow, order
from campaign.sites import HourRate, Judged, minutes

SITE_COLUMNS = (
    *("area", "area_name", "district", "district_name", "site", "name", "activity", "session", "planned", "tables"),
    *("doses", "doses_whole", "last_record", "quiet_minutes", "missed_doses"),
    *("doses_an_hour", "capacity_an_hour", "capacity_share", "pace"),
)
HOUR_COLUMNS = ("hour", "doses", "capacity", "capacity_share", "whole")
RANK_COLUMNS = (
    "area", "name", "doses", "received", "usage_share", "usage_rank", "dose1_18plus", "population_18plus",
    "coverage_share", "coverage_rank", "left_out",
)  # fmt: skip
Name = Callable[[str], str]


def site_rows(judged: Iterable[Judged], *, area: Name, district: Name, site: Name) -> list[Row]:
    """In the order given. Names by code."""
    return [_site_row(item, area, district, site) for item in judged]


def _site_row(item: Judged, area: Name, district: Name, site: Name) -> Row:
    own = item.site
    return {
        "area": own.area_code,
        "area_name": area(own.area_code),
        "district": own.district_code,
        "district_name": district(own.district_code) if own.district_code else "",
        "site": own.code,
        "name": site(own.code),
        "activity": item.activity.value,
        "session": own.session,
        "planned": own.planned,
        "tables": own.tables,
        "doses": own.doses,
        "doses_whole": own.doses_whole,
        "last_record": None if own.last_record is None else own.last_record.isoformat(),
        "quiet_minutes": minutes(item.quiet),
        "missed_doses": item.missed,
        "doses_an_hour": item.rate,
        "capacity_an_hour": item.capacity,
        "capacity_share": item.share,
        "pace": item.pace.value,
    }


def hour_rows(hours: Iterable[HourRate]) -> list[Row]:
    return [
        {
            "hour": item.hour,
            "doses": item.doses,
            "capacity": item.capacity,
            "capacity_share": item.share,
            "whole": int(item.whole),
        }
        for item in hours
    ]


def rank_table(rows: Sequence[RankRow], name: Name) -> list[Row]:
    """Ranked provinces by the use of what they received, the highest first; those left out below, by code. left_out:
    why, in the words of campaign/causes.py and campaign/ranks.py; a province may be left out of one order alone."""
    places = {ranked: _places(rows, ranked) for ranked in Ranked}
    usage = places[Ranked.USAGE]
    ordered = sorted(rows, key=lambda row: (usage.get(row.area_code, len(rows) + 1), row.area_code))
    return [_rank_row(row, name(row.area_code), places) for row in ordered]


def _places(rows: Sequence[RankRow], ranked: Ranked) -> Mapping[str, int]:
    return {row.area_code: place for place, row in enumerate(order(rows, ranked), start=1)}


def _rank_row(row: RankRow, name: str, places: Mapping[Ranked, Mapping[str, int]]) -> Row:
    reached = row.reached or Coverage(people=0, population=None)
    return {
        "area": row.area_code,
        "name": name,
        "doses": row.doses,
        "received": row.received,
        "usage_share": row.value(Ranked.USAGE),
        "usage_rank": places[Ranked.USAGE].get(row.area_code),
        "dose1_18plus": row.reached.people if row.reached else None,
        "population_18plus": reached.population,
        "coverage_share": row.value(Ranked.COVERAGE),
        "coverage_rank": places[Ranked.COVERAGE].get(row.area_code),
        "left_out": "; ".join(why_left_out(row)),
    }


def why_left_out(row: RankRow) -> list[str]:
    missing = [found for ranked in Ranked if (found := row.missing(ranked)) is not None]
    return [*(cause.kind.value for cause in row.doubts), *(found.value for found in missing)]
