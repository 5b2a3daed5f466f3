"""A plan of the registry as one reader sees it."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import DictRow

from campaign.plan_readable import as_readable
from etl.coldchain_intake import present_of
from layouts.plan_view import Judged, PlanView
from layouts.words import Words
from operations.plan_orders import packing_of
from operations.plan_records import look
from operations.plan_requests import Judgement, judgements
from settings import Settings
from warehouse.reference import load_product_names


def plan_view(
    connection: psycopg.Connection[DictRow],
    number: int,
    *,
    sees: Callable[[str | None], bool],
    settings: Settings,
    words: Words,
) -> PlanView:
    """sees: whether the reader may see a province; None: what is the nation's. Raises ActRefused for a plan that there
    is not."""
    now, (plan, unread) = present_of(connection), as_readable(look(connection, number))
    return PlanView(
        plan=plan,
        unread=unread,
        judged=_judged(judgements(connection, number).get(plan.newest.revision)),
        sees=sees,
        products=load_product_names(settings.reference_dir),
        packing=packing_of(connection, plan),
        words=words,
        zone=ZoneInfo(settings.campaign.timezone),
        now=now,
    )


def _judged(found: Judgement | None) -> Judged | None:
    if found is None:
        return None
    return Judged(
        snapshot=found.snapshot,
        violations=found.violations,
        before=found.before,
        after=found.after,
        why=found.why,
    )
