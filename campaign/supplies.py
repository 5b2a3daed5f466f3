"""Consumables beside the vaccine: what doses need of them, and how many doses can be given with what lies there.

Pieces of syringes, vials of diluent and boxes are counted as such and never added to doses. Doses are whole numbers.
Sources: design, FEATURES J10; data/reference/supply_items.csv and product_supplies.csv, each row with its own source.

The place that is looked at is one pool: within a province syringes can be moved, between provinces only by decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor


class Kind(StrEnum):
    DOSE_SYRINGE = "dose_syringe"
    VIAL_SYRINGE = "vial_syringe"
    DILUENT = "diluent"
    SAFETY_BOX = "safety_box"


SYRINGES = frozenset({Kind.DOSE_SYRINGE, Kind.VIAL_SYRINGE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A consumable. holds: of a safety box, how many syringes of any kind it takes."""

    code: str
    kind: Kind
    name_vi: str
    name_en: str
    holds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What one dose, or one vial, of a product takes of an item: `pieces`, the waste factor in it."""

    product: str
    item: str
    per_vial: bool
    pieces: Fraction
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyRules:
    """items: in the order in which they are shown. needs: those in force, by product. per_vial: doses of a vial."""

    items: tuple[Item, ...]
    needs: Mapping[str, tuple[Need, ...]]
    per_vial: Mapping[str, int]

    def item(self, code: str) -> Item | None:
        return next((item for item in self.items if item.code == code), None)

    def syringes(self, product: str) -> Fraction:
        """For a safety box, of one dose: its own syringe, and its part of those of its vial."""
        kinds = {item.code: item.kind for item in self.items}
        return sum(
            (
                need.pieces / (self.per_vial[product] if need.per_vial else 1)
                for need in self.needs[product]
                if kinds[need.item] in SYRINGES
            ),
            Fraction(0),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyBook:
    """The reference as it is, every row with the day from which it holds. vials: product, that day, doses a vial."""

    items: tuple[Item, ...]
    needs: tuple[Need, ...]
    vials: tuple[tuple[str, date, int], ...]

    def on(self, today: date) -> SupplyRules:
        """As it is in force on a day. Of a product none of whose rows has begun, the first."""
        per_vial: dict[str, int] = {}
        for product, since, doses in sorted(self.vials, key=lambda row: row[1]):
            if since <= today or product not in per_vial:
                per_vial[product] = doses
        return SupplyRules(items=self.items, needs=in_force(self.needs, today=today), per_vial=per_vial)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemState:
    """One item in one place. on_hand: pieces, none below zero. needed: for all usable doses there. covers: how many of
    those doses it suffices for, were it the only item; doses: those that need it."""

    item: str
    on_hand: int
    needed: int
    doses: int
    covers: int

    @property
    def short(self) -> int:
        return max(self.needed - self.on_hand, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What can be given in one place. doses: usable ones of products whose needs are known; given: of them, with what
    lies there; by_product of these. untold: usable doses of products of which nobody told what they need. limit: the
    item that is the scarcest by what is needed of it; '' where nothing is short."""

    doses: int
    given: int
    by_product: Mapping[str, int]
    items: tuple[ItemState, ...]
    untold: int = 0

    @property
    def stranded(self) -> int:
        return self.doses - self.given

    @property
    def limit(self) -> str:
        scarce = [state for state in self.items if state.short]
        return min(scarce, key=lambda state: (Fraction(state.on_hand, state.needed), state.item)).item if scarce else ""


@dataclass(slots=True)
class _Left:
    """What is left while doses are set against pieces; boxes are counted as room for syringes."""

    pieces: dict[str, Fraction] = field(default_factory=dict[str, Fraction])
    room: Fraction = Fraction(0)


def in_force(needs: Iterable[Need], *, today: date) -> dict[str, tuple[Need, ...]]:
    """By product: of each item the newest row that has begun. Of a product none of whose rows has begun, the first."""
    found: dict[str, dict[str, Need]] = {}
    for need in sorted(needs, key=lambda need: need.valid_from):
        own = found.setdefault(need.product, {})
        if need.valid_from <= today or need.item not in own:
            own[need.item] = need
    return {product: tuple(own.values()) for product, own in found.items()}


def givable(usable: Mapping[str, int], on_hand: Mapping[str, int], rules: SupplyRules) -> Given:
    """As many doses as can be given of `usable` (by product) with the pieces of `on_hand` (by item).

    Products that take the fewest syringes a dose come first: items are shared, and whoever counts doses alone gives
    most so. Pieces below zero are none."""
    known = {product: doses for product, doses in usable.items() if product in rules.needs and doses > 0}
    box = next((item for item in rules.items if item.kind is Kind.SAFETY_BOX), None)
    boxes = max(on_hand.get(box.code, 0), 0) if box else 0
    left = _Left({item: Fraction(max(count, 0)) for item, count in on_hand.items()})
    left.room = Fraction(boxes * (box.holds or 0)) if box else Fraction(-1)
    given: dict[str, int] = {}
    for product in sorted(known, key=lambda product: (rules.syringes(product), product)):
        given[product] = _give(product, known[product], left, rules, boxed=box is not None)
    return Given(
        doses=sum(known.values()),
        given=sum(given.values()),
        by_product=given,
        items=tuple(_state(item, known, max(on_hand.get(item.code, 0), 0), rules) for item in rules.items),
        untold=sum(doses for product, doses in usable.items() if product not in rules.needs and doses > 0),
    )


def _give(product: str, doses: int, left: _Left, rules: SupplyRules, *, boxed: bool) -> int:
    """How many of the doses; what they take is taken."""
    most, per_vial, syringes = doses, rules.per_vial[product], rules.syringes(product)
    for need in rules.needs[product]:
        units = floor(left.pieces.get(need.item, Fraction(0)) / need.pieces)
        most = min(most, units * per_vial if need.per_vial else units)
    if boxed and syringes:
        most = min(most, floor(left.room / syringes))
    for need in rules.needs[product]:
        units = ceil(most / per_vial) if need.per_vial else most
        left.pieces[need.item] = left.pieces.get(need.item, Fraction(0)) - units * need.pieces
    left.room -= most * syringes
    return most


def _state(item: Item, usable: Mapping[str, int], on_hand: int, rules: SupplyRules) -> ItemState:
    if item.kind is Kind.SAFETY_BOX:
        doses, needed = dict(usable), ceil(_syringes(usable, rules) / (item.holds or 1))
    else:
        doses = {
            product: count
            for product, count in usable.items()
            if any(need.item == item.code for need in rules.needs[product])
        }
        needed = ceil(_pieces(item.code, doses, rules))
    all_doses = sum(doses.values())
    covers = all_doses if on_hand >= needed else floor(Fraction(all_doses * on_hand, needed))
    return ItemState(item=item.code, on_hand=on_hand, needed=needed, doses=all_doses, covers=covers)


def _pieces(item: str, doses: Mapping[str, int], rules: SupplyRules) -> Fraction:
    found = Fraction(0)
    for product, count in doses.items():
        for need in rules.needs[product]:
            if need.item == item:
                found += need.pieces * (ceil(Fraction(count, rules.per_vial[product])) if need.per_vial else count)
    return found


def _syringes(usable: Mapping[str, int], rules: SupplyRules) -> int:
    """Whole ones of each kind, for these doses."""
    return sum(ceil(_pieces(item.code, usable, rules)) for item in rules.items if item.kind in SYRINGES)
