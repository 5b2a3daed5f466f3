"""A reallocation plan as it is kept: its versions of lines, its acts, decisions, shipments and receipts.

Doses of vaccine, full size; acted_at is wall time, every other instant the campaign's. The way of a plan is
campaign/plan_state.py's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from campaign.plan_state import Deed, PlanState, Standing, needs_decision


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """Doses of a lot from one store to another. reasons: why this lot, from there, to there, as the planner's model or
    a person put it; kept as it was handed in."""

    lot: str
    product: str
    giver: str
    taker: str
    doses: int
    ship_on: date
    arrive_on: date
    reasons: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def comes_on(self, today: date) -> date:
        """When it arrives if it leaves as planned, or today where that day is over: the way takes as long."""
        late = max(today - self.ship_on, timedelta(0))
        return self.arrive_on + min(late, date.max - self.arrive_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStore:
    """province: None of those of the nation, a region, or a central unit. known: the registry has it; of another the
    name is its code, and it is taken for the nation's, which lets the fewest people near it."""

    code: str
    name: str
    province: str | None
    known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAct:
    """One act, by its number in the plan. state: after it. until: of a proposal or an approval that holds then."""

    version: int
    deed: Deed
    state: PlanState
    revision: int
    until: datetime | None
    reason: str
    actor: str
    acted_at: datetime
    campaign_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanVersion:
    """Lines as they were at one time, numbered from 1 in this order. document: what they were made from and judged by;
    empty where they were typed by hand."""

    revision: int
    version: int
    lines: tuple[PlanLine, ...]
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDecision:
    """Of an authority, on one version of the lines: a later version needs another."""

    version: int
    revision: int
    number: str
    decided_on: date
    signed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReceipt:
    """temp_c: on arrival."""

    version: int
    doses: int
    temp_c: float
    received_at: datetime
    movement_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanShipment:
    """Doses of one line that left together. receipt: None while they are on their way."""

    shipment_id: int
    version: int
    line: int
    doses: int
    shipped_at: datetime
    movement_id: int
    receipt: PlanReceipt | None

    @property
    def missing(self) -> int:
        """Sent and not received; below zero: received more than was sent. 0 while on its way."""
        return self.doses - self.receipt.doses if self.receipt else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Acts, versions and shipments oldest first; there is at least one of the first two."""

    plan_id: int
    title: str
    acts: tuple[PlanAct, ...]
    versions: tuple[PlanVersion, ...]
    decisions: tuple[PlanDecision, ...]
    shipments: tuple[PlanShipment, ...]
    stores: Mapping[str, PlanStore]

    @property
    def version(self) -> int:
        return self.acts[-1].version

    @property
    def newest(self) -> PlanVersion:
        return self.versions[-1]

    @property
    def lines(self) -> tuple[PlanLine, ...]:
        return self.newest.lines

    @property
    def decision(self) -> PlanDecision | None:
        """On the newest version."""
        return next((item for item in reversed(self.decisions) if item.revision == self.newest.revision), None)

    @property
    def standing(self) -> Standing:
        left = self.left()
        proposals = [act for act in self.acts if act.deed is Deed.PROPOSE]
        return Standing(
            state=self.acts[-1].state,
            until=self.acts[-1].until,
            proposer=proposals[-1].actor if proposals else "",
            changer=next(act.actor for act in self.acts if act.version == self.newest.version),
            left=sum(left.values()),
            waiting=sum(1 for item in self.shipments if item.receipt is None),
            shipped=bool(self.shipments),
            decided=self.decision is not None,
        )

    def left(self) -> dict[int, int]:
        """Doses that have not left, by number of the line."""
        shipped: dict[int, int] = defaultdict(int)
        for item in self.shipments:
            shipped[item.line] += item.doses
        return {at: line.doses - shipped[at] for at, line in enumerate(self.lines, start=1)}

    @property
    def crossing(self) -> tuple[int, ...]:
        """Numbers of the lines that need a decision."""
        return tuple(at for at, line in enumerate(self.lines, start=1) if crosses(line, self.stores))

    @property
    def provinces(self) -> frozenset[str | None]:
        """Of all its stores; None among them for stores of no province."""
        return provinces_of(self.lines, self.stores)

    @property
    def area(self) -> str | None:
        return area_of(self.provinces)


def must_lie_there(going: Iterable[tuple[date, int]], coming: Iterable[tuple[date, int]]) -> int:
    """Doses of a lot that a store must have for one plan: what leaves by it on each day, beyond what the same plan
    brought there by then. What comes later does not help. going, coming: day and doses."""
    out, back = list(going), list(coming)
    short = [
        sum(doses for at, doses in out if at <= day) - sum(doses for at, doses in back if at <= day)
        for day in {at for at, _ in out}
    ]
    return max(0, *short, 0)


def provinces_of(lines: tuple[PlanLine, ...], stores: Mapping[str, PlanStore]) -> frozenset[str | None]:
    return frozenset(stores[code].province for line in lines for code in (line.giver, line.taker))


def area_of(provinces: frozenset[str | None]) -> str | None:
    """Whose a plan is: of the one province in which all of it stays; None: of the nation."""
    return next(iter(provinces)) if len(provinces) == 1 else None


def crosses(line: PlanLine, stores: Mapping[str, PlanStore]) -> bool:
    return needs_decision(stores[line.giver].province, stores[line.taker].province)
