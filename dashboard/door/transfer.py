"""What was sent of a lot to a store and what came there, and the act that says what became of the difference.

Read from the registry when it is opened; plain forms, which need no script. A store outside the reader's provinces is
refused as one that nobody knows is: it does not tell that there is one."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import psycopg
from flask import Flask, Response, request

from campaign.access import Permission
from campaign.transfers import AT_SENDER, GONE, Delivery, Outcome
from dashboard.door import addresses
from dashboard.door.caller import caller
from dashboard.door.cookies import against_forgery
from dashboard.door.deed_desk import DeedDesk, who_acts
from dashboard.door.refusals import reason_why_not
from dashboard.door.typed import day_or_none, doses_of
from dashboard.payloads import see_other
from etl.coldchain_intake import present_of
from layouts import format as fmt
from layouts.words import Words
from operations.action_log import ActRefused, NotAllowed, connect
from operations.transfers import PERMISSION, Asked, Closing, Link, Seen, close, look
from warehouse.reference import load_product_names

DEED = "dong"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTold:
    """One sender. tone, icon, head: the difference in one sentence. legs: when, what, how many doses, newest first.
    choices: what the reader may say of it; history: what, who, when, why, newest first."""

    sender: str
    name: str
    tone: str
    icon: str
    head: str
    open: int
    missing: int
    version: int
    legs: tuple[tuple[str, str, str], ...]
    choices: tuple[tuple[str, str], ...]
    history: tuple[tuple[str, str, str, str], ...]


def add_transfer(server: Flask, desk: DeedDesk) -> None:
    """Register the page and its form; the table says who may use them, and the act where."""
    server.add_url_rule(addresses.TRANSFER, "transfer", lambda: _page(desk))

    def closed(deed: str) -> Response:
        url = desk.url()
        if url is None or deed != DEED:
            return desk.door.pages.notice(request, "registry", status=503)
        try:
            return _take(desk, url)
        except ActRefused as refused:
            status = 403 if isinstance(refused, NotAllowed) else 400
            return _page(desk, status=status, refused=reason_why_not(refused, desk.door.words, desk.door.zone))
        except psycopg.OperationalError:
            return desk.door.pages.notice(request, "registry", status=503)

    server.add_url_rule(f"{addresses.TRANSFER}/<deed>", "close_transfer", closed, methods=["POST"])


def _take(desk: DeedDesk, url: str) -> Response:
    """Raises ActRefused."""
    sent = request.form
    with connect(url) as connection:
        now = present_of(connection)
    outcome = sent.get("outcome", "")
    asked = Asked(
        store=sent.get("store", "").strip(),
        lot=sent.get("lot", "").strip(),
        sender=sent.get("sender", "").strip(),
        outcome=outcome,
        reason=sent.get("reason", ""),
        version=_number(sent.get("version", "")),
        open_doses=_number(sent.get("open", "")),
        doses=doses_of(sent["doses"]) if sent.get("doses", "").strip() else None,
        # A day that was filled in and is not asked for says nothing.
        expected_on=day_or_none(sent.get("until", "")) if outcome == Outcome.EXPECTED else None,
    )
    zone = ZoneInfo(desk.settings.campaign.timezone)
    most = desk.settings.stock.promise_days
    made = close(url, asked, zone=zone, most_days=most, by=who_acts(desk), campaign_now=now)
    told = {"store": made.store, "lot": made.lot, "done": made.outcome}
    return see_other(f"{addresses.TRANSFER}?{urlencode(told)}")


def _number(text: str) -> int:
    """As readers write it, "1.200" and "1,200" too. Raises ActRefused."""
    plain = text.strip().replace(".", "").replace(",", "").replace(" ", "")
    try:
        return int(plain)
    except ValueError as error:
        raise ActRefused(f"'{text[:20]}' is no number of doses", "no_doses", text=text[:20]) from error


def _page(desk: DeedDesk, *, status: int = 200, refused: str = "") -> Response:
    words = desk.door.words
    sent = request.form if request.method == "POST" else request.args
    store, lot = sent.get("store", "").strip()[:64], sent.get("lot", "").strip()[:64]
    url = desk.url()
    if url is None:
        return desk.door.pages.notice(request, "registry", status=503)
    seen, unknown = None, ""
    names = load_product_names(desk.settings.reference_dir)
    try:
        if store and lot:
            seen = _seen(url, store, lot)
    except ActRefused as error:
        unknown, status = reason_why_not(error, words, desk.door.zone), 404
    except psycopg.OperationalError:
        return desk.door.pages.notice(request, "registry", status=503)
    done = sent.get("done", "") if request.method == "GET" else ""
    return desk.door.pages.page(
        request,
        "transfer",
        status=status,
        csrf=against_forgery(caller().token),
        store=store,
        lot=lot,
        refused=unknown or refused,
        done=words.named("transfer_done", done) if done in frozenset(Outcome) else "",
        sent={name: sent.get(name, "")[:500] for name in ("sender", "outcome", "doses", "until", "reason")},
        seen=seen,
        product=names.get(seen.product, seen.product) if seen else "",
        links=[_link(item, seen, desk, words) for item in seen.links] if seen else [],
        back=f"/kho?{urlencode({'store': store})}" if seen else "/kho",
    )


def _seen(url: str, store: str, lot: str) -> Seen:
    """Raises ActRefused."""
    with connect(url) as connection:
        seen = look(connection, store=store, lot=lot, now=present_of(connection))
    if not caller().scope(Permission.SEE_DATA).covers(seen.store.province):
        raise ActRefused(f"no store is called '{store}'", "unknown_store", name=store)
    return seen


def _link(item: Link, seen: Seen, desk: DeedDesk, words: Words) -> LinkTold:
    delivery, zone, language = item.delivery, desk.door.zone, words.language
    kind = "even" if not delivery.open else "short" if delivery.open > 0 else "over"
    told = {
        "sent": fmt.whole(delivery.sent, language),
        "received": fmt.whole(delivery.received - item.gone, language),
        "doses": fmt.whole(abs(delivery.open), language),
    }
    tone, icon = ("good", "check") if kind == "even" else ("open", "warn")
    head = words(f"transfer.{kind}", **told)
    if item.gone:
        head = f"{head} {words('transfer.gone', doses=fmt.whole(item.gone, language))}"
    return LinkTold(
        sender=item.sender.code,
        name=item.sender.name,
        tone=tone,
        icon=icon,
        head=head,
        open=delivery.open,
        missing=abs(delivery.open),
        version=item.version,
        legs=_legs(delivery, words, zone),
        choices=tuple((outcome, words(f"transfer_outcome.{outcome}")) for outcome in _choices(item, seen)),
        history=tuple(_said(closing, words, zone) for closing in reversed(item.closings)),
    )


def _legs(delivery: Delivery, words: Words, zone: ZoneInfo) -> tuple[tuple[str, str, str], ...]:
    legs = [("sent", leg) for leg in delivery.issues]
    # Entries of the centre have numbers below zero: doses that it took in only to write them off.
    off = {reason for _, reason in GONE.values()}
    legs += [
        ("gone" if leg.movement.movement_id < 0 and leg.movement.reason in off else "received", leg)
        for leg in delivery.receipts
    ]
    legs.sort(key=lambda item: item[1].movement.occurred_at, reverse=True)
    return tuple(
        (
            fmt.instant(leg.movement.occurred_at, words, zone),
            words(f"transfer_leg.{name}"),
            fmt.whole(leg.doses, words.language),
        )
        for name, leg in legs
    )


def _choices(item: Link, seen: Seen) -> tuple[Outcome, ...]:
    """What the reader may say: of the store whose ledger it changes."""
    scope = caller().scope(PERMISSION)
    return tuple(
        outcome
        for outcome in item.delivery.outcomes
        if scope.covers(item.sender.province if outcome in AT_SENDER else seen.store.province)
    )


def _said(item: Closing, words: Words, zone: ZoneInfo) -> tuple[str, str, str, str]:
    """What and of how many; who; when; why."""
    what = words(
        "transfer.said", doses=fmt.whole(item.doses, words.language), what=words(f"transfer_outcome.{item.outcome}")
    )
    if item.expected_on is not None:
        what = f"{what} {words('transfer.until', day=fmt.day(item.expected_on, words.language))}"
    return what, item.actor, fmt.instant(item.campaign_at, words, zone), item.reason
