"""Scenarios: what if, named and saved by a person, with a reason. They live in the registry alone: no refresh, snapshot
or figure of the campaign reads them. Each act and its lines in the action log and the audit are one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import DictRow

from campaign.access import Permission
from campaign.scenario import Levers
from operations.action_log import ActRefused, acting, connect, said, write_log

SAVE = (
    "INSERT INTO operations.scenario (name, area_code, pace_percent, arrivals_weekly, declines_percent, reason, "
    "actor, made_at) VALUES (%(name)s, %(area_code)s, %(pace_percent)s, %(arrivals_weekly)s, %(declines_percent)s, "
    "%(reason)s, %(actor)s, %(made_at)s) RETURNING scenario_id"
)
WHOLE = (
    "SELECT scenario_id, name, area_code, pace_percent, arrivals_weekly, declines_percent, s.reason, s.actor, made_at, "
    "withdrawn_at, coalesce(w.actor, '') AS withdrawn_by, coalesce(w.reason, '') AS withdrawn_why "
    "FROM operations.scenario AS s LEFT JOIN operations.scenario_withdrawal AS w USING (scenario_id) "
)
# Those that stand, the newest first; as many as a page can hold.
SCENARIOS = WHOLE + "WHERE withdrawn_at IS NULL ORDER BY scenario_id DESC LIMIT %s"
ONE = WHOLE + "WHERE scenario_id = %s"
# Of those that suppose the same: one that stands before those that were withdrawn, the newest of which first.
WITHDRAWN_AS = (
    WHOLE + "WHERE area_code = %(area_code)s AND pace_percent = %(pace_percent)s "
    "AND arrivals_weekly IS NOT DISTINCT FROM %(arrivals_weekly)s AND declines_percent = %(declines_percent)s "
    "ORDER BY withdrawn_at DESC NULLS FIRST, scenario_id DESC LIMIT 1"
)
NAMING = "SELECT pg_advisory_xact_lock(hashtextextended('scenario ' || %s || ':' || lower(%s), 730509))"
NAMED = (
    "SELECT scenario_id FROM operations.scenario LEFT JOIN operations.scenario_withdrawal USING (scenario_id) "
    "WHERE withdrawn_at IS NULL AND area_code = %s AND lower(name) = lower(%s) LIMIT 1"
)
MOST = 40
LARGEST = 2**63 - 1
# What may be supposed: percentages of the present pace and of the population, doses a week.
PACES, DECLINES, ARRIVALS = (0, 300), (0, 60), (0, 100_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One scenario as it was saved. `area_code` '' is the nation; `made_at` and `withdrawn_at` are wall time; the
    latter is None, and who and why are '', of one that stands."""

    scenario_id: int
    name: str
    area_code: str
    levers: Levers
    reason: str
    actor: str
    made_at: datetime
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""
    withdrawn_why: str = ""


def save(
    url: str,
    *,
    name: str,
    area_code: str,
    levers: Levers,
    reason: str,
    actor: str,
    now: datetime,
    origin: str = "command",
    request_id: str = "",
) -> Scenario:
    """Keep what was supposed under a name. Raises ActRefused; a name is given once for each place, among those that
    stand."""
    _check("pace", levers.pace_percent, PACES)
    _check("declines", levers.declines_percent, DECLINES)
    if levers.arrivals_weekly is not None:
        _check("arrivals", levers.arrivals_weekly, ARRIVALS)
    asked: dict[str, Any] = {
        "name": said("name", name),
        "area_code": area_code,
        "pace_percent": levers.pace_percent,
        "arrivals_weekly": levers.arrivals_weekly,
        "declines_percent": levers.declines_percent,
        "reason": said("reason", reason),
        "actor": said("actor", actor),
        "made_at": now,
    }
    subject = subject_of(area_code, asked["name"])
    with acting(
        url,
        actor=actor,
        permission=Permission.SAVE_SCENARIO,
        action="scenario",
        subject=subject,
        area=area_code or None,
        origin=origin,
        request_id=request_id,
    ) as act:
        asked["actor"] = act.author.name
        act.connection.execute(NAMING, [area_code, asked["name"]])
        if act.connection.execute(NAMED, [area_code, asked["name"]]).fetchone() is not None:
            line = f"there is a scenario called '{asked['name']}' already; give this one another name"
            raise ActRefused(line, "name_taken", name=asked["name"])
        row = act.connection.execute(SAVE, asked).fetchone()
        if row is None:
            raise RuntimeError("a row that was inserted returns its number")
        detail = {
            "pace_percent": levers.pace_percent,
            "arrivals_weekly": levers.arrivals_weekly,
            "declines_percent": levers.declines_percent,
            "reason": asked["reason"],
        }
        write_log(act.connection, now, act.author, "scenario", subject, detail)
    return Scenario(
        scenario_id=row["scenario_id"],
        name=asked["name"],
        area_code=area_code,
        levers=levers,
        reason=asked["reason"],
        actor=asked["actor"],
        made_at=now,
    )


def scenarios(url: str, *, most: int = MOST) -> tuple[Scenario, ...]:
    """Those that stand, the newest first."""
    with connect(url) as connection:
        return standing_scenarios(connection, most=most)


def standing_scenarios(connection: psycopg.Connection[DictRow], *, most: int = MOST) -> tuple[Scenario, ...]:
    """The same, within a connection."""
    return tuple(scenario_from(row) for row in connection.execute(SCENARIOS, [most]).fetchall())


def one_scenario(connection: psycopg.Connection[DictRow], number: int) -> Scenario | None:
    """A withdrawn one, too."""
    row = connection.execute(ONE, [number]).fetchone() if number <= LARGEST else None
    return scenario_from(row) if row else None


def withdrawn_as(connection: psycopg.Connection[DictRow], area_code: str, levers: Levers) -> Scenario | None:
    """The withdrawn scenario that supposed just this of the place; None where one that stands does, or none did."""
    asked = {
        "area_code": area_code,
        "pace_percent": levers.pace_percent,
        "arrivals_weekly": levers.arrivals_weekly,
        "declines_percent": levers.declines_percent,
    }
    row = connection.execute(WITHDRAWN_AS, asked).fetchone()
    found = scenario_from(row) if row else None
    return found if found and found.withdrawn_at is not None else None


def subject_of(area_code: str, name: str) -> str:
    """What the audit calls a scenario."""
    return f"{area_code or 'nation'}:{name}"


def scenario_from(row: dict[str, Any]) -> Scenario:
    levers = Levers(
        pace_percent=row["pace_percent"],
        arrivals_weekly=row["arrivals_weekly"],
        declines_percent=row["declines_percent"],
    )
    kept = ("scenario_id", "name", "area_code", "reason", "actor", "made_at")
    kept += ("withdrawn_at", "withdrawn_by", "withdrawn_why")
    return Scenario(levers=levers, **{name: row[name] for name in kept})


def _check(what: str, value: int, limits: tuple[int, int]) -> None:
    least, most = limits
    if not least <= value <= most:
        line = f"{what} is {value}; it must lie between {least} and {most}"
        raise ActRefused(line, "lever_range", what=what, value=value, least=least, most=most)
