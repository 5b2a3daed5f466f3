"""A country's history in bulk: people, doses, registrations, stock and readings, into the warehouse's own files.

The registry has been read once before, so that sites, stores and lots are known. People's keys are random words in
order, as keyed hashes are; some of them, the pool, are real people of the registry: theirs are the changes that follow.
Stock is 10 million movements and readings are one day's 5.8 million for 75 million people, fewer for fewer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from bench.history_records import CHUNK, Held, write_doses, write_registrations
from bench.people_drawn import MOST, World, ages, details, draw
from bench.registry_rows import NOW, Country
from warehouse.engine.codes import SEPARATOR, Codes
from warehouse.engine.cubes import GROUP_BITS
from warehouse.engine.engine import EngineRules
from warehouse.engine.keys import KEY_BITS, Rests, Words, split
from warehouse.engine.people import FIRST_YEAR, KNOWN, MANY, SPEC, WIDE
from warehouse.engine.places import read_sites
from warehouse.engine.segments import Columns, SegmentWriter
from warehouse.engine.slots import Doses, Slots, age_band, pack
from warehouse.engine.sorted_keys import split as split_sorted
from warehouse.writer import Warehouse

Numbers = npt.NDArray[np.int64]
FULL_PEOPLE = 75_000_000
FULL_MOVEMENTS, FULL_READINGS = 10_000_000, 5_800_000
GENERATION = "000001"
POOL_PEOPLE, POOL_DOSES = "pool_people.arrow", "pool_doses.arrow"
SQL = Path(__file__).with_name("history.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """people and doses of the history; pool: how many of the people are rows of the registry."""

    people: int
    doses: int
    pool: int

    @property
    def movements(self) -> int:
        return max(1_000, FULL_MOVEMENTS * self.people // FULL_PEOPLE)

    @property
    def readings(self) -> int:
        return max(1_000, FULL_READINGS * self.people // FULL_PEOPLE)

    @property
    def registrations(self) -> int:
        return self.people // 3


def write_history(
    warehouse: Warehouse, rules: EngineRules, reference_dir: Path, folder: Path, *, size: Size, secret: bytes, seed: int
) -> None:
    """Everything but the cubes. Writes the pool's people and doses as Arrow files into `folder`, for bench.changes."""
    codes = Codes(warehouse.connection)
    codes.seed("product", sorted(rules.series.products))
    world = World.of(Country.read(reference_dir), codes, read_sites(warehouse.connection, codes))
    segments = warehouse.folder / "segments" / GENERATION
    held = _write_people(world, segments / "people", size=size, secret=secret, seed=seed)
    write_registrations(
        world, codes, segments / "registration", held, count=size.registrations, people=size.people, seed=seed
    )
    _pool_people(codes, world, held).write_ipc(folder / POOL_PEOPLE)
    write_doses(world, segments / "dose", held).write_ipc(folder / POOL_DOSES)
    with warehouse.transaction() as connection:
        if len(held.late_person):
            everything = np.column_stack([held.slots[held.late_person], held.late_slot]).tolist()
            rows = {
                "person": pa.array(held.late_person, pa.uint32()),
                "slots": pa.array(everything, pa.list_(pa.uint32())),
            }
            connection.register("added", pa.table(rows))
            connection.execute("INSERT INTO core.slot_log BY NAME SELECT *, 0 AS sequence FROM added")
            connection.unregister("added")
        codes.save()
        connection.execute("UPDATE core.engine SET generation = $name", {"name": GENERATION})
        values = {"movements": size.movements, "readings": size.readings, "now": NOW}
        for statement in SQL.read_text(encoding="utf-8").split(";\n"):
            connection.execute(statement, {name: value for name, value in values.items() if f"${name}" in statement})
    warehouse.connection.execute("CHECKPOINT")


def words_of(person_ids: Iterable[int], secret: bytes) -> tuple[Words, Rests]:
    """Pseudonyms of people of the registry, as its feed views make them and people are known by."""
    digests = b"".join(hashlib.sha256(secret + number.to_bytes(8, "big")).digest()[:16] for number in person_ids)
    return split(np.frombuffer(digests, dtype=">u8").reshape(-1, 2))


