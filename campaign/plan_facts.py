"""What a snapshot tells a planner, before any rule: stores, heaps, paces, people due, what is promised, what fits.

Full-size doses and people; local days. Read by warehouse/reads_plan.py, made a problem by campaign/plan_build.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from campaign.cold_capacity import Capacity
from campaign.due import DueCount
from campaign.stock_board import LotNow


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStore:
    """A store that a plan knows by itself. district, recipient, parent: '' where it has none. below_zero: the lowest
    level of a lot in it, 0 where none is below zero, and the lot."""

    code: str
    level: str
    area: str
    district: str
    recipient: str
    parent: str
    counted_on: date | None
    below_zero: int = 0
    below_lot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanHeap:
    """Doses of a lot in a place. own: in the place's own store, from which they may be sent; otherwise in stores below
    it. coming: on their way, sent lately and last on sent_on; late: sent too long ago to be counted on."""

    place: str
    own: bool
    lot: str
    product: str
    thawed_on: date | None
    on_hold: bool
    decided_until: date | None
    doses: int
    coming: int
    late: int
    sent_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLot:
    """earmark: a recipient's code, or a group of people, '' for everybody."""

    now: LotNow
    earmark: str
    doses_per_vial: int
    vials_per_tray: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """Doses of a decision that nobody has sent yet. lot: '' where it names none. expected_on: None: not told. place:
    the store that a recipient below it is planned with; '' where there is none."""

    store: str
    product: str
    lot: str
    decision: str
    doses: int
    expected_on: date | None
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    """inside: the province planned within; '' for the nation. places: the stores planned with. homeless: areas, or
    central units, whose stores belong to none of them. paces: doses a day by place and product; sessions: people of
    planned sessions by place and product, and by days from today. due: second doses by area. lacking: doses to the
    targets, by area; waiting: registrations not served. partial: people with a series begun, by district. stock_hours:
    how old the stock figures are. capacity: None where no devices are told."""

    version: int
    as_of: datetime
    today: date
    inside: str
    stock_hours: float
    places: tuple[PlanStore, ...]
    homeless: tuple[str, ...]
    heaps: tuple[PlanHeap, ...]
    lots: Mapping[str, PlanLot]
    paces: Mapping[tuple[str, str], float]
    sessions: Mapping[tuple[str, str], Mapping[int, int]]
    due: tuple[DueCount, ...]
    lacking: Mapping[str, int]
    waiting: Mapping[str, int]
    partial: Mapping[str, int]
    promised: tuple[Promised, ...]
    capacity: Capacity | None
