"""The planner's process: takes requests one after another, and judges versions of plans that nobody judged yet.

One process at a time, by a lock that the registry keeps for as long as its connection lives. Whoever has it knows that
a request which was begun and not answered belonged to a process that is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import psycopg
import structlog
from psycopg.rows import DictRow, dict_row

from campaign.plan_record import Plan, PlanLine
from operations import plan_acts
from operations.action_log import ActRefused, connect
from operations.decisions import Actor
from operations.plan_records import look
from operations.plan_requests import (
    MOST_TRIES,
    Judgement,
    PlanRequest,
    answer,
    begin,
    judge,
    oldest_waiting,
    unjudged,
)
from operations.plan_rules import PlanRules

log = structlog.get_logger(__name__)
LOCK = "SELECT pg_try_advisory_lock(%s) AS mine"
PLANNER = 7305081525
INTERRUPTED, BROKEN = "interrupted", "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What came of a request. why, told: why there is no plan; lines are then none."""

    lines: tuple[PlanLine, ...] = ()
    document: Mapping[str, Any] = field(default_factory=dict[str, Any])
    judgement: Judgement | None = None
    why: str = ""
    told: Mapping[str, Any] = field(default_factory=dict[str, Any])


Make = Callable[[PlanRequest], Made]
Judge = Callable[[Plan], Judgement]
Wall = Callable[[], datetime]


@contextmanager
def alone(url: str, work: int = PLANNER) -> Iterator[bool]:
    """Whether this is the one process that does the work of that number; it is until the end of the context."""
    with closing(
        psycopg.Connection[DictRow].connect(url, autocommit=True, row_factory=dict_row, connect_timeout=3)
    ) as connection:
        row = connection.execute(LOCK, [work]).fetchone()
        yield bool(row and row["mine"])


def answer_next(url: str, make: Make, *, rules: PlanRules, wall: Wall) -> str | None:
    """What became of the oldest request: 'ready' or why not; None where none waits. Raises psycopg.Error where the
    registry goes away: the request stands."""
    with connect(url) as connection:
        request = oldest_waiting(connection)
        if request is None:
            return None
        if request.tries >= MOST_TRIES:
            answer(connection, request.request_id, wall(), why=INTERRUPTED)
            return INTERRUPTED
        begin(connection, request, wall())
    made = _made(make, request)
    if made.why:
        return _failed(url, request, made, wall())
    try:
        _store(url, request, made, rules, wall())
    except psycopg.errors.UniqueViolation:
        log.warning("a request was answered by somebody else", request=request.request_id)
        return "answered"
    except ActRefused as refused:
        told = {"values": {name: _plain(value) for name, value in refused.values.items()}, "message": str(refused)}
        return _failed(url, request, Made(why=refused.why, told=told), wall())
    return "ready"


def judge_next(url: str, look_at: Judge, *, wall: Wall) -> int | None:
    """The number of a plan whose newest version was judged; None where there was none to judge."""
    with connect(url) as connection:
        found = unjudged(connection)
        if found is None:
            return None
        plan, revision = found
        seen = look(connection, plan)
    if seen.newest.revision != revision:
        return plan
    try:
        judgement = look_at(seen)
    except Exception:
        # One plan that nobody can judge must not keep the others waiting.
        log.exception("a plan could not be judged", plan=plan)
        judgement = Judgement(snapshot=0, why=BROKEN)
    with connect(url) as connection:
        judge(connection, plan, revision, judgement, wall())
    return plan


def _made(make: Make, request: PlanRequest) -> Made:
    try:
        return make(request)
    except Exception:
        # The process must outlive one request: the others would wait for ever.
        log.exception("a plan could not be made", request=request.request_id)
        return Made(why=BROKEN)


def _store(url: str, request: PlanRequest, made: Made, rules: PlanRules, now: datetime) -> None:
    """The draft in the name of who asked, its judgement and the answer: all of them, or nothing."""

    def also(connection: psycopg.Connection[DictRow], plan: int) -> None:
        if made.judgement is not None:
            judge(connection, plan, 1, made.judgement, now)
        answer(connection, request.request_id, now, plan=plan)

    plan_acts.draft(
        url,
        request.title,
        made.lines,
        rules=rules,
        by=Actor(name=request.actor, origin="planner", now=now),
        campaign_now=request.campaign_at,
        document=made.document,
        also=also,
    )


def _failed(url: str, request: PlanRequest, made: Made, now: datetime) -> str:
    with connect(url) as connection:
        answer(connection, request.request_id, now, why=made.why, told=made.told)
    return made.why


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value if isinstance(value, int | float) else str(value)
