"""The page of shift handover: what is open, what was promised, what to watch; signed by who goes and by who comes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import asdict
from typing import Any

import psycopg
from flask import Flask, Response, request

from campaign.access import Permission, Scope
from campaign.handover import Handover, Item, items_of
from campaign.incidents import AREA_LABELS
from dashboard.door import addresses
from dashboard.door.caller import caller
from dashboard.door.cookies import against_forgery
from dashboard.door.deed_desk import DeedDesk, count_of, who_acts
from dashboard.door.refusals import reason_why_not
from dashboard.payloads import see_other
from geo.text import collation_key
from layouts import format as fmt
from layouts.place_names import Names
from layouts.words import Words
from operations import handover
from operations.action_log import ActRefused, NotAllowed
from operations.incident_board import board

GIVE, TAKE = "giao", "nhan"
SHOWN = 20
# By the codes of the stores that are to be named.
NamesIn = Callable[[Words, Collection[str]], Names]


def add_handovers(server: Flask, desk: DeedDesk, names: NamesIn) -> None:
    """Register the page and its two signatures."""

    def shown() -> Response:
        url = desk.url()
        if url is None:
            return desk.door.pages.notice(request, "registry", status=503)
        try:
            return _page(desk, url, names)
        except psycopg.OperationalError:
            return desk.door.pages.notice(request, "registry", status=503)

    def signed(deed: str) -> Response:
        url = desk.url()
        if url is None:
            return desk.door.pages.notice(request, "registry", status=503)
        try:
            return _sign(desk, url, deed, names)
        except psycopg.OperationalError:
            return desk.door.pages.notice(request, "registry", status=503)

    server.add_url_rule(addresses.HANDOVER, "handover", shown)
    server.add_url_rule(f"{addresses.HANDOVER}/<deed>", "sign_handover", signed, methods=["POST"])


def _page(desk: DeedDesk, url: str, names: NamesIn, *, status: int = 200, failed: str = "", why: str = "") -> Response:
    words = desk.door.words
    handles, sees = caller().scope(Permission.HANDLE_ALERT), caller().scope(Permission.SEE_ALERTS)
    person = caller().person
    login = person.login if person else ""
    rows = board(url, areas=None if sees.nationwide else sees.provinces, closed=0).incidents
    seen = None if sees.nationwide else sees.provinces
    kept = handover.handovers(url, areas=seen, limit=SHOWN)
    open_now = items_of(rows)
    items = [*open_now, *(item for one in kept for item in one.items)]
    named = names(words, {item.labels["store"] for item in items if "store" in item.labels})
    return desk.door.pages.page(
        request,
        "handover",
        status=status,
        csrf=against_forgery(caller().token),
        own=_own(desk, words, handles),
        open=[_item(item, words, desk, named) for item in open_now],
        waiting=[_told(item, words, desk, named, login, handles) for item in kept if item.waits],
        signed=[_told(item, words, desk, named, login, handles) for item in kept if not item.waits],
        sent={name: request.form.get(name, "") for name in ("area", "watch")},
        longest=handover.LONGEST_WATCH,
        failed=failed,
        why=why,
        done=request.args.get("done", "") if request.method == "GET" else "",
    )


def _sign(desk: DeedDesk, url: str, deed: str, names: NamesIn) -> Response:
    """303 to the page, or the page again with the reason why not and what was written."""
    sent, by = request.form, who_acts(desk)
    try:
        if deed == GIVE:
            areas = desk.door.provinces(desk.door.words)
            handover.give(url, area=sent.get("area", ""), watch=sent.get("watch", ""), areas=areas, by=by)
        else:
            handover.take(url, count_of(sent.get("number", "")), by=by)
    except ActRefused as refused:
        why = reason_why_not(refused, desk.door.words, desk.door.zone)
        return _page(desk, url, names, status=403 if isinstance(refused, NotAllowed) else 400, failed=deed, why=why)
    return see_other(f"{addresses.HANDOVER}?done={deed}")


def _own(desk: DeedDesk, words: Words, scope: Scope) -> list[tuple[str, str]]:
    codes = [(code, name) for code, name in desk.door.provinces(words).items() if scope.covers(code)]
    nation = [("", words("table.nation"))] if scope.nationwide else []
    return [*nation, *sorted(codes, key=lambda item: collation_key(item[1]))]


def _told(item: Handover, words: Words, desk: DeedDesk, names: Names, login: str, handles: Scope) -> dict[str, Any]:
    place = desk.door.provinces(words).get(item.area, item.area) if item.area else words("table.nation")
    return {
        **asdict(item),
        "place": place,
        "items": [_item(row, words, desk, names) for row in item.items],
        "given": fmt.instant(item.given_at, words, desk.door.zone),
        "taken": fmt.instant(item.taken_at, words, desk.door.zone) if item.taken_at else "",
        "withdrawn": item.withdrawn_at is not None,
        "may_take": item.waits and item.given_by != login and handles.covers(item.area or None),
        "mine": item.given_by == login,
    }


def _item(item: Item, words: Words, desk: DeedDesk, names: Names) -> dict[str, Any]:
    """One incident in a line: what and where, how it stands, what was promised."""
    places = [
        names(label, item.labels[label])
        for label in (*AREA_LABELS, "district", "store", "feed")
        if label in item.labels
    ]
    state = item.state if item.fires else "over"
    return {
        "number": item.incident_id,
        "rule": words.named("rule", item.rule),
        "severity": item.severity,
        "severity_text": words.named("severity", item.severity),
        "where": ", ".join(places) or words("table.nation"),
        "state": words.named("incident_state", state),
        "members": fmt.whole(item.members, words.language),
        "since": fmt.instant(item.opened_at, words, desk.door.zone),
        "owner": item.owner,
        "comment": item.comment,
        "promised": fmt.instant(item.promised_until, words, desk.door.zone) if item.promised_until else "",
    }
