"""A process of its own that takes up refreshes one after another, so that it can really be killed or run out of disk.

    python -m tests.support.engine_worker FOLDER UPTO [POINT]

Applies the batches up to number UPTO to the warehouse in FOLDER and says so line by line. With POINT it kills itself
there; `fold:POINT` means that point of a fold, which then comes first.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from tests.support.engine import FIRST_DAY, NAMED_AREAS, Bench
from warehouse.engine.engine import Incoming, Pending

Ints = npt.NDArray[np.int64]
SITES = 40
NEW, CHANGED, MOVED = 6000, 6000, 2000
START = datetime(2021, 6, 1, 2, tzinfo=UTC)
PRODUCTS = ("astrazeneca", "comirnaty", "spikevax", "vero_cell")


@dataclass(frozen=True, slots=True, kw_only=True)
class Doses:
    """Dose records, arrays of one length. `day` from START."""

    dose_id: Ints
    person: Ints
    site: Ints
    product: Ints
    day: Ints
    voided: npt.NDArray[np.bool_]

    def frame(self, version: int) -> pl.DataFrame:
        injected = START + pl.Series(self.day * 86_400_000_000).cast(pl.Duration("us"))
        return pl.DataFrame(
            {
                "dose_id": self.dose_id, "person_key": keys(self.person), "product_code": names(PRODUCTS, self.product),
                "dose_number": np.ones(len(self.day), dtype=np.int16),
                "lot_number": np.full(len(self.day), "L1"),
                "site_code": names([f"s{n}" for n in range(SITES)], self.site),
                "injected_at": injected, "recorded_at": injected, "identity_status": np.full(len(self.day), "matched"),
                "voided": self.voided, "age_years": np.full(len(self.day), 40, dtype=np.int16),
                "version": np.full(len(self.day), version),
            }
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """One refresh: doses, and people with the number of the area where they live now."""

    number: int
    doses: Doses
    people: Ints
    area: Ints

    def incoming(self) -> Incoming:
        person = pl.DataFrame(
            {
                "person_key": keys(self.people),
                "birth_year": (1940 + self.people % 60).astype(np.int16),
                "sex": names(("f", "m"), self.people % 2),
                "province_code": names(NAMED_AREAS, self.area),
                "district_code": pl.Series([None] * len(self.people), dtype=pl.String),
                "group_bits": (1 << (1 + self.people % 16)).astype(np.int32),
                "version": np.full(len(self.people), self.number + 1),
            }
        )
        registration = pl.DataFrame(
            schema={
                "registration_id": pl.Int64, "person_key": pl.String, "state": pl.String, "province_code": pl.String,
                "registered_at": pl.Datetime("us", "UTC"), "state_at": pl.Datetime("us", "UTC"),
                "deferral_reason": pl.String, "age_years": pl.Int16, "version": pl.Int64,
            }
        )  # fmt: skip
        dose = self.doses.frame(self.number + 1)
        return Incoming(person=person, dose=dose, registration=registration, merges=False, sites=True)


def keys(people: Ints) -> pl.Series:
    """Pseudonyms in no order of their people."""
    mixed = people.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    text = mixed.astype(">u8").tobytes().hex()
    return pl.Series([text[at : at + 16] * 2 for at in range(0, len(text), 16)], dtype=pl.String)


def names(codes: tuple[str, ...] | list[str], numbers: Ints) -> pl.Series:
    return pl.Series(list(codes), dtype=pl.String).gather(numbers)


def history(doses: int) -> Changes:
    """Refresh 0: a quarter as many people as doses."""
    people = doses // 4
    dice = np.random.default_rng(0)
    return Changes(
        number=0,
        doses=_drawn(dice, np.arange(doses), people),
        people=np.arange(people),
        area=dice.integers(0, 4, people),
    )


def changes(number: int, doses: int) -> Changes:
    """Refresh `number`: new doses, corrected and voided ones over all of history, people who move."""
    dice = np.random.default_rng(number)
    new = doses + (number - 1) * NEW + np.arange(NEW)
    changed = np.sort(dice.choice(doses, CHANGED, replace=False))
    drawn = _drawn(dice, np.concatenate([new, changed]), doses // 4)
    moved = np.sort(dice.choice(doses // 4, MOVED, replace=False))
    return Changes(number=number, doses=drawn, people=moved, area=dice.integers(0, 4, MOVED))


def _drawn(dice: np.random.Generator, dose_id: Ints, people: int) -> Doses:
    size = len(dose_id)
    return Doses(
        dose_id=dose_id,
        person=dice.integers(0, people, size),
        site=dice.integers(0, SITES, size),
        product=dice.integers(0, len(PRODUCTS), size),
        day=dice.integers(0, 200, size),
        voided=dice.random(size) < 0.05,
    )


def take(bench: Bench, refresh: Changes) -> None:
    """One refresh, as the ETL's own: memory learns of it after the commit."""
    pending: Pending | None = None
    try:
        with bench.warehouse.transaction() as connection:
            if refresh.number == 0:
                _places(connection)
            pending = bench.engine.apply(refresh.incoming())
            bench.warehouse.checkpoint("cubes_added")
    except BaseException:
        bench.engine.forget()
        raise
    bench.engine.settle(pending)


