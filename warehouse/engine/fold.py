"""The nightly fold: logs into new segments, in order of number again, and people numbered in order of their keys."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from warehouse.engine.engine import Engine
from warehouse.engine.facts import Facts, not_in
from warehouse.engine.people import ATTRIBUTES, SPEC, People
from warehouse.engine.persons import NEVER_KNOWN
from warehouse.engine.query import arrays
from warehouse.engine.segments import Columns, RecordWriter, SegmentWriter
from warehouse.engine.sorted_keys import split
from warehouse.engine.store import PEOPLE, listed
from warehouse.sqlfiles import sql
from warehouse.writer import Warehouse

Numbers = npt.NDArray[np.int64]
ROWS = 4_000_000
LOGS = ("key_log", "person_log", "slot_log", "dose_log", "registration_log")


def log_rows(engine: Engine) -> int:
    """Accepted records since the last fold."""
    return engine.doses.log_rows() + engine.registrations.log_rows()


def fold(warehouse: Warehouse, engine: Engine) -> None:
    """Write the next generation of segments, point to it and empty the logs in one transaction, and start from it.

    Killed before the commit, the old generation and its logs stand; killed after it, the new ones do."""
    generation = f"{int(engine.generation or 0) + 1:06d}"
    folder = engine.folder / generation
    renumbered = _write_people(engine, folder)
    for facts in (engine.doses, engine.registrations):
        with RecordWriter(folder / facts.name, facts.spec) as writer:
            for columns in _in_order(facts):
                columns["person"] = renumbered[columns["person"]]
                writer.append(columns)
    warehouse.checkpoint("segments_written")
    beyond = engine.people.beyond.people
    beyond = beyond[np.argsort(renumbered[beyond])]
    with warehouse.transaction() as connection:
        for log in LOGS:
            # Written anew rather than emptied: a DELETE of millions of rows keeps them all in memory.
            connection.execute(f"CREATE OR REPLACE TABLE core.{log} AS FROM core.{log} LIMIT 0")
        if len(beyond):
            connection.register("added", listed(renumbered[beyond], engine.people.doses_of(beyond)))
            # In one statement: rows inserted into a table that the same transaction has replaced stay invisible, from
            # a row group's size on, until the next checkpoint (DuckDB 2.0).
            connection.execute(
                "CREATE OR REPLACE TABLE core.slot_log AS SELECT person, slots, 0::BIGINT AS sequence FROM added"
            )
            connection.unregister("added")
        connection.execute("UPDATE core.engine SET generation = ?", [generation])
    engine.load()
    drop_unused(engine)


def drop_unused(engine: Engine) -> None:
    """Remove the segments of other generations: of the last fold, and of one that was killed."""
    if engine.folder.exists():
        for folder in engine.folder.iterdir():
            if folder.name != engine.generation:
                shutil.rmtree(folder, ignore_errors=True)


def _write_people(engine: Engine, folder: Path) -> npt.NDArray[np.uint32]:
    """Returns the new number of each old one."""
    people = engine.people
    late_keys, late_numbers = people.late()
    # Behind all that are the same in their first part.
    into = people.keys.first_at_least(late_keys + np.uint64(1))
    size = len(people.keys)
    renumbered = np.empty(people.count, dtype=np.uint32)
    for start in range(0, size, ROWS):
        stop = min(start + ROWS, size)
        before = np.searchsorted(late_keys, people.keys.part(start, stop), side="left")
        renumbered[start:stop] = np.arange(start, stop) + before
    renumbered[late_numbers] = np.arange(len(late_keys)) + into
    versions = arrays(engine.connection, sql("engine/all_person_versions"))
    logged = (versions["person"].astype(np.int64), versions["version"].astype(np.int64))
    with SegmentWriter(folder / PEOPLE, SPEC) as writer:
        for start in range(0, max(size, 1), ROWS):
            stop = min(start + ROWS, size)
            inside = (into >= start) & ((into < stop) if stop < size else np.ones(len(into), dtype=np.bool_))
            writer.append(_people_chunk(people, start, stop, late_numbers[inside], into[inside] - start, logged))
    return renumbered


def _people_chunk(
    people: People, start: int, stop: int, late: Numbers, into: Numbers, logged: tuple[Numbers, Numbers]
) -> Columns:
    fixed = np.arange(start, stop)
    columns: Columns = {
        **split(np.insert(people.keys.part(start, stop), into, people.keys_of_late(late))),
        "rest": np.insert(people.rest.part(start, stop), into, people.rest.take(late)),
        "version": np.insert(_versions(people, fixed, logged), into, _versions(people, late, logged)),
        "slots": np.insert(people.slots.part(start, stop), into, people.slots.take(late), axis=0),
    }
    for name in ATTRIBUTES:
        dense = people.attributes[name]
        columns[name] = np.insert(dense.part(start, stop), into, dense.take(late))
    return columns


def _versions(people: People, numbers: Numbers, logged: tuple[Numbers, Numbers]) -> Numbers:
    found = np.full(len(numbers), NEVER_KNOWN, dtype=np.int64)
    if people.segment is not None and len(numbers) and int(numbers[0]) < len(people.keys):
        found = people.segment.take("version", numbers)
    order = np.argsort(numbers, kind="stable")
    at = np.searchsorted(numbers[order], logged[0])
    at[at == len(numbers)] = 0
    hit = numbers[order][at] == logged[0] if len(numbers) else np.zeros(len(at), dtype=np.bool_)
    found[order[at[hit]]] = logged[1][hit]
    return found


def _in_order(facts: Facts) -> Iterator[Columns]:
    """Every record's newest version, in order of its number, a chunk at a time."""
    logged = facts.newest_logged()
    done = 0
    if facts.segment is not None:
        for columns in facts.segment.chunks(tuple(facts.spec), ROWS):
            upto = int(np.searchsorted(logged[facts.key], columns[facts.key][-1], side="right"))
            yield _merged(columns, {name: values[done:upto] for name, values in logged.items()}, facts.key)
            done = upto
    yield {name: values[done:].copy() for name, values in logged.items()}


def _merged(old: Columns, new: Columns, key: str) -> Columns:
    if len(new[key]) == 0:
        return old
    held = not_in(old[key], new[key])
    kept = np.ones(len(old[key]), dtype=np.bool_) if held is None else held
    numbers = np.concatenate([old[key][kept], new[key]])
    order = np.argsort(numbers, kind="stable")
    return {name: np.concatenate([values[kept], new[name]])[order] for name, values in old.items()}
