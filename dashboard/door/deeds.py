"""Decisions on screen: let a held feed pass, repair a record, lock a day, change what the campaign is held to,
confirm or explain a province's figures, save or withdraw a scenario.

The actor is the account signed in."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg
from flask import Flask, Response, request

from campaign.access import Permission
from dashboard.door import addresses, scenario_deeds
from dashboard.door.caller import caller
from dashboard.door.cookies import against_forgery
from dashboard.door.deed_acts import (
    ACTS,
    CONFIRM,
    DENOMINATOR,
    EXPLAIN,
    KEYS,
    LOCK,
    RELEASE,
    REPAIR,
    SCENARIO,
    TARGET,
    WITHDRAW,
)
from dashboard.door.deed_desk import DeedDesk, who_acts
from dashboard.door.refusals import reason_why_not
from dashboard.door.table import LOCAL_DEEDS
from dashboard.payloads import see_other
from geo.text import collation_key
from layouts.target_words import goal
from layouts.words import Words
from operations import decisions
from operations.action_log import ActRefused, NotAllowed
from warehouse import reads
from warehouse.files import SnapshotUnavailable

DEEDS = {
    RELEASE: Permission.RELEASE_FEED,
    REPAIR: Permission.REPAIR_RECORD,
    LOCK: Permission.LOCK_FIGURES,
    TARGET: Permission.SET_TARGETS,
    DENOMINATOR: Permission.SET_TARGETS,
    CONFIRM: Permission.CONFIRM_FIGURE,
    EXPLAIN: Permission.CONFIRM_FIGURE,
    SCENARIO: Permission.SAVE_SCENARIO,
    WITHDRAW: Permission.SAVE_SCENARIO,
}
DAYS = frozenset({"day", "due", "since"})
SENT = (
    *("feed", "key", "field", "value", "reason", "day", "early", "target", "percent", "due", "since", "version"),
    *("area", "text", "name", "pace", "declines", "arrivals", "scenario"),
)


def add_deeds(server: Flask, desk: DeedDesk) -> None:
    """Register the page and its forms; the table says who may use which."""

    def decided(deed: str) -> Response:
        return _do(desk, deed)

    server.add_url_rule(addresses.DECIDE, "decide", lambda: _page(desk))
    server.add_url_rule(f"{addresses.DECIDE}/<deed>", "decided", decided, methods=["POST"])


def _page(desk: DeedDesk, *, status: int = 200, failed: str = "", refused: ActRefused | None = None) -> Response:
    """The forms of what the caller may decide, filled with what was sent or what a link brought along."""
    words = desk.door.words
    sent = request.form if request.method == "POST" else request.args
    may = {deed for deed, need in DEEDS.items() if _may(deed, need)}
    stands, gone = scenario_deeds.standing(desk.url(), sent.get("scenario", "")) if WITHDRAW in may else ((), None)
    if gone is not None and refused is None:
        failed, refused = WITHDRAW, gone
    return desk.door.pages.page(
        request,
        "decide",
        status=status,
        csrf=against_forgery(caller().token),
        deeds=[deed for deed in DEEDS if deed in may],
        stopped=_stopped(desk, words) if RELEASE in may else [],
        feeds=[(name, words.named("feed", name)) for name in sorted(KEYS)],
        sent={name: _written(name, sent.get(name, "")) for name in SENT},
        **(_aims(desk, words) if TARGET in may else {}),
        own=_own(desk, words, Permission.CONFIRM_FIGURE) if CONFIRM in may else [],
        places=_places(desk, words) if SCENARIO in may else [],
        scenarios=scenario_deeds.choices(desk.door, stands, words),
        done=request.args.get("done", ""),
        failed=failed,
        refused=reason_why_not(refused, words, desk.door.zone) if refused else "",
    )


def _may(deed: str, need: Permission) -> bool:
    """Nationwide, or for some province where the deed is about one."""
    scope = caller().scope(need)
    return scope.nationwide or (deed in LOCAL_DEEDS and not scope.empty)


def _own(desk: DeedDesk, words: Words, need: Permission) -> list[tuple[str, str]]:
    """The provinces for which the caller may do it, as a dictionary orders them."""
    scope = caller().scope(need)
    names = {code: name for code, name in desk.door.provinces(words).items() if scope.covers(code)}
    return sorted(names.items(), key=lambda item: collation_key(item[1]))


def _places(desk: DeedDesk, words: Words) -> list[tuple[str, str]]:
    """Where the caller may suppose: the nation first, for whoever may for the nation."""
    own = _own(desk, words, Permission.SAVE_SCENARIO)
    return [("", words("table.nation")), *own] if caller().scope(Permission.SAVE_SCENARIO).nationwide else own


def _stopped(desk: DeedDesk, words: Words) -> list[tuple[str, str]]:
    states = decisions.feed_states(desk.snapshots)
    return [(name, words.named("feed", name)) for name, state in states.items() if state[0] in decisions.STOPPED]


def _aims(desk: DeedDesk, words: Words) -> dict[str, Any]:
    """The targets in force, and the populations that there are; nothing before the first publication."""
    try:
        version = desk.snapshots.current()
        held = reads.targets(desk.snapshots, version)
        names = reads.denominators(desk.snapshots, version)
        now = reads.info(desk.snapshots, version).denominator
    except SnapshotUnavailable:
        return {"aims": [], "populations": [], "population": ""}
    return {
        "aims": [(item.target_id, goal(item, words)) for item in held],
        "populations": [(name, words.named("denominator", name)) for name in names],
        "population": now,
    }


def _do(desk: DeedDesk, deed: str) -> Response:
    """303 to the page that says so, or the page again with the reason why not."""
    url = desk.url()
    if url is None:
        return desk.door.pages.notice(request, "registry", status=503)
    try:
        _carry_out(desk, deed, url)
    except ActRefused as refused:
        return _page(desk, status=403 if isinstance(refused, NotAllowed) else 400, failed=deed, refused=refused)
    except SnapshotUnavailable as error:
        return _page(desk, status=400, failed=deed, refused=ActRefused(str(error), "no_snapshot"))
    except psycopg.OperationalError:
        return desk.door.pages.notice(request, "registry", status=503)
    return see_other(f"{addresses.DECIDE}?done={deed}")


def _carry_out(desk: DeedDesk, deed: str, url: str) -> None:
    """Raises ActRefused; whether the account may is asked again in the transaction of the act itself."""
    ACTS[deed](desk, url, who_acts(desk))


def _written(name: str, text: str) -> str:
    """What a form is filled with: a day from a link as the form writes days."""
    if name not in DAYS:
        return text
    try:
        return date.fromisoformat(text).strftime("%d/%m/%Y")
    except ValueError:
        return text
