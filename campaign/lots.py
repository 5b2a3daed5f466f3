"""Lots: the state in force, and until when the doses of a lot in a store may be used.

Sources: design, DOMAIN 4; data/reference/products.csv (days after thawing, with source). All days are local ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


class LotState(StrEnum):
    RECEIVED = "received"
    AWAITING_RELEASE = "awaiting_release"
    RELEASED = "released"
    ON_HOLD = "on_hold"
    RECALLED = "recalled"
    DESTROYED = "destroyed"


EXTENSION = "extension"
MOMENT = timedelta(microseconds=1)
# What a named person may make of a lot, and from which states. A lot that was destroyed stays so; what was recalled is
# recalled for good; and nobody here releases what its maker's control has not released before.
MAY_BECOME: Mapping[LotState, frozenset[LotState]] = {
    LotState.ON_HOLD: frozenset({LotState.RECEIVED, LotState.AWAITING_RELEASE, LotState.RELEASED}),
    LotState.RELEASED: frozenset({LotState.ON_HOLD}),
    LotState.RECALLED: frozenset({LotState.RECEIVED, LotState.AWAITING_RELEASE, LotState.RELEASED, LotState.ON_HOLD}),
}
# What somebody must bring back or set apart wherever it is.
STOPPED = frozenset({LotState.ON_HOLD, LotState.RECALLED, LotState.DESTROYED})


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """`reason` is empty where none was told."""

    state: LotState
    valid_from: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """One version of a lot's expiry. `condition`: how doses must have been stored for it to hold; empty: however."""

    expires_on: date
    kind: str
    valid_from: date
    condition: str = ""
    decision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThawLimit:
    """For how many days after thawing a product may be used, from a day on."""

    product: str
    valid_from: date
    days: int


class Clock(StrEnum):
    """Which clock ends the use of a dose."""

    LABEL = "label"
    EXTENSION = "extension"
    THAW = "thaw"
    DECISION = "decision"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usable:
    """expires_on: the last day of use; None: no expiry is known. `condition`: what it rests on besides, namely storage
    that the ledger does not tell of; empty: nothing."""

    expires_on: date | None
    clock: Clock
    condition: str = ""


class Bucket(StrEnum):
    """How soon stock expires."""

    EXPIRED = "expired"
    DAYS_7 = "7"
    DAYS_14 = "14"
    DAYS_30 = "30"
    DAYS_60 = "60"
    LATER = "later"
    UNKNOWN = "unknown"


def state_in_force(changes: Iterable[StateChange], *, now: datetime) -> StateChange | None:
    """The newest change that has begun; None where none has: nobody has released it."""
    begun = [change for change in changes if change.valid_from <= now]
    return max(begun, key=lambda change: change.valid_from) if begun else None


def next_moment(changes: Iterable[StateChange], *, now: datetime) -> datetime:
    """The first instant from `now` on in which no change begins. Those that begin one microsecond after the other are
    of decisions in one instant: the next holds after them."""
    taken = {change.valid_from for change in changes}
    while now in taken:
        now += MOMENT
    return now


def carried_on(changes: Sequence[StateChange], state: LotState, *, at: datetime) -> dict[datetime, LotState]:
    """What a decision at `at` for `state` makes of states that were planned for later: when which must hold again.

    Who holds or recalls a lot now has not agreed to a release that was planned before, so that the new state is put
    after each that it may follow. The end of a hold gives way to the plan again: after each hold that was put so stands
    what it was put after."""
    known = {change.valid_from: change for change in changes}
    found: dict[datetime, LotState] = {}
    for change in changes:
        if change.valid_from <= at:
            continue
        before = known.get(change.valid_from - MOMENT)
        if state in (LotState.ON_HOLD, LotState.RECALLED):
            if change.state in MAY_BECOME[state]:
                found[next_moment(changes, now=change.valid_from)] = state
        elif change.state is LotState.ON_HOLD and before is not None and before.state is not LotState.ON_HOLD:
            found[next_moment(changes, now=change.valid_from)] = before.state
    return found


