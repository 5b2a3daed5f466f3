"""The order to move doses that a plan leads to: when there is one, and what it says of each line. Pure.

An order is what stores ship by. While it lacks what it needs for that, it is a draft, for whoever is to sign it, and
says so on every page (docs/adr/0052-orders-and-scenarios-of-plans.md). Sources: issue 7 ("Build" 5); design, DOMAIN 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from campaign.plan_record import Plan, PlanDecision
from campaign.plan_state import Deed, PlanState, state_at

UNDER_WAY = frozenset({PlanState.APPROVED, PlanState.SHIPPED, PlanState.RECEIVED})
MOVES = frozenset({Deed.SHIP, Deed.RECEIVE})


class OrderMark(StrEnum):
    ORDER = "order"  # stores may ship by it
    DRAFT = "draft"  # proposed, or without the decision that it needs


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What a driver is handed. trays: None where the lot does not tell; loose: doses that fill no vial."""

    trays: int | None
    vials: int
    loose: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """Of a lot. vials_per_tray: 0 or 1 where it knows no trays."""

    doses_per_vial: int
    vials_per_tray: int

    def parcel(self, doses: int) -> Parcel:
        """Whole trays as far as they go, then whole vials."""
        vials, loose = divmod(doses, self.doses_per_vial)
        if self.vials_per_tray <= 1:
            return Parcel(trays=None, vials=vials, loose=loose)
        trays, rest = divmod(vials, self.vials_per_tray)
        return Parcel(trays=trays, vials=rest, loose=loose)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """What the registry tells besides the plan, by lot. until: last day of use as it was on the day of the version.
    one_in: of a demonstration, how many people one stands for; None: real figures."""

    packing: Mapping[str, Packing]
    until: Mapping[str, date | None]
    one_in: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """number: in the plan, from 1. until: last day of use; None: not known. parcel: None where nobody knows how the lot
    is packed. said: why, in sentences."""

    number: int
    lot: str
    product: str
    until: date | None
    doses: int
    parcel: Parcel | None
    taker: str
    ship_on: date
    arrive_on: date
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivingStore:
    """Grain: store that gives; lines in the order of the plan, at least one."""

    code: str
    name: str
    lines: tuple[OrderLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferOrder:
    """Names and sentences are in `language`, numbers are not formatted yet. snapshot: that the plan was made from;
    None: typed by hand and not judged yet. decided: number, day and signer; None: none, or none yet. approved_by: ''
    while nobody has. at: of the newest act that made the order what it is (campaign time). hidden: lines that the
    reader may not see. given_up: doses by number of line that will not leave any more."""

    plan_id: int
    title: str
    revision: int
    snapshot: int | None
    language: str
    mark: OrderMark
    decided: PlanDecision | None
    approved_by: str
    at: datetime
    stores: tuple[GivingStore, ...]
    hidden: int
    given_up: Mapping[int, int]
    one_in: int | None

    @property
    def lines(self) -> tuple[OrderLine, ...]:
        return tuple(line for store in self.stores for line in store.lines)

    @property
    def name(self) -> str:
        """Of its files, without the ending: the same for the same version and reader's part."""
        part = f"-{len(self.lines)}-lines" if self.hidden else ""
        draft = "-draft" if self.mark is OrderMark.DRAFT else ""
        return f"transfer-order-{self.plan_id}-{self.revision}{draft}{part}-{self.language}"


def order_mark(plan: Plan, now: datetime) -> OrderMark | None:
    """None: there is nothing to order. A draft of a plan changes under the hand; a lapsed or cancelled one promises
    nothing. now: campaign time."""
    state = state_at(plan.standing, now)
    if state is PlanState.PROPOSED:
        return OrderMark.DRAFT
    if state not in UNDER_WAY:
        return None
    return OrderMark.DRAFT if plan.crossing and plan.decision is None else OrderMark.ORDER


def ordered_at(plan: Plan) -> datetime:
    """Campaign time. What leaves and comes by an order makes no other order of it."""
    return next(act.campaign_at for act in reversed(plan.acts) if act.deed not in MOVES)


def given_up(plan: Plan, now: datetime) -> dict[int, int]:
    """Doses by line that had not left when the rest was cancelled."""
    over = state_at(plan.standing, now) in (PlanState.SHIPPED, PlanState.RECEIVED)
    return {line: doses for line, doses in plan.left().items() if doses} if over else {}
