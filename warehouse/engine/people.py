"""Everybody whom a record has named: keys to dense numbers, what the registry says about them, and their doses.

At 75 million people this is 2.3 GB: 8 bytes of key, 16 of doses, 7 of attributes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from warehouse.engine.dense import Array, Dense, Numbers
from warehouse.engine.keys import Rests, Words
from warehouse.engine.ragged import Beyond, Ragged, by_owner
from warehouse.engine.segments import Segment, Spec
from warehouse.engine.sorted_keys import SPEC as KEYS
from warehouse.engine.sorted_keys import SortedKeys

WIDE = 4
SPEC: Spec = {
    **KEYS,
    "rest": np.dtype(np.uint32),
    "version": np.dtype(np.int64),
    "district": np.dtype(np.uint16),
    "sex": np.dtype(np.uint8),
    "born": np.dtype(np.uint8),
    "groups": np.dtype(np.uint16),
    "flags": np.dtype(np.uint8),
    "slots": np.dtype((np.uint32, (WIDE,))),
}
ATTRIBUTES = ("district", "sex", "born", "groups", "flags")
KNOWN, MANY = np.uint8(1), np.uint8(2)
FIRST_YEAR = 1900


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """What the registry says about some people, arrays of one length in the order of their numbers.

    district: number of (province, district) of residence. born: year less 1900, 0 unknown. groups: bit g-1 is group g.
    flags: KNOWN once a record of the person has come, MANY where the doses do not fit into the dense slots."""

    district: Array
    sex: Array
    born: Array
    groups: Array
    flags: Array


@dataclass(slots=True)
class People:
    """In-memory state. It is changed only after the transaction that made the change has been committed."""

    keys: SortedKeys
    rest: Dense
    attributes: Mapping[str, Dense]
    slots: Dense
    segment: Segment | None
    beyond: Beyond = field(default_factory=Beyond)
    alias: dict[int, int] = field(default_factory=dict[int, int])
    members: dict[int, list[int]] = field(default_factory=dict[int, list[int]])
    count: int = 0
    _late_keys: Words = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))
    _late_numbers: Numbers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @classmethod
    def load(cls, folder: Path | None) -> People:
        """From the segment of the last fold; nobody yet where there is none."""
        if folder is None:
            columns: dict[str, Array] = {
                name: np.zeros((0, *dtype.shape), dtype=dtype.base) for name, dtype in SPEC.items()
            }
            segment, keys = None, SortedKeys.of(np.zeros(0, dtype=np.uint64))
        else:
            segment = Segment(folder, SPEC)
            columns = {name: segment.read(name) for name in ("rest", *ATTRIBUTES, "slots")}
            keys = SortedKeys.read(segment)
        return cls(
            keys=keys,
            rest=Dense(columns["rest"]),
            attributes={name: Dense(columns[name]) for name in ATTRIBUTES},
            slots=Dense(columns["slots"]),
            segment=segment,
            count=len(keys),
        )

    def find(self, key: Words, rest: Rests) -> Numbers:
        """Number of each key; -1 for a person never seen. `key` is ascending. Both parts of a key are compared."""
        found = np.full(len(key), -1, dtype=np.int64)
        if len(self.keys):
            self._match(found, self.keys.first_at_least(key), key, rest, late=False)
        if len(self._late_keys):
            self._match(found, np.searchsorted(self._late_keys, key).astype(np.int64), key, rest, late=True)
        return found

    def _match(self, found: Numbers, position: Numbers, key: Words, rest: Rests, *, late: bool) -> None:
        """Walk on while the first part of a key agrees and the second does not."""
        asked = np.flatnonzero(found < 0)
        position = position[asked]
        while len(asked):
            same = self._same_late(position, key[asked]) if late else self.keys.same(position, key[asked])
            asked, position = asked[same], position[same]
            number = self._late_numbers[position] if late else position
            hit = self.rest.take(number) == rest[asked]
            found[asked[hit]] = number[hit]
            asked, position = asked[~hit], position[~hit] + 1

    def _same_late(self, position: Numbers, key: Words) -> npt.NDArray[np.bool_]:
        return (position < len(self._late_keys)) & (self._late_keys.take(position, mode="clip") == key)

    def late(self) -> tuple[Words, Numbers]:
        """Keys, ascending, and numbers of the people since the last fold."""
        return self._late_keys, self._late_numbers

    def keys_of_late(self, numbers: Numbers) -> Words:
        """First parts of the keys of people since the last fold."""
        by_number = np.zeros(self.count - len(self.keys), dtype=np.uint64)
        by_number[self._late_numbers - len(self.keys)] = self._late_keys
        return by_number[numbers - len(self.keys)]

    def add(self, key: Words, rest: Rests, numbers: Numbers) -> None:
        """People seen for the first time. `numbers` go on where `count` stands."""
        if len(numbers) == 0:
            return
        self.count = max(self.count, int(numbers.max()) + 1)
        for dense in (*self.attributes.values(), self.slots, self.rest):
            dense.grow(self.count)
        self.rest.put(numbers, rest)
        order = np.argsort(key, kind="stable")
        at = np.searchsorted(self._late_keys, key[order])
        self._late_keys = np.insert(self._late_keys, at, key[order])
        self._late_numbers = np.insert(self._late_numbers, at, numbers[order])

    def attributes_of(self, numbers: Numbers) -> Attributes:
        return Attributes(**{name: dense.take(numbers) for name, dense in self.attributes.items()})

    def doses_of(self, numbers: Numbers) -> Ragged:
        """Doses recorded under each of `numbers`: merged identities are not joined here."""
        wide = self.slots.take(numbers).reshape(-1)
        # A person's doses stand in order (`set_doses`), so that these do.
        taken = np.flatnonzero(wide)
        owner, slot = taken // WIDE, wide.take(taken)
        many = np.flatnonzero(self.attributes["flags"].take(numbers) & MANY)
        if len(many) == 0:
            return Ragged(owner=owner, slot=slot)
        extra = self.beyond.of(numbers[many])
        return by_owner(np.concatenate([owner, many[extra.owner]]), np.concatenate([slot, extra.slot]))

    def set_doses(self, numbers: Numbers, doses: Ragged) -> None:
        """Replace the doses of `numbers`. The fifth and later ones lie beside the dense slots."""
        counts = np.bincount(doses.owner, minlength=len(numbers))
        rank = np.arange(len(doses.owner)) - np.repeat(np.cumsum(counts) - counts, counts)
        wide = np.zeros((len(numbers), WIDE), dtype=np.uint32)
        fits = rank < WIDE
        wide[doses.owner[fits], rank[fits]] = doses.slot[fits]
        self.slots.put(numbers, wide)
        flags = self.attributes["flags"]
        held = flags.take(numbers)
        many = np.flatnonzero((counts > WIDE) | ((held & MANY) > 0))
        if len(many):
            at = np.searchsorted(many, doses.owner[~fits])
            self.beyond.put(numbers[many], Ragged(owner=at, slot=doses.slot[~fits]))
        flags.put(numbers, np.where(counts > WIDE, held | MANY, held & ~MANY).astype(np.uint8))

    def set_attributes(self, numbers: Numbers, attributes: Attributes) -> None:
        for name, dense in self.attributes.items():
            dense.put(numbers, getattr(attributes, name))

    def set_merges(self, alias: Mapping[int, int]) -> None:
        self.alias = dict(alias)
        self.members = members_of(alias)


def members_of(alias: Mapping[int, int]) -> dict[int, list[int]]:
    """Everybody who was merged into each person, directly or through others."""
    found: dict[int, list[int]] = {}
    for number in alias:
        found.setdefault(root_of(number, alias), []).append(number)
    return found


def root_of(number: int, alias: Mapping[int, int]) -> int:
    """The identity under which a person is counted."""
    while number in alias:
        number = alias[number]
    return number


def roots(numbers: Numbers, alias: Mapping[int, int]) -> Numbers:
    """`root_of` for many, without a step for those who were never merged."""
    if not alias:
        return numbers
    merged = np.fromiter(alias, dtype=np.int64, count=len(alias))
    out = numbers.copy()
    for position in np.flatnonzero(np.isin(numbers, merged)):
        out[position] = root_of(int(numbers[position]), alias)
    return out


def with_members(numbers: Numbers, members: Mapping[int, Iterable[int]]) -> tuple[Numbers, Numbers]:
    """(position in `numbers`, person) of each of them and of those merged into them."""
    owner, person = np.arange(len(numbers)), numbers
    if members:
        kept = np.fromiter(members, dtype=np.int64, count=len(members))
        pairs = [
            (position, member)
            for position in np.flatnonzero(np.isin(numbers, kept))
            for member in members[int(numbers[position])]
        ]
        if pairs:
            extra = np.array(pairs, dtype=np.int64)
            owner, person = np.concatenate([owner, extra[:, 0]]), np.concatenate([person, extra[:, 1]])
    return owner, person
