"""Doses of people who have different numbers of them, as flat arrays: of a few people, and of those with many doses."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from warehouse.engine.dense import Numbers
from warehouse.engine.slots import Slots


@dataclass(frozen=True, slots=True, kw_only=True)
class Ragged:
    """Doses of several people: `slot[i]` belongs to the person at position `owner[i]`. Ordered by owner, then slot."""

    owner: Numbers
    slot: Slots


def by_owner(owner: Numbers, slot: Slots) -> Ragged:
    # One sort of whole words takes a tenth of the time of sorting by two keys.
    word = (owner.astype(np.uint64) << np.uint64(32)) | slot
    word.sort()
    return Ragged(owner=(word >> np.uint64(32)).astype(np.int64), slot=word.astype(np.uint32))


@dataclass(slots=True)
class Beyond:
    """Doses that do not fit beside the others of a person: half a million people's at national scale.

    people: ascending, each once. The doses of `people[i]` are `slots[starts[i]:starts[i + 1]]`, in order."""

    people: Numbers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    starts: Numbers = field(default_factory=lambda: np.zeros(1, dtype=np.int64))
    slots: Slots = field(default_factory=lambda: np.zeros(0, dtype=np.uint32))

    def of(self, numbers: Numbers) -> Ragged:
        """`owner`: positions in `numbers`, of which those without such doses have none."""
        if len(self.people) == 0:
            return Ragged(owner=np.zeros(0, dtype=np.int64), slot=self.slots)
        at = np.minimum(np.searchsorted(self.people, numbers), len(self.people) - 1)
        count = np.where(self.people[at] == numbers, self.starts[at + 1] - self.starts[at], 0)
        rank = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        return Ragged(
            owner=np.repeat(np.arange(len(numbers)), count), slot=self.slots[np.repeat(self.starts[at], count) + rank]
        )

    def put(self, numbers: Numbers, doses: Ragged) -> None:
        """In place of what `numbers`, each of them once, have. New arrays each time: some milliseconds."""
        stays = np.isin(self.people, numbers, invert=True)
        kept, lengths = self.people[stays], np.diff(self.starts)
        person = np.concatenate([np.repeat(kept, lengths[stays]), numbers[doses.owner]])
        slots = np.concatenate([self.slots[np.repeat(stays, lengths)], doses.slot])
        order = np.argsort(person, kind="stable")
        person = person[order]
        first = np.flatnonzero(np.diff(person, prepend=-1))
        self.people, self.slots = person[first], slots[order]
        self.starts = np.append(first, len(person))
