"""Whom a refresh changes, and the doses of those people before and after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from warehouse.engine.dense import distinct, in_order, union
from warehouse.engine.doses import DoseChange
from warehouse.engine.hands import both, in_parts
from warehouse.engine.people import People, roots
from warehouse.engine.persons import PersonChange
from warehouse.engine.ragged import Ragged
from warehouse.engine.slots import Slots

Numbers = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
OWNER, SLOT, ALL_OF_SLOT = np.uint64(33), np.uint64(1), np.uint64(0xFFFFFFFF)
GONE = np.uint64(1)


class InconsistentState(Exception):
    """Memory does not hold what the facts say was there: the warehouse has to be rebuilt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """Everything about a refresh that changes people. `dosed`: people whose doses change, ascending, with their
    doses as they are and as they will be. `changes`: the doses that come and go, in order of their people.
    `merged`: people whose merge changes. `affected`: the identities that any of it concerns, ascending."""

    persons: PersonChange
    dosed: Numbers
    dosed_before: Ragged
    dosed_after: Ragged
    changes: Changes
    alias: Mapping[int, int]
    merged: Numbers
    affected: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Doses that come (sign 1) and go (-1), arrays of one length, ascending by person."""

    person: Numbers
    slot: Slots
    sign: npt.NDArray[np.int8]


def touched_by(
    people: People, persons: PersonChange, doses: DoseChange, *, alias: Mapping[int, int], merged: Numbers
) -> Touched:
    added, removed = both(
        lambda: words(doses.added["person"], doses.added_slots()),
        lambda: words(doses.removed["person"], doses.removed_slots()) | GONE,
    )
    # Sorted as whole words, sign and all: looking up an order and following it takes four times as long.
    changes = in_order(np.concatenate([added, removed]))
    del added, removed
    person = (changes >> OWNER).astype(np.int64)
    starts = np.flatnonzero(np.diff(person, prepend=-1))
    dosed, ends = person[starts], np.append(starts[1:], len(person))

    def exchanged(start: int, stop: int) -> tuple[Ragged, Ragged]:
        held = people.doses_of(dosed[start:stop])
        if start == stop:
            return held, held
        first, last = starts[start], ends[stop - 1]
        owner = np.repeat(np.arange(stop - start, dtype=np.uint64), (ends - starts)[start:stop])
        return held, exchange(held, owner << OWNER | changes[first:last] & ~(~np.uint64(0) << OWNER))

    parts = in_parts(len(dosed), exchanged)
    changed = union(union(dosed, persons.numbers), distinct(merged))
    return Touched(
        persons=persons,
        dosed=dosed,
        dosed_before=_joined([(start, before) for start, (before, _) in parts]),
        dosed_after=_joined([(start, after) for start, (_, after) in parts]),
        changes=Changes(
            person=person,
            slot=((changes >> SLOT) & ALL_OF_SLOT).astype(np.uint32),
            sign=np.int8(1) - np.int8(2) * (changes & GONE).astype(np.int8),
        ),
        alias=alias,
        merged=merged,
        affected=union(_identities(changed, people.alias), _identities(changed, alias)),
    )


def _identities(numbers: Numbers, alias: Mapping[int, int]) -> Numbers:
    """Those under which `numbers`, ascending, are counted, ascending and each once."""
    found = roots(numbers, alias)
    own = found == numbers
    return union(found[own], distinct(found[~own]))


def exchange(before: Ragged, changes: Words) -> Ragged:
    """Doses with some put in and some taken away: `changes` are words of owners, doses and GONE, in any order.

    Raises InconsistentState where a dose to be taken away is not there."""
    word = np.concatenate([words(before.owner, before.slot), changes])
    # Two stretches that are each in order, as they come from `touched_by`, are merged.
    word.sort(kind="stable")
    sign = np.int64(1) - np.int64(2) * (word & GONE).astype(np.int64)
    dose = word >> SLOT
    first = np.flatnonzero(np.r_[True, dose[1:] != dose[:-1]]) if len(dose) else np.zeros(0, dtype=np.int64)
    count = np.add.reduceat(sign, first) if len(dose) else np.zeros(0, dtype=np.int64)
    if np.any(count < 0):
        raise InconsistentState(f"{int((count < 0).sum())} doses to be taken back are not among their people's doses")
    left = np.repeat(dose[first], count)
    return Ragged(owner=(left >> (OWNER - SLOT)).astype(np.int64), slot=left.astype(np.uint32))


def words(owner: npt.NDArray[np.integer], slot: Slots) -> Words:
    """Owner, dose, and a last bit for what is taken away. An owner is a person or a position: 31 bits are enough."""
    return (owner.astype(np.uint64) << OWNER) | (slot.astype(np.uint64) << SLOT)


def _joined(parts: list[tuple[int, Ragged]]) -> Ragged:
    """`parts`: doses of some people, and at which position their first one stands."""
    return Ragged(
        owner=np.concatenate([np.zeros(0, dtype=np.int64), *(doses.owner + start for start, doses in parts)]),
        slot=np.concatenate([np.zeros(0, dtype=np.uint32), *(doses.slot for _, doses in parts)]),
    )
