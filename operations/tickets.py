"""Acts of named persons on correction tickets: assign, answer, close with a reason.

Closing as corrected names the record that corrects it: the site, or whoever enters records, wrote it on the platform,
and the database says whether it is one of that person and newer than the ticket. So what the person's state comes to is
never decided here: it follows from the records, at the next refresh. Each act, its event and its lines in the action
log and the audit are one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import DictRow

from campaign import tickets as rules
from campaign.access import Permission, decide
from campaign.tickets import Closing, NotNow, Ticket, WhyNot
from operations.action_log import ACCOUNT, ActRefused, acting, check_known, connect, grants_of, said, write_log
from operations.decisions import Actor
from operations.ticket_queue import ticket_from

# Of a bigint: a number that nobody gave out is none of ours, not a fault of the database.
LARGEST = 2**63 - 1
ONE = "SELECT * FROM operations.ticket_queue WHERE ticket_id = %s"
BY_NUMBER = "SELECT ticket_id FROM operations.ticket_queue WHERE number = %s"
# Of two at once the second waits here, and then sees what the first did.
TOUCH = (
    "INSERT INTO operations.ticket (ticket_id, state, changed_at, changed_by) VALUES (%s, 'new', %s, %s) "
    "ON CONFLICT (ticket_id) DO UPDATE SET changed_by = ticket.changed_by"
)
CHANGE = (
    "UPDATE operations.ticket SET state = %(state)s, owner = %(owner)s, answer = %(answer)s, closing = %(closing)s, "
    "dose_id = %(dose_id)s, changed_at = %(changed_at)s, changed_by = %(changed_by)s WHERE ticket_id = %(ticket_id)s"
)
EVENT = "INSERT INTO operations.ticket_event (ticket_id, at, kind, actor, said) VALUES (%s, %s, %s, %s, %s)"
CORRECTS = "SELECT operations.corrects(%s, %s) AS told"

Connection = psycopg.Connection[DictRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The ticket after the act."""

    ticket_id: int
    number: str
    what: str
    state: str
    owner: str


def number_of(url: str, text: str) -> int:
    """The ticket that a citizen's number means. Raises ActRefused where there is none."""
    number = text.strip()
    with connect(url) as connection:
        row = connection.execute(BY_NUMBER, [number]).fetchone()
    if row is None:
        raise _none(number)
    return int(row["ticket_id"])


def assign(url: str, ticket_id: int, *, by: Actor, to: str = "", note: str = "") -> Done:
    """To the account `to`, which must be allowed to, or to whoever asks. Raises ActRefused."""
    other, text = to.strip().lower(), said("note", note) if note.strip() else ""

    def change(before: Ticket, who: str, connection: Connection) -> Ticket:
        if other:
            _check_may_own(connection, other, before.area)
        return rules.assign(before, owner=other or who)

    return _act(url, ticket_id, "assigned", "ticket_assigned", change, by=by, text=text)


def answer(url: str, ticket_id: int, *, text: str, by: Actor) -> Done:
    """What the citizen is told. Raises ActRefused."""
    told = said("answer", text)

    def change(before: Ticket, who: str, _connection: Connection) -> Ticket:
        return rules.answer(before, text=told, who=who)

    return _act(url, ticket_id, "answered", "ticket_answered", change, by=by, text=told)


def close(url: str, ticket_id: int, *, closing: str, reason: str, by: Actor, dose: int | None = None) -> Done:
    """closing: one of campaign.tickets.Closing; dose: number of the record that corrects it. Raises ActRefused."""
    why = said("reason", reason)
    check_known("closing", closing, [item.value for item in Closing])

    def change(before: Ticket, _who: str, connection: Connection) -> Ticket:
        after = rules.close(before, closing=Closing(closing), dose=dose)
        if after.corrected_by is not None:
            _check_corrects(connection, before, after.corrected_by)
        return after

    return _act(url, ticket_id, "closed", "ticket_closed", change, by=by, text=why)


