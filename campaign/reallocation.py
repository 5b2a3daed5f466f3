"""What a snapshot tells of reallocation plans: those that were approved, line by line with what left and what came.

Doses of vaccine, full size; instants are the campaign's. Whether an approval has lapsed says the clock when it is read
(campaign/plan_state.py). Source: issue 8 ("Build" 1), docs/adr/0061-reallocations-in-reports.md."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from campaign.plan_state import PlanState, Standing, state_at


class Progress(StrEnum):
    """Where one line is. What has left counts before what has not."""

    ON_WAY = "on_way"  # some of it left and is not received
    PART = "part"  # some of it left and was received, the rest may still leave
    RECEIVED = "received"  # whatever left was received, and no more will leave
    WAITING = "waiting"  # approved, and nothing left yet
    LAPSED = "lapsed"  # nothing left while the approval held; to be proposed again
    GIVEN_UP = "given_up"  # nothing left, nothing will: the rest of the plan was cancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPlan:
    """A plan that is approved, or of which something left. state: as its newest act wrote it; until: of an approval
    that waits. number, decided_on: of the authority's decision, None without one. made_from: snapshot that it was made
    from; days: its horizon; None of lines typed by hand."""

    plan_id: int
    title: str
    state: PlanState
    revision: int
    until: datetime | None
    changed_at: datetime
    approved_at: datetime | None
    number: str | None
    decided_on: date | None
    made_from: int | None
    days: int | None

    def state_at(self, now: datetime) -> PlanState:
        return state_at(Standing(state=self.state, until=self.until), now)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldLine:
    """One line of such a plan. shipped: doses that left; received: as counted on arrival; on_way: left and not received
    yet; missing: sent and not received, shipment by shipment, so that what came over in one hides nothing of another.
    Areas: codes of provinces, 'central' of stores of none."""

    plan_id: int
    line: int
    lot: str
    product: str
    giver: str
    giver_area: str
    taker: str
    taker_area: str
    doses: int
    ship_on: date
    arrive_on: date
    shipped: int
    received: int
    on_way: int
    missing: int

    def touches(self, areas: Collection[str]) -> bool:
        return self.giver_area in areas or self.taker_area in areas

    def progress(self, plan: PlanState) -> Progress:
        """plan: the state of its plan at the moment that is asked about."""
        is_over = plan in (PlanState.SHIPPED, PlanState.RECEIVED, PlanState.CANCELLED)
        if self.on_way:
            return Progress.ON_WAY
        if self.shipped:
            return Progress.RECEIVED if is_over or self.shipped >= self.doses else Progress.PART
        if is_over:
            return Progress.GIVEN_UP
        return Progress.WAITING if plan is PlanState.APPROVED else Progress.LAPSED
