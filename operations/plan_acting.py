"""What acts on a reallocation plan share: one transaction, the plan as it is, one act appended, one line in the log.

All of them hold operations.ledger_lock: what is promised and what lies in stores is still true when it is written down,
and of two who saw the same version one wins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from campaign.access import Permission
from campaign.plan_record import Plan, PlanLine
from campaign.plan_state import WAITING, Deed, PlanState, Stop, after, state_at, stopped
from operations.action_log import ActRefused, acting, author_of, connect, write_log
from operations.audit import Author
from operations.decisions import Actor
from operations.ledger_lock import lock_ledger
from operations.plan_records import look

ACT = (
    "INSERT INTO operations.plan_act "
    "(plan_id, version, deed, state, revision, until_at, reason, actor, acted_at, campaign_at) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
VERSION = "INSERT INTO operations.plan_version (plan_id, revision, version, document) VALUES (%s, %s, %s, %s)"
LINE = (
    "INSERT INTO operations.plan_line (plan_id, revision, line, lot_number, product_code, giver_code, taker_code, "
    "doses, ship_on, arrive_on, reasons) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
PERMISSIONS: Mapping[Deed, Permission] = {
    Deed.DRAFT: Permission.PLAN_TRANSFER,
    Deed.CHANGE: Permission.PLAN_TRANSFER,
    Deed.PROPOSE: Permission.PLAN_TRANSFER,
    Deed.CANCEL: Permission.PLAN_TRANSFER,
    Deed.APPROVE: Permission.APPROVE_TRANSFER,
    Deed.RETURN: Permission.APPROVE_TRANSFER,
    Deed.DECIDE: Permission.APPROVE_TRANSFER,
    Deed.SHIP: Permission.MOVE_DOSES,
    Deed.RECEIVE: Permission.MOVE_DOSES,
}
ACTIONS: Mapping[Deed, str] = {
    Deed.DRAFT: "plan_drafted",
    Deed.CHANGE: "plan_changed",
    Deed.PROPOSE: "plan_proposed",
    Deed.APPROVE: "plan_approved",
    Deed.RETURN: "plan_returned",
    Deed.DECIDE: "plan_decided",
    Deed.SHIP: "plan_shipped",
    Deed.RECEIVE: "plan_received",
    Deed.CANCEL: "plan_cancelled",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class On:
    """Which plan an act is about, as its reader saw it; who acts, and the campaign's present."""

    plan: int
    version: int
    by: Actor
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What an act made of a plan, which was `before`. until: of a proposal or an approval. shipments: numbers of those
    that left or came; doses: in them, or promised. missing: sent and not received, of what came; below zero: too many.
    unfit: shipments that came at a temperature their product is not kept at."""

    plan: int
    version: int
    deed: str
    before: str
    state: str
    revision: int
    until: datetime | None
    actor: str
    shipments: tuple[int, ...] = ()
    doses: int = 0
    missing: int = 0
    unfit: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """One act under way."""

    connection: psycopg.Connection[DictRow]
    author: Author
    plan: Plan
    on: On
    deed: Deed

    @property
    def state(self) -> PlanState:
        return state_at(self.plan.standing, self.on.now)

    def check(self, *, crosses: bool = False) -> None:
        """Raises ActRefused."""
        stop = stopped(self.plan.standing, self.deed, actor=self.author.name, now=self.on.now, crosses=crosses)
        if stop is not None:
            raise self._refused(stop)

    def may(self, area: str | None) -> None:
        """Raises NotAllowed where the actor may not do this in the province `area`, or the nation."""
        by = self.on.by
        author_of(
            self.connection,
            by.name,
            PERMISSIONS[self.deed],
            area=area,
            origin=by.origin,
            request_id=by.request_id,
        )

    def write(
        self, *, left: int, waiting: int, reason: str = "", until: datetime | None = None, anew: bool = False
    ) -> Done:
        """Append the act. left, waiting: as they are after it. until: how long what begins with it holds; with other
        acts what held goes on. anew: it makes a new version of the lines."""
        standing = self.plan.standing
        state = after(standing, self.deed, left=left, waiting=waiting)
        holds = (until or standing.until) if state in WAITING else None
        revision, version = self.plan.newest.revision + (1 if anew else 0), self.plan.version + 1
        who = [self.author.name, self.on.by.now, self.on.now]
        told = [self.plan.plan_id, version, self.deed.value, state.value, revision, holds, reason]
        self.connection.execute(ACT, [*told, *who])
        return Done(
            plan=self.plan.plan_id,
            version=version,
            deed=self.deed.value,
            before=self.state.value,
            state=state.value,
            revision=revision,
            until=holds,
            actor=self.author.name,
        )

    def log(self, detail: Mapping[str, object]) -> None:
        write_log(self.connection, self.on.by.now, self.author, ACTIONS[self.deed], str(self.plan.plan_id), detail)

    def _refused(self, stop: Stop) -> ActRefused:
        plan, deed, standing = self.plan.plan_id, self.deed.value, self.plan.standing
        if stop is Stop.LAPSED and standing.until is not None:
            return ActRefused(
                f"plan {plan} lapsed on {standing.until.isoformat()}: propose it again",
                "plan_lapsed",
                plan=plan,
                at=standing.until,
            )
        if stop is Stop.UNDER_WAY:
            return ActRefused(
                f"some of plan {plan} left already: ship the rest, or cancel it", "plan_under_way", plan=plan
            )
        if stop is Stop.OWN_PROPOSAL:
            return ActRefused("nobody approves a plan that they proposed themselves", "plan_own_proposal")
        if stop is Stop.OWN_CHANGE:
            return ActRefused("nobody approves a plan that they changed last themselves", "plan_own_change")
        if stop is Stop.NO_DECISION:
            return ActRefused(
                f"plan {plan} needs a decision with number, date and signer before doses leave",
                "plan_no_decision",
                plan=plan,
            )
        return ActRefused(
            f"plan {plan} is {self.state.value}: it cannot be done ({deed})",
            "plan_state",
            plan=plan,
            plan_state=self.state.value,
        )


@contextmanager
def planning(url: str, on: On, deed: Deed, *, area: str | None = None, own_area: bool = True) -> Iterator[Planning]:
    """The transaction of one act. The permission is asked for the plan's own province or the nation, or, without
    `own_area`, for `area`. Raises ActRefused: no such plan, somebody else was faster, no right to it."""
    if own_area:
        with connect(url) as connection:
            area = look(connection, on.plan).area
    with acting(
        url,
        actor=on.by.name,
        permission=PERMISSIONS[deed],
        action=ACTIONS[deed],
        subject=str(on.plan),
        area=area,
        origin=on.by.origin,
        request_id=on.by.request_id,
    ) as act:
        lock_ledger(act.connection)
        plan = look(act.connection, on.plan)
        if plan.version != on.version:
            newest = plan.acts[-1].actor
            raise ActRefused(
                f"plan {on.plan} changed in the meantime ({newest}): look again", "plan_changed", who=newest
            )
        found = Planning(connection=act.connection, author=act.author, plan=plan, on=on, deed=deed)
        if own_area and plan.area != area:
            found.may(plan.area)
        yield found


def put_lines(
    connection: psycopg.Connection[DictRow],
    plan: int,
    revision: int,
    version: int,
    lines: Sequence[PlanLine],
    document: Mapping[str, object],
) -> None:
    """A version of a plan's lines. version: of the act that makes it."""
    connection.execute(VERSION, [plan, revision, version, Jsonb(dict(document))])
    rows: list[list[object]] = []
    for number, line in enumerate(lines, start=1):
        what = [plan, revision, number, line.lot, line.product, line.giver, line.taker]
        rows.append([*what, line.doses, line.ship_on, line.arrive_on, Jsonb(dict(line.reasons))])
    connection.cursor().executemany(LINE, rows)


def day_of(now: datetime, zone: ZoneInfo) -> date:
    return now.astimezone(zone).date()
