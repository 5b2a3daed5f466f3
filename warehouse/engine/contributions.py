"""What the touched people contributed to the cubes before a refresh and contribute after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from warehouse.engine.hands import in_parts
from warehouse.engine.people import Attributes, People, members_of, roots, with_members
from warehouse.engine.persons import overlaid
from warehouse.engine.ragged import Ragged, by_owner, ranges
from warehouse.engine.segments import Array
from warehouse.engine.slots import Slots, unpack
from warehouse.engine.states import States, signed
from warehouse.engine.touched import Changes, Touched

Numbers = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Rows = Mapping[str, Array]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Some affected identities before or after: which of them count, and with which doses and attributes."""

    counts: Bools
    doses: Ragged
    attributes: Attributes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Doses of the people whose doses change, and where each one's begin; one more at the end."""

    slot: Slots
    starts: Numbers

    @classmethod
    def of(cls, doses: Ragged, people: int) -> _Found:
        return cls(slot=doses.slot, starts=np.searchsorted(doses.owner, np.arange(people + 1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Then:
    """Before or after a refresh: who stands for whom, and the doses of those whose doses change."""

    alias: Mapping[int, int]
    members: Mapping[int, Iterable[int]]
    dosed: _Found


def contributions(people: People, states: States, touched: Touched) -> tuple[Rows, Rows]:
    """Signed rows of people, and of their doses as the people's cubes see them.

    A part of the identities at a time: a million people's arrays would neither fit into the processor's cache nor into
    what memory there is beside a country's people."""
    size = len(touched.dosed)
    before = _Then(alias=people.alias, members=people.members, dosed=_Found.of(touched.dosed_before, size))
    after = _Then(
        alias=touched.alias,
        members=people.members if touched.alias is people.alias else members_of(touched.alias),
        dosed=_Found.of(touched.dosed_after, size),
    )
    changes = [_by_identity(touched, people.alias, -1), _by_identity(touched, touched.alias, 1)]
    regrouped = np.concatenate([roots(touched.merged, people.alias), roots(touched.merged, touched.alias)])

    def counted(start: int, stop: int) -> tuple[Rows, Rows]:
        affected = touched.affected[start:stop]
        held = people.attributes_of(affected)
        was = _side(people, touched, before, affected, held)
        will = _side(people, touched, after, affected, overlaid(held, affected, touched.persons))
        went, came = (states.of_ragged(side.doses, side.attributes, side.counts) for side in (was, will))
        changed = [_of(part, affected) for part in changes]
        return signed(went, came), _signed_slots(was, will, changed, affected, np.isin(affected, regrouped))

    parts = [rows for _, rows in in_parts(len(touched.affected), counted)]
    return _joined([person for person, _ in parts]), _joined([slots for _, slots in parts])


def _side(people: People, touched: Touched, then: _Then, affected: Numbers, attributes: Attributes) -> Side:
    owner, person = with_members(affected, then.members)
    counts = roots(affected, then.alias) == affected
    doses = _doses_of(people, touched.dosed, person, then.dosed)
    return Side(counts=counts, doses=_owned(doses, owner, counts), attributes=attributes)


def _doses_of(people: People, dosed: Numbers, person: Numbers, found: _Found) -> Ragged:
    """Doses of each of `person`, in no order; those of the people whose doses change are taken from `found`."""
    at = np.searchsorted(dosed, person)
    at[at == len(dosed)] = 0
    change = dosed[at] == person if len(dosed) else np.zeros(len(person), dtype=np.bool_)
    others, changing = np.flatnonzero(~change), np.flatnonzero(change)
    held = people.doses_of(person[others])
    first = found.starts[at[changing]]
    wanted = found.starts[at[changing] + 1] - first
    return Ragged(
        owner=np.concatenate([others[held.owner], np.repeat(changing, wanted)]),
        slot=np.concatenate([held.slot, found.slot[ranges(first, wanted)]]),
    )


def _owned(doses: Ragged, owner: Numbers, counts: Bools) -> Ragged:
    """Doses of members under the identity that they count for; none for an identity that does not count."""
    owners = owner[doses.owner]
    kept = counts[owners]
    return by_owner(owners[kept], doses.slot[kept])


def _by_identity(touched: Touched, alias: Mapping[int, int], sign: int) -> Changes:
    """Doses that come or go, in order of the identities that they count for."""
    chosen = touched.changes.sign == sign
    person, slot = roots(touched.changes.person[chosen], alias), touched.changes.slot[chosen]
    if np.any(person[1:] < person[:-1]):
        order = np.argsort(person, kind="stable")
        person, slot = person[order], slot[order]
    return Changes(person=person, slot=slot, sign=touched.changes.sign[chosen])


def _of(changes: Changes, affected: Numbers) -> Changes:
    """Those of one part of the identities, which are ascending and leave none out in between."""
    first, last = np.searchsorted(changes.person, [affected[0], affected[-1] + 1]) if len(affected) else (0, 0)
    return Changes(person=changes.person[first:last], slot=changes.slot[first:last], sign=changes.sign[first:last])


def _signed_slots(was: Side, will: Side, changed: list[Changes], affected: Numbers, regrouped: Bools) -> Rows:
    """All doses of those who changed themselves; only the doses that changed of everybody else."""
    whole = regrouped | (was.counts != will.counts)
    for name in ("district", "sex", "groups"):
        whole |= getattr(was.attributes, name) != getattr(will.attributes, name)
    gone, came = changed
    parts = [
        _slots_of(was, whole, -1),
        _slots_of(will, whole, 1),
        _changed_slots(was, gone, affected, whole, -1),
        _changed_slots(will, came, affected, whole, 1),
    ]
    return _joined(parts)


def _slots_of(side: Side, chosen: Bools, sign: int) -> Rows:
    wanted = chosen[side.doses.owner]
    return slot_rows(side.doses.slot[wanted], side.attributes, side.doses.owner[wanted], sign)


def _changed_slots(side: Side, changes: Changes, affected: Numbers, whole: Bools, sign: int) -> Rows:
    owner = np.searchsorted(affected, changes.person)
    wanted = ~whole[owner]
    return slot_rows(changes.slot[wanted], side.attributes, owner[wanted], sign)


def slot_rows(slots: Slots, attributes: Attributes, owner: Numbers, sign: int) -> Rows:
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


def _joined(parts: list[Rows]) -> Rows:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
