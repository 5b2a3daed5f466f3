"""Reads about people: what is due, what moves between areas, the way to the doses, ages and groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from campaign.due import DueCount
from campaign.flows import Moved
from campaign.funnel import OpenCount, WaitCount
from campaign.people import GroupCount, People, Reached
from warehouse import reads
from warehouse.snapshot import Row, Snapshots
from warehouse.sqlfiles import sql

TABLES = "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database()"


def people(snapshots: Snapshots, version: int, *, denominator: str) -> People:
    """All of it, read once a snapshot. A part whose table is not there, or empty, is None: an older snapshot, or a
    source of published tallies. Raises SnapshotUnavailable."""
    there = {row["table_name"] for row in snapshots.rows(version, TABLES)}

    def read(query: str, *tables: str) -> list[Row]:
        return snapshots.rows(version, query) if there.issuperset(tables) else []

    states: dict[str, dict[str, int]] = {}
    for row in read(sql("reads/registration_states"), "registration_by_area"):
        states.setdefault(row["area_code"], {})[row["state"]] = row["registrations"]
    group_tables = ("people_by_group", "group_membership", "dose_group_cell", "name_area")
    return People(
        today=reads.day_of(snapshots, version),
        areas=reads.area_rows(snapshots, version, denominator=denominator),
        tiers={row["area_code"]: row["tier"] for row in read(sql("reads/area_tiers"), "area_tier")},
        due=tuple(DueCount(**row) for row in read("SELECT * FROM people_due", "people_due")) or None,
        moves=tuple(
            Moved(residence=row["residence_code"], place=row["place_code"], doses=row["doses"])
            for row in read("SELECT * FROM residence_place", "residence_place")
        )
        or None,
        states=states or None,
        open=tuple(OpenCount(**row) for row in read("SELECT * FROM registration_open", "registration_open")) or None,
        waits=tuple(
            WaitCount(area_code=row["area_code"], days=row["waited_days"], registrations=row["registrations"])
            for row in read("SELECT * FROM registration_wait", "registration_wait")
        )
        or None,
        ages={
            (row["area_code"], row["age_band"]): _reached(row, none=row["none_people"])
            for row in read(sql("reads/people_ages"), "people_state")
        }
        or None,
        groups=_groups(read(sql("reads/people_groups"), *group_tables)) or None,
    )


def tiers(snapshots: Snapshots, version: int) -> tuple[str, ...]:
    """Numbers of the tiers that provinces are in; none of a snapshot of before they were kept."""
    if "area_tier" not in {row["table_name"] for row in snapshots.rows(version, TABLES)}:
        return ()
    return tuple(
        str(tier) for tier in sorted({row["tier"] for row in snapshots.rows(version, sql("reads/area_tiers"))})
    )


def _reached(row: Mapping[str, Any], *, none: int | None) -> Reached:
    return Reached(none=none, dose1=row["dose1_people"], full=row["full_people"], boosted=row["boosted_people"])


def _groups(rows: list[Row]) -> dict[tuple[str, int], GroupCount]:
    return {
        (row["area_code"], row["priority_group"]): GroupCount(
            first=_group(row, "first"), members=_group(row, "member"), doses=row["doses"]
        )
        for row in rows
    }


def _group(row: Row, kind: str) -> Reached:
    return Reached(none=None, dose1=row[f"{kind}_dose1"], full=row[f"{kind}_full"], boosted=row[f"{kind}_boosted"])
