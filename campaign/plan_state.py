"""The way of a reallocation plan: draft, proposed, approved, shipped, received. Pure: who asks and when are arguments.

A plan is the list of its acts. A proposal and an approval hold until a day; after it the plan has lapsed, promises
nothing, and is proposed again. What has left cannot be planned anew: the rest is shipped or given up.
Sources: issue 7 ("Build" 5); design, DOMAIN 4 (a transfer between provinces needs a numbered, dated, signed decision);
docs/adr/0047-the-way-of-a-plan.md."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PlanState(StrEnum):
    DRAFT = "draft"
    PROPOSED = "proposed"
    APPROVED = "approved"
    LAPSED = "lapsed"  # told, never written: proposed or approved, and its day is over
    SHIPPED = "shipped"  # nothing more will leave, something is on its way
    RECEIVED = "received"
    CANCELLED = "cancelled"


class Deed(StrEnum):
    DRAFT = "draft"
    CHANGE = "change"
    PROPOSE = "propose"
    APPROVE = "approve"
    RETURN = "return"  # by who approves: back to the planner, with a reason
    DECIDE = "decide"  # number, date and signer of the authority's decision
    SHIP = "ship"
    RECEIVE = "receive"
    CANCEL = "cancel"


class Stop(StrEnum):
    """Why a deed is not done."""

    STATE = "state"  # it does not go with the state of the plan
    LAPSED = "lapsed"  # it would, had the proposal or the approval not lapsed
    UNDER_WAY = "under_way"  # some of it left already
    OWN_PROPOSAL = "own_proposal"  # nobody approves what they proposed
    OWN_CHANGE = "own_change"  # nor what they changed last
    NO_DECISION = "no_decision"  # it leaves a province, or comes from a national store


WAITING = (PlanState.PROPOSED, PlanState.APPROVED)
"""States that hold until a day, and promise doses until then."""
_RECEIVES = frozenset({PlanState.PROPOSED, PlanState.APPROVED, PlanState.LAPSED, PlanState.SHIPPED})
# Of a plan that lapsed nothing leaves; what left before is received.
MAY: Mapping[Deed, frozenset[PlanState]] = {
    Deed.DRAFT: frozenset(),
    Deed.CHANGE: frozenset({PlanState.DRAFT, *WAITING, PlanState.LAPSED}),
    Deed.PROPOSE: frozenset({PlanState.DRAFT, PlanState.LAPSED}),
    Deed.APPROVE: frozenset({PlanState.PROPOSED}),
    Deed.RETURN: frozenset(WAITING),
    Deed.DECIDE: frozenset(WAITING),
    Deed.SHIP: frozenset({PlanState.APPROVED}),
    Deed.RECEIVE: _RECEIVES,
    Deed.CANCEL: frozenset({PlanState.DRAFT, *WAITING, PlanState.LAPSED}),
}
# What would make the plan another, after some of it left.
ANEW = frozenset({Deed.CHANGE, Deed.RETURN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a plan is. state: as written by its newest act. until: of a proposal or an approval. proposer, changer: who
    proposed it last, and who wrote its newest version. left: doses that have not left; waiting: shipments on their way;
    shipped: whether anything ever left. decided: the newest version has a decision."""

    state: PlanState
    until: datetime | None = None
    proposer: str = ""
    changer: str = ""
    left: int = 0
    waiting: int = 0
    shipped: bool = False
    decided: bool = False


def state_at(standing: Standing, now: datetime) -> PlanState:
    """On its last instant a promise is over."""
    if standing.state in WAITING and standing.until is not None and now >= standing.until:
        return PlanState.LAPSED
    return standing.state


def promises(standing: Standing, now: datetime) -> bool:
    """Whether the doses that have not left are kept for it."""
    return state_at(standing, now) in WAITING and standing.left > 0


def deeds(standing: Standing, now: datetime) -> tuple[Deed, ...]:
    """What somebody may do with the plan now, whoever it is; for buttons."""
    return tuple(deed for deed in Deed if _stopped_by_state(standing, deed, now) is None)


def stopped(standing: Standing, deed: Deed, *, actor: str, now: datetime, crosses: bool = False) -> Stop | None:
    """None where it may be done. crosses: of SHIP, whether a line of it needs a decision (`needs_decision`)."""
    found = _stopped_by_state(standing, deed, now)
    if found is not None:
        return found
    if deed is Deed.APPROVE and _same(actor, standing.proposer):
        return Stop.OWN_PROPOSAL
    if deed is Deed.APPROVE and _same(actor, standing.changer):
        return Stop.OWN_CHANGE
    if deed is Deed.SHIP and crosses and not standing.decided:
        return Stop.NO_DECISION
    return None


def after(standing: Standing, deed: Deed, *, left: int, waiting: int) -> PlanState:
    """What the plan is once it is done. left, waiting: as they are then."""
    if deed in (Deed.DRAFT, Deed.CHANGE, Deed.RETURN):
        return PlanState.DRAFT
    if deed is Deed.PROPOSE:
        return PlanState.PROPOSED
    if deed is Deed.APPROVE:
        return PlanState.APPROVED
    if deed is Deed.CANCEL:
        return _no_more(waiting) if standing.shipped else PlanState.CANCELLED
    if deed in (Deed.SHIP, Deed.RECEIVE) and (left == 0 or standing.state is PlanState.SHIPPED):
        return _no_more(waiting)
    return standing.state


def needs_decision(giver_province: str | None, taker_province: str | None) -> bool:
    """Within one province its own people decide. None: a national or regional store, or one of a central unit."""
    return giver_province is None or giver_province != taker_province


def _no_more(waiting: int) -> PlanState:
    return PlanState.SHIPPED if waiting else PlanState.RECEIVED


def _stopped_by_state(standing: Standing, deed: Deed, now: datetime) -> Stop | None:
    told = state_at(standing, now)
    if deed in ANEW and standing.shipped and told in MAY[deed]:
        return Stop.UNDER_WAY
    if told in MAY[deed]:
        return Stop.STATE if deed is Deed.RECEIVE and not standing.waiting else None
    if told is PlanState.LAPSED and standing.state in MAY[deed]:
        return Stop.LAPSED
    return Stop.STATE


def _same(one: str, other: str) -> bool:
    """However a name is written: keyboards differ in how they compose Vietnamese letters, and in blanks."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
