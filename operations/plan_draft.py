"""A document from a problem: planned by the policy asked for, judged by the checker, explained line by line."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from campaign.plan_binding import Held, held
from campaign.plan_build import Built
from campaign.plan_check import violations
from campaign.plan_document import PlanDocument, PlanLine, Reach, Size
from campaign.plan_facts import PlanFacts
from campaign.plan_policies import Way, fefo, ministry
from campaign.plan_problem import Aim, Level, Move, Problem
from campaign.plan_reasons import reasons
from campaign.plan_refusals import refusals
from campaign.plan_rules import Asked
from campaign.plan_standing import standing
from campaign.plan_tidy import tidied
from campaign.plan_trays import carried, kept_whole, opened_for
from campaign.plan_value import value
from operations.plan_solve import Plan, Reached, Status, plan

# A plan by a plain rule: it is as good as it is, nothing is proven of it.
RULE = "rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """seconds: of wall time for the plan. least: doses of a shipment below which it is not made. explained: lines, the
    largest first, that are asked what held them back, in explain_seconds altogether."""

    seconds: float
    least: int
    explained: int
    explain_seconds: float


def draft(facts: PlanFacts, built: Built, asked: Asked, limits: Limits) -> PlanDocument:
    """Never raises for a bad problem: its refusals are told, with no line."""
    problem = built.problem
    refused = tuple(refusals(problem))
    found = _refused() if refused else _planned(problem, asked.policy.way, limits.seconds)
    sent = found.moves if problem.policy.tray_gap is None else kept_whole(problem, found.moves)
    moves = tidied(problem, sent, least=limits.least) if sent else []
    whys = reasons(problem, moves)
    asked_of = _held(problem, moves, limits)
    boxes = carried(problem, moves)
    lines = tuple(
        PlanLine(
            lot=built.meaning[move.lot].number,
            code=move.lot,
            product=move.product,
            giver=move.giver,
            taker=move.taker,
            lane=move.lane,
            doses=move.doses,
            ship_on=facts.today + timedelta(move.ship_day),
            arrive_on=facts.today + timedelta(move.arrive_day),
            until=built.meaning[move.lot].until,
            reason=why,
            carried=boxes[at],
            opened_for=opened_for(problem, moves, at, boxes[at].opened) if boxes[at].opened else None,
            held=asked_of[at].rules if at in asked_of else None,
            binding=asked_of[at].binding if at in asked_of else None,
        )
        for at, (move, why) in enumerate(zip(moves, whys, strict=True))
    )
    return PlanDocument(
        snapshot=facts.version,
        as_of=facts.as_of,
        today=facts.today,
        inside=facts.inside,
        asked=asked,
        whole=built.whole,
        cycles=problem.cycles,
        status=Status.REFUSED.value if refused else _status(found, asked.policy.way),
        gap=found.gap if found.reached else None,
        seconds=found.seconds,
        objective=_objective(problem, found, moves, RULE if asked.policy.way is not Way.OURS else Status.TIME.value),
        size=_size(problem, built),
        lines=lines,
        small=sum(move.doses for move in sent) - sum(move.doses for move in moves),
        violations=tuple(violations(problem, moves)),
        before=standing(problem),
        after=standing(problem, moves),
        places={store.code: store for store in facts.places},
        left=built.left,
        assumed=built.assumed,
        set_aside=built.set_aside,
        unfound=built.unfound,
        late=built.late,
        refused=refused,
    )


def _refused() -> Plan:
    return Plan(status=Status.REFUSED, moves=(), reached=(), seconds=0.0)


def _planned(problem: Problem, way: Way, seconds: float) -> Plan:
    begun = time.monotonic()
    if way is Way.OURS:
        found = plan(problem, seconds=seconds)
        return _at_least_by_rule(problem, found) if found.status is Status.TIME else found
    moves = tuple(ministry(problem) if way is Way.MINISTRY else fefo(problem))
    return Plan(status=Status.TIME, moves=moves, reached=(), seconds=time.monotonic() - begun)


def _at_least_by_rule(problem: Problem, found: Plan) -> Plan:
    """Where the time was over, the best plan that is known, be it one by a plain rule: never a silent zero."""
    worth = {item.aim: item.value for item in found.reached}
    best, moves = [worth[aim] for aim in Aim], None
    for other in (fefo(problem), ministry(problem)):
        aims = value(problem, other).aims
        if not violations(problem, other) and [aims[aim] for aim in Aim] < best:
            best, moves = [aims[aim] for aim in Aim], tuple(other)
    if moves is None:
        return found
    # Only the first aim's bound holds whatever the others are.
    bounds = [item.bound if at == 0 else None for at, item in enumerate(found.reached)]
    reached = tuple(
        Reached(aim=aim, value=reach, bound=bound) for aim, reach, bound in zip(Aim, best, bounds, strict=True)
    )
    return replace(found, moves=moves, reached=reached)


def _status(found: Plan, way: Way) -> str:
    return found.status.value if way is Way.OURS else RULE


def _objective(problem: Problem, found: Plan, moves: Sequence[Move], why: str) -> tuple[Reach, ...]:
    """why: a gap is not known, where one is not."""
    worth = value(problem, moves).aims
    solved = {item.aim: item for item in found.reached}
    return tuple(
        Reach(
            aim=aim.value,
            value=worth[aim],
            solved=solved[aim].value if aim in solved else worth[aim],
            bound=solved[aim].bound if aim in solved else None,
            gap=solved[aim].gap if aim in solved else None,
            unknown=why if aim not in solved or solved[aim].gap is None else "",
        )
        for aim in Aim
    )


def _held(problem: Problem, moves: Sequence[Move], limits: Limits) -> dict[int, Held]:
    deadline = time.monotonic() + limits.explain_seconds
    found: dict[int, Held] = {}
    for at in sorted(range(len(moves)), key=lambda at: (-moves[at].doses, at))[: limits.explained]:
        if time.monotonic() > deadline:
            break
        found[at] = held(problem, moves, at)
    return found


def _size(problem: Problem, built: Built) -> Size:
    hubs = sum(store.hub for store in problem.stores)
    return Size(
        provinces=sum(store.level is Level.PROVINCE for store in problem.stores),
        stores=len(problem.stores) - hubs,
        hubs=hubs,
        products=len(problem.products),
        lots=len({built.meaning[lot.code].number for lot in problem.lots}),
        days=problem.days,
    )
