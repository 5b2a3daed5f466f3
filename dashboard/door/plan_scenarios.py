"""/ke-hoach/kich-ban: scenarios of plans, a form for a new one; and each on a page beside the plan without it.

Nothing here leads to an act on a plan: what is supposed cannot be proposed. Every page and file says that it is
supposed."""

from __future__ import annotations

import psycopg
from flask import Flask, Response, request

from campaign.access import Permission
from campaign.plan_rules import Suppose
from dashboard.door import addresses, plan_lists
from dashboard.door.caller import caller
from dashboard.door.cookies import against_forgery
from dashboard.door.deed_desk import DeedDesk, count_of, who_acts
from dashboard.door.plan_asking import days_of, inside_of, policy_of
from dashboard.door.refusals import reason_why_not
from dashboard.door.typed import doses_of
from dashboard.payloads import NEVER, see_other
from etl.coldchain_intake import present_of
from geo.units import load_unit_names
from layouts import format as fmt
from layouts.help_layer import told_below
from layouts.plan_compared import Differences, supposed_told
from operations.action_log import ActRefused, NotAllowed, connect
from operations.plan_requests import RequestState
from operations.plan_scenarios import PlanScenario, newest_plan_scenarios, one_plan_scenario, save_plan_scenario
from operations.scenario_withdrawal import withdraw_plan_scenario

SCENARIOS = f"{addresses.PLANS}/kich-ban"
LISTED, REFRESH_SECONDS, LATEST = 30, 2, 365
SENT = ("title", "policy", "days", "inside", "late_lot", "late_days", "failed", "target_store", "target_doses")
MARK = "\ufeff"


def add_plan_scenarios(server: Flask, desk: DeedDesk) -> None:
    """Register pages, file and form; the table says who may use them, the act where."""

    def one(number: int) -> Response:
        return _one(desk, number)

    def file(number: int) -> Response:
        return _file(desk, number)

    def withdraw(number: int) -> Response:
        return _withdraw(desk, number)

    server.add_url_rule(SCENARIOS, "plan_scenarios", lambda: _list(desk))
    server.add_url_rule(f"{SCENARIOS}/lap", "suppose_plan", lambda: _save(desk), methods=["POST"])
    server.add_url_rule(f"{SCENARIOS}/<int:number>", "plan_scenario", one)
    server.add_url_rule(f"{SCENARIOS}/<int:number>/rut", "withdraw_plan_scenario", withdraw, methods=["POST"])
    server.add_url_rule(f"{SCENARIOS}/<int:number>.csv", "plan_scenario_file", file)


def _list(desk: DeedDesk, *, status: int = 200, refused: str = "") -> Response:
    url, words = desk.url(), desk.door.words
    if url is None:
        return desk.door.pages.notice(request, "registry", status=503)
    scope, may = caller().scope(Permission.SEE_DATA), caller().scope(Permission.PLAN_TRANSFER)
    try:
        with connect(url) as connection:
            found = newest_plan_scenarios(connection, most=LISTED)
    except psycopg.OperationalError:
        return desk.door.pages.notice(request, "registry", status=503)
    names = desk.door.provinces(words)
    filled = {"policy": desk.settings.plan.policy, "days": str(desk.settings.plan.days)}
    return desk.door.pages.page(
        request,
        "plan_scenarios",
        status=status,
        csrf=against_forgery(caller().token),
        refused=refused,
        scenarios=[
            (item.scenario_id, item.title, words(f"plan_request.{item.state}"), _supposed(desk, item))
            for item in found
            if scope.covers(item.inside or None)
        ],
        may=not may.empty,
        nationwide=may.nationwide,
        where=[(code, name) for code, name in names.items() if may.covers(code)],
        places=[*names.items(), *((code, words.pick(*pair)) for code, pair in _units(desk).items())],
        policies=plan_lists.policies(desk, words),
        sent={name: request.form.get(name, "")[:500] or filled.get(name, "") for name in SENT},
    )


def _save(desk: DeedDesk) -> Response:
    url, sent = desk.url(), request.form
    if url is None:
        return desk.door.pages.notice(request, "registry", status=503)
    try:
        with connect(url) as connection:
            now = present_of(connection)
        number = save_plan_scenario(
            url,
            title=sent.get("title", ""),
            policy=policy_of(desk, sent.get("policy", "")),
            days=days_of(sent.get("days", "")),
            inside=inside_of(desk, sent.get("inside", "")),
            suppose=_typed(),
            by=who_acts(desk),
            campaign_now=now,
        )
    except ActRefused as refused:
        status = 403 if isinstance(refused, NotAllowed) else 400
        return _list(desk, status=status, refused=reason_why_not(refused, desk.door.words, desk.door.zone))
    except psycopg.OperationalError:
        return desk.door.pages.notice(request, "registry", status=503)
    return see_other(f"{SCENARIOS}/{number}")


