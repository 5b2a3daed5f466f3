"""What a store has of a lot besides what decisions on allocation promise to other places: such doses are nobody's to
plan with. Read under operations.ledger_lock, from the registry as it is (docs/adr/0059)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import LiteralString

import psycopg
from psycopg.rows import DictRow

from campaign.allocation import flows
from campaign.ledger import Movement, Pair
from campaign.lots import LotState
from campaign.plan_set_aside import ABOVE, NATIONAL_RECIPIENTS, PROVINCE, DecidedLine, Lying, set_aside, unsent
from operations.plan_stock import NO_PLAN, LotThere, products_of, there

# A decision that a plan carries out is in that plan's own promises and shipments, and counts once. In the order in
# which warehouse/sql/plan/promised.sql has them.
LINES = (
    "SELECT d.decision_id, l.store_code AS store, l.product_code AS product, l.lot_number AS lot, l.doses AS planned, "
    "coalesce(l.doses_received, 0)::bigint AS stated, s.level, coalesce(s.province_code, '') AS province, "
    "coalesce(s.parent_code, '') AS parent "
    "FROM registry.allocation_line AS l JOIN registry.allocation_decision AS d USING (decision_id) "
    "JOIN registry.store AS s ON s.code = l.store_code "
    "WHERE d.state <> 'withdrawn' AND l.doses > 0 AND l.product_code = ANY(%s) "
    "AND s.level NOT IN ('national', 'regional') AND d.number <> ALL(%s) "
    "ORDER BY l.planned_on, l.store_code, l.product_code, l.lot_number, d.number"
)
CARRIED = (
    "SELECT DISTINCT d.number FROM operations.plan_decision AS d JOIN operations.plan_now AS n USING (plan_id) "
    "WHERE n.state IN ('proposed', 'approved', 'shipped', 'received')"
)
MOVED = (
    "WITH own AS (SELECT movement_id FROM registry.stock_movement WHERE decision_id = ANY(%s)) "
    "SELECT movement_id, store_code AS store, lot_number AS lot, kind, doses, occurred_at, recorded_at, "
    "counterpart_code AS counterpart, cancels_id, decision_id FROM registry.stock_movement "
    "WHERE movement_id IN (SELECT movement_id FROM own) OR cancels_id IN (SELECT movement_id FROM own)"
)
LEVELS = (
    "SELECT code, level, coalesce(province_code, '') AS province FROM registry.store "
    "WHERE code = ANY(%s) AND level IN ('national', 'regional', 'province')"
)
# Everything of these products in the stores that a promise may be filled from.
SOURCES: LiteralString = (
    "SELECT DISTINCT m.store_code AS store, m.lot_number AS lot, s.level, coalesce(s.province_code, '') AS province "
    "FROM registry.stock_movement AS m JOIN registry.store AS s ON s.code = m.store_code "
    "JOIN registry.lot AS l USING (lot_number) WHERE l.product_code = ANY(%s) "
    "AND ((%s AND s.level IN ('national', 'regional')) OR (s.level = 'province' AND s.province_code = ANY(%s)))"
)


def free_there(
    connection: psycopg.Connection[DictRow],
    pairs: Iterable[Pair],
    *,
    now: datetime,
    today: date,
    thaw_limits: Mapping[str, int],
    without: int = NO_PLAN,
) -> dict[Pair, LotThere]:
    """operations.plan_stock.there, with what decisions promise of each."""
    asked = sorted(set(pairs))

    def look(them: Iterable[Pair]) -> dict[Pair, LotThere]:
        return there(connection, them, now=now, today=today, thaw_limits=thaw_limits, without=without)

    found = look(asked)
    levels = {
        row["code"]: (row["level"], row["province"])
        for row in connection.execute(LEVELS, [sorted({store for store, _ in asked})]).fetchall()
    }
    wanted = [item for item in _unsent(connection, {seen.product for seen in found.values()})
              if _of_one(item[0], levels.values())]  # fmt: skip
    if not wanted:
        return found
    above = any(level in ABOVE for level, _ in levels.values())
    provinces = sorted({province for level, province in levels.values() if level == PROVINCE})
    products = sorted({line.product for line, _ in wanted})
    rows = connection.execute(SOURCES, [products, above, provinces]).fetchall()
    there_too = look((row["store"], row["lot"]) for row in rows)
    lying = [_lying(there_too[row["store"], row["lot"]], row, today) for row in rows]
    aside = set_aside(wanted, [pile for pile in lying if pile.doses > 0])
    return {pair: replace(seen, decided=aside.get(pair, 0)) for pair, seen in found.items()}


def carried_out(connection: psycopg.Connection[DictRow]) -> frozenset[str]:
    """Numbers of decisions that plans carry out, and that are promised by those plans already."""
    return frozenset(row["number"] for row in connection.execute(CARRIED).fetchall())


def _unsent(connection: psycopg.Connection[DictRow], products: set[str]) -> list[tuple[DecidedLine, int]]:
    found = connection.execute(LINES, [sorted(products), sorted(carried_out(connection))]).fetchall()
    if not found:
        return []
    lines = [DecidedLine(**row) for row in found]
    moved = connection.execute(MOVED, [sorted({line.decision_id for line in lines})]).fetchall()
    named = {row["movement_id"]: row.pop("decision_id") for row in moved}
    decisions = {number: decision for number, decision in named.items() if decision is not None}
    movements = [Movement(**row) for row in moved]
    return unsent(lines, flows(movements, decisions), products_of(connection, (item.lot for item in movements)))


def _of_one(line: DecidedLine, givers: Iterable[tuple[str, str]]) -> bool:
    """Whether one of the giving stores is one that the line may be filled from."""
    if line.level in NATIONAL_RECIPIENTS:
        return any(level in ABOVE for level, _ in givers)
    return any(level == PROVINCE and province == line.province for level, province in givers)


def _lying(seen: LotThere, row: DictRow, today: date) -> Lying:
    until = seen.usable.expires_on
    return Lying(
        store=row["store"],
        lot=row["lot"],
        product=seen.product,
        doses=0 if until is not None and until < today else seen.free,
        released=seen.state is LotState.RELEASED,
        until=until,
        level=row["level"],
        province=row["province"],
    )
