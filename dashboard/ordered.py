"""The order of one plan as far as one reader may see it: what the page's links and the command both hand on to
reports/orders.py."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
from psycopg.rows import DictRow

from dashboard.plan_seen import plan_view
from dashboard.reported.heads import national, provincial
from etl.coldchain_intake import dataset_of
from geo.areas import load_provinces
from layouts.plan_order import order_of
from layouts.words import Words
from operations.action_log import ActRefused
from operations.plan_orders import order_facts, orderable
from reports.orders import OrderSheet
from settings import Settings


def order_sheet(
    connection: psycopg.Connection[DictRow],
    number: int,
    *,
    sees: Callable[[str | None], bool],
    settings: Settings,
    words: Words,
) -> OrderSheet:
    """sees: whether the reader may see a province; None: what is the nation's. Raises ActRefused: there is no such
    plan, none of its lines is the reader's, or it orders nothing."""
    view = plan_view(connection, number, sees=sees, settings=settings, words=words)
    plan, zone, about = view.plan, view.zone, dataset_of(connection)
    if not any(view.sees_line(line) for line in plan.lines):
        raise ActRefused(f"there is no plan {number}", "no_plan", plan=number)
    mark = orderable(plan, view.now)
    made = next(act for act in plan.acts if act.version == plan.newest.version)
    today, one_in = made.campaign_at.astimezone(zone).date(), about.one_in if about.is_demo else None
    facts = order_facts(connection, plan, today=today, one_in=one_in)
    provinces = {item.code: item for item in load_provinces(settings.reference_dir)}
    own = provinces.get(plan.area or "")
    return OrderSheet(
        words=words,
        zone=zone,
        order=order_of(view, facts, mark),
        letterhead=provincial(own, words) if own else national(settings, words.language),
    )
