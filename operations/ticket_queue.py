"""The queue of correction tickets: what is open, by province and age, and the latest closed. No name in any of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import DictRow, dict_row

from campaign.tickets import Backlog, Kind, Limits, State, Ticket

# areas NULL: every province. What is of none is the nation's: the centre finds out whose it is.
BACKLOG = (
    "SELECT area_code AS area, count(*) AS open, count(*) FILTER (WHERE state = 'new') AS fresh, "
    "count(*) FILTER (WHERE filed_at < CASE kind WHEN 'missing' THEN %(missing)s::timestamptz "
    "ELSE %(wrong)s::timestamptz END) AS overdue, min(filed_at) AS oldest FROM operations.ticket_queue "
    "WHERE open AND (%(areas)s::text[] IS NULL OR area_code = ANY(%(areas)s)) "
    "GROUP BY area_code ORDER BY 4 DESC, 2 DESC, area_code"
)
# The oldest first: those are due first. The table below it is read only as far as it is asked for.
OPEN = (
    "SELECT * FROM operations.ticket_queue WHERE open AND (%(areas)s::text[] IS NULL OR area_code = ANY(%(areas)s)) "
    "AND (filed_at, ticket_id) > (%(after_at)s::timestamptz, %(after)s::bigint) "
    "AND (NOT %(overdue)s OR filed_at < CASE kind WHEN 'missing' THEN %(missing)s::timestamptz "
    "ELSE %(wrong)s::timestamptz END) ORDER BY filed_at, ticket_id LIMIT %(limit)s"
)
WHERE_IT_ENDED = "SELECT filed_at FROM operations.ticket_queue WHERE ticket_id = %s"
CLOSED = (
    "SELECT q.* FROM operations.ticket o JOIN operations.ticket_queue q USING (ticket_id) WHERE o.state = 'closed' "
    "AND (%(areas)s::text[] IS NULL OR q.area_code = ANY(%(areas)s)) ORDER BY o.changed_at DESC LIMIT %(limit)s"
)
EVENTS = (
    "SELECT ticket_id, at, kind, actor, said FROM operations.ticket_event WHERE ticket_id = ANY(%(ids)s) "
    "ORDER BY ticket_id, event_id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketEvent:
    """One act on a ticket. `at`: wall time."""

    at: datetime
    kind: str
    actor: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """`tickets`: open ones, the oldest first, as many as there is room for. `closed`: the latest, here. `events`: by
    number of the ticket, oldest first. `backlog`: empty where it was not asked for."""

    backlog: tuple[Backlog, ...]
    tickets: tuple[Ticket, ...]
    closed: tuple[Ticket, ...]
    events: Mapping[int, tuple[TicketEvent, ...]]


def queue(
    url: str,
    *,
    now: datetime,
    limits: Limits,
    areas: Collection[str] | None = None,
    overdue: bool = False,
    limit: int = 100,
    closed: int = 20,
    after: int = 0,
    counted: bool = True,
) -> Queue:
    """At the campaign's `now`. areas: of these provinces; None: of all, and of none. overdue: only those. after: number
    of the ticket that the page before ended with. counted: with the backlog, for which every open ticket is looked at.

    Read in one transaction. Raises psycopg.Error where the registry is away."""
    asked = _asked(now, limits, areas) | {"overdue": overdue, "limit": limit}
    with _connection(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        backlog = _backlog(connection.execute(BACKLOG, asked).fetchall()) if counted else ()
        ended = connection.execute(WHERE_IT_ENDED, [after]).fetchone() if after else None
        asked |= {"after": after if ended else 0, "after_at": ended["filed_at"] if ended else "-infinity"}
        tickets = tuple(ticket_from(row) for row in connection.execute(OPEN, asked).fetchall())
        done = connection.execute(CLOSED, asked | {"limit": closed}).fetchall()
        ids = [item.ticket_id for item in tickets] + [row["ticket_id"] for row in done]
        events: dict[int, tuple[TicketEvent, ...]] = {}
        for row in connection.execute(EVENTS, {"ids": ids}).fetchall():
            number = row.pop("ticket_id")
            events[number] = (*events.get(number, ()), TicketEvent(**row))
    return Queue(backlog=backlog, tickets=tickets, closed=tuple(ticket_from(row) for row in done), events=events)


def backlogs(url: str, *, now: datetime, limits: Limits) -> tuple[Backlog, ...]:
    """Of every province that has open tickets, the most overdue first. Raises psycopg.Error."""
    with _connection(url) as connection:
        return _backlog(connection.execute(BACKLOG, _asked(now, limits, None)).fetchall())


def ticket_from(row: Mapping[str, Any]) -> Ticket:
    """From a row of operations.ticket_queue."""
    return Ticket(
        ticket_id=row["ticket_id"],
        number=row["number"],
        person=row["person_key"],
        kind=Kind(row["kind"]),
        area=row["area_code"],
        site=row["site_code"],
        product=row["product_code"],
        injected_on=row["injected_on"],
        dose_id=row["dose_id"],
        filed_at=row["filed_at"],
        state=State(row["state"]),
        owner=row["owner"],
        answer=row["answer"],
        closing=row["closing"],
        corrected_by=row["corrected_by"],
        changed_at=row["changed_at"],
        changed_by=row["changed_by"],
    )


def _backlog(rows: Iterable[DictRow]) -> tuple[Backlog, ...]:
    return tuple(Backlog(**row) for row in rows)


def _asked(now: datetime, limits: Limits, areas: Collection[str] | None) -> dict[str, Any]:
    before = {kind.value: limits.before(kind, now) for kind in Kind}
    return {"areas": None if areas is None else list(areas), **before}


def _connection(url: str) -> psycopg.Connection[DictRow]:
    return psycopg.Connection[DictRow].connect(url, row_factory=dict_row, connect_timeout=3)
