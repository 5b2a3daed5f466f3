"""Alerts in the registry: one truth for every worker and every operator."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import DictRow, dict_row

from campaign.alerts import AlertState, Condition, Standing, step
from campaign.incidents import IncidentRules
from campaign.readings import AlertRow
from operations.notice_planning import Planning, plan_notices
from operations.report_archive_conditions import RULES as REPORT_RULES
from operations.settling import settle_incidents
from operations.spoken import OVER, Words

# Two that look at once would each begin the same incident; readers go on.
ONE_AT_A_TIME = "LOCK TABLE operations.alert IN SHARE ROW EXCLUSIVE MODE"
OPEN_ALERTS = (
    "SELECT key, state, pending_since, firing_since FROM operations.alert "
    "WHERE state <> 'resolved' AND (rule = ANY(%(rules)s)) = %(among)s FOR UPDATE"
)
# Raised by who watches us (operations/watch.py), and ended by nobody else: what revives must first publish. Reports
# that did not go out are among them: a dead pipeline is what holds them back.
WATCHED = ("pipeline_silent", *REPORT_RULES)
RAISE = (
    "INSERT INTO operations.alert (key, rule, severity, labels, state, summary_vi, summary_en, pending_since, "
    "firing_since, seen_at) VALUES (%(key)s, %(rule)s, %(severity)s, %(labels)s, %(state)s, %(summary_vi)s, "
    "%(summary_en)s, %(pending_since)s, %(firing_since)s, %(now)s) "
    "ON CONFLICT (key) WHERE state <> 'resolved' DO UPDATE SET state = excluded.state, severity = excluded.severity, "
    "summary_vi = excluded.summary_vi, summary_en = excluded.summary_en, firing_since = excluded.firing_since, "
    "seen_at = excluded.seen_at"
)
# The last words of an alert: what went on at the last look is told to its end, as the pages tell it.
SAY_LAST = (
    "UPDATE operations.alert SET summary_vi = %(summary_vi)s, summary_en = %(summary_en)s "
    "WHERE key = %(key)s AND state = 'firing'"
)
# Of the others whose words still tell of what goes on: when it was seen to be over.
SAY_OVER = (
    "UPDATE operations.alert SET summary_vi = summary_vi || %(vi)s, summary_en = summary_en || %(en)s "
    "WHERE key = ANY(%(keys)s) AND state = 'firing' AND strpos(summary_en, %(told)s) = 0"
)
RESOLVE = (
    "UPDATE operations.alert SET state = 'resolved', resolved_at = %(now)s "
    "WHERE key = ANY(%(keys)s) AND state = 'firing'"
)
FORGET_PENDING = "DELETE FROM operations.alert WHERE key = ANY(%(keys)s) AND state = 'pending'"
# Members of an incident that is not closed are kept: how many it had must not shrink while people work on it.
FORGET_OLD = (
    "DELETE FROM operations.alert a WHERE a.state = 'resolved' AND a.resolved_at < %(before)s AND NOT EXISTS "
    "(SELECT FROM operations.incident i WHERE i.incident_id = a.incident_id AND i.state <> 'closed')"
)
LIST = (
    "SELECT key, rule, severity, state, labels, summary_vi, summary_en, pending_since, firing_since, resolved_at "
    "FROM operations.alert ORDER BY array_position(ARRAY['firing', 'pending', 'resolved'], state), "
    "array_position(ARRAY['critical', 'warning', 'info'], severity), pending_since, key LIMIT %(limit)s"
)


def evaluate(
    url: str,
    conditions: Iterable[Condition],
    *,
    now: datetime,
    hold: timedelta,
    keep_resolved: timedelta,
    rules: IncidentRules,
    watching: bool = False,
    frozen: tuple[str, ...] = (),
    planning: Planning | None = None,
    over: Words | None = None,
) -> None:
    """Bring the alerts and their incidents in line with what is wrong at `now`, in one transaction.

    Every open alert whose condition is not among `conditions`, or is over, ends: call it with all there are.
    `watching`: of the rules of who watches, and of no other; incidents are settled all the same, so that they rise
    a level while the pipeline is dead. `frozen`: what the names of rules begin with whose source says nothing of
    now: none of their alerts ends. `planning`: how what is news is told; None: nobody is told anything.
    `over`: what is added to the words of an alert that ends without words of its own (operations.spoken.over_at).
    """
    told = tuple(conditions)
    present = {condition.key: condition for condition in told if not condition.over}
    endings = {condition.key: condition for condition in told if condition.over}
    with psycopg.Connection[DictRow].connect(url, row_factory=dict_row) as connection:
        connection.execute(ONE_AT_A_TIME)
        whose = {"rules": list(WATCHED), "among": watching}
        held = {row["key"]: _standing(row) for row in connection.execute(OPEN_ALERTS, whose).fetchall()}
        # What is judged by something that is itself in doubt keeps an alert open, and raises none.
        stays = held.keys() & present.keys()
        present = {
            key: found
            for key, found in present.items()
            if key in stays or not (found.inhibited or found.inhibited_by in stays)
        }
        standings = {
            key: step(held.get(key), present=True, now=now, hold=hold if found.hold is None else found.hold)
            for key, found in present.items()
        }
        with connection.cursor() as cursor:
            rows = [_values(present[key], standing, now) for key, standing in standings.items() if standing is not None]
            if rows:
                cursor.executemany(RAISE, rows)
        gone = [key for key in held if key not in present and not key.startswith(frozen)]
        ended = {"keys": gone, "now": now}
        for last in (endings[key] for key in gone if key in endings):
            words = {"key": last.key, "summary_vi": last.summary_vi, "summary_en": last.summary_en}
            connection.execute(SAY_LAST, words)
        if over is not None:
            unsaid = [key for key in gone if key not in endings]
            told_end = OVER[1].partition("{")[0]
            connection.execute(SAY_OVER, {"keys": unsaid, "vi": over[0], "en": over[1], "told": told_end})
        connection.execute(RESOLVE, ended)
        connection.execute(FORGET_PENDING, ended)
        settle_incidents(connection, now=now, rules=rules)
        if planning is not None:
            plan_notices(connection, now=now, planning=planning)
        connection.execute(FORGET_OLD, {"before": now - keep_resolved})


def list_alerts(url: str, *, limit: int = 500) -> tuple[AlertRow, ...]:
    """Firing ones first, the worst and oldest at the top. Raises psycopg.Error where the registry is away."""
    with psycopg.Connection[DictRow].connect(url, row_factory=dict_row, connect_timeout=3) as connection:
        return tuple(AlertRow(**row) for row in connection.execute(LIST, {"limit": limit}).fetchall())


def _standing(row: Mapping[str, Any]) -> Standing:
    return Standing(
        state=AlertState(row["state"]), pending_since=row["pending_since"], firing_since=row["firing_since"]
    )


def _values(condition: Condition, standing: Standing, now: datetime) -> dict[str, Any]:
    return {
        "key": condition.key,
        "rule": condition.rule,
        "severity": condition.severity.value,
        "labels": json.dumps(dict(condition.labels)),
        "state": standing.state.value,
        "summary_vi": condition.summary_vi,
        "summary_en": condition.summary_en,
        "pending_since": standing.pending_since,
        "firing_since": standing.firing_since,
        "now": now,
    }
