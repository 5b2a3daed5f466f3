"""What the page about stock is made of: values in, no components. One model for the nation and a province, one for a
store, one for a lot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from campaign.people_tables import Row
from layouts.capacity_cards import StoreRoom
from layouts.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """now: campaign time, by which every clock on the page is read. files: address of each file. most: rows that a list
    holds. one_in: how many people each of a demonstration stands for, else 1."""

    now: datetime
    zone: ZoneInfo
    files: Mapping[str, str]
    most: int
    one_in: int
    words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiles:
    """Doses; on_hold: after an excursion, whatever else they are. cover_days None: no recent use. lowest: the product
    that lasts the shortest, with its days."""

    usable: int
    blocked: int
    on_hold: int
    past: int
    in_transit: int
    lost: int
    cover_days: float | None
    lowest: tuple[str, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WastePart:
    """Wastage of a place. places: of the nation alone; stores: of a province alone."""

    products: Sequence[Row]
    reasons: Sequence[Row]
    places: Sequence[Row] | None = None
    stores: Sequence[Row] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyPart:
    """Consumables against doses, and the vials' own monitors. told: whether any books of consumables are kept. stores:
    of a province alone, those that cannot give all; vial_lots: of a province or a store."""

    told: bool
    places: Sequence[Row]
    items: Sequence[Row]
    stores: Sequence[Row] | None
    vials: Sequence[Row]
    vial_lots: Sequence[Row] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaPage:
    """area: '' is the nation. part: the reader sees a part of the country. products: code and name, in the order of the
    columns. held: whether any store has doses or some are on their way; below_zero: whether any level is below zero.
    stores: of a province alone. waste, events: None of a snapshot from before.
    low_days, count_days, late_days: from when on days of stock are low, a count is old, a delivery is late."""

    common: Common
    area: str
    name: str
    part: bool
    held: bool
    below_zero: bool
    tiles: Tiles
    products: Sequence[tuple[str, str]]
    places: Sequence[Row]
    expiry: Sequence[Row]
    lots: Sequence[Row]
    marks: Sequence[Row]
    differences: Sequence[Row]
    uncounted: Sequence[Row]
    deliveries: Sequence[Row]
    stores: Sequence[Row]
    waste: WastePart | None
    events: Sequence[Row] | None
    supplies: SupplyPart
    low_days: float
    count_days: int
    late_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionsPage:
    """All decisions, or those of which the number has the part `asked`. exceeding: who gave more than was allocated.
    settled_days: how long after its receipt a round counts; wait_days: how long something is not said to be missing."""

    common: Common
    asked: str
    decisions: Sequence[Row]
    usage: Sequence[Row]
    exceeding: Sequence[Row]
    settled_days: int
    wait_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionPage:
    """One decision. facts: its heading by name; sums: doses by name; hidden_lines: of areas outside the reader's
    scope."""

    common: Common
    number: str
    facts: Mapping[str, str]
    sums: Mapping[str, int]
    lines: Sequence[Row]
    changes: Sequence[Row]
    hidden_lines: int
    wait_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StorePage:
    """One store. path: what it lies in, as (name, area code) from the nation on. marks: by lot, decisions after
    excursions that are at work (campaign.stock_tables.mark_facts)."""

    common: Common
    code: str
    name: str
    level: str
    path: Sequence[tuple[str, str]]
    counted_on: date | None
    counted_days: int | None
    tiles: Tiles
    lots: Sequence[Row]
    marks: Mapping[str, Sequence[Row]]
    devices: Sequence[Row]
    room: StoreRoom | None
    waste: WastePart | None
    supplies: SupplyPart
    count_days: int
    low_days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LotPage:
    """One lot. sums: received = in stores + in transit + given + wasted + lost, and what remains where it does not
    close. marks: as of StorePage, by store. events: None of a snapshot from before."""

    common: Common
    number: str
    product_name: str
    facts: Mapping[str, str]
    sums: Mapping[str, int]
    states: Sequence[Row]
    expiries: Sequence[Row]
    stores: Sequence[Row]
    marks: Mapping[str, Sequence[Row]]
    areas: Sequence[Row]
    events: Sequence[Row] | None
    hidden_stores: int