def returns_to(changes: Iterable[StateChange], *, now: datetime) -> LotState | None:
    """Of a lot on hold: the state before it, to which the end of the hold leads back. None: it is not on hold, or was
    never in another."""
    begun = sorted((change for change in changes if change.valid_from <= now), key=lambda change: change.valid_from)
    if not begun or begun[-1].state is not LotState.ON_HOLD:
        return None
    return next((change.state for change in reversed(begun) if change.state is not LotState.ON_HOLD), None)


def is_released(changes: Iterable[StateChange], *, now: datetime) -> bool:
    """Only released stock is usable, plannable or counted in days of stock."""
    found = state_in_force(changes, now=now)
    return found is not None and found.state is LotState.RELEASED


def expiry_in_force(expiries: Sequence[Expiry], *, today: date, thawed_on: date | None = None) -> Expiry | None:
    """The newest version that has begun; of one day the extension. An extension that asks for a way of storing does not
    reach doses that were thawed before it began: they were not stored so any more."""
    reached = [
        item
        for item in expiries
        if item.valid_from <= today
        and not (item.kind == EXTENSION and item.condition and thawed_on is not None and thawed_on < item.valid_from)
    ]
    return max(reached, key=lambda item: (item.valid_from, item.kind == EXTENSION), default=None)


def usable_expiry(
    expiries: Sequence[Expiry],
    *,
    today: date,
    thawed_on: date | None = None,
    thaw_limit_days: int | None = None,
    decided_until: date | None = None,
) -> Usable:
    """The earliest of the clocks that run: label or official extension, the days after thawing, and the last day of use
    that a named person set after an excursion (campaign/dose_marks.py).

    An extension never lengthens the days after thawing, and thawing never lengthens the label. `thawed_on` is the
    earliest thaw of the doses in a store: freezing them again resets nothing (campaign/ledger.py). The day of thawing
    is day 0: with a limit of 31 days, doses thawed on 1 December may be used until 1 January."""
    found = expiry_in_force(expiries, today=today, thawed_on=thawed_on)
    label = found.expires_on if found else None
    thaw = thawed_on + timedelta(days=thaw_limit_days) if thawed_on and thaw_limit_days is not None else None
    if decided_until is not None and all(day is None or decided_until < day for day in (label, thaw)):
        return Usable(expires_on=decided_until, clock=Clock.DECISION)
    if thaw is not None and (label is None or thaw < label):
        return Usable(expires_on=thaw, clock=Clock.THAW)
    extended = found is not None and found.kind == EXTENSION
    return Usable(
        expires_on=label,
        clock=Clock.EXTENSION if extended else Clock.LABEL,
        # Thawed after it began: the doses came out of such storage.
        condition=found.condition if found is not None and extended and thawed_on is None else "",
    )


def thaw_limits_in_force(limits: Iterable[ThawLimit], *, today: date) -> dict[str, int]:
    """Days after thawing by product: of the limits that have begun the newest."""
    begun = sorted((limit for limit in limits if limit.valid_from <= today), key=lambda limit: limit.valid_from)
    return {limit.product: limit.days for limit in begun}


def bucket_of(expires_on: date | None, *, today: date) -> Bucket:
    """The last day itself is still a day of use."""
    if expires_on is None:
        return Bucket.UNKNOWN
    left = (expires_on - today).days
    if left < 0:
        return Bucket.EXPIRED
    for bucket in (Bucket.DAYS_7, Bucket.DAYS_14, Bucket.DAYS_30, Bucket.DAYS_60):
        if left < int(bucket.value):
            return bucket
    return Bucket.LATER


def held_by_decision(state: str | None, *, on_hold: bool, past: bool) -> bool:
    """Whether a decision after an excursion is all that stops doses: their lot is released (`state`), and they are not
    past their usable expiry. Others could not be given if it were taken back."""
    return on_hold and state == LotState.RELEASED and not past
