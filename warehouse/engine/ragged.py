"""Doses of people who have different numbers of them, as flat arrays: of a few people, and of those with many doses."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from warehouse.engine.dense import Numbers
from warehouse.engine.slots import Slots

Bools = npt.NDArray[np.bool_]
# People whose change lies apart, at the least, before all are put together.
LEAST_FRESH = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ragged:
    """Doses of several people: `slot[i]` belongs to the person at position `owner[i]`. Ordered by owner, then slot."""

    owner: Numbers
    slot: Slots


def by_owner(owner: Numbers, slot: Slots) -> Ragged:
    """Quick where what comes is one or two stretches that are in order."""
    # One sort of whole words takes a tenth of the time of sorting by two keys.
    word = (owner.astype(np.uint64) << np.uint64(32)) | slot
    word.sort(kind="stable")
    return Ragged(owner=(word >> np.uint64(32)).astype(np.int64), slot=word.astype(np.uint32))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Packed:
    """people: ascending, each once. The doses of `people[i]` are `slots[starts[i]:starts[i + 1]]`, in order."""

    people: Numbers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    starts: Numbers = field(default_factory=lambda: np.zeros(1, dtype=np.int64))
    slots: Slots = field(default_factory=lambda: np.zeros(0, dtype=np.uint32))

    def find(self, numbers: Numbers) -> tuple[Numbers, Bools]:
        """Where each of `numbers` stands, and whether it is there."""
        if len(self.people) == 0:
            return np.zeros(len(numbers), dtype=np.int64), np.zeros(len(numbers), dtype=np.bool_)
        at = np.minimum(np.searchsorted(self.people, numbers), len(self.people) - 1)
        return at, self.people[at] == numbers

    def under(self, other: _Packed) -> _Packed:
        """With the doses of the people of `other` in place of what they have here."""
        at, there = self.find(other.people)
        stays = np.ones(len(self.people), dtype=np.bool_)
        stays[at[there]] = False
        people = np.concatenate([self.people[stays], other.people])
        first = np.concatenate([self.starts[:-1][stays], other.starts[:-1] + len(self.slots)])
        count = np.concatenate([np.diff(self.starts)[stays], np.diff(other.starts)])
        order = np.argsort(people, kind="stable")
        return _Packed(
            people=people[order],
            starts=np.concatenate([[0], np.cumsum(count[order])]),
            slots=np.concatenate([self.slots, other.slots])[ranges(first[order], count[order])],
        )

    def without_empty(self) -> _Packed:
        has = np.diff(self.starts) > 0
        return _Packed(
            people=self.people[has], starts=np.append(self.starts[:-1][has], len(self.slots)), slots=self.slots
        )


@dataclass(slots=True)
class Beyond:
    """Doses that do not fit beside the others of a person: half a million people's at national scale.

    What changed lately lies apart and counts before the rest, so that a change touches few: the two become one when the
    first has a quarter of the size of the second. Somebody without such doses any more is in it with none."""

    _base: _Packed = field(default_factory=_Packed)
    _fresh: _Packed = field(default_factory=_Packed)

    @property
    def people(self) -> Numbers:
        """Everybody with such doses, ascending."""
        return self._base.under(self._fresh).without_empty().people

    def of(self, numbers: Numbers) -> Ragged:
        """`owner`: positions in `numbers`, of which those without such doses have none."""
        held, here = self._base.find(numbers)
        late, newer = self._fresh.find(numbers)
        base, fresh = np.flatnonzero(here & ~newer), np.flatnonzero(newer)
        parts = [_doses(self._base, base, held[base]), _doses(self._fresh, fresh, late[fresh])]
        return by_owner(np.concatenate([part.owner for part in parts]), np.concatenate([part.slot for part in parts]))

    def put(self, numbers: Numbers, doses: Ragged) -> None:
        """In place of what `numbers`, ascending and each of them once, have."""
        starts = np.concatenate([[0], np.cumsum(np.bincount(doses.owner, minlength=len(numbers)))])
        self._fresh = self._fresh.under(_Packed(people=numbers, starts=starts, slots=doses.slot))
        if len(self._fresh.people) > max(LEAST_FRESH, len(self._base.people) // 4):
            self._base, self._fresh = self._base.under(self._fresh).without_empty(), _Packed()


def _doses(packed: _Packed, owner: Numbers, at: Numbers) -> Ragged:
    first, count = packed.starts[at], packed.starts[at + 1] - packed.starts[at]
    return Ragged(owner=np.repeat(owner, count), slot=packed.slots[ranges(first, count)])


def ranges(first: Numbers, count: Numbers) -> Numbers:
    """The positions `first[i]` to `first[i] + count[i]`, one range after another."""
    return np.repeat(first - (np.cumsum(count) - count), count) + np.arange(int(count.sum()))
