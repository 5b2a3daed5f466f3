"""Reads below the province. A snapshot of before these details were kept has none of the tables: None, not zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from campaign.coverage import Coverage, Measure, PopulationGroup
from campaign.places import DistrictRow, SiteDay, SiteHour, SiteRecord, SiteRow
from warehouse.snapshot import Row, Snapshots
from warehouse.sqlfiles import sql

GROUPS = {PopulationGroup.ALL: "all", PopulationGroup.ADULTS: "adults", PopulationGroup.SENIORS: "seniors"}
MEASURES = (Measure.DOSE1, Measure.FULL)


def has(snapshots: Snapshots, version: int, *tables: str) -> bool:
    """Whether the snapshot has these tables or views. Raises SnapshotUnavailable."""
    return snapshots.tables(version).issuperset(tables)


def districts(
    snapshots: Snapshots,
    version: int,
    *,
    area: str,
    on: date,
    past: bool,
    codes: Sequence[str],
    populations: Mapping[str, int],
) -> tuple[DistrictRow, ...] | None:
    """Districts of a province as of the end of `on`; `past`: it is not the newest day, so that people are not known.

    codes: the districts that there are, each of which has a row, nobody reached yet or not. populations: everyone of a
    district by its code, where the denominator asked for has districts."""
    if not has(snapshots, version, "people_state", "doses_by_district_day"):
        return None
    rows = {row["code"]: row for row in snapshots.rows(version, sql("reads/district_rows"), {"area": area, "day": on})}
    return tuple(
        _district(code, rows.get(code, {}), populations.get(code), past=past) for code in sorted({*rows, *codes})
    )


def _district(code: str, row: Row, population: int | None, *, past: bool) -> DistrictRow:
    cells = {
        (group, measure): Coverage(
            people=row.get(f"{name}_{measure}", 0), population=population if group is PopulationGroup.ALL else None
        )
        for group, name in GROUPS.items()
        for measure in MEASURES
    }
    return DistrictRow(
        code=code,
        coverage={} if past else cells,
        doses=row.get("doses", 0),
        doses_last_7_days=row.get("doses_last_7_days", 0),
    )


def sites_kept_from(snapshots: Snapshots, version: int) -> date | None:
    """The first day of injection that the snapshot keeps of sites; None where it keeps none."""
    if not has(snapshots, version, "doses_by_site_day"):
        return None
    first: date | None = snapshots.rows(version, "SELECT min(day) AS day FROM doses_by_site_day")[0]["day"]
    return first


def sites(snapshots: Snapshots, version: int, *, codes: Sequence[str], on: date) -> tuple[SiteRow, ...] | None:
    """The sites asked for, in that order, over the days kept, as of the end of `on`. None without a table of sites."""
    if not has(snapshots, version, "doses_by_site_day"):
        return None
    rows = snapshots.rows(version, sql("reads/site_rows"), {"sites": list(codes), "day": on})
    found = {row["code"]: SiteRow(**row) for row in rows}
    silent = {code: SiteRow(code=code, doses=0, doses_last_7_days=0, days=0, last_on=None) for code in codes}
    return tuple((silent | found)[code] for code in codes)


def district_doses(snapshots: Snapshots, version: int, *, district: str, first: date, last: date) -> int:
    """Doses given in a district from `first` to `last`: what its sites must add up to."""
    query = (
        "SELECT coalesce(sum(doses), 0)::BIGINT AS doses FROM doses_by_district_day "
        "WHERE district_code = $district AND day BETWEEN $first AND $last"
    )
    bound = {"district": district, "first": first, "last": last}
    doses: int = snapshots.rows(version, query, bound)[0]["doses"]
    return doses


def site(snapshots: Snapshots, version: int, *, code: str, kept_from: date | None) -> SiteRecord | None:
    """One site by day and by hour; None where the snapshot has no table of sites. kept_from: `sites_kept_from` of it,
    which takes longer than everything else here."""
    if kept_from is None:
        return None
    days = "SELECT day, doses FROM doses_by_site_day WHERE site_code = $code AND doses <> 0 ORDER BY day"
    hours = "SELECT day, hour, doses FROM doses_by_site_hour WHERE site_code = $code ORDER BY day, hour"
    kept = has(snapshots, version, "doses_by_site_hour")
    hours_from = snapshots.rows(version, "SELECT min(day) AS day FROM doses_by_site_hour")[0]["day"] if kept else None
    return SiteRecord(
        days=tuple(SiteDay(**row) for row in snapshots.rows(version, days, {"code": code})),
        hours=tuple(SiteHour(**row) for row in snapshots.rows(version, hours, {"code": code})) if kept else (),
        kept_from=kept_from,
        hours_from=hours_from,
    )