def _withdraw(desk: DeedDesk, number: int) -> Response:
    """303 to its page, which says so; or the page with the reason why not."""
    found, url = _seen(desk, number), desk.url()
    if not isinstance(found, PlanScenario) or url is None:
        return found if isinstance(found, Response) else desk.door.pages.notice(request, "registry", status=503)
    try:
        withdraw_plan_scenario(url, number, reason=request.form.get("reason", ""), by=who_acts(desk))
    except ActRefused as refused:
        status = 403 if isinstance(refused, NotAllowed) else 400
        return _one(desk, number, status=status, refused=reason_why_not(refused, desk.door.words, desk.door.zone))
    except psycopg.OperationalError:
        return desk.door.pages.notice(request, "registry", status=503)
    return see_other(f"{SCENARIOS}/{number}")


def _typed() -> Suppose:
    """Of the fields that were filled in. Raises ActRefused."""
    sent = {name: request.form.get(name, "").strip()[:80] for name in SENT}
    late = {sent["late_lot"]: _late(sent["late_days"])} if sent["late_lot"] else {}
    targets = {sent["target_store"]: doses_of(sent["target_doses"])} if sent["target_store"] else {}
    return Suppose(late=late, failed=frozenset(filter(None, (sent["failed"],))), targets=targets)


def _late(text: str) -> int:
    days = count_of(text)
    if not 1 <= days <= LATEST:
        raise ActRefused(f"late by 1 to {LATEST} days, not {days}", "plan_scenario_late", count=days)
    return days


def _seen(desk: DeedDesk, number: int) -> PlanScenario | Response:
    """Or the page that says why not."""
    url = desk.url()
    if url is None:
        return desk.door.pages.notice(request, "registry", status=503)
    try:
        with connect(url) as connection:
            found = one_plan_scenario(connection, number)
    except psycopg.OperationalError:
        return desk.door.pages.notice(request, "registry", status=503)
    if found is None or not caller().scope(Permission.SEE_DATA).covers(found.inside or None):
        return _refused(
            desk, ActRefused(f"there is no scenario {number}", "no_plan_scenario", name=str(number)), status=404
        )
    return found


def _refused(desk: DeedDesk, why: ActRefused, *, status: int) -> Response:
    told = reason_why_not(why, desk.door.words, desk.door.zone)
    return desk.door.pages.page(request, "plan_refused", status=status, refused=told, back=SCENARIOS)


def _one(desk: DeedDesk, number: int, *, status: int = 200, refused: str = "") -> Response:
    found = _seen(desk, number)
    if not isinstance(found, PlanScenario):
        return found
    words, told = desk.door.words, _differences(desk, found) if found.state is RequestState.READY else None
    response = desk.door.pages.page(
        request,
        "plan_scenario",
        status=status,
        csrf=against_forgery(caller().token),
        refused=refused,
        withdrawn=_withdrawn(desk, found),
        may=found.withdrawn_at is None and caller().scope(Permission.PLAN_TRANSFER).covers(found.inside or None),
        reason=request.form.get("reason", "")[:500],
        number=number,
        title=found.title,
        state=found.state.value,
        supposed=_supposed(desk, found),
        snapshot=found.snapshot,
        why=_why(desk, found),
        aims=told.aims() if told else [],
        lines=told.lines() if told else [],
        places=told.places() if told else [],
        few=plan_lists.FIRST,
        definitions=told_below("plan", words),
    )
    if found.withdrawn_at is None and found.state in (RequestState.WAITING, RequestState.BEGUN):
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response


def _file(desk: DeedDesk, number: int) -> Response:
    found = _seen(desk, number)
    if not isinstance(found, PlanScenario):
        return found
    if found.withdrawn_at is not None:
        # A file has no head that could say so.
        by, at = found.withdrawn_by, found.withdrawn_at
        gone = ActRefused("it was withdrawn", "scenario_withdrawn", name=found.title, actor=by, at=at)
        return _refused(desk, gone, status=410)
    rows = _differences(desk, found).csv(number) if found.state is RequestState.READY else ()
    response = Response(MARK + "".join(rows), mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="supposed-scenario-{number}.csv"'
    response.headers["Cache-Control"] = NEVER
    return response


def _withdrawn(desk: DeedDesk, found: PlanScenario) -> str:
    """By whom, when and why; '' of one that stands."""
    if found.withdrawn_at is None:
        return ""
    words = desk.door.words
    return words(
        "plan_scenario.withdrawn",
        actor=found.withdrawn_by,
        at=fmt.instant(found.withdrawn_at, words, desk.door.zone),
        reason=found.withdrawn_why,
    )


def _differences(desk: DeedDesk, found: PlanScenario) -> Differences:
    return Differences(
        without=found.without, supposed=found.supposed, products=plan_lists.products(desk), words=desk.door.words
    )


def _supposed(desk: DeedDesk, found: PlanScenario) -> list[str]:
    words = desk.door.words
    names = {**{code: words.pick(*pair) for code, pair in _units(desk).items()}, **desk.door.provinces(words)}
    return supposed_told(found.suppose, words, lambda code: names.get(code, code))


def _why(desk: DeedDesk, found: PlanScenario) -> str:
    return plan_lists.reason_none(desk, found.why, found.told) if found.state is RequestState.FAILED else ""


def _units(desk: DeedDesk) -> dict[str, tuple[str, str]]:
    return load_unit_names(desk.settings.reference_dir)
