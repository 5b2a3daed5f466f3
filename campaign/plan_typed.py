"""Lines of a plan as people keep them, as moves of a problem: so that the checker judges what a person typed.

A lot of which some doses end earlier is several lots to a problem: a line takes those that end first, as a store would.
What the problem does not have stays as it was typed, and the checker says that it is unknown. Source: issue 7 ("Build"
3: a plan typed by hand goes through the same checker)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from campaign.plan_check import Violation
from campaign.plan_problem import Lane, Move, Problem
from campaign.plan_record import PlanLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """lines: of each move the number of its line, from 0."""

    moves: tuple[Move, ...]
    lines: tuple[int, ...]


def moves_of(lines: Sequence[PlanLine], problem: Problem, numbers: Mapping[str, str], today: date) -> Typed:
    """numbers: the number of the lot by its code in the problem. today: the problem's day 0."""
    there: defaultdict[tuple[str, str], int] = defaultdict(int)
    hubs = {store.code for store in problem.stores if store.hub}
    for heap in problem.heaps:
        if not heap.bound and (heap.day == 0 or heap.store in hubs):
            there[heap.store, heap.lot] += heap.doses
    codes: defaultdict[str, list[str]] = defaultdict(list)
    for lot in sorted(problem.lots, key=lambda lot: (not lot.released or lot.held, lot.last_day, lot.code)):
        codes[numbers.get(lot.code, lot.code)].append(lot.code)
    lanes: defaultdict[tuple[str, str], list[Lane]] = defaultdict(list)
    for lane in problem.lanes:
        lanes[lane.giver, lane.taker].append(lane)
    moves: list[Move] = []
    owners: list[int] = []
    # A hub passes on what these lines bring: whoever leaves first is served first.
    for at, line in sorted(enumerate(lines), key=lambda item: (item[1].ship_on, item[0])):
        days = (line.arrive_on - line.ship_on).days
        found = lanes[line.giver, line.taker]
        fitting = next((lane.code for lane in found if lane.days == days), found[0].code if found else "")
        parts = _parts(codes[line.lot] or [line.lot], line, there)
        for code, doses in parts:
            there[line.giver, code] -= doses
            there[line.taker, code] += doses
            moves.append(
                Move(
                    lot=code,
                    product=line.product,
                    lane=fitting or f"{line.giver}>{line.taker}",
                    giver=line.giver,
                    taker=line.taker,
                    doses=doses,
                    ship_day=(line.ship_on - today).days,
                    arrive_day=(line.arrive_on - today).days,
                )
            )
            owners.append(at)
    return Typed(moves=tuple(moves), lines=tuple(owners))


def by_line(found: Sequence[Violation], typed: Typed) -> tuple[Violation, ...]:
    """With the numbers of the lines that people know, from 0, each rule once a line."""
    told = [replace(item, line=None if item.line is None else typed.lines[item.line]) for item in found]
    return tuple(dict.fromkeys(told))


def _parts(codes: Sequence[str], line: PlanLine, there: Mapping[tuple[str, str], int]) -> list[tuple[str, int]]:
    """Doses by code, from what ends first; what is in none of them stands with the first."""
    left, parts = line.doses, dict[str, int]()
    for code in codes:
        taken = min(left, max(there.get((line.giver, code), 0), 0))
        if taken:
            parts[code], left = taken, left - taken
    if left:
        most = next(iter(parts), codes[0])
        parts[most] = parts.get(most, 0) + left
    return list(parts.items())
