"""The page of all plans: what is at risk by province, requests under way, plans by state, the form for a new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from secrets import token_urlsafe
from typing import Any

import psycopg
from flask import Response, request

from campaign.access import Permission, Scope
from campaign.plan_record import Plan
from campaign.plan_risk import Risk, at_risk
from campaign.plan_state import PlanState, state_at
from campaign.stock_board import NATIONAL_STORES
from dashboard.door import addresses
from dashboard.door.caller import caller
from dashboard.door.cookies import against_forgery
from dashboard.door.deed_desk import DeedDesk
from dashboard.door.refusals import reason_why_not
from dashboard.views import Studio, stock_now
from etl.coldchain_intake import present_of
from layouts import format as fmt
from layouts.help_layer import told_below
from layouts.plan_asked import NOTHING, RequestTold, nothing_told, state_told, title_said, titled
from layouts.words import Words
from operations.action_log import ActRefused, connect
from operations.plan_records import plans
from operations.plan_requests import PlanRequest, RequestState, newest_requests
from warehouse.files import SnapshotUnavailable
from warehouse.reads_plan_due import planned_people, second_due
from warehouse.reference import load_product_names

LISTED, REQUESTS, FIRST = 50, 10, 10
# Who must act comes first.
ORDER = tuple(
    PlanState(name) for name in ("lapsed", "draft", "proposed", "approved", "shipped", "received", "cancelled")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskTold:
    place: str
    name: str
    expiring: str
    slow: str
    fast: str
    due: str
    uncovered: str
    planned: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What is at risk. rows: places with a risk, the greatest first; told: whether any stock is told at all; sessions:
    whether planned sessions are."""

    told: bool
    sessions: bool
    expiring: str
    uncovered: str
    rows: tuple[RiskTold, ...]
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTold:
    """made: when, so that plans of one name can be told apart."""

    number: int
    title: str
    made: str
    state: str
    state_name: str
    doses: str
    lines: str
    until: str
    missing: str


def page(desk: DeedDesk, studio: Studio, *, status: int = 200, refused: str = "") -> Response:
    url, words = desk.url(), desk.door.words
    if url is None:
        return desk.door.pages.notice(request, "registry", status=503)
    scope = caller().scope(Permission.SEE_DATA)
    try:
        with connect(url) as connection:
            now = present_of(connection)
            found = [plan for plan in plans(connection, most=LISTED) if _sees(plan, scope)]
            asked = [item for item in newest_requests(connection, most=REQUESTS) if scope.covers(item.inside or None)]
    except psycopg.OperationalError:
        return desk.door.pages.notice(request, "registry", status=503)
    sent, may = request.form, caller().scope(Permission.PLAN_TRANSFER)
    names = desk.door.provinces(words)
    where = [(code, name) for code, name in names.items() if may.covers(code)]
    told = sorted((_plan(desk, words, plan, now) for plan in found), key=_place)
    return desk.door.pages.page(
        request,
        "plans",
        status=status,
        csrf=against_forgery(caller().token),
        form_key=token_urlsafe(),
        refused=refused,
        risk=_board(desk, studio, scope, words),
        first=FIRST,
        plans=told,
        requests=[request_told(desk, item) for item in asked if item.state is not RequestState.READY],
        may=not may.empty,
        nationwide=may.nationwide,
        where=where,
        policies=policies(desk, words),
        sent={
            "title": sent.get("title", "")[:500] or titled(today_of(desk, now), words),
            "policy": sent.get("policy", "") or desk.settings.plan.policy,
            "days": sent.get("days", "")[:4] or str(desk.settings.plan.days),
            "inside": sent.get("inside", ""),
        },
        definitions=told_below("plans", words),
    )


def missing(desk: DeedDesk, plan: int) -> Response:
    """A plan outside the reader's provinces is refused as one that nobody knows is."""
    refused = ActRefused(f"there is no plan {plan}", "no_plan", plan=plan)
    told = reason_why_not(refused, desk.door.words, desk.door.zone)
    return desk.door.pages.page(request, "plan_refused", status=404, refused=told, back=addresses.PLANS)


def request_told(desk: DeedDesk, asked: PlanRequest) -> RequestTold:
    words = desk.door.words
    tone, icon, state_name = state_told(asked.state.value, asked.why, asked.told, words)
    return RequestTold(
        number=asked.request_id,
        title=title_said(asked.title, today_of(desk, asked.campaign_at), words),
        at=words("plans.asked_at", at=fmt.instant(asked.campaign_at, words, desk.door.zone)),
        tone=tone,
        icon=icon,
        state_name=state_name,
        why=why_not(desk, asked),
    )


def why_not(desk: DeedDesk, asked: PlanRequest) -> str:
    """Why there is no plan, in the reader's language; '' while there may be one."""
    return reason_none(desk, asked.why, asked.told) if asked.state is RequestState.FAILED else ""