def _write_people(world: World, folder: Path, *, size: Size, secret: bytes, seed: int) -> Held:
    rng = np.random.default_rng(seed)
    pool_key, pool_rest = words_of(range(1, size.pool + 1), secret)
    others = rng.integers(0, 1 << KEY_BITS, size.people - size.pool, dtype=np.uint64)
    others.sort()
    order = np.argsort(pool_key)
    at = np.searchsorted(others, pool_key[order])
    keys = np.insert(others, at, pool_key[order])
    pool = np.empty(size.pool, dtype=np.int64)
    pool[order] = at + np.arange(size.pool)
    del others
    held = Held(
        home=np.zeros(size.people, dtype=np.uint16),
        born=np.zeros(size.people, dtype=np.uint8),
        slots=np.zeros((size.people, WIDE), dtype=np.uint32),
        recorded=np.zeros((size.people, WIDE), dtype=np.uint16),
        late_person=np.zeros(0, dtype=np.int64),
        late_slot=np.zeros(0, dtype=np.uint32),
        late_recorded=np.zeros(0, dtype=np.uint16),
        pool=pool,
        pool_sex=np.zeros(size.pool, dtype=np.uint8),
        pool_groups=np.zeros(size.pool, dtype=np.uint16),
    )
    late: list[tuple[Numbers, Slots, npt.NDArray[np.uint16]]] = []
    with SegmentWriter(folder, SPEC) as writer:
        for start in range(0, size.people, CHUNK):
            stop = min(start + CHUNK, size.people)
            doses = size.doses * stop // size.people - size.doses * start // size.people
            columns, beyond = _people_chunk(world, held, start, stop, doses=doses, seed=seed)
            columns |= split_sorted(keys[start:stop])
            rest = rng.integers(0, 1 << 32, stop - start, dtype=np.uint32)
            mine = np.flatnonzero((pool >= start) & (pool < stop))
            rest[pool[mine] - start] = pool_rest[mine]
            columns["rest"] = rest
            writer.append(columns)
            late.append(beyond)
    person, slot, recorded = (np.concatenate(parts) for parts in zip(*late, strict=True))
    return Held(
        home=held.home, born=held.born, slots=held.slots, recorded=held.recorded, late_person=person, late_slot=slot,
        late_recorded=recorded, pool=pool, pool_sex=held.pool_sex, pool_groups=held.pool_groups,
    )  # fmt: skip


def _people_chunk(
    world: World, held: Held, start: int, stop: int, *, doses: int, seed: int
) -> tuple[Columns, tuple[Numbers, Slots, npt.NDArray[np.uint16]]]:
    drawn = draw(world, np.arange(start, stop), doses=doses, seed=seed)
    held.home[start:stop], held.born[start:stop] = drawn.home, drawn.born
    mine = np.flatnonzero((held.pool >= start) & (held.pool < stop))
    held.pool_sex[mine] = drawn.sex[held.pool[mine] - start]
    held.pool_groups[mine] = drawn.groups[held.pool[mine] - start]
    owner, rank = np.nonzero(drawn.day)
    day = drawn.day[owner, rank]
    found = details(world, person=start + owner, rank=rank, home=drawn.home[owner], day=day)
    slots = np.zeros((stop - start, MOST), dtype=np.uint32)
    recorded = np.zeros((stop - start, MOST), dtype=np.uint16)
    recorded[owner, rank] = found.recorded
    slots[owner, rank] = pack(
        Doses(
            day=day.astype(np.int16),
            product=world.products[drawn.product[owner, rank]],
            place=world.sites.place[found.site],
            number=found.number,
            band=age_band(ages(drawn.born[owner], day)),
            identity=found.identity,
        )
    )
    held.slots[start:stop], held.recorded[start:stop] = slots[:, :WIDE], recorded[:, :WIDE]
    many = np.flatnonzero(drawn.count > WIDE)
    columns: Columns = {
        "version": np.ones(stop - start, dtype=np.int64),
        "district": world.districts[drawn.home],
        "sex": drawn.sex,
        "born": drawn.born,
        "groups": drawn.groups,
        "flags": np.where(drawn.count > WIDE, KNOWN | MANY, KNOWN),
        "slots": slots[:, :WIDE],
    }
    return columns, (start + many, slots[many, WIDE], recorded[many, WIDE])


def _pool_people(codes: Codes, world: World, held: Held) -> pl.DataFrame:
    """As registry.person has them, in order of their number there. Born on the first of January, as `ages` takes it."""
    names = [codes.codes("district")[number].split(SEPARATOR) for number in world.districts]
    home = held.home[held.pool]
    words, which = np.unique(held.pool_groups, return_inverse=True)
    groups = [",".join(str(bit + 1) for bit in range(GROUP_BITS) if word >> bit & 1) for word in words.tolist()]
    births = [f"{FIRST_YEAR + year}-01-01" for year in range(256)]
    return pl.DataFrame(
        {
            "person_id": np.arange(1, len(held.pool) + 1),
            "birth_date": pl.Series(births)[held.born[held.pool]],
            "sex": pl.Series(["", "f", "m"])[held.pool_sex],
            "province_code": pl.Series([name[0] for name in names])[home],
            "district_code": pl.Series([name[1] for name in names])[home],
            "priority_groups": pl.Series([f"{{{group}}}" for group in groups])[which],
        }
    )
