"""What an order to move doses needs from the registry besides its plan: how the lots are packed, and how long they
last."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

import psycopg
from psycopg.rows import DictRow

from campaign.lots import Expiry, usable_expiry
from campaign.plan_order import OrderFacts, OrderMark, Packing, order_mark
from campaign.plan_record import Plan
from campaign.plan_state import state_at
from operations.action_log import ActRefused
from operations.plan_stock import EXPIRIES

PACKED = (
    "SELECT lot_number, doses_per_vial, vials_per_tray FROM registry.lot WHERE lot_number = ANY(%s) "
    "AND doses_per_vial > 0"
)


def orderable(plan: Plan, now: datetime) -> OrderMark:
    """Raises ActRefused where the plan is neither proposed nor approved, or has lapsed or been cancelled."""
    mark = order_mark(plan, now)
    if mark is None:
        state = state_at(plan.standing, now).value
        raise ActRefused(
            f"plan {plan.plan_id} is {state}: there is an order from the proposal on, while it holds",
            "plan_no_order",
            plan=plan.plan_id,
            plan_state=state,
        )
    return mark


def packing_of(connection: psycopg.Connection[DictRow], plan: Plan) -> dict[str, Packing]:
    """By lot of its newest version, of those that tell how they are packed."""
    lots = sorted({line.lot for line in plan.lines})
    return {
        row["lot_number"]: Packing(doses_per_vial=row["doses_per_vial"], vials_per_tray=row["vials_per_tray"])
        for row in connection.execute(PACKED, [lots]).fetchall()
    }


def order_facts(connection: psycopg.Connection[DictRow], plan: Plan, *, today: date, one_in: int | None) -> OrderFacts:
    """Of the lots of its newest version. today: of the version, so that the same version has the same days."""
    lots = sorted({line.lot for line in plan.lines})
    told: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in connection.execute(EXPIRIES, [lots]).fetchall():
        told[row.pop("lot_number")].append(row)
    return OrderFacts(
        packing=packing_of(connection, plan),
        until={lot: usable_expiry([Expiry(**row) for row in told[lot]], today=today).expires_on for lot in lots},
        one_in=one_in,
    )
