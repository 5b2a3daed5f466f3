"""Forms about reallocation plans: each sends one act; what was refused is said in the reader's language.

/ke-hoach/soan drafts a plan, /ke-hoach/<plan>/<deed> acts on one. `version` is the newest act that the reader saw,
`form_key` the form that drafts, if there is one (operations/plan_once.py). Lines come as a table or JSON (`lines`,
operations/plan_file.py), or as fields of the lines that there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlencode

import psycopg
from flask import Flask, Response, request

from campaign.plan_check import Violation
from campaign.plan_record import Plan, PlanLine
from dashboard.door import addresses
from dashboard.door.deed_desk import DeedDesk, who_acts
from dashboard.door.refusals import reason_why_not
from dashboard.door.typed import day_of, doses_of
from dashboard.payloads import see_other
from etl.coldchain_intake import present_of
from operations import plan_acts, plan_acts_moves
from operations.action_log import ActRefused, NotAllowed, connect
from operations.plan_acting import Done, On
from operations.plan_acts_moves import Came
from operations.plan_file import read_plan
from operations.plan_records import look
from operations.plan_rules import PlanRules, plan_rules

Checker = Callable[[Plan], Sequence[Violation]]
Shown = Callable[[int, str, int], Response]
"""Of a plan (0: none yet) a page that says why the act was refused, with a status."""
DOSES, SHIP_ON, ARRIVE_ON, TEMP = "doses-", "ship_on-", "arrive_on-", "temp_c"


def add_plans(server: Flask, desk: DeedDesk, *, check: Checker, shown: Shown) -> None:
    """Register the forms; the table says who may use them, and the acts where. check: what the rules of planning say of
    a plan that is proposed. shown: the page of a plan, on which a refusal is told."""

    def answered(plan: int, act: Callable[[str], Done]) -> Response:
        url = desk.url()
        if url is None:
            return desk.door.pages.notice(request, "registry", status=503)
        try:
            done = act(url)
        except ActRefused as refused:
            status = 403 if isinstance(refused, NotAllowed) else 400
            return shown(plan, reason_why_not(refused, desk.door.words, desk.door.zone), status)
        except psycopg.OperationalError:
            return desk.door.pages.notice(request, "registry", status=503)
        return see_other(f"{addresses.PLANS}/{done.plan}?{urlencode({'done': done.deed})}")

    def drafted() -> Response:
        return answered(0, lambda url: _draft(desk, url))

    def acted(plan: int, deed: str) -> Response:
        return answered(plan, lambda url: _act(desk, url, plan, deed, check))

    server.add_url_rule(f"{addresses.PLANS}/soan", "draft_plan", drafted, methods=["POST"])
    server.add_url_rule(f"{addresses.PLANS}/<int:plan>/<deed>", "act_on_plan", acted, methods=["POST"])


def _draft(desk: DeedDesk, url: str) -> Done:
    """Raises ActRefused."""
    made = read_plan(request.form.get("lines", ""))
    with connect(url) as connection:
        now = present_of(connection)
    return plan_acts.draft(
        url,
        request.form.get("title", ""),
        made.lines,
        rules=plan_rules(desk.settings),
        by=who_acts(desk),
        campaign_now=now,
        document=made.document,
        form_key=request.form.get("form_key", ""),
    )


def _act(desk: DeedDesk, url: str, plan: int, deed: str, check: Checker) -> Done:
    """Raises ActRefused."""
    with connect(url) as connection:
        now, seen = present_of(connection), look(connection, plan)
    on = On(plan=plan, version=_whole(request.form.get("version", "")), by=who_acts(desk), now=now)
    if deed == "trinh":
        return plan_acts.propose(url, on, rules=plan_rules(desk.settings), violations=check(seen))
    return ACTS[deed](url, on, seen, plan_rules(desk.settings))


def _change(url: str, on: On, seen: Plan, rules: PlanRules) -> Done:
    sent = request.form
    if sent.get("lines", "").strip():
        made = read_plan(sent["lines"])
        lines, document = made.lines, made.document
    else:
        lines, document = tuple(_edited(seen)), dict(seen.newest.document)
    return plan_acts.change(url, on, lines, reason=sent.get("reason", ""), rules=rules, document=document)


def _edited(seen: Plan) -> list[PlanLine]:
    """The lines with what was typed over them; of 0 doses one is left out. Raises ActRefused."""
    sent, found = request.form, list[PlanLine]()
    for at, line in enumerate(seen.lines, start=1):
        doses = doses_of(sent.get(f"{DOSES}{at}", "")) if sent.get(f"{DOSES}{at}", "").strip() else line.doses
        ship_on = day_of(sent[f"{SHIP_ON}{at}"]) if sent.get(f"{SHIP_ON}{at}", "").strip() else line.ship_on
        arrive_on = day_of(sent[f"{ARRIVE_ON}{at}"]) if sent.get(f"{ARRIVE_ON}{at}", "").strip() else line.arrive_on
        if doses:
            found.append(replace(line, doses=doses, ship_on=ship_on, arrive_on=arrive_on))
    return found


def _decide(url: str, on: On, _seen: Plan, rules: PlanRules) -> Done:
    sent = request.form
    return plan_acts.decide(
        url,
        on,
        number=sent.get("number", ""),
        decided_on=day_of(sent.get("decided_on", "")),
        signed_by=sent.get("signed_by", ""),
        rules=rules,
    )


def _ship(url: str, on: On, _seen: Plan, rules: PlanRules) -> Done:
    return plan_acts_moves.ship(url, on, {number: doses for number, doses in _numbered().items() if doses}, rules=rules)


def _receive(url: str, on: On, _seen: Plan, rules: PlanRules) -> Done:
    temp_c = _degrees(request.form.get(TEMP, ""))
    came = {number: Came(doses=doses, temp_c=temp_c) for number, doses in _numbered().items()}
    return plan_acts_moves.receive(url, on, came, rules=rules)


Act = Callable[[str, On, Plan, PlanRules], Done]
ACTS: Mapping[str, Act] = {
    "sua": _change,
    "duyet": lambda url, on, _seen, rules: plan_acts.approve(url, on, rules=rules),
    "tra-lai": lambda url, on, _seen, _rules: plan_acts.give_back(url, on, reason=request.form.get("reason", "")),
    "quyet-dinh": _decide,
    "xuat": _ship,
    "nhan": _receive,
    "huy": lambda url, on, _seen, _rules: plan_acts.cancel(url, on, reason=request.form.get("reason", "")),
}


def _numbered() -> dict[int, int]:
    """Doses by the number of a line or shipment, of the fields that were filled in: `doses-<number>`."""
    return {
        int(name.removeprefix(DOSES)): doses_of(text)
        for name, text in request.form.items()
        if name.startswith(DOSES) and name.removeprefix(DOSES).isdecimal() and len(name) < 26 and text.strip()
    }


def _whole(text: str) -> int:
    """Of a form that does not say what its reader saw, nothing was seen."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _degrees(text: str) -> float:
    """With either mark: "4,5". Raises ActRefused."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError as error:
        raise ActRefused(f"'{text[:20]}' is no temperature", "plan_no_temp", text=text[:20]) from error
