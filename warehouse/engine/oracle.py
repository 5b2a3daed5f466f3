"""Whose doses in memory are not those of the records, and what the records say: the oracle of people's doses.

Both sides are compared by a sum over each person's doses of a 64-bit mix of the dose, so that a country's records are
read in any order, with one number a person beside the memory that is looked at. Two different sets of doses have the
same sum with a chance of one in 2^64.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from warehouse.engine.doses import slots_of
from warehouse.engine.engine import Engine
from warehouse.engine.people import Ragged, by_owner
from warehouse.engine.segments import Columns
from warehouse.engine.slots import Slots

Numbers = npt.NDArray[np.int64]
Sums = npt.NDArray[np.uint64]
OF_A_DOSE = ("person", "injected_on", "product", "site", "number", "age", "identity", "voided")
DOSES_AT_A_TIME, PEOPLE_AT_A_TIME = 1_000_000, 1_000_000
# People whose sums are held at a time: 300 MB.
RANGE = 37_500_000


def people_differing(engine: Engine) -> Numbers:
    """Numbers of the people whose doses in memory are not what the records say, ascending."""
    found = [np.zeros(0, dtype=np.int64)]
    for start in range(0, engine.people.count, RANGE):
        stop = min(start + RANGE, engine.people.count)
        sums = _sums_of_records(engine, start, stop)
        for first in range(start, stop, PEOPLE_AT_A_TIME):
            last = min(first + PEOPLE_AT_A_TIME, stop)
            held = _sums_in_memory(engine, first, last)
            found.append(first + np.flatnonzero(held != sums[first - start : last - start]))
    return np.concatenate(found)


def doses_by_records(engine: Engine, people: Numbers) -> Ragged:
    """Doses of `people`, which are ascending, as the records have them."""
    owners, slots = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.uint32)]
    for chunk in _counted(engine):
        at = np.minimum(np.searchsorted(people, chunk["person"]), len(people) - 1)
        wanted = people[at] == chunk["person"]
        owners.append(at[wanted])
        slots.append(slots_of({name: values[wanted] for name, values in chunk.items()}, engine.sites))
    return by_owner(np.concatenate(owners), np.concatenate(slots))


def _sums_of_records(engine: Engine, start: int, stop: int) -> Sums:
    sums = np.zeros(stop - start, dtype=np.uint64)
    # One hand reads and packs records while the other adds up those before: numpy lets go of the interpreter.
    with ThreadPoolExecutor(1, thread_name_prefix="second-hand") as pool:
        added: Future[None] | None = None
        for chunk in _counted(engine):
            wanted = (chunk["person"] >= start) & (chunk["person"] < stop)
            mine = chunk if wanted.all() else {name: values[wanted] for name, values in chunk.items()}
            mixed = _mix(slots_of(mine, engine.sites))
            if added is not None:
                added.result()
            added = pool.submit(np.add.at, sums, mine["person"].astype(np.int64) - start, mixed)
        if added is not None:
            added.result()
    return sums


def _sums_in_memory(engine: Engine, start: int, stop: int) -> Sums:
    people = engine.people
    sums = np.zeros(stop - start, dtype=np.uint64)
    wide: Slots = people.slots.part(start, stop)
    for column in range(wide.shape[1]):
        sums += _mix(wide[:, column])
    beyond = {number: slots for number, slots in people.more.items() if start <= number < stop}
    if beyond:
        owners = np.repeat(np.array(list(beyond)) - start, [len(slots) for slots in beyond.values()])
        np.add.at(sums, owners, _mix(np.concatenate(list(beyond.values()))))
    return sums


def _counted(engine: Engine) -> Iterator[Columns]:
    """Dose records that count, in any order."""
    for chunk in engine.doses.chunks(OF_A_DOSE, DOSES_AT_A_TIME):
        kept = chunk["voided"] == 0
        yield chunk if kept.all() else {name: values[kept] for name, values in chunk.items()}


def _mix(slots: Slots) -> Sums:
    """A word for each dose in which every bit depends on every bit of the dose; zero, which is no dose, for zero."""
    words = slots.astype(np.uint64)
    words *= np.uint64(0xBF58476D1CE4E5B9)
    words ^= words >> np.uint64(31)
    words *= np.uint64(0x94D049BB133111EB)
    words ^= words >> np.uint64(29)
    return words
