"""/ke-hoach: what is at risk, the plans there are, and a form that asks for a new one; and each plan on a page.

A plan takes seconds of all cores, so that it is asked for here and made elsewhere (cli/planner.py): the page that waits
says how far it is. Plain forms, which need no script."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg
from flask import Flask, Response, request

from campaign.access import Permission
from campaign.plan_check import Violation
from campaign.plan_order import order_mark
from campaign.plan_record import Plan
from campaign.plan_state import Deed, deeds
from dashboard.door import addresses, plan_lists
from dashboard.door.caller import caller
from dashboard.door.cookies import against_forgery
from dashboard.door.deed_desk import DeedDesk, who_acts
from dashboard.door.plan_asking import days_of, inside_of, policy_of
from dashboard.door.plan_may import forms_of, may_do, receives, to_ship
from dashboard.door.plan_order import add_plan_orders
from dashboard.door.plan_scenarios import add_plan_scenarios
from dashboard.door.plans import add_plans
from dashboard.door.refusals import reason_why_not
from dashboard.payloads import see_other
from dashboard.plan_seen import plan_view
from dashboard.views import Studio
from etl.coldchain_intake import present_of
from layouts import format as fmt
from layouts import plan_lines, plan_told
from layouts.help_layer import told_below
from layouts.plan_asked import title_said
from layouts.plan_map import plan_map
from layouts.view import Grain
from operations.action_log import ActRefused, NotAllowed, connect
from operations.plan_requests import RequestState, ask, checked, one_request

REFRESH_SECONDS = 2
# Of a nation's plan hundreds: a page of all of them would be read by nobody.
LINES = 40


def add_plan_pages(server: Flask, desk: DeedDesk, studio: Studio) -> None:
    """Register pages and forms; the table says who may use them, and the acts where."""

    def plans() -> Response:
        return plan_lists.page(desk, studio)

    def one(plan: int) -> Response:
        return _page(desk, studio, plan)

    def waiting(number: int) -> Response:
        return _waiting(desk, number)

    def asked() -> Response:
        return _ask(desk, studio)

    def shown(plan: int, refused: str, status: int) -> Response:
        return (
            _page(desk, studio, plan, refused=refused, status=status)
            if plan
            else plan_lists.page(desk, studio, refused=refused, status=status)
        )

    server.add_url_rule(addresses.PLANS, "plans", plans)
    server.add_url_rule(f"{addresses.PLANS}/<int:plan>", "plan", one)
    server.add_url_rule(f"{addresses.PLANS}/cho/<int:number>", "plan_request", waiting)
    server.add_url_rule(f"{addresses.PLANS}/lap", "ask_plan", asked, methods=["POST"])
    add_plan_orders(server, desk)
    add_plan_scenarios(server, desk)
    add_plans(server, desk, check=lambda plan: _checked(desk, plan), shown=shown)


def _checked(desk: DeedDesk, plan: Plan) -> Sequence[Violation]:
    """Raises ActRefused while the checker has said nothing of the newest lines, or could not."""
    url = desk.url()
    if url is None:
        raise ActRefused("the checker's word is not to be had", "plan_unjudged")
    with connect(url) as connection:
        return checked(connection, plan)


def _ask(desk: DeedDesk, studio: Studio) -> Response:
    url, sent = desk.url(), request.form
    if url is None:
        return desk.door.pages.notice(request, "registry", status=503)
    try:
        with connect(url) as connection:
            now = present_of(connection)
        number = ask(
            url,
            title=sent.get("title", ""),
            policy=policy_of(desk, sent.get("policy", "")),
            days=days_of(sent.get("days", "")),
            inside=inside_of(desk, sent.get("inside", "")),
            by=who_acts(desk),
            campaign_now=now,
            form_key=sent.get("form_key", ""),
        )
    except ActRefused as refused:
        status = 403 if isinstance(refused, NotAllowed) else 400
        return plan_lists.page(
            desk, studio, status=status, refused=reason_why_not(refused, desk.door.words, desk.door.zone)
        )
    except psycopg.OperationalError:
        return desk.door.pages.notice(request, "registry", status=503)
    return see_other(f"{addresses.PLANS}/cho/{number}")


def _waiting(desk: DeedDesk, number: int) -> Response:
    """How far a request is: on to its plan once there is one."""
    url = desk.url()
    if url is None:
        return desk.door.pages.notice(request, "registry", status=503)
    try:
        with connect(url) as connection:
            found = one_request(connection, number)
    except psycopg.OperationalError:
        return desk.door.pages.notice(request, "registry", status=503)
    if found is None or not caller().scope(Permission.SEE_DATA).covers(found.inside or None):
        return plan_lists.missing(desk, number)
    if found.state is RequestState.READY:
        return see_other(f"{addresses.PLANS}/{found.plan_id}")
    response = desk.door.pages.page(
        request,
        "plan_wait",
        failed=found.state is RequestState.FAILED,
        asked=plan_lists.request_told(desk, found),
        left=plan_lists.left_out(desk, found),
        number=number,
    )
    if found.state is not RequestState.FAILED:
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response


def _page(desk: DeedDesk, studio: Studio, plan: int, *, status: int = 200, refused: str = "") -> Response:
    url, words = desk.url(), desk.door.words
    if url is None:
        return desk.door.pages.notice(request, "registry", status=503)
    try:
        with connect(url) as connection:
            view = plan_view(
                connection, plan, sees=caller().scope(Permission.SEE_DATA).covers, settings=desk.settings, words=words
            )
    except ActRefused:
        return plan_lists.missing(desk, plan)
    except psycopg.OperationalError:
        return desk.door.pages.notice(request, "registry", status=503)
    seen, judged, now = view.plan, view.judged, view.now
    if not any(view.sees_line(line) for version in seen.versions for line in version.lines):
        return plan_lists.missing(desk, plan)
    lines, at, of = _part(plan_lines.lines_told(view), request.args.get("trang", ""))
    moves = caller().scope(Permission.MOVE_DOSES)
    may = deeds(seen.standing, now)
    done = request.args.get("done", "") if request.method == "GET" else ""
    return desk.door.pages.page(
        request,
        "plan",
        status=status,
        csrf=against_forgery(caller().token),
        refused=refused,
        done=words(f"plan_done.{done}") if done in frozenset(Deed) else "",
        number=plan,
        title=title_said(seen.title, plan_lists.today_of(desk, seen.acts[0].campaign_at), words),
        made=fmt.capital(words("plans.made_at", at=view.at(seen.acts[0].campaign_at))),
        order=order_mark(seen, now) if any(view.sees_line(line) for line in seen.lines) else None,
        version=seen.version,
        state=view.state.value,
        state_name=words(f"plan_step.{view.state}"),
        steps=plan_told.steps(view),
        next_step=plan_told.next_step(view),
        figures=plan_told.headline(view),
        policy=plan_told.policy(view),
        unread=plan_told.unread(view),
        judged=view.judged,
        rules=sorted({item.rule.value for item in judged.violations}) if judged else [],
        lines=lines,
        at=at,
        of=of,
        seen_lines=sum(view.sees_line(line) for line in seen.lines),
        hidden_lines=len(seen.lines) - sum(view.sees_line(line) for line in seen.lines),
        places=plan_told.places(view),
        drawn=plan_map(view, studio.shapes.get(Grain.OF_2021), studio.breaks, desk.door.provinces(words)),
        left=plan_told.left_out(view),
        forms=forms_of(desk, view, may),
        changes=Deed.CHANGE in may and not seen.shipments and may_do(Deed.CHANGE, seen),
        decision=seen.decision,
        needs_decision=bool(seen.crossing) and seen.decision is None and Deed.DECIDE in may,
        ship=to_ship(view, moves) if Deed.SHIP in may else [],
        shipments=plan_told.shipments(view),
        receives=receives(view, moves) if Deed.RECEIVE in may else frozenset(),
        history=plan_told.history(view),
        versions=plan_told.versions(view),
        sent={name: request.form.get(name, "")[:500] for name in ("reason", "number", "decided_on", "signed_by")},
        decided_on=plan_lists.day(desk, seen.decision.decided_on) if seen.decision else "",
        definitions=told_below("plan", words),
    )


def _part(found: list[plan_lines.LineTold], asked: str) -> tuple[list[plan_lines.LineTold], int, int]:
    """The lines of one page, the most doses first, its number from 1, and how many pages there are."""
    pages = max(1, -(-len(found) // LINES))
    at = min(max(int(asked), 1), pages) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 1
    ordered = sorted(found, key=lambda line: (-line.doses, line.number))
    return ordered[(at - 1) * LINES : at * LINES], at, pages
