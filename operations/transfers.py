"""Acts of named persons on a transfer that was received short, or over: what became of the difference.

What was said, what it writes in the ledger, and its line in the audit are one transaction: of a process that is killed
everything stands, or nothing. Who closes says what they saw: of two who saw the same, one wins. Nothing is taken back;
the next act, or an entry of the stores themselves, corrects it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import DictRow

from campaign.access import Permission
from campaign.ledger import Movement
from campaign.transfers import (
    AT_SENDER,
    GONE,
    Booking,
    Delivery,
    Outcome,
    Promise,
    bookings,
    deliveries,
    falls_below_zero,
)
from operations.action_log import ActRefused, acting, check_known, connect, said, write_log
from operations.decisions import Actor
from operations.ledger_entries import draw_numbers, enter
from operations.ledger_lock import lock_ledger
from operations.plan_stock import between

ACTION, PERMISSION = "transfer_closed", Permission.APPROVE_TRANSFER
STORES = "SELECT code, name_vi, province_code FROM registry.store WHERE code = ANY(%s)"
LOT = "SELECT product_code FROM registry.lot WHERE lot_number = %s"
MOVEMENTS = (
    "WITH part AS (SELECT %(store)s::text AS store_code UNION "
    "SELECT store_code FROM registry.stock_movement WHERE counterpart_code = %(store)s AND lot_number = %(lot)s "
    "AND kind IN ('issue', 'transfer_out') UNION "
    "SELECT counterpart_code FROM registry.stock_movement WHERE store_code = %(store)s AND lot_number = %(lot)s "
    "AND kind IN ('receipt', 'transfer_in') AND counterpart_code IS NOT NULL) "
    "SELECT m.movement_id, m.store_code AS store, m.lot_number AS lot, m.kind, m.doses, m.occurred_at, m.recorded_at, "
    "m.counted, m.counterpart_code AS counterpart, m.cancels_id, m.thawed_on, m.reason, m.decision_id "
    "FROM registry.stock_movement AS m JOIN part USING (store_code) WHERE m.lot_number = %(lot)s"
)
CLOSINGS = (
    "SELECT sender_code AS sender, version, outcome, open_doses, doses, expected_on, reason, actor, decided_at, "
    "campaign_at FROM operations.transfer_closing WHERE store_code = %s AND lot_number = %s ORDER BY closing_id"
)
CLOSE = (
    "INSERT INTO operations.transfer_closing (sender_code, store_code, lot_number, version, outcome, open_doses, "
    "doses, expected_on, reason, actor, decided_at, campaign_at, movement_ids) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING closing_id"
)
# The newest word on each transfer counts; a day that is over excuses nothing.
PROMISED = (
    "SELECT store_code AS store, lot_number AS lot, doses, campaign_at AS said_at FROM (SELECT DISTINCT ON "
    "(store_code, lot_number, sender_code) store_code, lot_number, sender_code, outcome, doses, expected_on, "
    "campaign_at FROM operations.transfer_closing "
    "ORDER BY store_code, lot_number, sender_code, version DESC) AS newest "
    "WHERE outcome = 'expected' AND expected_on >= %s ORDER BY store_code, lot_number, sender_code"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person says of a difference. version, open_doses: as they saw them. doses: how many of it; None: all.
    expected_on: of EXPECTED alone, the day until which they are waited for."""

    store: str
    lot: str
    sender: str
    outcome: str
    reason: str
    version: int
    open_doses: int
    doses: int | None = None
    expected_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What was said. open_doses: the difference then."""

    sender: str
    version: int
    outcome: Outcome
    open_doses: int
    doses: int
    expected_on: date | None
    reason: str
    actor: str
    decided_at: datetime
    campaign_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A store; province: None of those of the nation, a region, or a central unit."""

    code: str
    name: str
    province: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What one store sent of the lot, and what was said of it, oldest first."""

    sender: Party
    delivery: Delivery
    closings: tuple[Closing, ...]

    @property
    def version(self) -> int:
        return len(self.closings)

    @property
    def gone(self) -> int:
        """Doses said to be lost or spoiled on the way: the ledger takes them in and writes them off."""
        return sum(item.doses for item in self.closings if item.outcome in GONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """All that was sent of a lot to a store, by sender, what is open first."""

    store: Party
    lot: str
    product: str
    now: datetime
    links: tuple[Link, ...]
    movements: tuple[Movement, ...]
    decisions: Mapping[int, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """left: of the difference, after the act. written: numbers of the entries in the ledger."""

    closing_id: int
    version: int
    store: str
    lot: str
    sender: str
    outcome: str
    doses: int
    left: int
    expected_on: date | None
    written: tuple[int, ...]
    actor: str
    reason: str


def look(connection: psycopg.Connection[DictRow], *, store: str, lot: str, now: datetime) -> Seen:
    """Raises ActRefused for a store or a lot that nobody knows. now: campaign time."""
    product = connection.execute(LOT, [lot]).fetchone()
    rows = connection.execute(MOVEMENTS, {"store": store, "lot": lot}).fetchall()
    decisions = {int(row["movement_id"]): row.pop("decision_id") for row in rows}
    movements = tuple(Movement(**row) for row in rows)
    found = deliveries(movements, store=store, lot=lot)
    parties = {
        row["code"]: Party(code=row["code"], name=row["name_vi"], province=row["province_code"])
        for row in connection.execute(STORES, [[store, *(item.sender for item in found)]]).fetchall()
    }
    if store not in parties:
        raise ActRefused(f"no store is called '{store}'", "unknown_store", name=store)
    if product is None:
        raise ActRefused(f"no lot has the number {lot}", "no_lot", lot=lot)
    told = [
        Closing(outcome=Outcome(row.pop("outcome")), **row)
        for row in connection.execute(CLOSINGS, [store, lot]).fetchall()
    ]
    return Seen(
        store=parties[store],
        lot=lot,
        product=product["product_code"],
        now=now,
        links=tuple(_link(item, parties, told) for item in found),
        movements=movements,
        decisions=decisions,
    )


def close(url: str, asked: Asked, *, zone: ZoneInfo, most_days: int, by: Actor, campaign_now: datetime) -> Closed:
    """Raises ActRefused: no such transfer, nothing open, somebody else was faster, an outcome that does not go with it,
    more doses than are open, a day that is over or too far ahead (`most_days`), a level that would fall below zero,
    doses of a plan that nobody received by it."""
    check_known("outcome", asked.outcome, frozenset(Outcome))
    outcome = Outcome(asked.outcome)
    store, lot, why = said("store", asked.store), said("lot", asked.lot), said("reason", asked.reason)
    book = asked.sender if outcome in AT_SENDER else store
    with connect(url) as connection:
        row = connection.execute(STORES, [[book]]).fetchone()
    with acting(
        url,
        actor=by.name,
        permission=PERMISSION,
        action=ACTION,
        subject=store,
        area=row["province_code"] if row else None,
        origin=by.origin,
        request_id=by.request_id,
    ) as act:
        connection = act.connection
        lock_ledger(connection)
        seen = look(connection, store=store, lot=lot, now=campaign_now)
        link = _meant(seen, asked)
        doses = _doses(link, asked, outcome)
        _not_on_the_way(connection, link, asked, outcome, doses)
        until = _until(asked, outcome, today=campaign_now.astimezone(zone).date(), most_days=most_days)
        written = _write(connection, seen, bookings(link.delivery, outcome, doses, now=campaign_now), by)
        told = [link.version + 1, outcome.value, link.delivery.open, doses, until, why, act.author.name]
        made = connection.execute(
            CLOSE, [asked.sender, store, lot, *told, by.now, campaign_now, list(written)]
        ).fetchone()
        detail = {"lot": lot, "sender": asked.sender, "became": outcome.value, "doses": doses, "reason": why}
        detail |= {"until": until.isoformat()} if until else {}
        write_log(connection, by.now, act.author, ACTION, store, detail)
    change = 0 if outcome is Outcome.EXPECTED else doses if link.delivery.open > 0 else -doses
    return Closed(
        closing_id=int(made["closing_id"]) if made else 0,
        version=link.version + 1,
        store=store,
        lot=lot,
        sender=asked.sender,
        outcome=outcome.value,
        doses=doses,
        left=link.delivery.open - change,
        expected_on=until,
        written=written,
        actor=act.author.name,
        reason=why,
    )


def promised(url: str, *, today: date) -> tuple[Promise, ...]:
    """What somebody said is still on its way, until a day that is not over. `today`: of the campaign."""
    with connect(url) as connection:
        return tuple(Promise(**row) for row in connection.execute(PROMISED, [today]).fetchall())


def _link(item: Delivery, parties: Mapping[str, Party], told: Iterable[Closing]) -> Link:
    sender = parties.get(item.sender, Party(code=item.sender, name=item.sender, province=None))
    return Link(
        sender=sender, delivery=item, closings=tuple(closing for closing in told if closing.sender == item.sender)
    )


def _meant(seen: Seen, asked: Asked) -> Link:
    """Raises ActRefused."""
    link = next((item for item in seen.links if item.sender.code == asked.sender), None)
    if link is None:
        raise ActRefused(
            f"{asked.sender} sent nothing of lot {seen.lot} to {seen.store.code}", "no_transfer", lot=seen.lot
        )
    if link.version != asked.version or link.delivery.open != asked.open_doses:
        newest = link.closings[-1].actor if link.version > asked.version else "-"
        raise ActRefused(f"the transfer changed in the meantime ({newest}): look again", "transfer_changed", who=newest)
    if not link.delivery.open:
        raise ActRefused("as much was received as was sent: nothing is open", "transfer_even")
    return link


def _doses(link: Link, asked: Asked, outcome: Outcome) -> int:
    """Raises ActRefused."""
    missing = abs(link.delivery.open)
    if outcome not in link.delivery.outcomes:
        raise ActRefused(
            f"{outcome.value} does not go with {link.delivery.open:,} doses open",
            "transfer_outcome",
            outcome=outcome.value,
        )
    doses = missing if asked.doses is None else asked.doses
    if not 0 < doses <= missing:
        raise ActRefused(f"{doses:,} doses: at most {missing:,} are open", "transfer_doses", doses=doses, most=missing)
    return doses


def _not_on_the_way(
    connection: psycopg.Connection[DictRow], link: Link, asked: Asked, outcome: Outcome, doses: int
) -> None:
    """What left by a plan is received by it, if only as 0 doses: closed here and received there, it would be in the
    ledger twice. Raises ActRefused."""
    if outcome is Outcome.EXPECTED or link.delivery.open < 0:
        return
    way = between(connection, sender=asked.sender, store=asked.store.strip(), lot=asked.lot.strip())
    may = max(link.delivery.open - sum(way.values()), 0)
    if way and doses > may:
        raise ActRefused(
            f"plan {min(way)} has doses of these on their way: receive them by it; {may:,} may be closed here",
            "transfer_of_plan",
            plan=min(way),
            doses=doses,
            free=may,
        )


def _until(asked: Asked, outcome: Outcome, *, today: date, most_days: int) -> date | None:
    """Raises ActRefused."""
    if outcome is not Outcome.EXPECTED:
        if asked.expected_on is not None:
            raise ActRefused("a day goes with `expected` only", "day_not_expected")
        return None
    latest = today + timedelta(days=most_days)
    if asked.expected_on is None or not today <= asked.expected_on <= latest:
        raise ActRefused(
            f"say until which day they are expected, from {today} to {latest}", "expected_day", day=today, last=latest
        )
    return asked.expected_on


def _write(
    connection: psycopg.Connection[DictRow], seen: Seen, entries: Sequence[Booking], by: Actor
) -> tuple[int, ...]:
    """The entries in the ledger. Raises ActRefused where one would bring a level below zero."""
    if not entries:
        return ()
    # Of one instant the ledger goes by the number: the doses are there before they leave.
    numbers = draw_numbers(connection, len(entries))
    made = [
        Movement(
            movement_id=number, store=item.store, lot=seen.lot, kind=item.kind, doses=item.doses,
            occurred_at=item.occurred_at, recorded_at=by.now, counterpart=item.counterpart, cancels_id=item.cancels_id,
            reason=item.reason or None,
        )
        for number, item in zip(numbers, entries, strict=True)
    ]  # fmt: skip
    pair = falls_below_zero(seen.movements, made)
    if pair is not None:
        raise ActRefused(
            f"{pair[0]} has fewer doses of lot {pair[1]}: its level would fall below zero", "below_zero", store=pair[0]
        )
    for entry, item in zip(made, entries, strict=True):
        enter(connection, entry, decision=seen.decisions.get(item.like) if item.like is not None else None)
    return tuple(numbers)
