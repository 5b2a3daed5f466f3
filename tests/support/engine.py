"""A warehouse and its engine in a folder of their own, fed with records by hand and asked for what it would publish."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from tests.support.twin import DEFERRALS, Cells, Row, Twin, within_delay
from warehouse.engine.cubes import ALL_CUBES, sum_up
from warehouse.engine.engine import Engine, EngineRules, Incoming, Pending
from warehouse.engine.fold import fold
from warehouse.record_snapshot import SnapshotRules, fill_from_records
from warehouse.reference import load_series_rules
from warehouse.verify import Verified, verify
from warehouse.writer import Checkpoint, Warehouse, no_checkpoint

ROOT = Path(__file__).resolve().parents[2]
SERIES = load_series_rules(ROOT / "data" / "reference")
RULES = EngineRules(series=SERIES, reference_year=2021, hour_days=2, deferral_reasons=DEFERRALS)
SNAPSHOT = SnapshotRules(
    site_days=5000, hour_days=2, most_rows=10, run_days=7, difference_days=90, uptime_days=30, offender_days=90
)
NAMED_AREAS = ("79", "01", "48", "74")
WALL = datetime(2021, 12, 31, 5, tzinfo=UTC)
FIRST_DAY = date(2020, 1, 1)
INSTANT = pl.Datetime("us", "UTC")
SCHEMAS: Mapping[str, dict[str, Any]] = {
    "person": {
        "person_key": pl.String, "birth_year": pl.Int16, "sex": pl.String, "province_code": pl.String,
        "district_code": pl.String, "group_bits": pl.Int32, "version": pl.Int64,
    },
    "dose": {
        "dose_id": pl.Int64, "person_key": pl.String, "product_code": pl.String, "dose_number": pl.Int16,
        "lot_number": pl.String, "site_code": pl.String, "injected_at": INSTANT, "recorded_at": INSTANT,
        "identity_status": pl.String, "voided": pl.Boolean, "age_years": pl.Int16, "version": pl.Int64,
    },
    "registration": {
        "registration_id": pl.Int64, "person_key": pl.String, "state": pl.String, "province_code": pl.String,
        "channel": pl.String, "registered_at": INSTANT, "state_at": INSTANT, "deferral_reason": pl.String,
        "age_years": pl.Int16, "version": pl.Int64,
    },
}  # fmt: skip
KEYS = {
    "area": "code", "site": "code", "person_merge": "merge_id", "person": "person_key", "dose": "dose_id",
    "registration": "registration_id",
}  # fmt: skip
# Cells of a published table: key columns; every other column is a count.
CELLS = {
    "people_state": 5, "people_by_area": 2, "people_by_day": 3, "people_due": 3, "people_by_group": 2,
    "group_membership": 2, "dose_cube": 6, "doses_by_day": 3, "doses_by_recorded_day": 3, "dose_delay": 3,
    "doses_by_district_day": 4, "doses_by_site_day": 2, "residence_place": 2, "identity_status": 2,
    "doses_by_group_day": 3, "registration_state": 3, "registration_open": 4, "registration_wait": 2,
    "registration_course": 4,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Records of one refresh, by feed."""

    rows: Mapping[str, Sequence[Row]] = field(default_factory=dict[str, Sequence[Row]])

    def frame(self, feed: str) -> pl.DataFrame:
        rows = list(self.rows.get(feed, ()))
        schema = dict(SCHEMAS[feed])
        key = KEYS[feed]
        if rows and isinstance(rows[0][key], str):
            schema[key] = pl.String
        return pl.DataFrame(rows, schema=schema)


class RolledBack(Exception):
    """What a test raises inside a transaction."""


def _raise_if(fail: bool) -> None:
    if fail:
        raise RolledBack


