"""The queue of citizens' correction tickets beside the console: backlog by province, the oldest first, what is done.

Whoever sees alerts sees those of their provinces; whoever may handle tickets there acts on them. No name of a citizen
is known here: a ticket has a number, and the person is the keyed hash of the feeds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from math import ceil

import psycopg
from flask import Flask, Response, request

from campaign.access import Permission
from campaign.spreadsheet import csv_line
from campaign.tickets import Closing, Limits, Ticket
from dashboard.door import addresses
from dashboard.door.caller import caller
from dashboard.door.cookies import against_forgery
from dashboard.door.deed_desk import DeedDesk, count_of, who_acts
from dashboard.door.refusals import reason_why_not
from dashboard.door.ticket_rows import TicketRows
from dashboard.files import MARK
from dashboard.payloads import NEVER, see_other
from geo.text import collation_key
from layouts import format as fmt
from layouts.help_layer import told_below
from operations import thresholds, tickets
from operations.action_log import ActRefused, NotAllowed
from operations.ticket_queue import Queue, queue
from settings.tunable import tuned
from warehouse import reads
from warehouse.files import SnapshotUnavailable
from warehouse.reference import load_product_names

ASSIGN, ANSWER, CLOSE = "giao", "tra-loi", "dong"
SHOWN, IN_FILE = 60, 50_000
NUMBER_DIGITS = 18
# Of the file: the same names as `app.py tickets --json`.
FILE_HEAD = (
    *("number", "kind", "area", "site", "product", "injected_on", "filed_at", "due_at", "overdue", "state", "owner"),
    *("answer", "person"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """What could not be done with which ticket, and why; what was typed stays in the form."""

    ticket: int
    deed: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is asked for. area: one province, '' all of the reader's. now: campaign time."""

    areas: frozenset[str] | None
    area: str
    overdue: bool
    after: int
    now: datetime
    limits: Limits

    @property
    def only(self) -> frozenset[str] | None:
        """Provinces of the list; None: all of them, and tickets of none. One outside the reader's scope has none."""
        if not self.area:
            return self.areas
        return frozenset({self.area}) if self.areas is None or self.area in self.areas else frozenset()


def add_tickets(server: Flask, desk: DeedDesk) -> None:
    """Register the page, its forms and its file; the table says who may use which."""

    def handled(ticket: int, deed: str) -> Response:
        return _answered(desk, lambda url: _handle(desk, url, ticket, deed))

    server.add_url_rule(addresses.TICKETS, "tickets", lambda: _answered(desk, lambda url: _page(desk, url)))
    server.add_url_rule(addresses.TICKETS_FILE, "tickets_file", lambda: _answered(desk, lambda url: _file(desk, url)))
    server.add_url_rule(f"{addresses.TICKETS}/<int:ticket>/<deed>", "handle_ticket", handled, methods=["POST"])


def _answered(desk: DeedDesk, answer: Callable[[str], Response]) -> Response:
    url = desk.url()
    if url is None:
        return desk.door.pages.notice(request, "registry", status=503)
    try:
        return answer(url)
    except psycopg.OperationalError:
        return desk.door.pages.notice(request, "registry", status=503)


def _look(desk: DeedDesk, url: str) -> Look:
    sees = caller().scope(Permission.SEE_ALERTS)
    settings, _ = tuned(desk.settings, thresholds.in_force(url))
    return Look(
        areas=None if sees.nationwide else sees.provinces,
        area=request.args.get("area", "").strip(),
        overdue=request.args.get("overdue", "") == "1",
        after=_after(),
        now=_campaign_now(desk),
        limits=settings.tickets.limits,
    )


