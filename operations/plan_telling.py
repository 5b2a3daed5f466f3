"""Reallocation plans as snapshots take them: read by the ETL's own role from views without a name of a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from campaign.plan_state import PlanState
from campaign.reallocation import ToldLine, ToldPlan
from operations.action_log import connect

# Days before the newest act on any plan: what ended earlier is the registry's alone. A snapshot looks at them by its
# own clock besides.
KEPT_DAYS = 31
PLANS = (
    "SELECT plan_id, title, state, revision, until_at AS until, changed_at, approved_at, number, decided_on, "
    "made_from, days FROM operations.plan_told WHERE state <> 'received' OR changed_at >= "
    "(SELECT max(changed_at) FROM operations.plan_told) - make_interval(days => %s) ORDER BY plan_id"
)
LINES = (
    "SELECT plan_id, line, lot_number AS lot, product_code AS product, giver_code AS giver, giver_area, "
    "taker_code AS taker, taker_area, doses, ship_on, arrive_on, shipped, received, on_way, missing "
    "FROM operations.plan_told_line WHERE plan_id = ANY(%s) ORDER BY plan_id, line"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reallocations:
    """Approved plans of the last weeks and those that are not over, with all their lines."""

    plans: tuple[ToldPlan, ...]
    lines: tuple[ToldLine, ...]


def reallocations(url: str) -> Reallocations:
    """Plans and lines as of one instant. Raises psycopg.Error."""
    with connect(url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        plans = tuple(_plan(row) for row in connection.execute(PLANS, [KEPT_DAYS]).fetchall())
        lines = connection.execute(LINES, [[plan.plan_id for plan in plans]]).fetchall() if plans else []
    return Reallocations(plans=plans, lines=tuple(ToldLine(**row) for row in lines))


def _plan(row: dict[str, Any]) -> ToldPlan:
    return ToldPlan(state=PlanState(row.pop("state")), **row)
