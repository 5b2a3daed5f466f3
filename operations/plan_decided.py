"""What a store has of a lot besides what decisions on allocation promise to other places: such doses are nobody's to
plan with. Read under operations.ledger_lock, from the registry as it is (docs/adr/0059)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import LiteralString

import psycopg
from psycopg.rows import DictRow

from campaign.coverage import NATION
from campaign.ledger import Pair
from campaign.lots import LotState
from campaign.plan_set_aside import ABOVE, DecidedLine, Lying, set_aside, unsent
from operations.plan_stock import NO_PLAN, LotThere, there

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
# Less what of it was taken back; campaign/allocation.py says the same of every flow.
MOVED = (
    "SELECT m.decision_id, m.counterpart_code AS store, m.lot_number AS lot, l.product_code AS product, "
    "(-sum(m.doses + coalesce(c.doses, 0)))::bigint AS doses "
    "FROM registry.stock_movement AS m JOIN registry.lot AS l USING (lot_number) "
    "LEFT JOIN (SELECT cancels_id, sum(doses) AS doses FROM registry.stock_movement WHERE cancels_id IS NOT NULL "
    "GROUP BY cancels_id) AS c ON c.cancels_id = m.movement_id "
    "WHERE m.decision_id = ANY(%s) AND l.product_code = ANY(%s) AND m.kind IN ('issue', 'transfer_out') "
    "AND m.counterpart_code IS NOT NULL GROUP BY m.decision_id, m.counterpart_code, m.lot_number, l.product_code"
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
    owing = {line.above for line, _ in wanted}
    products = sorted({line.product for line, _ in wanted})
    rows = connection.execute(SOURCES, [products, NATION in owing, sorted(owing - {NATION})]).fetchall()
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
    decisions = sorted({line.decision_id for line in lines})
    rows = connection.execute(MOVED, [decisions, sorted(products)]).fetchall()
    moved = {(row["decision_id"], row["store"], row["lot"]): int(row["doses"]) for row in rows}
    return unsent(lines, moved, {row["lot"]: row["product"] for row in rows})


def _of_one(line: DecidedLine, givers: Iterable[tuple[str, str]]) -> bool:
    """Whether one of the giving stores is one that the line may be filled from."""
    return any(line.above == (NATION if level in ABOVE else province) for level, province in givers)


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
