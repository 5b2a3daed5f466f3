"""What a plan must be before it is written down, proposed, approved or shipped. Every refusal has its figures.

The rules of planning are those of campaign/plan_check.py, asked by whoever proposes; here is what the registry itself
knows: names, and whether the doses are there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import psycopg
from psycopg.rows import DictRow

from campaign.ledger import Pair
from campaign.lots import LotState
from campaign.plan_check import Violation
from campaign.plan_record import Plan, PlanLine, PlanStore, must_lie_there
from operations.action_log import ActRefused
from operations.plan_acting import On, day_of
from operations.plan_decided import free_there
from operations.plan_records import stores_of
from operations.plan_rules import PlanRules
from operations.plan_stock import NO_PLAN, LotThere, products_of, vials_of


def not_supposed(document: Mapping[str, Any], lines: Iterable[PlanLine]) -> None:
    """Raises ActRefused for what was made from a scenario, or from a part of its files."""
    if document.get("supposed") or any(line.reasons.get("supposed") for line in lines):
        raise ActRefused("this was planned from a scenario: plan from the figures", "plan_supposed")


def sound(
    connection: psycopg.Connection[DictRow], lines: Sequence[PlanLine], rules: PlanRules
) -> Mapping[str, PlanStore]:
    """The stores of the lines. Raises ActRefused for none, too many, an unknown store or lot, a lot of another product,
    no doses, days that go backwards, a line twice."""
    if not lines:
        raise ActRefused("a plan has at least one line", "plan_empty")
    if len(lines) > rules.most_lines:
        count, most = len(lines), rules.most_lines
        raise ActRefused(f"{count:,} lines; a plan has at most {most:,}", "plan_long", count=count, most=most)
    stores = stores_of(connection, sorted({code for line in lines for code in (line.giver, line.taker)}))
    products = products_of(connection, (line.lot for line in lines))
    seen: set[tuple[str, str, str, date]] = set()
    for at, line in enumerate(lines, start=1):
        for code in (line.giver, line.taker):
            if code not in stores:
                raise ActRefused(f"no store is called '{code}'", "unknown_store", name=code)
        if line.lot not in products:
            raise ActRefused(f"no lot has the number {line.lot}", "no_lot", lot=line.lot)
        if products[line.lot] != line.product:
            raise ActRefused(
                f"line {at}: lot {line.lot} is {products[line.lot]}, not {line.product}",
                "plan_line_product",
                line=at,
                lot=line.lot,
                name=line.product,
            )
        if line.giver == line.taker:
            raise ActRefused(f"line {at}: it goes to where it comes from", "plan_line_same", line=at)
        if line.doses < 1:
            raise ActRefused(f"line {at}: {line.doses} doses", "plan_line_doses", line=at, doses=line.doses)
        if line.arrive_on < line.ship_on:
            raise ActRefused(f"line {at}: it arrives before it leaves", "plan_line_days", line=at)
        key = (line.lot, line.giver, line.taker, line.ship_on)
        if key in seen:
            raise ActRefused(f"line {at}: the same lot, stores and day twice", "plan_line_twice", line=at)
        seen.add(key)
    return stores


def keeps_rules(violations: Sequence[Violation]) -> None:
    """Raises ActRefused for a plan that the checker does not pass."""
    if violations:
        first = violations[0]
        raise ActRefused(
            f"the plan breaks {len(violations)} rules, the first of them '{first.rule.value}' ({first.subject})",
            "plan_breaks",
            count=len(violations),
            plan_rule=first.rule.value,
            subject=first.subject,
        )


def doses_are_there(connection: psycopg.Connection[DictRow], plan: Plan, on: On, rules: PlanRules) -> None:
    """All that has not left could leave, as far as is known now. Raises ActRefused with the figures."""
    left, today = plan.left(), day_of(on.now, rules.zone)
    going: defaultdict[Pair, list[tuple[date, int]]] = defaultdict(list)
    coming: defaultdict[Pair, list[tuple[date, int]]] = defaultdict(list)
    until: dict[Pair, date] = {}
    for at, line in enumerate(plan.lines, start=1):
        waiting = sum(item.doses for item in plan.shipments if item.line == at and item.receipt is None)
        coming[line.taker, line.lot].append((line.arrive_on, left[at] + waiting))
        if left[at]:
            pair = (line.giver, line.lot)
            going[pair].append((line.ship_on, left[at]))
            until[pair] = max(until.get(pair, today), line.comes_on(today))
    wanted = {pair: must_lie_there(days, coming[pair]) for pair, days in going.items()}
    enough(connection, wanted, until, on=on, rules=rules, without=plan.plan_id)


def enough(
    connection: psycopg.Connection[DictRow],
    wanted: Mapping[Pair, int],
    until: Mapping[Pair, date],
    *,
    on: On,
    rules: PlanRules,
    without: int = NO_PLAN,
) -> Mapping[Pair, LotThere]:
    """wanted: doses by store and lot; until: the day on which they must still be usable. Raises ActRefused."""
    today = day_of(on.now, rules.zone)
    limits = rules.thaw_limits(today)
    found = free_there(connection, wanted, now=on.now, today=today, thaw_limits=limits, without=without)
    for (store, lot), doses in wanted.items():
        seen = found[store, lot]
        if seen.state is not LotState.RELEASED:
            told = seen.state.value if seen.state else "without a state"
            raise ActRefused(f"lot {lot} is {told}: it is not released", "plan_lot_stopped", lot=lot)
        last = seen.usable.expires_on
        if last is not None and last < until[store, lot]:
            raise ActRefused(
                f"lot {lot} in {store} is usable until {last}, and would arrive on {until[store, lot]}",
                "plan_lot_expires",
                lot=lot,
                store=store,
                last=last,
                day=until[store, lot],
            )
        if doses > seen.free:
            raise ActRefused(
                f"{doses:,} doses of lot {lot} are wanted from {store}: {seen.on_hand:,} are there, {seen.stopped:,} "
                f"may not be given, {seen.promised:,} are promised by other plans, {seen.decided:,} by decisions on "
                f"allocation; {max(seen.free, 0):,} are free",
                "plan_not_free",
                lot=lot,
                store=store,
                doses=doses,
                on_hand=seen.on_hand,
                stopped=seen.stopped,
                promised=seen.promised,
                decided=seen.decided,
                free=max(seen.free, 0),
            )
    return found


def still_to_come(lines: Iterable[PlanLine], today: date) -> None:
    """Raises ActRefused for a line whose day of leaving is over."""
    for at, line in enumerate(lines, start=1):
        if line.ship_on < today:
            raise ActRefused(
                f"line {at} leaves on {line.ship_on}, which is past", "plan_line_past", line=at, day=line.ship_on
            )


def whole_vials(connection: psycopg.Connection[DictRow], plan: Plan, parts: Mapping[int, int]) -> None:
    """An opened vial goes nowhere: doses of a line leave by whole vials, or as all that is left of it. Raises
    ActRefused."""
    left, vials = plan.left(), vials_of(connection, (plan.lines[number - 1].lot for number in parts))
    for number, doses in parts.items():
        vial = vials.get(plan.lines[number - 1].lot, 1)
        if doses % vial and doses != left[number]:
            raise ActRefused(
                f"line {number}: {doses:,} doses are no whole vials of {vial} doses",
                "plan_part_of_vial",
                line=number,
                doses=doses,
                vial=vial,
            )
