"""Doses of a lot that one store sent to another: what is still open between them, and what closes it.

Deliveries of one lot between two stores are told together: the ledger names no paper that an issue and its receipt
share. Doses of vaccine, full size. Sources: design, DOMAIN 4; FEATURES M7; docs/adr/0040-closing-a-transfer.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from campaign.ledger import CANCEL, FROM_A_STORE, OUTGOING, Movement, Pair, replay


class Outcome(StrEnum):
    """What became of doses that one side entered and the other did not."""

    EXPECTED = "expected"  # still on their way, until a day that is told
    LOST = "lost"
    BROKEN = "broken"
    WARM = "warm"
    FROZEN = "frozen"
    RECEIVED_ALL = "received_all"  # they came, and were not entered
    SENT_FEWER = "sent_fewer"  # they never left
    SENT_MORE = "sent_more"  # more left than was entered
    RECEIVED_FEWER = "received_fewer"  # fewer came than was entered


# Of doses that were sent and not received; and of those received beyond what was sent.
OF_SHORT = (
    Outcome.EXPECTED, Outcome.RECEIVED_ALL, Outcome.SENT_FEWER, Outcome.BROKEN, Outcome.WARM, Outcome.FROZEN,
    Outcome.LOST,
)  # fmt: skip
OF_OVER = (Outcome.SENT_MORE, Outcome.RECEIVED_FEWER)
# Whose entry changes the sender's ledger; the others change the receiver's.
AT_SENDER = frozenset({Outcome.SENT_FEWER, Outcome.SENT_MORE})
# The kind under which doses that did not arrive whole leave the receiver's ledger, and the reason in the words of
# data/reference/waste_reasons.csv. What is lost was no waste: it is what the ledger calls lost.
GONE = {
    Outcome.LOST: ("adjustment", "mất"),
    Outcome.BROKEN: ("wasted_closed", "vỡ lọ"),
    Outcome.WARM: ("wasted_closed", "nhiệt độ cao"),
    Outcome.FROZEN: ("wasted_closed", "đông băng"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """An issue or a receipt that stands. `doses`: what of it stands, above zero."""

    movement: Movement
    doses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What `sender` sent of a lot to `store`, and what came there from it: newest first."""

    sender: str
    store: str
    lot: str
    issues: tuple[Leg, ...]
    receipts: tuple[Leg, ...]

    @property
    def sent(self) -> int:
        return sum(leg.doses for leg in self.issues)

    @property
    def received(self) -> int:
        return sum(leg.doses for leg in self.receipts)

    @property
    def open(self) -> int:
        """Doses sent and not received; below zero: received more than was sent."""
        return self.sent - self.received

    @property
    def last_at(self) -> datetime | None:
        """When something last left or came."""
        return max((leg.movement.occurred_at for leg in (*self.issues, *self.receipts)), default=None)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What may be said of the difference."""
        return OF_SHORT if self.open > 0 else OF_OVER if self.open < 0 else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """An entry that closes a difference, in the order in which they are entered. like: the movement whose decision on
    allocation it belongs to; None: to none, since what did not come was not received under it."""

    store: str
    kind: str
    doses: int
    occurred_at: datetime
    counterpart: str | None = None
    cancels_id: int | None = None
    reason: str = ""
    like: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """Doses of a lot on their way to a store that somebody said, at said_at of the campaign's time, are still expected.
    What leaves for the store or comes there later is another matter: the promise says nothing of it any more."""

    store: str
    lot: str
    doses: int
    said_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedShort:
    """Doses of a lot that whoever received shipments of plans counted as missing: nobody waits for them. way: doses of
    such shipments that are still on their way to the same store."""

    store: str
    lot: str
    doses: int
    way: int


def deliveries(movements: Iterable[Movement], *, store: str, lot: str) -> tuple[Delivery, ...]:
    """By sender, those with something open first, of the ledgers of `store` and of whoever sent to it."""
    kept = {movement.movement_id: movement for movement in movements if movement.lot == lot}
    net: dict[int, int] = defaultdict(int)
    for movement in kept.values():
        of = movement.cancels_id if movement.kind == CANCEL else movement.movement_id
        net[of or 0] += movement.doses
    issues: dict[str, list[Leg]] = defaultdict(list)
    receipts: dict[str, list[Leg]] = defaultdict(list)
    for movement in kept.values():
        doses = net[movement.movement_id]
        if movement.kind in OUTGOING and movement.counterpart == store and doses:
            issues[movement.store].append(Leg(movement=movement, doses=-doses))
        elif movement.kind in FROM_A_STORE and movement.store == store and movement.counterpart and doses:
            receipts[movement.counterpart].append(Leg(movement=movement, doses=doses))
    found = [
        Delivery(
            sender=sender, store=store, lot=lot, issues=_newest(issues[sender]), receipts=_newest(receipts[sender])
        )
        for sender in {*issues, *receipts}
    ]
    return tuple(sorted(found, key=lambda item: (item.open == 0, item.sender)))


def bookings(delivery: Delivery, outcome: Outcome, doses: int, *, now: datetime) -> tuple[Booking, ...]:
    """Entries that take `doses`, above zero and at most what is open, out of the difference; none for EXPECTED.

    What did not come whole is taken into the receiver's ledger and leaves it in the same instant, so that the level
    stays and the lot's account closes. Both name sender and reason, and no other entry does: they were never in the
    store (campaign/ledger.py). What was entered wrongly is put right where it was entered, so that a count
    made since stands. Raises ValueError where the outcome does not go with the difference."""
    if outcome not in delivery.outcomes or not 0 < doses <= abs(delivery.open):
        raise ValueError(f"{outcome} of {doses} doses does not go with {delivery.open} open")
    if outcome is Outcome.EXPECTED:
        return ()
    if outcome is Outcome.SENT_FEWER:
        return tuple(_taken_back(delivery.issues, doses, now))
    if outcome is Outcome.RECEIVED_FEWER:
        return tuple(_taken_back(delivery.receipts, doses, now))
    if outcome is Outcome.SENT_MORE:
        return (_more_sent(delivery, doses),)
    if outcome is Outcome.RECEIVED_ALL:
        newest = delivery.issues[0].movement
        return (_received(delivery, doses, at=delivery.last_at or now, like=newest.movement_id),)
    kind, reason = GONE[outcome]
    return (
        _received(delivery, doses, at=now, reason=reason),
        Booking(
            store=delivery.store,
            kind=kind,
            doses=-doses,
            occurred_at=now,
            counterpart=delivery.sender,
            reason=reason,
        ),
    )


def falls_below_zero(movements: Collection[Movement], entries: Collection[Movement]) -> Pair | None:
    """The store and lot that `entries` would bring below zero, or further below; None for none."""
    before, after = replay(movements), replay([*movements, *entries])
    for pair in {(entry.store, entry.lot) for entry in entries}:
        level = after[pair].on_hand
        if level < 0 and level < (before[pair].on_hand if pair in before else 0):
            return pair
    return None


def _newest(legs: Sequence[Leg]) -> tuple[Leg, ...]:
    return tuple(sorted(legs, key=lambda leg: (leg.movement.occurred_at, leg.movement.movement_id), reverse=True))


def _taken_back(legs: Sequence[Leg], doses: int, now: datetime) -> Iterator[Booking]:
    """Parts of the newest entries, as many as it takes."""
    left = doses
    for leg in legs:
        part = min(left, leg.doses)
        if part <= 0:
            continue
        movement = leg.movement
        yield Booking(
            store=movement.store,
            kind=CANCEL,
            doses=part if movement.kind in OUTGOING else -part,
            occurred_at=now,
            cancels_id=movement.movement_id,
            like=movement.movement_id,
        )
        left -= part


def _more_sent(delivery: Delivery, doses: int) -> Booking:
    """As the newest issue was; with none entered, at the newest receipt."""
    like = (delivery.issues or delivery.receipts)[0].movement
    return Booking(
        store=delivery.sender,
        kind=like.kind if like.kind in OUTGOING else "issue",
        doses=-doses,
        occurred_at=like.occurred_at,
        counterpart=delivery.store,
        like=like.movement_id,
    )


def _received(delivery: Delivery, doses: int, *, at: datetime, reason: str = "", like: int | None = None) -> Booking:
    kind = "receipt" if delivery.issues[0].movement.kind == "issue" else "transfer_in"
    return Booking(
        store=delivery.store,
        kind=kind,
        doses=doses,
        occurred_at=at,
        counterpart=delivery.sender,
        reason=reason,
        like=like,
    )
