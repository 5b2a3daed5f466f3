"""Fill a snapshot from the cubes. It is a reading of what is committed, so that a crash only means doing it again."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime
from queue import SimpleQueue

import duckdb
import polars as pl

from warehouse.details import CUBE_OF, NAMES, Part, fill_details, keep_details_only, names_unchanged
from warehouse.hashing import content_hash, counts, table_hash, told_total
from warehouse.publish import mart_tables
from warehouse.sqlfiles import sql

# In this order: a table may be made from the ones before it. The largest stand first: no lane ends alone with one.
FROM_RECORDS = (
    "stock_by_lot", "device_run", "doses_by_site_hour",
    "people_state", "people_by_area", "people_by_day", "people_due", "people_by_group", "group_membership", "dose_cell",
    "dose_group_cell", "district_day_cell", "site_day_cell", "doses_by_day", "doses_by_recorded_day", "dose_delay",
    "site_session", "session_ahead", "site_seen", "residence_place", "identity_status", "registration_state",
    "registration_open", "registration_wait", "registration_course",
    "registration_by_area", "store", "lot", "lot_state", "lot_expiry", "stock_by_area", "stock_use",
    "supply_by_store", "vial_monitor",
    "stock_difference", "stock_mark", "allocation_decision", "allocation_line", "allocation_change",
    "stock_waste", "stock_week",
    "equipment_state", "device", "equipment_now", "equipment_history", "repair_job", "device_heard", "device_away",
    "excursion_decision",
    "declared_gap", "event_by_lot", "adverse_event", "person_merge",
    "area_report", "feed_status", "quarantine", "quarantine_day", "quarantine_row", "rule_count", "correction",
    "invariant",
)  # fmt: skip
LANES = 2
# Of the tables of this snapshot that a query reads.
READS = re.compile(r"outgoing\.(\w+)")
# Written in the refresh's transaction, copied as they are.
COPIED = ("snapshot_info", "area", "population", "target", "area_tier")


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotRules:
    """How much detail a snapshot carries. Days count back from the newest day; `most_rows` of the quarantine.
    `run_days`: for how long runs outside the limits are told after they ended; `difference_days`: for
    how long a physical count that differed from the book is told; `uptime_days`, `offender_days`: over how many days
    the uptime of devices and their alarms are counted; `waste_days`: whose wastage is looked at apart;
    `waste_reasons`: their numbers by the registry's words."""

    site_days: int
    hour_days: int
    most_rows: int
    run_days: int
    difference_days: int
    uptime_days: int
    offender_days: int
    waste_days: int = 7
    waste_reasons: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A snapshot as it was written. `parts`: what it holds of the cubes, by table of cells."""

    content_hash: str
    parts: Mapping[str, Part]


def fill_from_records(
    connection: duckdb.DuckDBPyConnection,
    rules: SnapshotRules,
    *,
    wall_now: datetime,
    extra: Callable[[], Mapping[str, pl.DataFrame]],
    extra_reads: Sequence[str] = (),
    held: Mapping[str, Part] | None = None,
) -> Filled:
    """Write every published table into the attached database `outgoing`. `extra` makes the rows that are not counted in
    SQL, by table, once the tables `extra_reads` are there. `held`: what `outgoing`, a copy of an earlier one, has of
    the cells already; None where it is empty. The content hash goes into snapshot_info, too."""
    connection.execute(sql("publish/names"))
    carried: Mapping[str, Part] = {}
    if held is not None:
        carried = held if names_unchanged(connection) else {}
        keep_details_only(connection)
    for part in ("schema/published", "schema/published_views"):
        text = sql(part).replace("CREATE SCHEMA IF NOT EXISTS mart;", "")
        connection.execute(text.replace("mart.", "outgoing."))
    for table in NAMES:
        connection.execute(f"INSERT INTO outgoing.{table} BY NAME FROM temp.{table}")
    for table in COPIED:
        connection.execute(f"INSERT INTO outgoing.{table} BY NAME FROM mart.{table}")
    values = {
        "wall_now": wall_now,
        "site_days": rules.site_days,
        "hour_days": rules.hour_days,
        "most_rows": rules.most_rows,
        "run_days": rules.run_days,
        "difference_days": rules.difference_days,
        "uptime_days": rules.uptime_days,
        "offender_days": rules.offender_days,
        "waste_days": rules.waste_days,
        "waste_texts": list(rules.waste_reasons),
        "waste_numbers": list(rules.waste_reasons.values()),
    }

    def add_extra() -> None:
        for table, rows in extra().items():
            add_rows(connection, table, rows)

    parts: dict[str, Part] = {}
    told = _fill_side_by_side(connection, values, carried, parts, meanwhile=add_extra, once=extra_reads)
    fingerprint = content_hash(connection, "outgoing", known=told)
    connection.execute(
        "UPDATE outgoing.snapshot_info "
        "SET content_hash = $hash, first_day = (SELECT min(day) FROM outgoing.doses_by_day)",
        {"hash": fingerprint},
    )
    return Filled(content_hash=fingerprint, parts=parts)


def _fill_side_by_side(
    connection: duckdb.DuckDBPyConnection,
    values: Mapping[str, object],
    carried: Mapping[str, Part],
    parts: dict[str, Part],
    *,
    meanwhile: Callable[[], None],
    once: Sequence[str],
) -> dict[str, str]:
    """Fill the tables of FROM_RECORDS, two at a time: one of them alone keeps less than a core busy. `meanwhile` is
    called once the tables `once` are there. Of the cells, `carried` are there already; `parts` learns what is there in
    the end. Returns each table's part of the content hash.

    Tables are begun in order, so whatever a table waits for has been begun before it: nothing can wait for ever."""
    lanes: SimpleQueue[duckdb.DuckDBPyConnection] = SimpleQueue()
    done: dict[str, Future[str]] = {}

    def fill(table: str, query: str, needed: Sequence[str]) -> str:
        for other in needed:
            done[other].result()
        wanted = {name: value for name, value in values.items() if f"${name}" in query}
        lane = lanes.get()
        try:
            if table in CUBE_OF:
                parts[table] = fill_details(lane, table, carried.get(table), values)
                return told_total(table, parts[table].total)
            lane.execute(f"INSERT INTO outgoing.{table} BY NAME {query}", wanted)
            return table_hash(lane, "outgoing", table) if counts(table) else ""
        finally:
            lanes.put(lane)

    with ExitStack() as stack:
        for _ in range(LANES):
            # A connection of its own does not see the temporary names of another.
            lane = stack.enter_context(closing(connection.cursor()))
            lane.execute(sql("publish/names"))
            lanes.put(lane)
        pool = stack.enter_context(ThreadPoolExecutor(LANES, thread_name_prefix="publish"))
        for table in FROM_RECORDS:
            query = sql(f"publish/{table}")
            needed = [other for other in READS.findall(query) if other in done]
            done[table] = pool.submit(fill, table, query, needed)
        for table in once:
            done[table].result()
        meanwhile()
        return {table: future.result() for table, future in done.items()}


def add_rows(connection: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame) -> None:
    if rows.is_empty():
        return
    connection.register("extra", rows.to_arrow())
    connection.execute(f"INSERT INTO outgoing.{table} BY NAME FROM extra")
    connection.unregister("extra")


def tables_without_rule(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Published tables that nothing here fills: for a test."""
    return set(mart_tables(connection)) - set(FROM_RECORDS) - set(COPIED) - set(NAMES)
