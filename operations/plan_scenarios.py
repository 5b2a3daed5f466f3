"""Scenarios of plans: named, saved by a person, answered once by the planner's process with two documents.

They lie beside the plans (operations.plan_scenario): there is no plan of theirs that anybody could propose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
import structlog
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from campaign.access import Permission
from campaign.plan_rules import Suppose
from campaign.plan_scenario import as_plain
from operations.action_log import ActRefused, acting, connect, said, write_log
from operations.decisions import Actor
from operations.plan_records import LARGEST
from operations.plan_requests import ASKING, MOST_TRIES, RequestState

log = structlog.get_logger(__name__)
SAVE = (
    "INSERT INTO operations.plan_scenario (title, policy, days, inside, suppose, actor, asked_at, campaign_at) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING scenario_id"
)
OWN_WAITING = (
    "SELECT scenario_id FROM operations.plan_scenario AS s "
    "LEFT JOIN operations.plan_scenario_answer USING (scenario_id) "
    "LEFT JOIN operations.plan_scenario_withdrawal USING (scenario_id) "
    "WHERE answered_at IS NULL AND withdrawn_at IS NULL AND s.actor = %s LIMIT 1"
)
HEAD = (
    "SELECT scenario_id, title, policy, days, inside, suppose, s.actor, asked_at, s.campaign_at, "
    "coalesce(a.why, '') AS why, coalesce(a.told, '{}') AS told, a.answered_at, "
    "(SELECT count(*) FROM operations.plan_scenario_try AS t WHERE t.scenario_id = s.scenario_id)::integer AS tries, "
    "w.withdrawn_at, coalesce(w.actor, '') AS withdrawn_by, coalesce(w.reason, '') AS withdrawn_why "
)
# Of a list, without the documents.
BARE = HEAD + ", a.snapshot, '{}'::jsonb AS without, '{}'::jsonb AS supposed "
WHOLE = HEAD + ", a.snapshot, coalesce(a.without, '{}') AS without, coalesce(a.supposed, '{}') AS supposed "
FROM = (
    "FROM operations.plan_scenario AS s LEFT JOIN operations.plan_scenario_answer AS a USING (scenario_id) "
    "LEFT JOIN operations.plan_scenario_withdrawal AS w USING (scenario_id) "
)
# Of those that stand.
NEWEST = BARE + FROM + "WHERE withdrawn_at IS NULL ORDER BY scenario_id DESC LIMIT %s"
ONE = WHOLE + FROM + "WHERE scenario_id = %s"
OLDEST_WAITING = BARE + FROM + "WHERE a.answered_at IS NULL AND withdrawn_at IS NULL ORDER BY scenario_id LIMIT 1"
TRY = "INSERT INTO operations.plan_scenario_try (scenario_id, try, begun_at) VALUES (%s, %s, %s)"
ANSWER = (
    "INSERT INTO operations.plan_scenario_answer (scenario_id, why, told, snapshot, without, supposed, answered_at) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
)
INTERRUPTED, BROKEN = "interrupted", "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanScenario:
    """suppose: as campaign.plan_scenario.as_plain. snapshot: that both plans are from. without, supposed: their
    documents, {} in lists and while there are none; why, told: why there are none. withdrawn_at: wall time; None, and
    who and why '', of one that stands."""

    scenario_id: int
    title: str
    policy: str
    days: int
    inside: str
    suppose: Mapping[str, Any]
    actor: str
    asked_at: datetime
    campaign_at: datetime
    why: str
    told: Mapping[str, Any]
    snapshot: int | None
    without: Mapping[str, Any]
    supposed: Mapping[str, Any]
    answered_at: datetime | None
    tries: int
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""
    withdrawn_why: str = ""

    @property
    def state(self) -> RequestState:
        if self.answered_at is None:
            return RequestState.BEGUN if self.tries else RequestState.WAITING
        return RequestState.FAILED if self.why else RequestState.READY


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What came of a scenario. why: why nothing did."""

    snapshot: int | None = None
    without: Mapping[str, Any] = field(default_factory=dict[str, Any])
    supposed: Mapping[str, Any] = field(default_factory=dict[str, Any])
    why: str = ""
    told: Mapping[str, Any] = field(default_factory=dict[str, Any])


def save_plan_scenario(
    url: str,
    *,
    title: str,
    policy: str,
    days: int,
    inside: str,
    suppose: Suppose,
    by: Actor,
    campaign_now: datetime,
) -> int:
    """Its number. Raises ActRefused: no right to plan there, nothing is supposed, or an own one still waits."""
    name = said("title", title)
    if not suppose.anything:
        raise ActRefused("a scenario supposes something", "plan_scenario_nothing")
    with acting(
        url,
        actor=by.name,
        permission=Permission.PLAN_TRANSFER,
        action="plan_supposed",
        subject=name,
        area=inside or None,
        origin=by.origin,
        request_id=by.request_id,
    ) as act:
        act.connection.execute(ASKING, [act.author.name])
        if act.connection.execute(OWN_WAITING, [act.author.name]).fetchone() is not None:
            raise ActRefused("your scenario of before is still being made", "plan_scenario_already")
        kept = as_plain(suppose)
        told = [name, policy, days, inside, Jsonb(kept), act.author.name, by.now, campaign_now]
        row = act.connection.execute(SAVE, told).fetchone()
        number = int(row["scenario_id"]) if row else 0
        detail = {"title": name, "policy": policy, "days": days, "inside": inside, "supposed": kept}
        write_log(act.connection, by.now, act.author, "plan_supposed", str(number), detail)
    return number


def newest_plan_scenarios(connection: psycopg.Connection[DictRow], *, most: int) -> list[PlanScenario]:
    """Those that stand, that first, without their documents."""
    return [PlanScenario(**row) for row in connection.execute(NEWEST, [most]).fetchall()]


def one_plan_scenario(connection: psycopg.Connection[DictRow], number: int) -> PlanScenario | None:
    row = connection.execute(ONE, [number]).fetchone() if number <= LARGEST else None
    return PlanScenario(**row) if row else None


def answer_plan_scenario(
    url: str, make: Callable[[PlanScenario], Compared], *, wall: Callable[[], datetime]
) -> str | None:
    """What became of the oldest that waits: 'ready' or why not; None where none does. By the one planner only (it has
    operations.plan_answering.alone). Raises psycopg.Error where the registry goes away: the scenario stands."""
    with connect(url) as connection:
        row = connection.execute(OLDEST_WAITING).fetchone()
        if row is None:
            return None
        scenario = PlanScenario(**row)
        if scenario.tries >= MOST_TRIES:
            _answer(connection, scenario.scenario_id, Compared(why=INTERRUPTED), wall())
            return INTERRUPTED
        connection.execute(TRY, [scenario.scenario_id, scenario.tries + 1, wall()])
    try:
        found = make(scenario)
    except Exception:
        # The process must outlive one scenario: the others would wait for ever.
        log.exception("a scenario could not be made", scenario=scenario.scenario_id)
        found = Compared(why=BROKEN)
    with connect(url) as connection:
        _answer(connection, scenario.scenario_id, found, wall())
    return found.why or "ready"


def _answer(connection: psycopg.Connection[DictRow], number: int, found: Compared, now: datetime) -> None:
    documents = [Jsonb(dict(item)) for item in (found.without, found.supposed)]
    connection.execute(ANSWER, [number, found.why, Jsonb(dict(found.told)), found.snapshot, *documents, now])
