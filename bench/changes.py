"""Changed records as sites and citizens make them, committed in the registry in one transaction a batch.

85 of 100 are doses: new ones, late ones, corrected ones, voided ones. The rest are people (new and moved),
registrations (new and moved on), stock movements and readings. They concern the pool of a history (bench.history): the
registry holds the pool's people, and of doses and registrations the versions that have changed since.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson
import polars as pl
import psycopg
from psycopg import sql

from bench.batch import Batch, written
from bench.history import POOL_DOSES, POOL_PEOPLE, Size
from bench.registry_rows import BEGIN, DEVICES, LOTS_A_PRODUCT, NOW, PRODUCTS, TODAY, ZONE, Country, copy_rows, lot_code
from warehouse.engine.slots import FIRST_DAY, IDENTITY

Numbers = npt.NDArray[np.int64]
RECENT_DAYS = 7
NAMED = ("site", "lot", "product")
# Doses after which nobody gets another one here.
ENOUGH = 4
# Beside the pool's files: the identifiers that come next.
MADE = "changes.json"
# Shares of a batch. What is left are doses.
PEOPLE, REGISTRATIONS, STOCK, READINGS = 0.05, 0.04, 0.03, 0.03
MIDNIGHT = datetime.combine(FIRST_DAY, datetime.min.time(), ZONE).astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """What the doses of a batch are. corrected, voided: shares of them that are records held already. recent: share of
    the injections that lie in the last 7 days; the others are spread evenly over the last `days`."""

    corrected: float
    voided: float
    recent: float
    days: int


KINDS = {
    "10k": Mix(corrected=0.06, voided=0.02, recent=0.9, days=TODAY - BEGIN),
    "100k_recent": Mix(corrected=0.06, voided=0.02, recent=0.9, days=TODAY - BEGIN),
    "100k_uniform": Mix(corrected=0.5, voided=0.02, recent=0.0, days=TODAY - BEGIN),
    "1m": Mix(corrected=0.1, voided=0.01, recent=0.3, days=120),
    "late": Mix(corrected=0.0, voided=0.0, recent=0.0, days=TODAY - BEGIN),
}


class Changes:
    """Makes and commits batches; identifiers go on where the last batch stopped, also one of an earlier process."""

    def __init__(
        self, url: str, folder: Path, names: Mapping[str, Sequence[str]], country: Country, *, size: Size, seed: int
    ) -> None:
        """`names`: codes of sites, lots and products in order of their numbers."""
        self._url = url
        self._folder = folder
        self._made = folder / MADE
        self._people = pl.read_ipc(folder / POOL_PEOPLE)
        self._doses = pl.read_ipc(folder / POOL_DOSES)
        self._recent = np.flatnonzero((self._doses["injected_on"] > TODAY - RECENT_DAYS).to_numpy())
        # Late and new doses go to people who still lack one.
        had = np.bincount(self._doses["person_id"].to_numpy(), minlength=len(self._people) + 1)[1:]
        self._lacking = np.flatnonzero(had < ENOUGH) + 1
        self._names = {kind: np.array(names[kind], dtype=object) for kind in NAMED}
        self._sites = country.sites["code"].to_numpy()
        self._districts = country.districts
        self._lots = np.array([[lot_code(p, i) for i in range(LOTS_A_PRODUCT)] for p in PRODUCTS], dtype=object)
        self._size = size
        self._next = {
            "dose": size.doses + 1,
            "person": size.pool + 1,
            "registration": size.registrations + 1,
            "stock_movement": size.movements + 1,
            "temperature_reading": size.readings + 1,
        }
        if self._made.exists():
            self._next = orjson.loads(self._made.read_bytes())
        # Not the draws of the process before.
        self._rng = np.random.default_rng([seed, self._next["dose"]])

    def commit(self, mix: Mix, records: int, *, ready: Callable[[], None] = lambda: None) -> Batch:
        """`records` changed records in one transaction. Fewer where the pool has not so many to correct.

        `ready` is called once everything is written, just before the COMMIT."""
        counts = [int(records * share) for share in (PEOPLE, REGISTRATIONS, STOCK, READINGS)]
        people = self._people_rows(counts[0])
        doses = self._dose_rows(mix, records - sum(counts))
        tables = {
            "person": people,
            "dose": doses,
            "registration": self._registration_rows(counts[1]),
            "stock_movement": self._movement_rows(counts[2]),
            "temperature_reading": self._reading_rows(counts[3]),
        }
        # Before the commit: after a crash a gap of identifiers is harmless, one given twice is not.
        self._made.write_bytes(orjson.dumps(self._next))
        with psycopg.connect(self._url) as connection:
            for table, rows in tables.items():
                _upsert(connection, table, rows)
            ready()
        committed_at = time.time()
        total = sum(len(rows) for rows in tables.values())
        return written(self._folder, records=total, committed_at=committed_at, doses=doses, people=people)

    def _ids(self, table: str, count: int) -> Numbers:
        start = self._next[table]
        self._next[table] += count
        return np.arange(start, start + count)

    def _people_rows(self, count: int) -> pl.DataFrame:
        """Half newcomers, half people who moved."""
        rng = self._rng
        known = rng.choice(len(self._people), min(count // 2, len(self._people)), replace=False)
        moved = self._people[known]
        new = self._people[rng.integers(0, len(self._people), count - len(moved))].with_columns(
            pl.Series("person_id", self._ids("person", count - len(moved)))
        )
        both = pl.concat([moved, new])
        home = self._districts[rng.integers(0, len(self._districts), len(both))]
        return both.with_columns(home["province_code"], home["code"].alias("district_code"))

    def _dose_rows(self, mix: Mix, count: int) -> pl.DataFrame:
        held = self._held_doses(mix, int(count * (mix.corrected + mix.voided)))
        voided = np.arange(len(held)) < len(held) * mix.voided / max(mix.corrected + mix.voided, 1e-9)
        new = self._new_doses(mix, count - len(held))
        corrected = held.with_columns(
            site_code=pl.when(pl.col("dose_id") % 2 == 0).then(self._some_sites(len(held))).otherwise("site_code"),
            day=pl.col("day") - pl.when(pl.col("dose_id") % 3 == 0).then(1).otherwise(0),
            voided=pl.Series(voided),
        )
        rows = pl.concat([corrected, new.select(corrected.columns)])
        injected = pl.lit(MIDNIGHT) + pl.duration(days="day", hours="hour")
        gone = pl.col("voided")
        return rows.select(
            "dose_id", "person_id", "product_code", "dose_number", "lot_number", "site_code",
            injected.alias("injected_at"), pl.lit(NOW).alias("recorded_at"), "identity_status",
            pl.when(gone).then(pl.lit(NOW)).alias("voided_at"),
            pl.when(gone).then(pl.lit("entered twice")).alias("void_reason"),
        )  # fmt: skip

    def _held_doses(self, mix: Mix, count: int) -> pl.DataFrame:
        rng = self._rng
        recent = rng.choice(self._recent, min(int(count * mix.recent), len(self._recent)), replace=False)
        eldest = TODAY - mix.days
        others = rng.choice(len(self._doses), min(count, len(self._doses)), replace=False)
        others = others[(self._doses["injected_on"].to_numpy()[others] >= eldest) & ~np.isin(others, recent)]
        rows = self._doses[np.concatenate([recent, others[: count - len(recent)]]).tolist()]
        return rows.select(
            "dose_id",
            "person_id",
            pl.Series("product_code", self._names["product"][rows["product"]].tolist(), dtype=pl.String),
            pl.col("number").cast(pl.Int64).alias("dose_number"),
            pl.Series("lot_number", self._names["lot"][rows["lot"]].tolist(), dtype=pl.String),
            pl.Series("site_code", self._names["site"][rows["site"]].tolist(), dtype=pl.String),
            pl.Series("identity_status", np.array(IDENTITY)[rows["identity"]].tolist(), dtype=pl.String),
            pl.col("injected_on").cast(pl.Int64).alias("day"),
            pl.col("hour").cast(pl.Int64),
        )

    def _new_doses(self, mix: Mix, count: int) -> pl.DataFrame:
        rng = self._rng
        product = rng.integers(0, len(PRODUCTS), count)
        back = np.where(
            rng.random(count) < mix.recent, rng.integers(0, RECENT_DAYS, count), rng.integers(0, mix.days, count)
        )
        return pl.DataFrame(
            {
                "dose_id": self._ids("dose", count),
                "person_id": rng.choice(self._lacking, count),
                "product_code": np.array(PRODUCTS)[product],
                "dose_number": rng.integers(1, 5, count),
                "lot_number": pl.Series(self._lots[product, rng.integers(0, LOTS_A_PRODUCT, count)], dtype=pl.String),
                "site_code": self._some_sites(count),
                "identity_status": np.array(IDENTITY)[(rng.random(count) < 0.2).astype(np.int64)],
                "day": TODAY - back,
                "hour": rng.integers(8, 18, count),
                "voided": np.zeros(count, dtype=np.bool_),
            }
        )

    def _some_sites(self, count: int) -> pl.Series:
        return pl.Series(self._sites[self._rng.integers(0, len(self._sites), count)], dtype=pl.String)

    def _registration_rows(self, count: int) -> pl.DataFrame:
        rng = self._rng
        known = rng.choice(self._size.registrations, min(count // 2, self._size.registrations), replace=False) + 1
        number = np.concatenate([known, self._ids("registration", count - len(known))])
        home = self._districts[rng.integers(0, len(self._districts), count)]
        states = np.where(np.arange(count) < len(known), "invited", "registered")
        return pl.DataFrame(
            {
                "registration_id": number,
                "person_id": rng.integers(1, len(self._people) + 1, count),
                "state": states,
                "province_code": home["province_code"],
                "channel": ["app"] * count,
                "registered_at": [NOW] * count,
                "state_at": [NOW] * count,
            }
        )

    def _movement_rows(self, count: int) -> pl.DataFrame:
        rng = self._rng
        sites = self._some_sites(count)
        product = rng.integers(0, len(PRODUCTS), count)
        return pl.DataFrame(
            {
                "movement_id": self._ids("stock_movement", count),
                "store_code": "S-" + sites,
                "lot_number": pl.Series(self._lots[product, rng.integers(0, LOTS_A_PRODUCT, count)], dtype=pl.String),
                "kind": ["administered"] * count,
                "doses": rng.integers(-20, 0, count),
                "occurred_at": [NOW - timedelta(minutes=5)] * count,
                "recorded_at": [NOW] * count,
            }
        )

    def _reading_rows(self, count: int) -> pl.DataFrame:
        rng = self._rng
        devices = rng.integers(0, devices_of(self._size), count)
        return pl.DataFrame(
            {
                "reading_id": self._ids("temperature_reading", count),
                "equipment_id": [f"F{index:06d}" for index in devices.tolist()],
                "read_at": [NOW - timedelta(minutes=5)] * count,
                "received_at": [NOW] * count,
                # One in a hundred is warm.
                "temp_c": np.where(rng.random(count) < 0.01, 95, rng.integers(30, 60, count)) / 10,
                "power_on": [True] * count,
            }
        )


def devices_of(size: Size) -> int:
    """One in five minutes is read from each: as many as give the day's readings."""
    return min(DEVICES, max(1, size.readings // 288))


def add_pool(url: str, folder: Path) -> None:
    """The pool's people as the registry has always held them: stamped with no transaction, hence not read again."""
    with psycopg.connect(url) as connection:
        connection.execute("ALTER TABLE registry.person DISABLE TRIGGER stamp")
        copy_rows(connection, "registry.person", pl.read_ipc(folder / POOL_PEOPLE))
        connection.execute("ALTER TABLE registry.person ENABLE TRIGGER stamp")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE registry.person")


KEYS: Mapping[str, str] = {
    "person": "person_id",
    "dose": "dose_id",
    "registration": "registration_id",
    "stock_movement": "movement_id",
    "temperature_reading": "reading_id",
}


def _upsert(connection: psycopg.Connection, table: str, rows: pl.DataFrame) -> None:
    target, incoming = sql.Identifier("registry", table), sql.Identifier(f"incoming_{table}")
    connection.execute(
        sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT * FROM {} LIMIT 0").format(incoming, target)
    )
    copy_rows(connection, f"incoming_{table}", rows)
    columns = [sql.Identifier(name) for name in rows.columns]
    statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} ON CONFLICT ({}) DO UPDATE SET {}").format(
        target,
        sql.SQL(", ").join(columns),
        sql.SQL(", ").join(columns),
        incoming,
        sql.Identifier(KEYS[table]),
        sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(column) for column in columns),
    )
    connection.execute(statement)
