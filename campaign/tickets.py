"""Correction tickets of citizens: a dose that is missing from somebody's record, or wrong in it.

new -> assigned (who) -> answered (what the citizen is told) -> closed (why). A ticket may be assigned again, and
closed from any state. Closing it as corrected needs the record that corrects it. How old a ticket is, and whether it is
overdue, is reckoned in campaign time; an answer does not stop the clock, only closing does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    MISSING = "missing"
    WRONG = "wrong"


class State(StrEnum):
    NEW = "new"
    ASSIGNED = "assigned"
    ANSWERED = "answered"
    CLOSED = "closed"  # here
    SETTLED = "settled"  # by the site, on the platform itself


class Closing(StrEnum):
    CORRECTED = "corrected"
    RIGHT_ALREADY = "right_already"  # the record was right
    DUPLICATE = "duplicate"
    NO_PROOF = "no_proof"  # neither site nor citizen can show it


OPEN = frozenset({State.NEW, State.ASSIGNED, State.ANSWERED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """As the queue has it. `area`: the province that it is routed to, '' where nobody knows. No name: `person` is the
    keyed hash of the feeds. `corrected_by`: the dose record that corrects it."""

    ticket_id: int
    number: str
    person: str
    kind: Kind
    area: str
    site: str
    product: str
    injected_on: date | None
    dose_id: int | None
    filed_at: datetime
    state: State = State.NEW
    owner: str = ""
    answer: str = ""
    closing: str = ""
    corrected_by: int | None = None
    changed_at: datetime | None = None
    changed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """Open tickets of one province, '' of none. `overdue` of them are older than their limit, `fresh` were never
    touched."""

    area: str
    open: int
    overdue: int
    fresh: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Limits:
    """Within how long a ticket of each kind is to be closed."""

    by_kind: Mapping[Kind, timedelta]

    def due(self, ticket: Ticket) -> datetime:
        return ticket.filed_at + self.by_kind[ticket.kind]

    def before(self, kind: Kind, now: datetime) -> datetime:
        """Filed before then it is overdue at `now`."""
        return now - self.by_kind[kind]


class WhyNot(StrEnum):
    CLOSED = "ticket_closed"
    OWNED = "ticket_owned"
    NO_RECORD = "ticket_no_record"


class NotNow(Exception):
    """The act is not possible as the ticket stands."""

    def __init__(self, why: WhyNot) -> None:
        super().__init__(why.value)
        self.why = why


def assign(ticket: Ticket, *, owner: str) -> Ticket:
    """Raises NotNow."""
    _check_open(ticket)
    if ticket.owner == owner:
        raise NotNow(WhyNot.OWNED)
    state = State.ASSIGNED if ticket.state is State.NEW else ticket.state
    return replace(ticket, owner=owner, state=state)


def answer(ticket: Ticket, *, text: str, who: str) -> Ticket:
    """Whoever answers what nobody has owns it from then on. Raises NotNow."""
    _check_open(ticket)
    return replace(ticket, answer=text, state=State.ANSWERED, owner=ticket.owner or who)


def close(ticket: Ticket, *, closing: Closing, dose: int | None) -> Ticket:
    """dose: the record that corrects it, needed for CORRECTED and for nothing else. Raises NotNow."""
    _check_open(ticket)
    if closing is Closing.CORRECTED and dose is None:
        raise NotNow(WhyNot.NO_RECORD)
    return replace(
        ticket,
        state=State.CLOSED,
        closing=closing.value,
        corrected_by=dose if closing is Closing.CORRECTED else None,
    )


def _check_open(ticket: Ticket) -> None:
    if ticket.state not in OPEN:
        raise NotNow(WhyNot.CLOSED)
