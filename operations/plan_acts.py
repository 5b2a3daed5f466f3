"""Acts of named persons on a reallocation plan: draft, change, propose, approve, return, decide, cancel.

Proposing promises the doses (docs/adr/0047-the-way-of-a-plan.md). Each act, its line in the log and in the audit are
one transaction: of a process that is killed everything stands, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import psycopg
from psycopg.rows import DictRow

from campaign.access import Permission
from campaign.plan_check import Violation
from campaign.plan_record import Plan, PlanLine, PlanStore, area_of, provinces_of
from campaign.plan_state import Deed, PlanState
from operations.action_log import ActRefused, acting, connect, said, write_log
from operations.decisions import Actor
from operations.plan_acting import ACT, Done, On, day_of, planning, put_lines
from operations.plan_checks import doses_are_there, keeps_rules, not_supposed, sound, still_to_come
from operations.plan_once import Form, SentBefore, once
from operations.plan_rules import PlanRules

PLAN = "INSERT INTO operations.plan (title) VALUES (%s) RETURNING plan_id"
DECISION = (
    "INSERT INTO operations.plan_decision (plan_id, version, revision, number, decided_on, signed_by) "
    "VALUES (%s, %s, %s, %s, %s, %s)"
)


def draft(
    url: str,
    title: str,
    lines: Sequence[PlanLine],
    *,
    rules: PlanRules,
    by: Actor,
    campaign_now: datetime,
    document: Mapping[str, Any] | None = None,
    also: Callable[[psycopg.Connection[DictRow], int], None] | None = None,
    form_key: str = "",
) -> Done:
    """A new plan; it promises nothing yet. document: what it was made from, as it is kept. also: what else is written
    of the plan of this number in the same transaction. form_key: of a form; sent again with the same in it, it tells
    the plan of the first time. Raises ActRefused."""
    name = said("title", title)
    not_supposed(document or {}, lines)
    sent = once(Form.DRAFT, form_key, name, tuple(lines))
    with connect(url) as connection:
        area = area_of(provinces_of(tuple(lines), sound(connection, lines, rules)))
    try:
        with acting(
            url,
            actor=by.name,
            permission=Permission.PLAN_TRANSFER,
            action="plan_drafted",
            subject=name,
            area=area,
            origin=by.origin,
            request_id=by.request_id,
        ) as act:
            actor = act.author.name
            sent.look(act.connection, actor)
            made = act.connection.execute(PLAN, [name]).fetchone()
            plan = int(made["plan_id"]) if made else 0
            told = [plan, 1, Deed.DRAFT.value, PlanState.DRAFT.value, 1, None, "", actor, by.now, campaign_now]
            act.connection.execute(ACT, told)
            put_lines(act.connection, plan, 1, 1, lines, document or {})
            sent.keep(act.connection, actor, plan)
            detail = {"title": name, "lines": len(lines), "vaccine_doses": sum(line.doses for line in lines)}
            write_log(act.connection, by.now, act.author, "plan_drafted", str(plan), detail)
            if also is not None:
                also(act.connection, plan)
    except SentBefore as before:
        plan, actor = before.number, by.name
    return Done(
        plan=plan,
        version=1,
        deed=Deed.DRAFT.value,
        before="",
        state=PlanState.DRAFT.value,
        revision=1,
        until=None,
        actor=actor,
        doses=_doses(lines),
    )


def change(
    url: str,
    on: On,
    lines: Sequence[PlanLine],
    *,
    reason: str,
    rules: PlanRules,
    document: Mapping[str, Any] | None = None,
) -> Done:
    """A new version of the lines, beside those before it. A plan that was proposed or approved is a draft again, and
    promises nothing. Raises ActRefused."""
    why = said("reason", reason)
    not_supposed(document or {}, lines)
    with planning(url, on, Deed.CHANGE) as at:
        at.check()
        stores = sound(at.connection, lines, rules)
        if tuple(lines) == at.plan.lines:
            raise ActRefused(f"plan {on.plan} has these lines already", "plan_same", plan=on.plan)
        area = _area(lines, stores)
        if area != at.plan.area:
            at.may(area)
        done = at.write(left=sum(line.doses for line in lines), waiting=0, reason=why, anew=True)
        put_lines(at.connection, on.plan, done.revision, done.version, lines, document or {})
        at.log({"revision": done.revision, "lines": len(lines), "vaccine_doses": _doses(lines), "reason": why})
    return done


def propose(url: str, on: On, *, rules: PlanRules, violations: Sequence[Violation]) -> Done:
    """Put it before who approves, and promise its doses until then. violations: what campaign/plan_check.py says of the
    lines as they are at `on.version`. Raises ActRefused: a rule is broken, doses are not there or are promised, a day
    is over."""
    with planning(url, on, Deed.PROPOSE) as at:
        at.check()
        # Whatever way it came into the registry.
        not_supposed(at.plan.newest.document, at.plan.lines)
        keeps_rules(violations)
        if not at.plan.shipments:
            still_to_come(at.plan.lines, day_of(on.now, rules.zone))
        doses_are_there(at.connection, at.plan, on, rules)
        left = _left(at.plan)
        done = at.write(left=left, waiting=_waiting(at.plan), until=on.now + rules.proposal)
        at.log({"revision": done.revision, "vaccine_doses": left, "until": _told(done.until)})
    return done


def approve(url: str, on: On, *, rules: PlanRules) -> Done:
    """By somebody who neither proposed it nor changed it last; it may be shipped until the approval lapses. What it
    promises is looked at once more. Raises ActRefused."""
    with planning(url, on, Deed.APPROVE) as at:
        at.check()
        doses_are_there(at.connection, at.plan, on, rules)
        left = _left(at.plan)
        done = at.write(left=left, waiting=_waiting(at.plan), until=on.now + rules.approval)
        at.log({"revision": done.revision, "vaccine_doses": left, "until": _told(done.until)})
    return done


def give_back(url: str, on: On, *, reason: str) -> Done:
    """To the planner, as a draft: it promises nothing any more. Raises ActRefused."""
    why = said("reason", reason)
    with planning(url, on, Deed.RETURN) as at:
        at.check()
        done = at.write(left=_left(at.plan), waiting=0, reason=why)
        at.log({"revision": done.revision, "reason": why})
    return done


def decide(url: str, on: On, *, number: str, decided_on: date, signed_by: str, rules: PlanRules) -> Done:
    """The authority's decision on these lines; a later version of them needs another. Raises ActRefused."""
    what, who = said("decision number", number), said("signer", signed_by)
    with planning(url, on, Deed.DECIDE) as at:
        at.check()
        today = day_of(on.now, rules.zone)
        if decided_on > today:
            raise ActRefused(f"a decision of {decided_on} is none yet", "plan_decision_day", day=decided_on)
        done = at.write(left=_left(at.plan), waiting=_waiting(at.plan))
        at.connection.execute(DECISION, [on.plan, done.version, done.revision, what, decided_on, who])
        detail = {"revision": done.revision, "number": what, "decided_on": decided_on.isoformat(), "signed_by": who}
        at.log(detail)
    return done


def cancel(url: str, on: On, *, reason: str) -> Done:
    """Nothing more leaves by it; what is on its way is still received. Raises ActRefused."""
    why = said("reason", reason)
    with planning(url, on, Deed.CANCEL) as at:
        at.check()
        left = _left(at.plan)
        done = at.write(left=left, waiting=_waiting(at.plan), reason=why)
        at.log({"vaccine_doses": left, "reason": why})
    return done


def _area(lines: Sequence[PlanLine], stores: Mapping[str, PlanStore]) -> str | None:
    return area_of(provinces_of(tuple(lines), stores))


def _doses(lines: Sequence[PlanLine]) -> int:
    return sum(line.doses for line in lines)


def _left(plan: Plan) -> int:
    return sum(plan.left().values())


def _waiting(plan: Plan) -> int:
    return plan.standing.waiting


def _told(at: datetime | None) -> str:
    return at.isoformat() if at else ""
