"""What decisions about excursions mean for doses: which may not be given for now, and which only until a day.

A mark is a line of a decision at work on the doses of a lot in a store. It begins with the doses that were inside at
the time, goes where they go, and ends where a store has none left (campaign/ledger.py; a thaw clock does the same). The
warehouse carries the same (warehouse/marks.py); tests hold it to this. ADR 39."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from campaign.ledger import FROM_A_STORE, OUTGOING, SKEW, Balance, Entry, Pair

Place = tuple[Pair, int]
"""A store and lot, and how many entries of its ledger came before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLine:
    """What was decided about one lot inside one device, of which the excursion lasted from `since` until `until`.
    kind: hold, use, discard. usable_until: of `use` the last day of use; None: that of the lot."""

    line_id: int
    decision_id: int
    equipment_id: str
    store: str
    lot: str
    kind: str
    since: datetime
    until: datetime
    usable_until: date | None = None

    @property
    def stops(self) -> bool:
        """The doses may not be given. What is left of a discard, such as doses that were sent on before it, waits too:
        nobody said that it may be used."""
        return self.kind in ("hold", "discard")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A decision at work in a store, as it is told. stops: the doses may not be given. usable_until: the last day of
    use that it sets, None: none. here: it was decided about this store; otherwise the doses came from `of_store`.
    started_at: of the excursion."""

    store: str
    lot: str
    decision_id: int
    kind: str
    usable_until: date | None
    actor: str
    decided_at: datetime
    equipment_id: str
    of_store: str
    started_at: datetime

    @property
    def stops(self) -> bool:
        return self.kind in ("hold", "discard")

    @property
    def here(self) -> bool:
        return self.store == self.of_store


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """All marks of a store and lot together. usable_until: the earliest; None: as the lot."""

    on_hold: bool = False
    usable_until: date | None = None


def restriction_of(marks: Iterable[Mark]) -> Restriction:
    found = tuple(marks)
    ends = [mark.usable_until for mark in found if mark.usable_until is not None]
    return Restriction(on_hold=any(mark.stops for mark in found), usable_until=min(ends, default=None))


def by_pair(marks: Iterable[Mark]) -> dict[Pair, list[Mark]]:
    found: defaultdict[Pair, list[Mark]] = defaultdict(list)
    for mark in marks:
        found[mark.store, mark.lot].append(mark)
    return dict(found)


def at_work(lines: Iterable[DecisionLine]) -> tuple[DecisionLine, ...]:
    """Lines that restrict something: none that a later decision about the same excursion and lot takes back. Two times
    of one device that overlap are one excursion, as its readings were known then and later."""
    known = tuple({line.line_id: line for line in lines}.values())
    return tuple(
        line
        for line in known
        if (line.stops or line.usable_until is not None) and not any(_corrects(other, line) for other in known)
    )


def _corrects(later: DecisionLine, line: DecisionLine) -> bool:
    same = later.equipment_id == line.equipment_id and later.lot == line.lot
    return same and later.decision_id > line.decision_id and later.since <= line.until and later.until >= line.since


def marked(balances: Mapping[Pair, Balance], lines: Iterable[DecisionLine]) -> dict[Pair, frozenset[int]]:
    """By store and lot: the lines that are at work there now. The order of `lines` is of no matter."""
    links = _links(balances)
    found: defaultdict[Pair, set[int]] = defaultdict(set)
    for line in at_work(lines):
        waiting = [((line.store, line.lot), at) for at in _beginnings(balances, line)]
        seen: set[Place] = set()
        while waiting:
            place = waiting.pop()
            if place in seen:
                continue
            seen.add(place)
            waiting += _passed_on(balances, links, place)
        for pair, at in seen:
            if not any(_empties(entry) for entry in balances[pair].entries[at:]):
                found[pair].add(line.line_id)
    return {pair: frozenset(ids) for pair, ids in found.items()}


def _beginnings(balances: Mapping[Pair, Balance], line: DecisionLine) -> list[int]:
    """From which entries on doses were there while the excursion lasted: the last before it, and those within it."""
    balance = balances.get((line.store, line.lot))
    entries = balance.entries if balance else []
    before = [at for at, entry in enumerate(entries) if entry.place[0] <= line.since][-1:]
    within = [at for at, entry in enumerate(entries) if line.since < entry.place[0] < line.until and entry.stands]
    return [at for at in (*before, *within) if entries[at].after > 0]


def _passed_on(balances: Mapping[Pair, Balance], links: Mapping[int, Sequence[Place]], place: Place) -> list[Place]:
    """Where doses of a store went after an entry, until the store was empty."""
    pair, at = place
    found: list[Place] = []
    for entry in balances[pair].entries[at + 1 :]:
        if entry.before > 0 and _is_issue(entry):
            found += links.get(entry.movement.movement_id, ())
        if _empties(entry):
            break
    return found


def _empties(entry: Entry) -> bool:
    """Between a movement and its cancel a store only seems to be empty."""
    return entry.after <= 0 and entry.stands


def _is_issue(entry: Entry) -> bool:
    return entry.movement.kind in OUTGOING and entry.stands and entry.counterpart is not None


def _is_receipt(entry: Entry) -> bool:
    """What was written off on the way brings no mark: its doses are not among those of the store."""
    return entry.movement.kind in FROM_A_STORE and entry.stands and not entry.on_the_way


def _links(balances: Mapping[Pair, Balance]) -> dict[int, list[Place]]:
    """By issue: the receipts that its doses may be in, of those that leave some in the store. It is in the first
    receipt from its sender at its instant or later; and a receipt has the newest issue before it, or, by a clock that
    is wrong by a day at most, the first of all."""
    sent: defaultdict[tuple[str, str, str], list[Entry]] = defaultdict(list)
    came: defaultdict[tuple[str, str, str], list[tuple[Entry, Place]]] = defaultdict(list)
    for (store, lot), balance in balances.items():
        for at, entry in enumerate(balance.entries):
            if _is_issue(entry):
                sent[store, str(entry.counterpart), lot].append(entry)
            elif _is_receipt(entry) and entry.counterpart is not None:
                came[entry.counterpart, store, lot].append((entry, ((store, lot), at)))
    found: defaultdict[int, list[Place]] = defaultdict(list)
    for way, receipts in came.items():
        for entry, place in receipts:
            if entry.after > 0:
                for issue in _of(entry, [other for other, _ in receipts], sent[way]):
                    found[issue].append(place)
    return found


def _of(receipt: Entry, receipts: Sequence[Entry], issues: Sequence[Entry]) -> set[int]:
    at = receipt.place[0]
    before = [issue.place[0] for issue in issues if issue.place[0] <= at]
    found: set[datetime] = set()
    if before:
        earlier = [other.place[0] for other in receipts if other.place[0] < at]
        found = {when for when in before if not any(when <= other for other in earlier)} | {max(before)}
    elif issues:
        first = min(issue.place[0] for issue in issues)
        found = {first} if first <= at + SKEW else set()
    return {issue.movement.movement_id for issue in issues if issue.place[0] in found}
