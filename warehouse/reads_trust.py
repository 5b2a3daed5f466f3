"""Reads of the tables that say how far the figures can be trusted. One typed function a question, as in `reads`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from campaign.trust import (
    AGES,
    ByClock,
    ClockDay,
    ClockLimits,
    DataRule,
    DeclaredGap,
    Expected,
    FigureLock,
    HeldRecord,
    IdentityCount,
    Merges,
    QuarantineGroup,
    RuleCount,
)
from warehouse.reads_places import has
from warehouse.reference import read_csv
from warehouse.snapshot import Snapshots
from warehouse.sqlfiles import sql

TREND_DAYS = 14
LEAGUE = 10


def rules(catalogue: Path) -> tuple[DataRule, ...]:
    """The rule catalogue in the order of its file; empty where there is no such file."""
    if not catalogue.exists():
        return ()
    return tuple(
        DataRule(
            rule_id=row["rule_id"],
            feed=row["feed"],
            field=row["field"],
            reason=row["reason"],
            owner=row["owner"],
            severity=row["severity"],
            effect=row["effect"],
            name_vi=row["name_vi"],
            name_en=row["name_en"],
            fix_vi=row["fix_vi"],
            fix_en=row["fix_en"],
            source=row["source"],
            valid_from=date.fromisoformat(row["valid_from"]),
        )
        for row in read_csv(catalogue)
    )


def rule_counts(snapshots: Snapshots, version: int, *, top: int = LEAGUE) -> tuple[RuleCount, ...]:
    """Records that break each rule, with the `top` areas of each; a rule that nothing breaks may be absent."""
    totals: dict[str, int] = {}
    areas: dict[str, list[tuple[str, int]]] = {}
    for row in snapshots.rows(version, sql("reads/rule_areas"), {"top": top}):
        if row["place"] == 0:
            totals[row["rule_id"]] = row["records"]
        else:
            areas.setdefault(row["rule_id"], []).append((row["area_code"], row["records"]))
    return tuple(
        RuleCount(rule_id=rule_id, records=records, areas=tuple(areas.get(rule_id, ())))
        for rule_id, records in totals.items()
    )


def quarantine_groups(snapshots: Snapshots, version: int, *, days: int = TREND_DAYS) -> tuple[QuarantineGroup, ...]:
    """Every feed, field and reason with records set aside now or in the days that are kept, the most held first."""
    trends: dict[tuple[str, str, str], dict[date, int]] = {}
    for row in snapshots.rows(version, sql("reads/quarantine_trend"), {"days": days}):
        trends.setdefault((row["feed"], row["field"], row["reason"]), {})[row["day"]] = row["records"]
    return tuple(
        QuarantineGroup(**row, trend=trends.get((row["feed"], row["field"], row["reason"]), {}))
        for row in snapshots.rows(version, sql("reads/quarantine_groups"))
    )


def held_records(snapshots: Snapshots, version: int, *, limit: int = 30) -> tuple[HeldRecord, ...]:
    """The newest records set aside. More of them than these belong in a file."""
    query = "SELECT * FROM quarantine_row ORDER BY seen_at DESC, feed, record_key, field LIMIT $n"
    return tuple(HeldRecord(**row) for row in snapshots.rows(version, query, {"n": limit}))


def declared_gaps(snapshots: Snapshots, version: int, *, measure: str = "doses") -> tuple[DeclaredGap, ...]:
    """Declared beside recorded by area, the largest gap first; empty where nobody declared anything."""
    return tuple(
        DeclaredGap(
            area_code=row["area_code"],
            declared=row["declared"],
            recorded=row["recorded"],
            by_age={age: row[f"gap_{age}"] for age in AGES},
            last_day=row["last_day"],
            declared_at=row["declared_at"],
        )
        for row in snapshots.rows(version, sql("reads/declared_gaps"), {"measure": measure})
    )


def clock_days(snapshots: Snapshots, version: int, *, area_code: str = "") -> tuple[ClockDay, ...]:
    """Every day of the campaign on both clocks; the nation where no area is named."""
    return tuple(
        ClockDay(
            day=row["day"],
            injected=row["injected"],
            recorded=row["recorded"],
            late=row["late"],
            expected=None
            if row["expected"] is None
            else Expected(middle=row["expected"], low=row["low"], high=row["high"]),
        )
        for row in snapshots.rows(version, sql("reads/clock_days"), {"area": area_code})
    )


def by_clock(
    snapshots: Snapshots, version: int, *, now: datetime, zone: ZoneInfo, limits: ClockLimits
) -> ByClock | None:
    """What has fallen due, expired or gone silent at `now`, campaign time, whether or not any record has come.

    None of a snapshot that was kept from before expiries were read with their kind."""
    query = (
        "SELECT 1 FROM duckdb_columns() WHERE database_name = current_database() AND table_name = 'lot_expiry' "
        "AND column_name = 'kind'"
    )
    if not snapshots.rows(version, query):
        return None
    values = {"now": now, "today": now.astimezone(zone).date(), **asdict(limits), "aside": _aside(snapshots, version)}
    # How long registrations wait is asked elsewhere; DuckDB refuses what a query does not use.
    del values["unserved_days"]
    return ByClock(**snapshots.rows(version, sql("reads/by_clock"), values)[0])


def _aside(snapshots: Snapshots, version: int) -> list[str]:
    """Devices that hold no vaccine, and are not expected to report; none of a snapshot from before the register."""
    if not has(snapshots, version, "equipment_now"):
        return []
    query = "SELECT equipment_id FROM equipment_now WHERE status IN ('not_working', 'not_in_use')"
    return [row["equipment_id"] for row in snapshots.rows(version, query)]


def identities(snapshots: Snapshots, version: int) -> tuple[IdentityCount, ...]:
    """Doses by identity status and place, the most mismatched first; empty where the source does not tell."""
    return tuple(IdentityCount(**row) for row in snapshots.rows(version, sql("reads/identity_areas")))


def merges(snapshots: Snapshots, version: int, *, today: date) -> Merges | None:
    """None of a snapshot from before merges were told, and where the source keeps no people."""
    if not has(snapshots, version, "person_merge"):
        return None
    found = Merges(**snapshots.rows(version, sql("reads/merges"), {"today": today})[0])
    return found if found.people else None


def figure_locks(snapshots: Snapshots, version: int, *, limit: int = 40) -> tuple[FigureLock, ...]:
    """Locked figures, the newest reporting day first."""
    query = "SELECT * FROM figure_lock ORDER BY reporting_day DESC, scope LIMIT $n"
    return tuple(FigureLock(**row) for row in snapshots.rows(version, query, {"n": limit}))
