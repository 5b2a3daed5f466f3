"""Scenarios: what if, named and saved by a person, with a reason. They live in the registry alone: no refresh, snapshot
or figure of the campaign reads them. Each act and its lines in the action log and the audit are one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from campaign.access import Permission
from campaign.scenario import Levers
from operations.action_log import ActRefused, acting, connect, said, write_log

SAVE = (
    "INSERT INTO operations.scenario (name, area_code, pace_percent, arrivals_weekly, declines_percent, reason, "
    "actor, made_at) VALUES (%(name)s, %(area_code)s, %(pace_percent)s, %(arrivals_weekly)s, %(declines_percent)s, "
    "%(reason)s, %(actor)s, %(made_at)s) RETURNING scenario_id"
)
# The newest first; as many as a page can hold.
SCENARIOS = (
    "SELECT scenario_id, name, area_code, pace_percent, arrivals_weekly, declines_percent, reason, actor, made_at "
    "FROM operations.scenario ORDER BY scenario_id DESC LIMIT %s"
)
MOST = 40
# What may be supposed: percentages of the present pace and of the population, doses a week.
PACES, DECLINES, ARRIVALS = (0, 300), (0, 60), (0, 100_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One scenario as it was saved. `area_code` '' is the nation; `made_at` is wall time."""

    scenario_id: int
    name: str
    area_code: str
    levers: Levers
    reason: str
    actor: str
    made_at: datetime


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
    """Keep what was supposed under a name. Raises ActRefused; a name is given once for each place."""
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
    subject = f"{area_code or 'nation'}:{asked['name']}"
    try:
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
    except psycopg.errors.UniqueViolation as error:
        line = f"there is a scenario called '{asked['name']}' already; give this one another name"
        raise ActRefused(line, "name_taken", name=asked["name"]) from error
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
    """The newest first."""
    with connect(url) as connection:
        return tuple(scenario_from(row) for row in connection.execute(SCENARIOS, [most]).fetchall())


def scenario_from(row: dict[str, Any]) -> Scenario:
    levers = Levers(
        pace_percent=row["pace_percent"],
        arrivals_weekly=row["arrivals_weekly"],
        declines_percent=row["declines_percent"],
    )
    kept = ("scenario_id", "name", "area_code", "reason", "actor", "made_at")
    return Scenario(levers=levers, **{name: row[name] for name in kept})


def _check(what: str, value: int, limits: tuple[int, int]) -> None:
    least, most = limits
    if not least <= value <= most:
        line = f"{what} is {value}; it must lie between {least} and {most}"
        raise ActRefused(line, "lever_range", what=what, value=value, least=least, most=most)
