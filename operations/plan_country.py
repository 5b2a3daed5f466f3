"""A plan of a country down to its districts: the nation between its hubs, then every province or region by itself, two
at once.

Each part has the gaps that operations/plan_solve.py proves of it; for the whole, the sums of the parts' values and
bounds say how much better the doses could be shared inside the parts after the same moves between them. What other
moves between them would have been worth is not proven by that (ADR 44). Source: issue 7."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from campaign.plan_problem import Aim, Move, Problem, Refused
from campaign.plan_refusals import refusals
from campaign.plan_split import crossing, nation, part
from campaign.plan_value import value
from operations.plan_solve import Plan, Reached, Status, plan

# Share of the time that the nation may take; what it leaves is the parts'.
NATION_SHARE = 0.2
# Gap of every aim at which a part is left as it is, for the time to be the others'.
ENOUGH = 0.005
# What is kept for putting together and telling.
TELL_SHARE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryPlan:
    """nation: of the hubs, the districts of each province as one store. parts: by province or region; none where the
    nation has no plan. worth: of all moves, counted from their lines."""

    status: Status
    moves: tuple[Move, ...]
    nation: Plan
    parts: Mapping[str, Plan]
    worth: Mapping[Aim, float]
    seconds: float
    refused: tuple[Refused, ...] = ()

    @property
    def shared(self) -> tuple[Reached, ...]:
        """Values and bounds of the parts together: each no worse than its plan in the aims before."""
        found: list[Reached] = []
        for at, aim in enumerate(Aim):
            items = [part.reached[at] for part in self.parts.values() if part.reached]
            bounds = [item.bound for item in items if item.bound is not None]
            full = bool(bounds) and len(bounds) == len(self.parts)
            found.append(Reached(aim=aim, value=sum(item.value for item in items), bound=sum(bounds) if full else None))
        return tuple(found)

    @property
    def gap(self) -> float | None:
        """The largest of the nation's aims' and of the parts' together; None: one is not known."""
        gaps = [item.gap for item in (*self.nation.reached, *self.shared)]
        known = [gap for gap in gaps if gap is not None]
        return max(known, default=0.0) if len(known) == len(gaps) else None


def plan_country(
    problem: Problem,
    province_of: Mapping[str, str],
    region_of: Mapping[str, str] | None = None,
    *,
    seconds: float = 60.0,
) -> CountryPlan:
    """Within `seconds` of wall time. province_of: the hub of the province that each district belongs to. region_of: the
    group of each hub that is planned at once with the others of it; None: each province by itself. Fewer groups find
    better plans and take longer. Whole trays are not preferred to vials. No part is left out silently: where one is
    impossible the whole is, and no moves are told."""
    begun = time.monotonic()
    # Trays take time that the parts do not have.
    problem = replace(problem, policy=replace(problem.policy, tray_gap=None))
    refused = tuple(refusals(problem))
    if refused:
        nobody = Plan(status=Status.REFUSED, moves=(), reached=(), seconds=0.0, refused=refused)
        return _told(problem, begun, nobody, {}, Status.REFUSED)
    first = plan(nation(problem, province_of), seconds=seconds * NATION_SHARE, enough=ENOUGH)
    if first.status in (Status.IMPOSSIBLE, Status.REFUSED):
        return _told(problem, begun, first, {}, first.status)
    hubs = region_of or {hub: hub for hub in province_of.values()}
    group_of = {**hubs, **{code: hubs[hub] for code, hub in province_of.items()}}
    groups: dict[str, set[str]] = {}
    for code, group in sorted(group_of.items()):
        groups.setdefault(group, set()).add(code)
    sent = crossing(problem, group_of, first.moves)
    parts = _each(problem, groups, sent, begun + seconds * (1 - TELL_SHARE))
    statuses = {first.status, *(item.status for item in parts.values())}
    for status in (Status.REFUSED, Status.IMPOSSIBLE, Status.TIME, Status.WITHIN):
        if status in statuses:
            return _told(problem, begun, first, parts, status, sent)
    return _told(problem, begun, first, parts, Status.OPTIMAL, sent)


def _each(problem: Problem, groups: Mapping[str, set[str]], sent: Sequence[Move], until: float) -> dict[str, Plan]:
    """As many at once as there are processors, the largest first: HiGHS lets go of the interpreter while it solves.
    Each may take its share of what is left when it begins, so that time saved by one is the others'."""
    order = sorted(groups, key=lambda group: (-len(groups[group]), group))
    at_once = max(1, min(len(order), len(os.sched_getaffinity(0))))

    def solved(at: int) -> Plan:
        # The last ones run beside each other: rounds that are still to come.
        rounds = -(-(len(order) - at) // at_once)
        share = max(0.0, until - time.monotonic()) / rounds
        return plan(part(problem, groups[order[at]], sent), seconds=share, enough=ENOUGH)

    with ThreadPoolExecutor(at_once) as threads:
        return dict(zip(order, threads.map(solved, range(len(order))), strict=True))


def _told(
    problem: Problem,
    begun: float,
    first: Plan,
    parts: Mapping[str, Plan],
    status: Status,
    sent: Sequence[Move] = (),
) -> CountryPlan:
    whole = status not in (Status.IMPOSSIBLE, Status.REFUSED)
    moves = (*sent, *(move for item in parts.values() for move in item.moves)) if whole else ()
    return CountryPlan(
        status=status,
        moves=moves,
        nation=first,
        parts=parts,
        worth=value(problem, moves).aims if whole else {},
        seconds=time.monotonic() - begun,
        refused=tuple(item for part in (first, *parts.values()) for item in part.refused),
    )