def _places(connection: duckdb.DuckDBPyConnection) -> None:
    connection.executemany(
        "INSERT INTO core.area VALUES (?, 'province', '', '', NULL, 1)", [[code] for code in NAMED_AREAS]
    )
    connection.executemany(
        "INSERT INTO core.site VALUES (?, 'fixed', NULL, ?, NULL, ?, NULL, 1)",
        [[f"s{number}", NAMED_AREAS[number % 4], date(2021, 3, 1)] for number in range(SITES)],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What is known after each refresh without the engine: doses, people with one, days of all doses added up."""

    doses: int
    people: int
    days: int


def sums_after(doses: int, upto: int) -> list[Sums]:
    """By number of refresh: every dose's last word in arrays by its number."""
    size = doses + upto * NEW
    person, day = np.full(size, -1), np.zeros(size, dtype=np.int64)
    found: list[Sums] = []
    for number in range(upto + 1):
        batch = (changes(number, doses) if number else history(doses)).doses
        person[batch.dose_id] = np.where(batch.voided, -1, batch.person)
        day[batch.dose_id] = batch.day + (START.date() - FIRST_DAY).days
        counted = person >= 0
        people = np.bincount(person[counted], minlength=doses // 4)
        found.append(Sums(doses=int(counted.sum()), people=int((people > 0).sum()), days=int(day[counted].sum())))
    return found


def sums_of(bench: Bench) -> Sums:
    """The same from the cubes."""
    row = bench.warehouse.connection.execute(
        "SELECT (SELECT sum(n) FROM cube.identity), (SELECT sum(n) FROM cube.people_state WHERE state > 0), "
        "(SELECT sum(day * n) FROM cube.site_day)"
    ).fetchall()[0]
    return Sums(doses=int(row[0] or 0), people=int(row[1] or 0), days=int(row[2] or 0))


def main(folder: Path, doses: int, upto: int, point: str) -> None:
    inside_fold, wanted = point.startswith("fold:"), point.removeprefix("fold:")
    folding = False

    def checkpoint(reached: str) -> None:
        if reached == wanted and folding == inside_fold:
            os.kill(os.getpid(), signal.SIGKILL)

    bench = Bench(folder, checkpoint=checkpoint)
    print("ready", flush=True)
    if inside_fold:
        folding = True
        bench.fold()
        folding = False
    for number in range(bench.engine.sequence, upto + 1):
        take(bench, changes(number, doses) if number else history(doses))
        print(f"refresh {number}", flush=True)
    bench.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] if len(sys.argv) > 4 else "")
