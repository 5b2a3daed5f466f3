"""One typed function a question. Every number on a page comes from here, so that two pages cannot disagree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from campaign.areas import national
from campaign.coverage import Coverage, Measure, PopulationGroup, Target
from campaign.readings import (
    Area,
    AreaRow,
    Correction,
    DayRow,
    FeedStatus,
    Headline,
    Invariant,
    QuarantineRow,
    SnapshotInfo,
    TargetReading,
)
from warehouse.snapshot import Row, Snapshots
from warehouse.sqlfiles import sql

COUNTED = (Measure.DOSE1, Measure.FULL)


def info(snapshots: Snapshots, version: int) -> SnapshotInfo:
    return SnapshotInfo(**snapshots.rows(version, "SELECT * FROM snapshot_info")[0])


def day_of(snapshots: Snapshots, version: int) -> date:
    """The campaign's day at the instant of the snapshot, local."""
    day: date = snapshots.rows(version, "SELECT as_of::DATE AS day FROM snapshot_info")[0]["day"]
    return day


def area_rows(snapshots: Snapshots, version: int, *, denominator: str, on: date | None = None) -> tuple[AreaRow, ...]:
    """Every area in the source's order, 'central' and 'unknown' last where they exist. `on`: as of the end of this day
    of injection, by what is recorded now; else the newest figures. People of 65 and over are counted without a
    population, which no source has."""
    if on is None:
        cells = [
            *snapshots.rows(version, sql("reads/coverage"), {"version": denominator}),
            *_seniors(snapshots, version),
        ]
        areas = snapshots.rows(version, sql("reads/area_rows"))
    else:
        cells = snapshots.rows(version, sql("reads/coverage_on"), {"version": denominator, "day": on})
        areas = snapshots.rows(version, sql("reads/area_rows_on"), {"day": on})
    by_area = _coverages(cells)
    return tuple(
        AreaRow(area=_area(row), coverage=by_area.get(row["code"], {}), **_only(row, AREA_FIELDS)) for row in areas
    )


def _seniors(snapshots: Snapshots, version: int) -> list[Row]:
    """None at all where the source tells no ages; zero in an area where nobody of that age was reached yet."""
    told = {row["area_code"]: row for row in snapshots.rows(version, sql("reads/seniors"))}
    nobody = {"dose1_people": 0, "full_people": 0}
    areas = snapshots.rows(version, "SELECT DISTINCT area_code FROM people_by_area") if told else []
    return [
        {**nobody, **told.get(row["area_code"], {}), **row, "population_group": "65plus", "population": None}
        for row in areas
    ]


def _coverages(rows: Iterable[Row]) -> dict[str, dict[tuple[PopulationGroup, Measure], Coverage]]:
    by_area: dict[str, dict[tuple[PopulationGroup, Measure], Coverage]] = {}
    for row in rows:
        cells = by_area.setdefault(row["area_code"], {})
        for measure in COUNTED:
            people: int | None = row[f"{measure}_people"]
            if people is not None:
                coverage = Coverage(people=people, population=row["population"])
                cells[PopulationGroup(row["population_group"]), measure] = coverage
    return by_area


def headline(
    snapshots: Snapshots, version: int, *, denominator: str, areas: Sequence[AreaRow] | None = None
) -> Headline:
    """National totals, computed from the same rows as the table, so that the two agree to the unit. `areas`: the rows
    where they have been read already."""
    about = info(snapshots, version)
    if areas is None:
        areas = area_rows(snapshots, version, denominator=denominator)
    days = day_rows(snapshots, version, group=PopulationGroup.ALL)
    by_day = {row.day: row.doses for row in days}
    today = about.last_day
    figures = {row["name"]: row["value"] for row in snapshots.rows(version, "SELECT * FROM publisher_figure")}
    held = snapshots.rows(version, "SELECT coalesce(sum(rows), 0)::BIGINT AS rows FROM quarantine")[0]["rows"]
    return Headline(
        info=about,
        doses=sum(row.doses or 0 for row in areas),
        doses_today=by_day.get(today, 0) if today else 0,
        doses_yesterday=by_day.get(today - timedelta(1), 0) if today else 0,
        dose1_people=_people(areas, PopulationGroup.ALL, Measure.DOSE1),
        full_people=_people(areas, PopulationGroup.ALL, Measure.FULL),
        readings=tuple(
            reading
            for target in targets(snapshots, version)
            for measure in COUNTED
            if (reading := target_reading(areas, target, measure)) is not None
        ),
        registered=_total(row.registered for row in areas),
        delivered=_total(row.delivered for row in areas),
        pending=figures.get("pending_doses"),
        quarantined=held,
    )


