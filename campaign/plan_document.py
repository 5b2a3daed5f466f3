"""A plan as a document: what it was made from, its lines with their reasons, what the checker found, before and after.

Plain values that a page, a file and the registry can keep. Doses are full size, days local. The document names the
snapshot and the policy with its reserve, whatever was left out with the reason, and everything that was only supposed.
Source: issue 7 ("Build" 2-4, 6, "Machine-readable output")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from campaign.plan_binding import Binding
from campaign.plan_check import Violation
from campaign.plan_facts import PlanStore
from campaign.plan_problem import Move, Refused, Rule
from campaign.plan_reasons import Reason
from campaign.plan_rules import Asked, LeftOut, Whole
from campaign.plan_trays import Carried, OpenedFor


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """lot: its number; code: what it is in the problem. giver, taker: codes of stores. until: the lot's last day of
    use. carried: in whole trays, or not; opened_for: what a tray is opened for, None: none is, or the doses pass on.
    held: what one unit more would have broken, None: not asked; binding: the rule that is proven to have kept more from
    going."""

    lot: str
    code: str
    product: str
    giver: str
    taker: str
    lane: str
    doses: int
    ship_on: date
    arrive_on: date
    until: date | None
    reason: Reason
    carried: Carried
    opened_for: OpenedFor | None
    held: tuple[Rule, ...] | None
    binding: Binding | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """One aim: what these lines reach, and what the plan reached as it was solved, before small shipments were left
    out. bound: the least that any plan could, as good in the aims before as the solved one; gap: of the solved one to
    it; None: not known. unknown: why it is not: 'time', the time was over before the bound was found; 'rule', nothing
    is proven of a plan by a plain rule; '': it is known."""

    aim: str
    value: float
    solved: float
    bound: float | None
    gap: float | None
    unknown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of a store, or of all. stock: usable doses today, and what the plan brings less what it takes; days: of them at
    the pace, None: no pace. lost: doses that expire in the horizon; unmet: second doses due and not given at its end;
    covered: given; short: doses lacking to the targets at its end; given: all doses."""

    stock: int
    days: float | None
    lost: int
    unmet: int
    covered: int
    short: int
    given: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """By store, and of all of them."""

    total: Figures
    stores: Mapping[str, Figures]


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """stores: that vaccinate; hubs: that pass doses on."""

    provinces: int
    stores: int
    hubs: int
    products: int
    lots: int
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDocument:
    """status: of operations.plan_solve.Status, or 'rule' of a plan by a plain policy; gap: the largest of the aims'.
    whole: what travels, as it was set. cycles: first days of the planning cycles, and the day after the last. small:
    doses of shipments that were too small to be made. places: the stores planned with, by code. assumed: products
    planned with an assumed packed volume. set_aside: doses promised by decisions and not sent; unfound: of them, not
    found in any store above; late: on their way for too long to be counted on. refused: why nothing was planned."""

    snapshot: int
    as_of: datetime
    today: date
    inside: str
    asked: Asked
    whole: Whole
    cycles: tuple[int, ...]
    status: str
    gap: float | None
    seconds: float
    objective: tuple[Reach, ...]
    size: Size
    lines: tuple[PlanLine, ...]
    small: int
    violations: tuple[Violation, ...]
    before: Standing
    after: Standing
    places: Mapping[str, PlanStore]
    left: tuple[LeftOut, ...]
    assumed: tuple[str, ...]
    set_aside: int
    unfound: int
    late: int
    refused: tuple[Refused, ...] = ()


def moves_of(document: PlanDocument) -> list[Move]:
    """Its lines as the checker takes them in, with the problem that they were made from."""
    return [
        Move(
            lot=line.code,
            product=line.product,
            lane=line.lane,
            giver=line.giver,
            taker=line.taker,
            doses=line.doses,
            ship_day=(line.ship_on - document.today).days,
            arrive_day=(line.arrive_on - document.today).days,
        )
        for line in document.lines
    ]
