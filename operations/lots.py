"""Acts of named persons on a lot: put it on hold, let it be used again, recall it.

The new state and its line in the audit are one transaction. It holds from campaign time, as every state of a lot does;
the line in the audit has wall time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import DictRow

from campaign.access import Permission
from campaign.lots import MAY_BECOME, LotState, StateChange, carried_on, next_moment, returns_to, state_in_force
from operations.action_log import ActRefused, acting, connect, said, write_log

# Any constant. One decision at a time: of two who decide at once, the second sees what the first did.
LOCK = "SELECT pg_advisory_xact_lock(7305081523)"
LOT = "SELECT lot_number FROM registry.lot WHERE lot_number = %s"
STATES = "SELECT state, valid_from, coalesce(reason, '') AS reason FROM registry.lot_state WHERE lot_number = %s"
SET = "INSERT INTO registry.lot_state (lot_number, state, valid_from, actor, reason) VALUES (%s, %s, %s, %s, %s)"
PEOPLE = "SELECT people, doses FROM operations.lot_people WHERE lot_number = %s"
ACTIONS = {
    LotState.ON_HOLD: ("lot_held", Permission.HOLD_LOT),
    LotState.RELEASED: ("lot_freed", Permission.RELEASE_LOT),
    LotState.RECALLED: ("lot_recalled", Permission.RELEASE_LOT),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LotDecision:
    """valid_from: campaign time."""

    lot_number: str
    state: LotState
    before: LotState | None
    valid_from: datetime
    actor: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LotPeople:
    """People who were given doses of a lot, each once, and how many records of such doses there are; of a demonstration
    a sample."""

    people: int
    doses: int


def decide_lot(
    url: str,
    *,
    lot_number: str,
    state: LotState,
    reason: str,
    actor: str,
    now: datetime,
    campaign_now: datetime,
    origin: str = "command",
    request_id: str = "",
) -> LotDecision:
    """Hold, release or recall a lot. Raises ActRefused: for an unknown lot, one that is in that state already, and a
    change that leads nowhere. The end of a hold leads back to the state before it, never further. States that were
    planned for later are none yet: a hold or a recall holds from now on, and past them."""
    action, permission = ACTIONS[state]
    lot, why = said("lot", lot_number), said("reason", reason)
    with acting(
        url, actor=actor, permission=permission, action=action, subject=lot, origin=origin, request_id=request_id
    ) as act:
        connection = act.connection
        connection.execute(LOCK)
        if connection.execute(LOT, [lot]).fetchone() is None:
            raise ActRefused(f"no lot has the number {lot}", "no_lot", lot=lot)
        changes = changes_of(connection, lot)
        # Two decisions of one instant: the second holds from the next moment on.
        at = next_moment(changes, now=campaign_now)
        before = state_in_force(changes, now=at)
        reached = _reached(lot, state, before, changes, at)
        connection.execute(SET, [lot, reached.value, at, act.author.name, why])
        for later, again in carried_on(changes, state, at=at).items():
            connection.execute(SET, [lot, again.value, later, act.author.name, why])
        detail = {"state": reached.value, "before": before.state.value if before else "", "reason": why}
        write_log(connection, now, act.author, action, lot, detail)
    return LotDecision(
        lot_number=lot,
        state=reached,
        before=before.state if before else None,
        valid_from=at,
        actor=act.author.name,
        reason=why,
    )


def changes_of(connection: psycopg.Connection[DictRow], lot: str) -> list[StateChange]:
    """Every state of a lot, those planned for later too."""
    return [
        StateChange(state=LotState(row["state"]), valid_from=row["valid_from"], reason=row["reason"])
        for row in connection.execute(STATES, [lot]).fetchall()
    ]


def lot_people(url: str, lot_number: str) -> LotPeople:
    """How many people were given doses of a lot; nobody is named."""
    with connect(url) as connection:
        row = connection.execute(PEOPLE, [lot_number]).fetchone()
    return LotPeople(people=row["people"], doses=row["doses"]) if row else LotPeople(people=0, doses=0)


def _reached(
    lot: str, state: LotState, before: StateChange | None, changes: list[StateChange], at: datetime
) -> LotState:
    """Raises ActRefused."""
    if before is not None and before.state is state:
        raise ActRefused(
            f"lot {lot} is {state.value} already since {before.valid_from.isoformat()}", "lot_already", lot=lot
        )
    if before is not None and before.state not in MAY_BECOME[state]:
        raise ActRefused(f"lot {lot} is {before.state.value}: it cannot become {state.value}", "lot_state", lot=lot)
    if state is not LotState.RELEASED:
        return state
    back = returns_to(changes, now=at)
    if back is None:
        raise ActRefused(f"lot {lot} is not on hold: there is nothing to release", "lot_not_held", lot=lot)
    return back
