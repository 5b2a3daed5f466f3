"""What the touched people contributed to the cubes before a refresh and contribute after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from warehouse.engine.dense import distinct
from warehouse.engine.doses import DoseChange
from warehouse.engine.hands import both
from warehouse.engine.people import Attributes, People, members_of, roots, with_members
from warehouse.engine.persons import PersonChange, overlaid
from warehouse.engine.ragged import Ragged, by_owner
from warehouse.engine.segments import Array
from warehouse.engine.slots import Slots, unpack
from warehouse.engine.states import PersonRows, States, signed

Numbers = npt.NDArray[np.int64]
Rows = Mapping[str, Array]


class InconsistentState(Exception):
    """Memory does not hold what the facts say was there: the warehouse has to be rebuilt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """Everything about a refresh that changes people. `dosed`: people whose doses change, ascending, with their
    doses as they are and as they will be. `merged`: people whose merge changes."""

    persons: PersonChange
    doses: DoseChange
    dosed: Numbers
    dosed_before: Ragged
    dosed_after: Ragged
    alias: Mapping[int, int]
    merged: Numbers
    affected: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The affected identities before or after: which of them count, and with which doses and attributes."""

    counts: npt.NDArray[np.bool_]
    doses: Ragged
    attributes: Attributes


def touched_by(
    people: People, persons: PersonChange, doses: DoseChange, *, alias: Mapping[int, int], merged: Numbers
) -> Touched:
    removed, added = doses.removed["person"].astype(np.int64), doses.added["person"].astype(np.int64)
    dosed = distinct(np.concatenate([removed, added]))
    before, after = _exchanged(
        people,
        dosed,
        removed=(np.searchsorted(dosed, removed), doses.removed_slots()),
        added=(np.searchsorted(dosed, added), doses.added_slots()),
    )
    changed = distinct(np.concatenate([dosed, persons.numbers, merged]))
    return Touched(
        persons=persons,
        doses=doses,
        dosed=dosed,
        dosed_before=before,
        dosed_after=after,
        alias=alias,
        merged=merged,
        affected=distinct(np.concatenate([roots(changed, people.alias), roots(changed, alias)])),
    )


def _exchanged(
    people: People, dosed: Numbers, *, removed: tuple[Numbers, Slots], added: tuple[Numbers, Slots]
) -> tuple[Ragged, Ragged]:
    """The doses of `dosed` before and after, the first half of the people beside the second."""
    middle = len(dosed) // 2

    def half(start: int, stop: int) -> tuple[Ragged, Ragged]:
        held = people.doses_of(dosed[start:stop])
        return held, exchange(held, removed=_within(removed, start, stop), added=_within(added, start, stop))

    first, second = both(lambda: half(0, middle), lambda: half(middle, len(dosed)))
    before, after = (_joined(one, other, middle) for one, other in zip(first, second, strict=True))
    return before, after


def _within(changes: tuple[Numbers, Slots], start: int, stop: int) -> tuple[Numbers, Slots]:
    owner, slot = changes
    wanted = (owner >= start) & (owner < stop)
    return owner[wanted] - start, slot[wanted]


def _joined(first: Ragged, second: Ragged, people: int) -> Ragged:
    """`people`: how many the first one is about."""
    return Ragged(
        owner=np.concatenate([first.owner, second.owner + people]), slot=np.concatenate([first.slot, second.slot])
    )


def contributions(people: People, states: States, touched: Touched) -> tuple[Rows, Rows]:
    """Signed rows of people, and of their doses as the people's cubes see them."""
    held = people.attributes_of(touched.affected)

    def counted(side: Side) -> tuple[Side, PersonRows]:
        return side, states.of_ragged(side.doses, side.attributes, side.counts)

    (before, went), (after, came) = both(
        lambda: counted(_before(people, touched, held)), lambda: counted(_after(people, touched, held))
    )
    return signed(went, came), _signed_slots(people, touched, before, after, states)


def _before(people: People, touched: Touched, held: Attributes) -> Side:
    affected = touched.affected
    owner, person = with_members(affected, people.members)
    counts = roots(affected, people.alias) == affected
    doses = _doses_of(people, touched, person, touched.dosed_before)
    return Side(counts=counts, doses=_owned(doses, owner, counts), attributes=held)


def _after(people: People, touched: Touched, held: Attributes) -> Side:
    affected = touched.affected
    members: Mapping[int, Iterable[int]] = (
        people.members if touched.alias is people.alias else members_of(touched.alias)
    )
    owner, person = with_members(affected, members)
    counts = roots(affected, touched.alias) == affected
    doses = _doses_of(people, touched, person, touched.dosed_after)
    return Side(
        counts=counts,
        doses=_owned(doses, owner, counts),
        attributes=overlaid(held, affected, touched.persons),
    )


