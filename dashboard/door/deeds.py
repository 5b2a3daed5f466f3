"""Decisions on screen: let a held feed pass, repair a record, lock a day, change what the campaign is held to,
confirm or explain a province's figures, save or withdraw a scenario.

The actor is the account signed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import psycopg
from flask import Flask, Response, request

from campaign.access import Permission
from campaign.scenario import Levers
from campaign.statements import Kind
from dashboard.door import addresses, scenario_deeds
from dashboard.door.caller import caller
from dashboard.door.cookies import against_forgery
from dashboard.door.desk import DoorDesk
from dashboard.door.refusals import reason_why_not
from dashboard.door.table import LOCAL_DEEDS
from dashboard.door.typed import day_of
from dashboard.payloads import see_other
from etl.feeds.registry import FEEDS
from geo.gazetteer import Gazetteer
from geo.text import collation_key
from layouts.target_words import goal
from layouts.words import Words
from operations import acts, decisions, scenario_withdrawal
from operations.action_log import ActRefused, NotAllowed
from settings import Settings
from warehouse import reads
from warehouse.files import SnapshotUnavailable
from warehouse.snapshot import Snapshots

RELEASE, REPAIR, LOCK, TARGET, DENOMINATOR = "cho-qua", "sua", "chot", "chi-tieu", "mau-so"
CONFIRM, EXPLAIN, SCENARIO, WITHDRAW = "xac-nhan", "giai-trinh", "kich-ban", "rut-kich-ban"
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
KEYS = {feed.name: feed.key for feed in FEEDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedDesk:
    """`url`: address of the registry as the application's role, None while it is down. `gazetteer`: names of districts
    and sites."""

    door: DoorDesk
    settings: Settings
    snapshots: Snapshots
    url: Callable[[], str | None]
    gazetteer: Gazetteer


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
    sent, by = request.form, who_acts(desk)
    reason = sent.get("reason", "")
    if deed == RELEASE:
        decisions.release(url, desk.snapshots, feed=sent.get("feed", ""), reason=reason, by=by)
    elif deed == REPAIR:
        feed = sent.get("feed", "")
        acts.repair(
            url,
            feed=feed,
            record_key=sent.get("key", ""),
            field=sent.get("field", ""),
            value=sent.get("value", ""),
            reason=reason,
            actor=by.name,
            now=by.now,
            key_field=KEYS.get(feed, ""),
            origin=by.origin,
            request_id=by.request_id,
        )
    elif deed == TARGET:
        asked = decisions.AskedTarget(
            target_id=sent.get("target", ""),
            ratio=_share(sent.get("percent", "")),
            more_than="more" in sent,
            due_on=day_of(sent["due"]) if sent.get("due") else None,
            valid_from=day_of(sent["since"]) if sent.get("since") else None,
        )
        decisions.change_target(url, desk.snapshots, asked, reason=reason, by=by)
    elif deed == DENOMINATOR:
        since = day_of(sent["since"]) if sent.get("since") else None
        decisions.use_denominator(url, desk.snapshots, sent.get("version", ""), valid_from=since, reason=reason, by=by)
    elif deed == SCENARIO:
        decisions.save_scenario(
            url,
            desk.snapshots,
            name=sent.get("name", ""),
            area=sent.get("area", ""),
            levers=Levers(
                pace_percent=count_of(sent.get("pace", "")),
                declines_percent=count_of(sent.get("declines", "")),
                arrivals_weekly=count_of(sent["arrivals"]) if sent.get("arrivals") else None,
            ),
            reason=reason,
            by=by,
        )
    elif deed == WITHDRAW:
        scenario_withdrawal.withdraw_scenario(url, count_of(sent.get("scenario", "")), reason=reason, by=by)
    elif deed in (CONFIRM, EXPLAIN):
        about = Kind.CONFIRMED if deed == CONFIRM else Kind.WITHDRAWN if "withdraw" in sent else Kind.EXPLAINED
        decisions.state_figure(
            url,
            desk.snapshots,
            day=day_of(sent.get("day", "")),
            area=sent.get("area", ""),
            kind=about,
            text=sent.get("text", ""),
            rule=_rule(desk),
            by=by,
        )
    else:
        decisions.lock(
            url,
            desk.snapshots,
            desk.settings.snapshot_dir,
            day=day_of(sent.get("day", "")),
            rule=_rule(desk),
            early="early" in sent,
            reason=reason,
            by=by,
        )


def _rule(desk: DeedDesk) -> decisions.Day:
    campaign = desk.settings.campaign
    return decisions.Day(cutoff_hour=campaign.cutoff_hour, timezone=campaign.timezone, denominator=campaign.denominator)


def who_acts(desk: DeedDesk) -> decisions.Actor:
    person = caller().person
    if person is None:
        raise RuntimeError("the table lets nobody come here without a session")
    author = desk.door.author
    return decisions.Actor(name=person.login, origin=author.origin, now=desk.door.wall(), request_id=author.request_id)


def _share(text: str) -> float:
    """Per cent, with either mark: "72,5" is 0.725."""
    try:
        percent = Fraction(text.strip().replace(",", "."))
    except (ValueError, ZeroDivisionError) as error:
        raise ActRefused(f"'{text[:20]}' is no percentage; write 80 or 72.5", "no_percent", text=text[:20]) from error
    return float(percent / 100)


def count_of(text: str) -> int:
    """Raises ActRefused."""
    bare = text.strip()
    if not (bare.isascii() and bare.isdecimal() and len(bare) < 12):
        raise ActRefused(f"'{text[:20]}' is no whole number", "no_number", text=text[:20])
    return int(bare)


def _written(name: str, text: str) -> str:
    """What a form is filled with: a day from a link as the form writes days."""
    if name not in DAYS:
        return text
    try:
        return date.fromisoformat(text).strftime("%d/%m/%Y")
    except ValueError:
        return text
