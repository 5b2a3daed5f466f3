"""What a problem is made by: the planner's question, and the settings and reference data that hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from campaign.plan_policies import Way

Point = tuple[float, float]
"""Longitude and latitude, degrees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneKind:
    """Lanes between stores of two levels. nearest: to so many of the nearest; None: to all that belong together.
    km_a_day: by road. cost: thousand VND of a litre. litres: on one departure."""

    kind: str
    nearest: int | None
    km_a_day: float
    cost_base: float
    cost_a_km: float
    litres: float
    storage: frozenset[str]
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedPolicy:
    """A policy by its name, as the settings state it: how moves are chosen, and the share of second doses kept."""

    name: str
    way: Way
    reserve: float
    source: str
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRules:
    """after_days: the plan looks on so long after the last departure. minimum_days: of its own pace that a giver keeps.
    count_days: age of a count from which the levels of counting_levels neither give nor receive. allocation_days: a
    promise so long overdue is set aside and expected by nobody. transit_days: what was sent arrives so long after.
    whole: what travels; tray_gap: with whole trays preferred, no aim is further than this share from its bound.
    vial_cm3, single_cm3: of a vial of several doses, and of one, of which no source tells. points: of stores, areas and
    districts, by code. populations: of districts."""

    after_days: int
    use_days: int
    minimum_days: float
    count_days: int
    counting_levels: frozenset[str]
    stale_hours: float
    allocation_days: int
    transit_days: int
    whole: Whole
    tray_gap: float
    vial_cm3: float
    single_cm3: float
    road_factor: float
    national_area: str
    thaw_days: Mapping[str, int]
    lanes: Mapping[str, LaneKind]
    points: Mapping[str, Point]
    populations: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Doses of a lot that come to a store in so many days: supposed by the planner, or the next delivery."""

    lot: str
    store: str
    doses: int
    day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppose:
    """What is supposed against the figures: a scenario, never mixed with what is. late: what is on its way of a lot
    comes so many days later. failed: stores that neither give nor receive. targets: doses that a store lacks."""

    arrivals: tuple[Arrival, ...] = ()
    late: Mapping[str, int] = field(default_factory=dict[str, int])
    failed: frozenset[str] = frozenset()
    targets: Mapping[str, int] = field(default_factory=dict[str, int])

    @property
    def anything(self) -> bool:
        return bool(self.arrivals or self.late or self.failed or self.targets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A planner's question. days: on which transfers may leave; cycle: days of a planning cycle."""

    policy: StatedPolicy
    days: int
    cycle: int
    suppose: Suppose = Suppose()


class Whole(StrEnum):
    """What travels."""

    TRAY = "tray"  # whole trays only
    TRAY_FIRST = "tray_first"  # whole trays where that keeps the plan near enough to the best one in vials
    VIAL = "vial"  # whole vials, whatever trays they lie in


class WhyLeft(StrEnum):
    """Why a store, or part of what it has, is left out of a plan."""

    NO_STORE = "no_store"  # its stores belong to no store that plans
    NEGATIVE_BALANCE = "negative_balance"  # it neither gives nor receives: nobody knows what it has
    UNKNOWN_CAPACITY = "unknown_capacity"  # it receives nothing: nobody knows what fits
    UNCOUNTED = "uncounted"  # it neither gives nor receives (J8)
    NO_EXPIRY = "no_expiry"  # doses whose last day nobody knows stay where they are
    FAILED = "failed"  # supposed to fail


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """told: the figure that was seen: doses, days, or the lot's number with them."""

    store: str
    why: WhyLeft
    told: str
