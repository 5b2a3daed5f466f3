"""A plan of a country down to its districts: the nation between its hubs, then every province by itself, two at once.

Each part has the gaps that operations/plan_solve.py proves of it; for the whole, the sums of the provinces' values and
bounds say how much better the doses could be shared inside the provinces after the same moves between them. What
another plan of the nation would have been worth to them is not proven by that (ADR 44). Source: issue 7."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from campaign.plan_problem import Aim, Move, Problem, Refused
from campaign.plan_refusals import refusals
from campaign.plan_split import between, nation, province
from campaign.plan_value import value
from operations.plan_solve import Plan, Reached, Status, plan

# Share of the time that the nation may take; what it leaves is the provinces'.
NATION_SHARE = 0.3
# Gap of every aim at which a part is left as it is, for the time to be the others'.
ENOUGH = 0.005
# What is kept for putting together and telling.
TELL_SHARE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryPlan:
    """nation: of the hubs, its districts' stores together one a province. provinces: by the code of their hub; empty
    where the nation has no plan. worth: of all moves, counted from their lines."""

    status: Status
    moves: tuple[Move, ...]
    nation: Plan
    provinces: Mapping[str, Plan]
    worth: Mapping[Aim, float]
    seconds: float
    refused: tuple[Refused, ...] = ()

    @property
    def shared(self) -> tuple[Reached, ...]:
        """Values and bounds of the provinces together: each no worse than its plan in the aims before."""
        found: list[Reached] = []
        for at, aim in enumerate(Aim):
            items = [part.reached[at] for part in self.provinces.values() if part.reached]
            bounds = [item.bound for item in items if item.bound is not None]
            full = bool(bounds) and len(bounds) == len(self.provinces)
            found.append(Reached(aim=aim, value=sum(item.value for item in items), bound=sum(bounds) if full else None))
        return tuple(found)

    @property
    def gap(self) -> float | None:
        """The largest of the nation's aims' and of the provinces' together; None: one is not known."""
        gaps = [item.gap for item in (*self.nation.reached, *self.shared)]
        known = [gap for gap in gaps if gap is not None]
        return max(known, default=0.0) if len(known) == len(gaps) else None


def plan_country(problem: Problem, province_of: Mapping[str, str], *, seconds: float = 60.0) -> CountryPlan:
    """Within `seconds` of wall time. province_of: the hub of the province that each district belongs to. No part
    is left out silently: where one is impossible the whole is, and no moves are told."""
    begun = time.monotonic()
    refused = tuple(refusals(problem))
    if refused:
        nobody = Plan(status=Status.REFUSED, moves=(), reached=(), seconds=0.0, refused=refused)
        return _told(problem, begun, nobody, {}, Status.REFUSED)
    hubs = sorted(set(province_of.values()))
    first = plan(nation(problem, province_of), seconds=seconds * NATION_SHARE, enough=ENOUGH)
    if first.status in (Status.IMPOSSIBLE, Status.REFUSED):
        return _told(problem, begun, first, {}, first.status)
    sent = between(first.moves)
    until = begun + seconds * (1 - TELL_SHARE)
    provinces = _each(hubs, lambda code: province(problem, province_of, code, sent), until)
    statuses = {first.status, *(part.status for part in provinces.values())}
    for status in (Status.REFUSED, Status.IMPOSSIBLE, Status.TIME, Status.WITHIN):
        if status in statuses:
            return _told(problem, begun, first, provinces, status, sent)
    return _told(problem, begun, first, provinces, Status.OPTIMAL, sent)


def _each(hubs: Sequence[str], part: Callable[[str], Problem], until: float) -> dict[str, Plan]:
    """As many at once as there are processors: HiGHS lets go of the interpreter while it solves. Each may take its
    equal share of what is left when it begins, so that time saved by one is the others'."""
    at_once = max(1, min(len(hubs), len(os.sched_getaffinity(0))))
    waiting = len(hubs)

    def solved(code: str) -> Plan:
        nonlocal waiting
        share = max(0.0, until - time.monotonic()) * at_once / max(at_once, waiting)
        waiting -= 1
        return plan(part(code), seconds=share, enough=ENOUGH)

    with ThreadPoolExecutor(at_once) as threads:
        return dict(zip(hubs, threads.map(solved, hubs), strict=True))


def _told(
    problem: Problem,
    begun: float,
    first: Plan,
    provinces: Mapping[str, Plan],
    status: Status,
    sent: Sequence[Move] = (),
) -> CountryPlan:
    whole = status not in (Status.IMPOSSIBLE, Status.REFUSED)
    moves = (*sent, *(move for part in provinces.values() for move in part.moves)) if whole else ()
    return CountryPlan(
        status=status,
        moves=moves,
        nation=first,
        provinces=provinces,
        worth=value(problem, moves).aims if whole else {},
        seconds=time.monotonic() - begun,
        refused=tuple(item for part in (first, *provinces.values()) for item in part.refused),
    )