def targets(snapshots: Snapshots, version: int) -> tuple[Target, ...]:
    """Those in force on the day of the snapshot, by due date. A snapshot of before `more_than` was kept has none."""
    return tuple(
        Target(
            population_group=PopulationGroup(row["population_group"]),
            more_than=bool(row.get("more_than")),
            **_only(row, TARGET_FIELDS),
        )
        for row in snapshots.rows(version, sql("reads/targets"))
    )


def target_reading(areas: Iterable[AreaRow], target: Target, measure: Measure) -> TargetReading | None:
    """The nation under one reading, or None where the source cannot tell (no ages, no people)."""
    known = national(areas, target.population_group, measure)
    if known is None:
        return None
    coverage, missing = known
    return TargetReading(target=target, measure=measure, coverage=coverage, missing_areas=missing)


def area_codes(snapshots: Snapshots, version: int) -> frozenset[str]:
    return frozenset(row["code"] for row in snapshots.rows(version, "SELECT code FROM area"))


def denominators(snapshots: Snapshots, version: int) -> tuple[str, ...]:
    """Versions of the population that this snapshot holds, by name."""
    query = "SELECT DISTINCT version AS name FROM population ORDER BY name"
    return tuple(row["name"] for row in snapshots.rows(version, query))


def day_rows(snapshots: Snapshots, version: int, *, group: PopulationGroup, area_code: str = "") -> tuple[DayRow, ...]:
    """Every day of the campaign so far; the nation where no area is named."""
    rows = snapshots.rows(version, sql("reads/day_rows"), {"group": group.value, "area": area_code})
    return tuple(DayRow(**row) for row in rows)


def feed_statuses(snapshots: Snapshots, version: int) -> tuple[FeedStatus, ...]:
    return tuple(FeedStatus(**row) for row in snapshots.rows(version, "SELECT * FROM feed_status ORDER BY name"))


def invariants(snapshots: Snapshots, version: int) -> tuple[Invariant, ...]:
    query = "SELECT name, holds, left_side AS left, right_side AS right, detail FROM invariant ORDER BY name"
    return tuple(Invariant(**row) for row in snapshots.rows(version, query))


def quarantine(snapshots: Snapshots, version: int) -> tuple[QuarantineRow, ...]:
    query = "SELECT * FROM quarantine ORDER BY rows DESC, feed, field, reason"
    return tuple(QuarantineRow(**row) for row in snapshots.rows(version, query))


def correction_count(snapshots: Snapshots, version: int) -> int:
    """Of all corrections, the ones that `corrections` leaves out too."""
    count: int = snapshots.rows(version, "SELECT count(*) AS n FROM correction")[0]["n"]
    return count


def corrections(snapshots: Snapshots, version: int, *, limit: int = 40) -> tuple[Correction, ...]:
    """Newest publications first, the largest change first within one. More rows than these belong in a file."""
    change = "abs(coalesce(after, 0) - coalesce(before, 0))"
    # A publication is a version's number, or the name of a folder that was taken up.
    newest = "try_cast(publication AS BIGINT) DESC, publication DESC"
    query = f"SELECT * FROM correction ORDER BY {newest}, {change} DESC, area_code, day LIMIT $n"
    return tuple(Correction(**row) for row in snapshots.rows(version, query, {"n": limit}))


TARGET_FIELDS = ("target_id", "ratio", "due_on", "valid_from")
AREA_FIELDS = ("doses", "doses_last_7_days", "registered", "delivered", "on_hand", "last_report_on")


def _only(row: Row, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _area(row: Row) -> Area:
    return Area(**_only(row, ("code", "name_vi", "name_en", "region_vi", "region_en", "position")))


def _people(areas: Iterable[AreaRow], group: PopulationGroup, measure: Measure) -> int | None:
    cells = [row.coverage.get((group, measure)) for row in areas]
    return _total(cell.people if cell else None for cell in cells)


def _total(values: Iterable[int | None]) -> int | None:
    """Sum of what is known; None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None
