"""Thresholds of alerts as people set them: who, when, from what to what, and why. Older ones are kept.

config.yaml holds where nobody set anything. The ETL reads what is in force before each refresh, and who watches it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from campaign.access import Permission
from operations.action_log import ActRefused, acting, connect, said, write_log
from operations.decisions import Actor
from settings import Settings
from settings.tunable import TUNABLE, BadThreshold, own_value, parsed, tuned

IN_FORCE = "SELECT DISTINCT ON (name) name, value FROM operations.threshold ORDER BY name, threshold_id DESC"
HISTORY = "SELECT * FROM operations.threshold ORDER BY threshold_id DESC LIMIT %s"
# Of two at once the second sees what the first set.
# Any number of our own: no right on the table lets its writers lock it.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(7305081018)"
WRITE = (
    "INSERT INTO operations.threshold (name, value, before, reason, set_by, set_at) "
    "VALUES (%(name)s, %(value)s, %(before)s, %(reason)s, %(set_by)s, %(set_at)s)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change. value None: config.yaml's own holds again."""

    name: str
    value: float | None
    before: float
    reason: str
    set_by: str
    set_at: datetime


def in_force(url: str) -> dict[str, float]:
    """By name what people set. Raises psycopg.Error."""
    with connect(url) as connection:
        rows = connection.execute(IN_FORCE).fetchall()
    return {row["name"]: row["value"] for row in rows if row["value"] is not None}


def history(url: str, *, limit: int = 100) -> tuple[Change, ...]:
    """Newest first."""
    with connect(url) as connection:
        rows = connection.execute(HISTORY, [limit]).fetchall()
    return tuple(Change(**{name: row[name] for name in Change.__slots__}) for row in rows)


def set_threshold(url: str, settings: Settings, *, name: str, text: str, reason: str, by: Actor) -> Change:
    """`settings`: config.yaml's own; text '': back to it. Raises ActRefused; then the value before holds on."""
    try:
        value = None if name in TUNABLE and not text.strip() else parsed(settings, name, text)
    except BadThreshold as bad:
        raise _refused(bad) from bad
    why = said("reason", reason)
    with acting(
        url,
        actor=by.name,
        permission=Permission.SET_ALERTS,
        action="threshold_set",
        subject=f"threshold:{name}",
        origin=by.origin,
        request_id=by.request_id,
    ) as act:
        act.connection.execute(ONE_AT_A_TIME)
        held = {row["name"]: row["value"] for row in act.connection.execute(IN_FORCE).fetchall()}
        before = _value(settings, name, held)
        if before == (own_value(settings, name) if value is None else value):
            raise ActRefused(f"{name} is {before:g} already", "threshold_same", name=name, value=f"{before:g}")
        made = Change(name=name, value=value, before=before, reason=why, set_by=act.author.name, set_at=by.now)
        act.connection.execute(WRITE, {field: getattr(made, field) for field in Change.__slots__})
        detail = {"value": value, "before": before, "reason": why}
        write_log(act.connection, by.now, act.author, "threshold_set", f"threshold:{name}", detail)
    return made


def _value(settings: Settings, name: str, held: Mapping[str, float | None]) -> float:
    value = held.get(name)
    return own_value(settings if value is None else tuned(settings, {name: value})[0], name)


def _refused(bad: BadThreshold) -> ActRefused:
    told, values = str(bad), bad.values
    every = (
        ActRefused(told, "no_threshold", name=values.get("name"), near=values.get("near")),
        ActRefused(
            told, "threshold_no_number", name=values.get("name"), text=values.get("text"), unit=values.get("unit")
        ),
        ActRefused(
            told, "threshold_not_whole", name=values.get("name"), text=values.get("text"), unit=values.get("unit")
        ),
        ActRefused(
            told, "threshold_limits", name=values.get("name"), text=values.get("text"), limit=values.get("limit")
        ),
    )
    return next(refused for refused in every if refused.why == bad.why)