class Bench:
    """One warehouse, its engine, and what a reader of its next snapshot would see."""

    def __init__(self, folder: Path, *, checkpoint: Checkpoint = no_checkpoint) -> None:
        self.folder = folder
        self._checkpoint = checkpoint
        self._open()
        connection = self.warehouse.connection
        if not connection.execute("SELECT count(*) FROM mart.area").fetchall()[0][0]:
            connection.executemany(
                "INSERT INTO mart.area VALUES (?, '', '', '', '', 0)",
                [[code] for code in (*NAMED_AREAS, "central", "unknown")],
            )

    def apply(self, batch: Batch, *, fail: bool = False) -> Pending | None:
        """One refresh, committed; with `fail` it is rolled back at its end."""
        try:
            with self.warehouse.transaction():
                for feed in ("area", "site", "person_merge"):
                    self._take_small(feed, batch.rows.get(feed, ()))
                pending = self.engine.apply(
                    Incoming(
                        person=batch.frame("person"),
                        dose=batch.frame("dose"),
                        registration=batch.frame("registration"),
                        merges="person_merge" in batch.rows,
                        sites="site" in batch.rows or "area" in batch.rows,
                    )
                )
                self._checkpoint("cubes_added")
                _raise_if(fail)
        except BaseException as error:
            self.engine.forget()
            if isinstance(error, RolledBack):
                return None
            raise
        self.engine.settle(pending)
        return pending

    def fold(self) -> None:
        fold(self.warehouse, self.engine)

    def sum_up(self) -> None:
        """What compaction does once a cube has grown."""
        with self.warehouse.transaction() as connection:
            for cube in ALL_CUBES:
                sum_up(connection, cube, hour_days=RULES.hour_days)

    def reopen(self) -> None:
        """A new process would start like this."""
        self.warehouse.close()
        self._open()

    def verify(self) -> Verified:
        return verify(self.warehouse, self.engine, deep=True)

    def content_hash(self) -> str:
        with self._published() as fingerprint:
            return fingerprint

    def tables(self) -> dict[str, Cells]:
        """Published tables as the twin has them; cells of zero are left out."""
        connection = self.warehouse.connection
        with self._published():
            broken = connection.execute("SELECT name FROM outgoing.invariant WHERE NOT holds").fetchall()
            assert not broken, broken
            return {table: self._cells(table, keys) for table, keys in CELLS.items()}

    def newest_day(self) -> date:
        """Newest day of injection that the cubes have a row of."""
        query = "SELECT coalesce(max(day), 0) FROM cube.delay"
        return FIRST_DAY + timedelta(int(self.warehouse.connection.execute(query).fetchall()[0][0]))

    def close(self) -> None:
        self.warehouse.close()

    def _open(self) -> None:
        self.warehouse = Warehouse(
            self.folder, snapshot_dir=self.folder / "snapshots", checkpoint=self._checkpoint, memory_mb=1000
        )
        self.engine = Engine(self.warehouse.connection, self.folder / "segments", RULES)

    def _take_small(self, feed: str, rows: Sequence[Row]) -> None:
        key = KEYS[feed]
        for row in rows:
            names = ", ".join(row)
            places = ", ".join(f"${name}" for name in row)
            self.warehouse.connection.execute(f"DELETE FROM core.{feed} WHERE {key} = $key", {"key": row[key]})
            self.warehouse.connection.execute(f"INSERT INTO core.{feed} ({names}) VALUES ({places})", dict(row))

    @contextmanager
    def _published(self) -> Iterator[str]:
        connection = self.warehouse.connection
        connection.execute("ATTACH ':memory:' AS outgoing")
        try:
            yield fill_from_records(connection, SNAPSHOT, wall_now=WALL, extra=dict).content_hash
        finally:
            connection.execute("DETACH outgoing")

    def _cells(self, table: str, keys: int) -> Cells:
        found = self.warehouse.connection.execute(f"FROM outgoing.{table}")
        names = [column[0] for column in found.description or ()]
        cells: Cells = Counter()
        for row in found.fetchall():
            for name, count in zip(names[keys:], row[keys:], strict=True):
                cell = (*row[:keys], name)
                assert cell not in cells, f"{table}: {cell} is there twice"
                cells[cell] = count
        return Counter({cell: count for cell, count in cells.items() if count})


def take_into_twin(twin: Twin, batch: Batch) -> None:
    for feed, rows in batch.rows.items():
        twin.take(feed, KEYS[feed], rows)


def differing(bench: Bench, twin: Twin) -> dict[str, dict[tuple[object, ...], tuple[int, int]]]:
    """By table, the cells that differ: (published, twin)."""
    ours, theirs = bench.tables(), twin.tables()
    newest = bench.newest_day()
    for side in (ours, theirs):
        side["dose_delay"] = within_delay(side["dose_delay"], newest=newest)
    assert ours.keys() == theirs.keys()
    return {
        table: {
            cell: (ours[table][cell], theirs[table][cell])
            for cell in ours[table].keys() | theirs[table].keys()
            if ours[table][cell] != theirs[table][cell]
        }
        for table in ours
        if ours[table] != theirs[table]
    }


def everything_held(twin: Twin, *, parts: int, seed: int) -> list[Batch]:
    """The final version of every record, in any order and in several refreshes; areas and sites come first."""
    dice = random.Random(seed)
    shuffled = {feed: dice.sample(list(rows.values()), len(rows)) for feed, rows in twin.held.items()}
    batches: list[Batch] = []
    for part in range(parts):
        rows = {
            feed: found[part::parts] for feed, found in shuffled.items() if feed in SCHEMAS or feed == "person_merge"
        }
        small = {feed: shuffled.get(feed, []) for feed in ("area", "site")} if part == 0 else {}
        batches.append(Batch(rows=small | rows))
    return batches