def _act(
    url: str,
    ticket_id: int,
    what: str,
    action: str,
    change: Callable[[Ticket, str, Connection], Ticket],
    *,
    by: Actor,
    text: str,
) -> Done:
    with acting(
        url,
        actor=by.name,
        permission=Permission.HANDLE_TICKET,
        action=action,
        subject=f"ticket:{ticket_id}",
        area=_area(url, ticket_id),
        origin=by.origin,
        request_id=by.request_id,
    ) as act:
        act.connection.execute(TOUCH, [ticket_id, by.now, act.author.name])
        row = act.connection.execute(ONE, [ticket_id]).fetchone()
        if row is None:
            raise _none(ticket_id)
        before = ticket_from(row)
        try:
            after = change(before, act.author.name, act.connection)
        except NotNow as refused:
            raise _why_not(refused.why, before) from refused
        values: dict[str, Any] = {
            "ticket_id": ticket_id,
            "state": after.state.value,
            "owner": after.owner,
            "answer": after.answer,
            "closing": after.closing,
            "dose_id": after.corrected_by,
            "changed_at": by.now,
            "changed_by": act.author.name,
        }
        act.connection.execute(CHANGE, values)
        act.connection.execute(EVENT, [ticket_id, by.now, what, act.author.name, text])
        detail = {
            "ticket": before.number,
            "ticket_owner": after.owner,
            "closing": after.closing,
            "dose_id": after.corrected_by,
            "reason": text,
        }
        write_log(act.connection, by.now, act.author, action, f"ticket:{ticket_id}", detail)
    return Done(ticket_id=ticket_id, number=before.number, what=what, state=after.state.value, owner=after.owner)


def _area(url: str, ticket_id: int) -> str | None:
    """The province that it is routed to; None: the nation's affair. Raises ActRefused where there is no such ticket."""
    if not 0 < ticket_id <= LARGEST:
        raise _none(ticket_id)
    with connect(url) as connection:
        row = connection.execute(ONE, [ticket_id]).fetchone()
    if row is None:
        raise _none(ticket_id)
    return row["area_code"] or None


def _none(number: object) -> ActRefused:
    return ActRefused(f"there is no ticket {number}", "no_ticket", number=number)


def _check_may_own(connection: Connection, login: str, area: str) -> None:
    """Told alike of an account that may not and of one that there is not: nobody learns logins here."""
    account = connection.execute(ACCOUNT, [login]).fetchone()
    grants = grants_of(connection, account["account_id"]) if account and account["disabled_at"] is None else ()
    if decide(grants, Permission.HANDLE_TICKET, at=[area or None]) is not None:
        raise ActRefused(f"{login} may not handle this ticket", "ticket_owner_may_not", login=login)


def _check_corrects(connection: Connection, ticket: Ticket, dose: int) -> None:
    if not 0 < dose <= LARGEST:
        told = "no_dose"
    else:
        row = connection.execute(CORRECTS, [ticket.ticket_id, dose]).fetchone()
        told = str(row["told"]) if row else "no_dose"
    every = {
        "no_dose": ActRefused(f"there is no dose record {dose}", "correction_no_dose", number=dose),
        "other_person": ActRefused(
            f"dose record {dose} is of another person than ticket {ticket.number}",
            "correction_other_person",
            number=dose,
            ticket=ticket.number,
        ),
        "older": ActRefused(
            f"dose record {dose} was not written or changed since ticket {ticket.number} came: correct it first",
            "correction_older",
            number=dose,
            ticket=ticket.number,
        ),
        "voided": ActRefused(
            f"dose record {dose} is voided: the missing dose must stand", "correction_voided", number=dose
        ),
    }
    if told in every:
        raise every[told]


def _why_not(why: WhyNot, ticket: Ticket) -> ActRefused:
    told = (
        ActRefused(f"ticket {ticket.number} is closed already", "ticket_closed", number=ticket.number),
        ActRefused(f"{ticket.owner} has ticket {ticket.number} already", "ticket_owned", login=ticket.owner),
        ActRefused("closed as corrected needs the number of the dose record that corrects it", "ticket_no_record"),
    )
    return next(refused for refused in told if refused.why == why)
