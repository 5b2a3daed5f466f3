"""Records of invented people: doses in order of recording, as ids are given out, and registrations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from bench.people_drawn import World, ages, details, mixed
from bench.registry_rows import BEGIN, TODAY
from warehouse.engine.codes import Codes
from warehouse.engine.facts import DOSE, REGISTRATION
from warehouse.engine.people import WIDE
from warehouse.engine.places import province_numbers
from warehouse.engine.segments import Columns, RecordWriter
from warehouse.engine.slots import Slots

Numbers = npt.NDArray[np.int64]
CHUNK = 1_000_000
# Days of recording whose doses are written together.
WINDOW = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Everybody, by number. home: position in World.districts. slots, recorded: people x WIDE. late_*: doses beyond.

    pool: numbers of the registry's people 1, 2, ..., with what else the registry says of them."""

    home: npt.NDArray[np.uint16]
    born: npt.NDArray[np.uint8]
    slots: Slots
    recorded: npt.NDArray[np.uint16]
    late_person: Numbers
    late_slot: Slots
    late_recorded: npt.NDArray[np.uint16]
    pool: Numbers
    pool_sex: npt.NDArray[np.uint8]
    pool_groups: npt.NDArray[np.uint16]


def write_doses(world: World, folder: Path, held: Held) -> pl.DataFrame:
    """In order of recording. Returns the pool's doses: their facts, with the registry's number of the person."""
    in_pool = np.zeros(len(held.home), dtype=np.bool_)
    in_pool[held.pool] = True
    order = np.argsort(held.pool)
    pool_doses: list[pl.DataFrame] = []
    done = 0
    with RecordWriter(folder, DOSE) as writer:
        for columns in _dose_windows(world, held):
            rows = len(columns["person"])
            columns["dose_id"] = np.arange(done + 1, done + rows + 1)
            done += rows
            writer.append(columns)
            mine = in_pool[columns["person"]]
            names = ("dose_id", "site", "lot", "injected_on", "product", "number", "identity", "hour")
            number = order[np.searchsorted(held.pool[order], columns["person"][mine])] + 1
            pool_doses.append(pl.DataFrame({"person_id": number, **{name: columns[name][mine] for name in names}}))
    return pl.concat(pool_doses)


def _dose_windows(world: World, held: Held) -> Iterator[Columns]:
    flat = held.recorded.reshape(-1)
    for first in range(BEGIN, TODAY + 1, WINDOW):
        at = np.flatnonzero((flat >= first) & (flat < first + WINDOW))
        late = np.flatnonzero((held.late_recorded >= first) & (held.late_recorded < first + WINDOW))
        person = np.concatenate([at // WIDE, held.late_person[late]])
        rank = np.concatenate([at % WIDE, np.full(len(late), WIDE)])
        slot = np.concatenate([held.slots.reshape(-1)[at], held.late_slot[late]])
        recorded = np.concatenate([flat[at], held.late_recorded[late]])
        order = np.argsort(recorded, kind="stable")
        yield _dose_columns(world, held, person[order], rank[order], slot[order])


def _dose_columns(world: World, held: Held, person: Numbers, rank: Numbers, slot: Slots) -> Columns:
    day = (slot >> np.uint32(20)).astype(np.uint16)
    product = ((slot >> np.uint32(16)) & np.uint32(15)).astype(np.uint8)
    index = np.zeros(16, dtype=np.int64)
    index[world.products] = np.arange(len(world.products))
    found = details(world, person=person, rank=rank, home=held.home[person].astype(np.int64), day=day)
    return {
        "version": np.ones(len(person), dtype=np.int64),
        "person": person,
        "lot": world.lots[index[product], found.lot_index],
        "site": found.site,
        "injected_on": day,
        "recorded_on": found.recorded,
        "product": product,
        "number": found.number,
        "age": ages(held.born[person], day),
        "identity": found.identity,
        "hour": found.hour,
        "voided": np.zeros(len(person), dtype=np.uint8),
    }


def write_registrations(
    world: World, codes: Codes, folder: Path, held: Held, *, count: int, people: int, seed: int
) -> None:
    """One for each third person, on a day of its own, injected most of them."""
    areas = province_numbers(codes)
    with RecordWriter(folder, REGISTRATION) as writer:
        for start in range(0, count, CHUNK):
            number = np.arange(start, min(start + CHUNK, count))
            word = mixed(number + seed)
            person = (word % np.uint64(people)).astype(np.int64)
            day = (BEGIN + number * (TODAY - BEGIN) // max(1, count)).astype(np.uint16)
            writer.append(
                {
                    "registration_id": number + 1,
                    "version": np.ones(len(number), dtype=np.int64),
                    "person": person,
                    "area": areas[world.districts[held.home[person]]],
                    "registered_on": day,
                    "state_on": day,
                    "reason": np.zeros(len(number), dtype=np.uint8),
                    "state": ((word >> np.uint64(40)) % np.uint64(7)).astype(np.uint8),
                    "age": ages(held.born[person], day),
                }
            )