def _doses_of(people: People, touched: Touched, person: Numbers, dosed: Ragged) -> Ragged:
    """Doses of each of `person`, in no order; those of the people whose doses change are taken from `dosed`."""
    at = np.searchsorted(touched.dosed, person)
    at[at == len(touched.dosed)] = 0
    change = touched.dosed[at] == person if len(touched.dosed) else np.zeros(len(person), dtype=np.bool_)
    others = np.flatnonzero(~change)
    held = people.doses_of(person[others])
    taken = _pick(dosed, np.flatnonzero(change), at[change], len(touched.dosed))
    return Ragged(owner=np.concatenate([others[held.owner], taken.owner]), slot=np.concatenate([held.slot, taken.slot]))


def _owned(doses: Ragged, owner: Numbers, counts: npt.NDArray[np.bool_]) -> Ragged:
    """Doses of members under the identity that they count for; none for an identity that does not count."""
    owners = owner[doses.owner]
    kept = counts[owners]
    return by_owner(owners[kept], doses.slot[kept])


def _pick(doses: Ragged, owners: Numbers, positions: Numbers, size: int) -> Ragged:
    """The doses at `positions` of a ragged array of `size` people, under new owners."""
    count = np.bincount(doses.owner, minlength=size)
    start = np.cumsum(count) - count
    wanted = count[positions]
    index = np.repeat(start[positions] - (np.cumsum(wanted) - wanted), wanted) + np.arange(int(wanted.sum()))
    return Ragged(owner=np.repeat(owners, wanted), slot=doses.slot[index])


def exchange(before: Ragged, *, removed: tuple[Numbers, Slots], added: tuple[Numbers, Slots]) -> Ragged:
    """Doses with some taken away and some put in, each given as (owner, slot).

    Raises InconsistentState where a dose to be taken away is not there."""
    word = np.concatenate(
        [_word(before.owner, before.slot), _word(*added), _word(*removed) | np.uint64(1)],
    )
    # Sorted as whole words, sign and all: looking up an order and following it takes four times as long.
    word.sort()
    sign = np.int64(1) - np.int64(2) * (word & np.uint64(1)).astype(np.int64)
    dose = word >> np.uint64(1)
    first = np.flatnonzero(np.r_[True, dose[1:] != dose[:-1]]) if len(dose) else np.zeros(0, dtype=np.int64)
    count = np.add.reduceat(sign, first) if len(dose) else np.zeros(0, dtype=np.int64)
    if np.any(count < 0):
        raise InconsistentState(f"{int((count < 0).sum())} doses to be taken back are not among their people's doses")
    left = np.repeat(dose[first], count)
    return Ragged(owner=(left >> np.uint64(32)).astype(np.int64), slot=(left & np.uint64(0xFFFFFFFF)).astype(np.uint32))


def _word(owner: Numbers, slot: Slots) -> npt.NDArray[np.uint64]:
    """Owner, dose, and a last bit for what is taken away. An owner is a position: 31 bits are enough."""
    return (owner.astype(np.uint64) << np.uint64(33)) | (slot.astype(np.uint64) << np.uint64(1))


def _signed_slots(people: People, touched: Touched, before: Side, after: Side, states: States) -> Rows:
    """All doses of those who changed themselves; only the doses that changed of everybody else."""
    affected = touched.affected
    whole = before.counts != after.counts
    for name in ("district", "sex", "groups"):
        whole |= getattr(before.attributes, name) != getattr(after.attributes, name)
    regrouped = np.concatenate([roots(touched.merged, people.alias), roots(touched.merged, touched.alias)])
    whole |= np.isin(affected, regrouped)
    parts = [
        _slots_of(before, whole, -1),
        _slots_of(after, whole, 1),
        _changed_slots(
            touched.doses.removed["person"], touched.doses.removed_slots(), -1, affected, whole, people.alias, before
        ),
        _changed_slots(
            touched.doses.added["person"], touched.doses.added_slots(), 1, affected, whole, touched.alias, after
        ),
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _slots_of(side: Side, chosen: npt.NDArray[np.bool_], sign: int) -> dict[str, Array]:
    wanted = chosen[side.doses.owner]
    return slot_rows(side.doses.slot[wanted], side.attributes, side.doses.owner[wanted], sign)


def _changed_slots(
    person: Array,
    slots: Slots,
    sign: int,
    affected: Numbers,
    whole: npt.NDArray[np.bool_],
    alias: Mapping[int, int],
    side: Side,
) -> dict[str, Array]:
    owner = np.searchsorted(affected, roots(person.astype(np.int64), alias))
    wanted = ~whole[owner] if len(affected) else np.zeros(0, dtype=np.bool_)
    return slot_rows(slots[wanted], side.attributes, owner[wanted], sign)


def slot_rows(slots: Slots, attributes: Attributes, owner: Numbers, sign: int) -> dict[str, Array]:
    """Doses with who got them. Grain: dose."""
    doses = unpack(slots)
    return {
        "sign": np.full(len(slots), sign, dtype=np.int8),
        "residence": attributes.district[owner],
        "sex": attributes.sex[owner],
        "groups": attributes.groups[owner],
        "day": doses.day,
        "product": doses.product,
        "place": doses.place,
        "number": doses.number,
        "band": doses.band,
    }
