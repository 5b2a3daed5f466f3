"""Reads of the first screen: what nobody else asks for. Targets, headline and locks come from their own modules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from campaign.coverage import CENTRAL_UNITS, UNKNOWN_AREA, Coverage, Measure
from campaign.statements import Kind, Said
from warehouse import lineage, reads_trust
from warehouse.snapshot import Snapshots
from warehouse.sqlfiles import sql

PORTAL = "portal_2021"
AGES = ("65plus", "50plus")


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaFigures:
    """Of one area up to and with a day: doses by place, people by residence (None: the source does not tell)."""

    doses: int
    dose1_people: int | None
    full_people: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """Doses of the last seven whole days: reported so far, and expected once everything is entered."""

    reported: int
    expected: int


def provinces(snapshots: Snapshots, version: int) -> tuple[str, ...]:
    """Codes of the areas that somebody answers for."""
    rows = snapshots.rows(version, "SELECT code FROM area ORDER BY position")
    return tuple(row["code"] for row in rows if row["code"] not in (CENTRAL_UNITS, UNKNOWN_AREA))


def area_figures(snapshots: Snapshots, version: int, *, day: date, area_code: str) -> AreaFigures:
    return AreaFigures(**snapshots.rows(version, sql("reads/area_figures"), {"area": area_code, "day": day})[0])


def statements(snapshots: Snapshots, version: int) -> tuple[Said, ...] | None:
    """What provinces said of their figures; None of a snapshot from before that was kept."""
    query = "SELECT 1 FROM duckdb_tables() WHERE database_name = current_database() AND table_name = 'figure_statement'"
    if not snapshots.rows(version, query):
        return None
    rows = snapshots.rows(version, "SELECT * FROM figure_statement ORDER BY statement_id")
    return tuple(Said(kind=Kind(row.pop("kind")), **row) for row in rows)


def entered(snapshots: Snapshots, version: int) -> Mapping[str, Entered]:
    """By area of vaccination; areas whose days are all complete are absent."""
    rows = snapshots.rows(version, sql("reads/entered"))
    return {row["area_code"]: Entered(reported=row["reported"], expected=row["expected"]) for row in rows}


def declared(snapshots: Snapshots, version: int) -> Mapping[str, tuple[int, int]]:
    """By area: doses declared, and doses recorded for the same days."""
    return {gap.area_code: (gap.declared, gap.recorded) for gap in reads_trust.declared_gaps(snapshots, version)}


def aged(snapshots: Snapshots, version: int) -> Mapping[tuple[str, Measure], int | None]:
    """People of the nation by age at the first dose and state; None where the source tells no ages."""
    found: dict[tuple[str, Measure], int | None] = {}
    for age in AGES:
        for measure in (Measure.DOSE1, Measure.FULL):
            number = lineage.NUMBERS[f"{measure}_{age}"]
            found[age, measure] = lineage.recompute(snapshots, version, number, area="", denominator="").value
    return found


def portal_reading(snapshots: Snapshots, version: int, *, denominator: str) -> Coverage | None:
    """Doses of the nation over adults, as the portal of 2021 had it; None where there are no adults to divide by."""
    number = lineage.NUMBERS["portal"]
    found = lineage.recompute(snapshots, version, number, area="", denominator=denominator)
    return Coverage(people=found.value or 0, population=found.population) if found.population else None
