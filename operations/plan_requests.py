"""Requests to make a plan: asked on a page, answered by a process of its own (cli/planner.py), since a plan takes
seconds of all cores.

A request is a row. The process writes down that it begins, and answers in the transaction of the draft: of a process
that is killed the request stands and is begun once more, and no request has two drafts
(docs/adr/0050-plans-are-made-behind-the-page.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import psycopg
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from campaign.access import Permission
from campaign.plan_check import Violation
from campaign.plan_problem import Rule
from campaign.plan_record import Plan
from operations.action_log import ActRefused, acting, said, write_log
from operations.decisions import Actor
from operations.plan_once import Form, SentBefore, once
from operations.plan_records import LARGEST

ASK = (
    "INSERT INTO operations.plan_request (title, policy, days, inside, actor, asked_at, campaign_at) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING request_id"
)
OWN_WAITING = (
    "SELECT request_id FROM operations.plan_request LEFT JOIN operations.plan_answer USING (request_id) "
    "WHERE answered_at IS NULL AND actor = %s LIMIT 1"
)
# Two windows of one person: the second sees the first one's request.
ASKING = "SELECT pg_advisory_xact_lock(hashtextextended('plan request ' || %s, 730508))"
REQUESTS = (
    "SELECT request_id, title, policy, days, inside, actor, asked_at, r.campaign_at, a.plan_id, "
    "coalesce(a.why, '') AS why, coalesce(a.told, '{}') AS told, a.answered_at, "
    "(SELECT count(*) FROM operations.plan_try AS t WHERE t.request_id = r.request_id)::integer AS tries "
    "FROM operations.plan_request AS r LEFT JOIN operations.plan_answer AS a USING (request_id) "
)
NEWEST = REQUESTS + "ORDER BY request_id DESC LIMIT %s"
ONE = REQUESTS + "WHERE request_id = %s"
OLDEST_WAITING = REQUESTS + "WHERE a.answered_at IS NULL ORDER BY request_id LIMIT 1"
TRY = "INSERT INTO operations.plan_try (request_id, try, begun_at) VALUES (%s, %s, %s)"
ANSWER = "INSERT INTO operations.plan_answer (request_id, plan_id, why, told, answered_at) VALUES (%s, %s, %s, %s, %s)"
JUDGEMENT = (
    "INSERT INTO operations.plan_judgement (plan_id, revision, snapshot, why, violations, before, after, judged_at) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
)
JUDGED = (
    "SELECT revision, snapshot, why, violations, before, after FROM operations.plan_judgement WHERE plan_id = %s "
    "ORDER BY revision"
)
# A plan that may still be proposed, of which nobody judged the newest lines.
UNJUDGED = (
    "SELECT n.plan_id, n.revision FROM operations.plan_now AS n LEFT JOIN operations.plan_judgement AS j "
    "USING (plan_id, revision) WHERE j.plan_id IS NULL AND n.state IN ('draft', 'proposed', 'approved') "
    "ORDER BY n.plan_id LIMIT 1"
)
MOST_TRIES = 2


class RequestState(StrEnum):
    WAITING = "waiting"
    BEGUN = "begun"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """plan_id: the draft that was made of it. why, told: why there is none. tries: times that it was begun."""

    request_id: int
    title: str
    policy: str
    days: int
    inside: str
    actor: str
    asked_at: datetime
    campaign_at: datetime
    plan_id: int | None
    why: str
    told: Mapping[str, Any]
    answered_at: datetime | None
    tries: int

    @property
    def state(self) -> RequestState:
        if self.answered_at is None:
            return RequestState.BEGUN if self.tries else RequestState.WAITING
        return RequestState.READY if self.plan_id is not None else RequestState.FAILED


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the checker says of one version, by a snapshot. before, after: as `app.py plan --json` tells them; empty
    where nobody could say. why: why it could not be judged; '' where it was."""

    snapshot: int
    violations: tuple[Violation, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict[str, Any])
    after: Mapping[str, Any] = field(default_factory=dict[str, Any])
    why: str = ""


