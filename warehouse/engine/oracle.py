"""Whose doses in memory are not those of the records, and what the records say: the oracle of people's doses.

Both sides are compared by a sum over each person's doses of a 32-bit mix of the dose, so that a country's records are
read in any order, with one number a person beside the memory that is looked at: 0.3 GB for 75 million people. A person
whose doses differ is overlooked with a chance of one in 2^32.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from warehouse.engine.doses import slots_of
from warehouse.engine.engine import Engine
from warehouse.engine.people import MANY, WIDE
from warehouse.engine.ragged import Ragged, by_owner
from warehouse.engine.slots import Slots

Numbers = npt.NDArray[np.int64]
Sums = npt.NDArray[np.uint32]
OF_A_DOSE = ("person", "injected_on", "product", "site", "number", "age", "identity", "voided")
# Small enough for the processor's cache: with a million at a time this took twice as long.
DOSES_AT_A_TIME, PEOPLE_AT_A_TIME = 1 << 16, 1 << 13


def people_differing(engine: Engine) -> Numbers:
    """Numbers of the people whose doses in memory are not what the records say, ascending."""
    sums, found = _sums_of_records(engine), [np.zeros(0, dtype=np.int64)]
    for start in range(0, len(sums), PEOPLE_AT_A_TIME):
        said = sums[start : start + PEOPLE_AT_A_TIME]
        found.append(start + np.flatnonzero(_sums_in_memory(engine, start, start + len(said)) != said))
    return np.concatenate(found)


def doses_by_records(engine: Engine, people: Numbers) -> Ragged:
    """Doses of `people`, which are ascending, as the records have them."""
    owners, slots = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.uint32)]
    for chunk in engine.doses.chunks(OF_A_DOSE, DOSES_AT_A_TIME):
        at = np.minimum(np.searchsorted(people, chunk["person"]), len(people) - 1)
        wanted = (people[at] == chunk["person"]) & (chunk["voided"] == 0)
        owners.append(at[wanted])
        slots.append(slots_of({name: values[wanted] for name, values in chunk.items()}, engine.sites))
    return by_owner(np.concatenate(owners), np.concatenate(slots))


def _sums_of_records(engine: Engine) -> Sums:
    sums = np.zeros(engine.people.count, dtype=np.uint32)
    for chunk in engine.doses.chunks(OF_A_DOSE, DOSES_AT_A_TIME):
        mixed = _mix(slots_of(chunk, engine.sites))
        mixed *= chunk["voided"] == 0
        np.add.at(sums, chunk["person"], mixed)
    return sums


def _sums_in_memory(engine: Engine, start: int, stop: int) -> Sums:
    people = engine.people
    sums = np.zeros(stop - start, dtype=np.uint32)
    mixed = _mix(people.slots.part(start, stop).reshape(-1)).reshape(stop - start, WIDE)
    for column in range(WIDE):
        sums += mixed[:, column]
    many = np.flatnonzero(people.attributes["flags"].part(start, stop) & MANY)
    if len(many):
        beyond = people.beyond.of(start + many)
        np.add.at(sums, many[beyond.owner], _mix(beyond.slot))
    return sums


def _mix(slots: Slots) -> Sums:
    """A number for each dose in which every bit depends on every bit of the dose; zero, which is no dose, for zero."""
    words = slots.astype(np.uint64)
    words *= np.uint64(0xBF58476D1CE4E5B9)
    words ^= words >> np.uint64(31)
    words *= np.uint64(0x94D049BB133111EB)
    words ^= words >> np.uint64(29)
    return (words >> np.uint64(32)).astype(np.uint32)