def reason_none(desk: DeedDesk, why: str, told: Mapping[str, Any]) -> str:
    """The planner's word for why there is no plan, in the reader's."""
    words = desk.door.words
    if why == NOTHING:
        return nothing_told(told, words)
    known = words.named("plan_failed", why)
    if known != why:
        refused: list[Mapping[str, Any]] = told.get("refused") or []
        rows = [
            f"{words.named('plan_refusal', str(item['why']))} ({item['subject']} {item['told']})" for item in refused
        ]
        # Of a scenario: the store or lot that nobody knows.
        name = str(told.get("name") or "")
        return " ".join((known, *rows, *((f"“{name}”",) if name else ())))
    values: Mapping[str, Any] = told.get("values") or {}
    try:
        return reason_why_not(ActRefused("", why, **values), words, desk.door.zone)
    except KeyError:
        return str(told.get("message") or why)


def left_out(desk: DeedDesk, asked: PlanRequest) -> list[str]:
    """Of a request without a plan: stores that could not take part, and why."""
    words: Mapping[str, Any] = asked.told.get("words") or {}
    scope, language = caller().scope(Permission.SEE_DATA), desk.door.words.language.value
    return [str(item[language]) for item in words.get("left") or () if scope.covers(item["area"])]


def products(desk: DeedDesk) -> Mapping[str, str]:
    return load_product_names(desk.settings.reference_dir)


def day(desk: DeedDesk, value: date) -> str:
    return fmt.day(value, desk.door.words.language)


def today_of(desk: DeedDesk, now: datetime) -> date:
    return now.astimezone(desk.door.zone).date()


def _sees(plan: Plan, scope: Scope) -> bool:
    return any(scope.covers(province) for province in plan.provinces)


def _plan(desk: DeedDesk, words: Words, plan: Plan, now: datetime) -> PlanTold:
    standing, state = plan.standing, state_at(plan.standing, now)
    made_at = plan.acts[0].campaign_at
    missing_doses = sum(item.missing for item in plan.shipments)
    return PlanTold(
        number=plan.plan_id,
        title=title_said(plan.title, today_of(desk, made_at), words),
        made=fmt.capital(words("plans.made_at", at=fmt.instant(made_at, words, desk.door.zone))),
        state=state.value,
        state_name=words(f"plan_step.{state}"),
        doses=fmt.whole(sum(line.doses for line in plan.lines), words.language),
        lines=fmt.whole(len(plan.lines), words.language),
        until=fmt.instant(standing.until, words, desk.door.zone) if standing.until else "",
        missing=words("plans.missing", doses=fmt.whole(missing_doses, words.language)) if missing_doses > 0 else "",
    )


def _place(item: PlanTold) -> tuple[int, int]:
    return ORDER.index(PlanState(item.state)), -item.number


def policies(desk: DeedDesk, words: Words) -> list[tuple[str, str]]:
    return [
        (
            name,
            words(
                "plans.policy", name=words.named("plan_policy", name), reserve=fmt.share(found.reserve, words.language)
            ),
        )
        for name, found in desk.settings.plan.policies.items()
    ]


def _board(desk: DeedDesk, studio: Studio, scope: Scope, words: Words) -> Board:
    """Of the newest snapshot, as far as the reader sees; none of a centre that has not published yet."""
    settings, days = desk.settings, desk.settings.reallocation.risk_days
    try:
        version = desk.snapshots.current()
        now = stock_now(studio, version)
        today = now.stock.today
        due = second_due(desk.snapshots, version, today=today, days=days, overdue_days=settings.clock.overdue_days)
        planned = planned_people(desk.snapshots, version, today=today, days=days)
        lost = studio.readings.lost_range(
            version, zone=studio.zone, rules=studio.stock, weeks=settings.stock.look_back_days // 7
        )
        board = studio.readings.board(version, settings.campaign.denominator)
        as_of = studio.readings.info(version).as_of
    except SnapshotUnavailable:
        return Board(told=False, sessions=False, expiring="", uncovered="", rows=(), as_of="")
    # Central units and unknown residence are no provinces, and have names all the same.
    places = {row.area.code: words.pick(row.area.name_vi, row.area.name_en) for row in board.areas}
    seen = [risk for risk in at_risk(now.judged, due, lost=lost, planned=planned) if scope.covers(risk.area)]
    return Board(
        told=now.stock.told,
        sessions=planned is not None,
        expiring=fmt.whole(sum(risk.expiring for risk in seen), words.language),
        uncovered=fmt.whole(sum(risk.uncovered for risk in seen), words.language),
        rows=tuple(_risk(risk, places, words) for risk in seen if risk.expiring or risk.uncovered),
        as_of=fmt.instant(as_of, words, desk.door.zone),
    )


def _risk(risk: Risk, names: Mapping[str, str], words: Words) -> RiskTold:
    own = {NATIONAL_STORES: words("stock.national_stores")}
    return RiskTold(
        place=risk.place,
        name=own.get(risk.place) or names.get(risk.place, risk.place),
        expiring=fmt.whole(risk.expiring, words.language),
        slow=fmt.whole(risk.slow, words.language),
        fast=fmt.whole(risk.fast, words.language),
        due=fmt.whole(risk.due, words.language),
        uncovered=fmt.whole(risk.uncovered, words.language),
        planned=fmt.whole(risk.planned, words.language),
    )