def _after() -> int:
    """The ticket that the page before ended with; what we did not write there is the first page."""
    text = request.args.get("after", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= NUMBER_DIGITS else 0


def _at(look: Look, pages: int) -> int:
    """Which page this is, as the one before it said; 0 where the address does not say, or says what cannot be."""
    if not look.after:
        return 1
    text = request.args.get("trang", "")
    at = int(text) if text.isascii() and text.isdecimal() and len(text) <= NUMBER_DIGITS else 0
    return at if 1 < at <= pages else 0


def _campaign_now(desk: DeedDesk) -> datetime:
    """As of the newest snapshot; before the first one the wall's: then there are no tickets of a demonstration yet."""
    try:
        return reads.info(desk.snapshots, desk.snapshots.current()).as_of
    except SnapshotUnavailable:
        return desk.door.wall()


def _page(desk: DeedDesk, url: str, *, status: int = 200, failed: Failed | None = None) -> Response:
    words, look = desk.door.words, _look(desk, url)
    handles = caller().scope(Permission.HANDLE_TICKET)
    names = desk.door.provinces(words)
    rows = TicketRows(
        words=words,
        zone=desk.door.zone,
        names=names,
        products=load_product_names(desk.settings.reference_dir),
        sites=desk.gazetteer.sites,
        handles=handles,
        now=look.now,
        limits=look.limits,
    )
    whole = queue(url, now=look.now, limits=look.limits, areas=look.areas, limit=0, closed=0)
    own = queue(
        url,
        now=look.now,
        limits=look.limits,
        areas=look.only,
        overdue=look.overdue,
        limit=SHOWN + 1,
        after=look.after,
        counted=False,
    )
    shown, more = own.tickets[:SHOWN], len(own.tickets) > SHOWN
    wanted = _wanted(whole, look)
    pages = max(1, ceil(wanted / SHOWN))
    sent = request.form if request.method == "POST" else {}
    return desk.door.pages.page(
        request,
        "tickets",
        status=status,
        csrf=against_forgery(caller().token),
        backlog=rows.backlog(whole.backlog),
        total=rows.total(whole.backlog),
        places=_places(whole, names, look.areas),
        area=look.area,
        overdue=look.overdue,
        tickets=rows.tickets(shown, own.events),
        wanted=rows.whole(wanted),
        at=_at(look, pages),
        of=pages,
        after=look.after,
        next=shown[-1].ticket_id if more else 0,
        closed=rows.tickets(own.closed, own.events),
        closings=[(item.value, words(f"ticket_closing.{item.value}")) for item in Closing],
        handles=not handles.empty,
        sent={name: sent.get(name, "") for name in ("to", "note", "text", "closing", "dose", "reason")},
        failed=failed,
        done=_done(),
        as_of=fmt.capital(fmt.as_of(look.now, words, desk.door.zone)),
        definitions=told_below("tickets", words),
    )


def _wanted(whole: Queue, look: Look) -> int:
    """How many the list has in all its pages."""
    own = [item for item in whole.backlog if look.only is None or item.area in look.only]
    return sum(item.overdue if look.overdue else item.open for item in own)


def _places(found: Queue, names: dict[str, str], areas: frozenset[str] | None) -> list[tuple[str, str]]:
    """Provinces that have open tickets, by name."""
    codes = {item.area for item in found.backlog if item.area and (areas is None or item.area in areas)}
    return sorted(((code, names.get(code, code)) for code in codes), key=lambda item: collation_key(item[1]))


def _done() -> tuple[str, str] | None:
    """What the address says was just done; anything that we did not write there is nothing."""
    deed, number = request.args.get("done", ""), request.args.get("ticket", "")
    if request.method != "GET" or deed not in (ASSIGN, ANSWER, CLOSE) or not number.isdecimal():
        return None
    return deed, number


def _handle(desk: DeedDesk, url: str, ticket: int, deed: str) -> Response:
    """303 to the page, which says what was done; or the page again with the reason why not."""
    try:
        _carry_out(desk, url, ticket, deed)
    except ActRefused as refused:
        why = reason_why_not(refused, desk.door.words, desk.door.zone)
        status = 403 if isinstance(refused, NotAllowed) else 400
        return _page(desk, url, status=status, failed=Failed(ticket=ticket, deed=deed, why=why))
    return see_other(f"{addresses.TICKETS}?done={deed}&ticket={ticket}#phieu-{ticket}")


def _carry_out(desk: DeedDesk, url: str, ticket: int, deed: str) -> None:
    """Raises ActRefused; whether the account may is asked again in the transaction of the act itself."""
    sent, by = request.form, who_acts(desk)
    if deed == ASSIGN:
        tickets.assign(url, ticket, to=sent.get("to", ""), note=sent.get("note", ""), by=by)
    elif deed == ANSWER:
        tickets.answer(url, ticket, text=sent.get("text", ""), by=by)
    else:
        dose = count_of(sent["dose"]) if sent.get("dose", "").strip() else None
        tickets.close(url, ticket, closing=sent.get("closing", ""), reason=sent.get("reason", ""), dose=dose, by=by)


def _file(desk: DeedDesk, url: str) -> Response:
    """Every open ticket that is asked for, the oldest first."""
    look = _look(desk, url)
    found = queue(
        url,
        now=look.now,
        limits=look.limits,
        areas=look.only,
        overdue=look.overdue,
        limit=IN_FILE,
        closed=0,
        counted=False,
    )
    response = Response(
        MARK + csv_line(FILE_HEAD) + "".join(_lines(found.tickets, look)), mimetype="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="tickets.csv"'
    response.headers["Cache-Control"] = NEVER
    return response


def _lines(found: Iterable[Ticket], look: Look) -> Iterable[str]:
    for item in found:
        due = look.limits.due(item)
        yield csv_line(
            (
                item.number,
                item.kind.value,
                item.area,
                item.site,
                item.product,
                item.injected_on.isoformat() if item.injected_on else "",
                item.filed_at.isoformat(),
                due.isoformat(),
                int(look.now > due),
                item.state.value,
                item.owner,
                item.answer,
                item.person,
            )
        )
