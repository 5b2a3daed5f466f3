"""Conditions of rules as people set them: who, when, from what to what, and why. Older ones are kept.

config.yaml's own hold where nobody set any. A bad one is refused here, and where a newer version cannot use one that
was good, the one before it holds (settings/rule_expressions.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from campaign.access import Permission
from campaign.expressions import LONGEST
from operations.action_log import ActRefused, acting, check_known, connect, said, write_log
from operations.decisions import Actor
from operations.thresholds import ONE_AT_A_TIME
from settings import Settings
from settings.rule_expressions import Asked, BadField, conditional, own_expressions, read_rule

# Down to the newest at which config.yaml's own held again.
IN_FORCE = (
    "SELECT rule, raise_when, clear_when FROM operations.rule_expression e WHERE change_id > coalesce((SELECT "
    "max(change_id) FROM operations.rule_expression o WHERE o.rule = e.rule AND o.raise_when IS NULL), 0) "
    "ORDER BY change_id DESC"
)
HISTORY = "SELECT * FROM operations.rule_expression ORDER BY change_id DESC LIMIT %s"
WRITE = (
    "INSERT INTO operations.rule_expression (rule, raise_when, clear_when, raise_before, clear_before, reason, set_by, "
    "set_at) VALUES (%(rule)s, %(raise_when)s, %(clear_when)s, %(raise_before)s, %(clear_before)s, %(reason)s, "
    "%(set_by)s, %(set_at)s)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change. raise_when None: config.yaml's own holds again; '': the rule's numbers do."""

    rule: str
    raise_when: str | None
    clear_when: str
    raise_before: str
    clear_before: str
    reason: str
    set_by: str
    set_at: datetime


def asked_by_people(url: str) -> dict[str, list[Asked]]:
    """By rule, newest first. Raises psycopg.Error."""
    found: dict[str, list[Asked]] = {}
    with connect(url) as connection:
        for row in connection.execute(IN_FORCE).fetchall():
            asked = Asked(raise_when=row["raise_when"], clear_when=row["clear_when"])
            found.setdefault(row["rule"], []).append(asked)
    return found


def history(url: str, *, limit: int = 100) -> tuple[Change, ...]:
    """Newest first."""
    with connect(url) as connection:
        rows = connection.execute(HISTORY, [limit]).fetchall()
    return tuple(Change(**{name: row[name] for name in Change.__slots__}) for row in rows)


def set_expression(url: str, settings: Settings, *, rule: str, asked: Asked | None, reason: str, by: Actor) -> Change:
    """`settings`: config.yaml's own; asked None: back to it. Raises ActRefused; then what held before holds on."""
    check_known("rule", rule, conditional(settings))
    wanted = own_expressions(settings, rule) if asked is None else asked
    try:
        read_rule(rule, wanted)
    except BadField as bad:
        raise _refused(bad) from bad
    why = said("reason", reason)
    with acting(
        url,
        actor=by.name,
        permission=Permission.SET_ALERTS,
        action="rule_set",
        subject=f"rule:{rule}",
        origin=by.origin,
        request_id=by.request_id,
    ) as act:
        act.connection.execute(ONE_AT_A_TIME)
        rows = [row for row in act.connection.execute(IN_FORCE).fetchall() if row["rule"] == rule]
        own = own_expressions(settings, rule)
        before = Asked(raise_when=rows[0]["raise_when"], clear_when=rows[0]["clear_when"]) if rows else own
        wanted = Asked(raise_when=wanted.raise_when.strip(), clear_when=wanted.clear_when.strip())
        if before == wanted and (asked is not None or not rows):
            raise ActRefused(f"{rule} goes by that already", "expression_same", rule=rule)
        made = Change(
            rule=rule,
            raise_when=None if asked is None else wanted.raise_when,
            clear_when="" if asked is None else wanted.clear_when,
            raise_before=before.raise_when,
            clear_before=before.clear_when,
            reason=why,
            set_by=act.author.name,
            set_at=by.now,
        )
        act.connection.execute(WRITE, {field: getattr(made, field) for field in Change.__slots__})
        detail = {
            "rule": rule,
            "raise_when": made.raise_when,
            "clear_when": made.clear_when,
            "before": before.raise_when,
            "reason": why,
        }
        write_log(act.connection, by.now, act.author, "rule_set", f"rule:{rule}", detail)
    return made


def _refused(bad: BadField) -> ActRefused:
    told, which, part, near, place = str(bad), bad.field, bad.part, bad.near, bad.place
    every = (
        ActRefused(told, "expression_alone", which=which),
        ActRefused(told, "expression_long", which=which, count=part, limit=LONGEST),
        ActRefused(told, "expression_character", which=which, part=part, place=place),
        ActRefused(told, "expression_unreadable", which=which, place=place),
        ActRefused(told, "expression_unknown", which=which, part=part, place=place, near=near),
        ActRefused(told, "expression_number", which=which, part=part, place=place),
        ActRefused(told, "expression_condition", which=which, part=part, place=place),
        ActRefused(told, "expression_division", which=which, part=part, place=place),
        ActRefused(told, "expression_large", which=which, part=part, place=place),
        ActRefused(told, "expression_strange", which=which, part=part, place=place),
        ActRefused(told, "expression_no_fact", which=which, near=near),
    )
    return next(refused for refused in every if refused.why == bad.why)