def ask(
    url: str, *, title: str, policy: str, days: int, inside: str, by: Actor, campaign_now: datetime, form_key: str = ""
) -> int:
    """The number of the request; the same one where the form of this key was sent before with the same in it. Raises
    ActRefused: no right to plan there, or an own request still waits."""
    name = said("title", title)
    sent = once(Form.ASK, form_key, name, policy, days, inside)
    try:
        with acting(
            url,
            actor=by.name,
            permission=Permission.PLAN_TRANSFER,
            action="plan_asked",
            subject=name,
            area=inside or None,
            origin=by.origin,
            request_id=by.request_id,
        ) as act:
            act.connection.execute(ASKING, [act.author.name])
            sent.look(act.connection, act.author.name)
            if act.connection.execute(OWN_WAITING, [act.author.name]).fetchone() is not None:
                raise ActRefused("your plan of before is still being made", "plan_asked_already")
            row = act.connection.execute(
                ASK, [name, policy, days, inside, act.author.name, by.now, campaign_now]
            ).fetchone()
            request = int(row["request_id"]) if row else 0
            sent.keep(act.connection, act.author.name, request)
            detail = {"title": name, "policy": policy, "days": days, "inside": inside}
            write_log(act.connection, by.now, act.author, "plan_asked", str(request), detail)
    except SentBefore as before:
        return before.number
    return request


def newest_requests(connection: psycopg.Connection[DictRow], *, most: int) -> list[PlanRequest]:
    """That first."""
    return [PlanRequest(**row) for row in connection.execute(NEWEST, [most]).fetchall()]


def one_request(connection: psycopg.Connection[DictRow], number: int) -> PlanRequest | None:
    row = connection.execute(ONE, [number]).fetchone() if number <= LARGEST else None
    return PlanRequest(**row) if row else None


def oldest_waiting(connection: psycopg.Connection[DictRow]) -> PlanRequest | None:
    row = connection.execute(OLDEST_WAITING).fetchone()
    return PlanRequest(**row) if row else None


def begin(connection: psycopg.Connection[DictRow], request: PlanRequest, now: datetime) -> None:
    connection.execute(TRY, [request.request_id, request.tries + 1, now])


def answer(
    connection: psycopg.Connection[DictRow],
    request: int,
    now: datetime,
    *,
    plan: int | None = None,
    why: str = "",
    told: Mapping[str, Any] | None = None,
) -> None:
    """Raises psycopg.errors.UniqueViolation for a request that was answered already."""
    connection.execute(ANSWER, [request, plan, why, Jsonb(dict(told or {})), now])


def unjudged(connection: psycopg.Connection[DictRow]) -> tuple[int, int] | None:
    """A plan and its newest version."""
    row = connection.execute(UNJUDGED).fetchone()
    return (int(row["plan_id"]), int(row["revision"])) if row else None


def judge(connection: psycopg.Connection[DictRow], plan: int, revision: int, found: Judgement, now: datetime) -> None:
    """Written once; what was judged before stays."""
    rules = [
        {"rule": item.rule.value, "subject": item.subject, "line": item.line, "told": item.told, "limit": item.limit}
        for item in found.violations
    ]
    told = [Jsonb(rules), Jsonb(dict(found.before)), Jsonb(dict(found.after)), now]
    connection.execute(JUDGEMENT, [plan, revision, found.snapshot, found.why, *told])


def judgements(connection: psycopg.Connection[DictRow], plan: int) -> dict[int, Judgement]:
    """By version of the plan."""
    return {
        int(row.pop("revision")): Judgement(violations=_violations(row.pop("violations")), **row)
        for row in connection.execute(JUDGED, [plan]).fetchall()
    }


def checked(connection: psycopg.Connection[DictRow], plan: Plan) -> tuple[Violation, ...]:
    """What the checker says of the newest lines. Raises ActRefused while it has said nothing, or could not."""
    found = judgements(connection, plan.plan_id).get(plan.newest.revision)
    if found is None:
        raise ActRefused(f"plan {plan.plan_id} is still being checked", "plan_unjudged")
    if found.why:
        raise ActRefused(f"plan {plan.plan_id} could not be checked ({found.why})", "plan_unjudgeable")
    return found.violations


def _violations(rows: Sequence[Mapping[str, Any]]) -> tuple[Violation, ...]:
    return tuple(
        Violation(
            rule=Rule(row["rule"]),
            subject=str(row["subject"]),
            line=row["line"],
            told=row["told"],
            limit=row["limit"],
        )
        for row in rows
    )
