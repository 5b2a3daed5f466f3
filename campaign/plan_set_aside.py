"""Which doses a store may not give away because a decision on allocation promises them to another place. Pure.

The planner takes them out of a problem by the same order (campaign/plan_lots.py); here they are found for the acts of
persons, from the registry as it is. Full-size doses; local days. Source: issue 7 ("Build" 5); docs/adr/0059.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from campaign.coverage import NATION
from campaign.ledger import Pair

# Stores that pass on what the country receives: decisions for provinces and central units are filled from them.
ABOVE = frozenset({"national", "regional"})
PROVINCE = "province"
# Recipients that no store of a province stands above.
NATIONAL_RECIPIENTS = frozenset({PROVINCE, "recipient"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedLine:
    """One recipient's part of a decision that stands. lot: '' where it names none. stated: doses that the registry
    says came, beside the ledger. level, province, parent: of the recipient; '' where it has none."""

    decision_id: int
    store: str
    product: str
    lot: str
    planned: int
    stated: int
    level: str
    province: str
    parent: str

    @property
    def above(self) -> str:
        """Whose stores it is filled from: the nation's and regions', or below a province those of the province."""
        return NATION if self.level in NATIONAL_RECIPIENTS else self.province


@dataclass(frozen=True, slots=True, kw_only=True)
class Lying:
    """Doses of a lot in a store that could be sent: no other plan promises them, nothing stops them, they have not
    ended. until: the last day of use; None: nobody knows it. level, province: of the store."""

    store: str
    lot: str
    product: str
    doses: int
    released: bool
    until: date | None
    level: str
    province: str


Place = tuple[bool, bool, date, str, str]


def order(*, released: bool, parent: bool, until: date | None, store: str, lot: str) -> Place:
    """Of the doses that a promise may be filled from: those that may be given, of the recipient's own parent, that end
    first. parent: whether they lie in it."""
    return not released, not parent, until or date.max, store, lot


def unsent(
    lines: Iterable[DecidedLine], moved: Mapping[tuple[int, str, str], int], products: Mapping[str, str]
) -> list[tuple[DecidedLine, int]]:
    """Doses of each line that nobody has sent, of those with any. moved: doses that left for a store by a decision, by
    decision, store and lot; what is of a lot that no line of the store names goes to its line of the product without a
    lot. products: by lot."""
    listed = list(lines)
    named = {(line.decision_id, line.store, line.lot) for line in listed if line.lot}
    sent: defaultdict[tuple[int, str, str, str], int] = defaultdict(int)
    for (decision, store, lot), doses in moved.items():
        own = lot if (decision, store, lot) in named else ""
        sent[decision, store, products.get(lot, ""), own] += doses
    found = [
        (line, line.planned - max(sent[line.decision_id, line.store, line.product, line.lot], line.stated))
        for line in listed
    ]
    return [(line, doses) for line, doses in found if doses > 0]


def set_aside(wanted: Iterable[tuple[DecidedLine, int]], lying: Iterable[Lying]) -> dict[Pair, int]:
    """By store and lot, doses that are another's. wanted: lines with what of each nobody sent, in the order in which
    they are filled. What is found nowhere is set aside nowhere."""
    piles: defaultdict[tuple[str, str], list[Lying]] = defaultdict(list)
    left: dict[Pair, int] = {}
    for pile in lying:
        piles[pile.product, NATION if pile.level in ABOVE else pile.province].append(pile)
        left[pile.store, pile.lot] = pile.doses
    found: defaultdict[Pair, int] = defaultdict(int)
    for line, doses in wanted:
        needed = doses
        for pile in sorted(_filling(piles[line.product, line.above], line), key=_order_of(line)):
            pair = (pile.store, pile.lot)
            taken = min(left[pair], needed)
            left[pair] -= taken
            needed -= taken
            if taken:
                found[pair] += taken
            if not needed:
                break
    return dict(found)


def _filling(piles: Iterable[Lying], line: DecidedLine) -> Iterator[Lying]:
    return (pile for pile in piles if line.lot in ("", pile.lot) and pile.store != line.store)


def _order_of(line: DecidedLine) -> Callable[[Lying], Place]:
    def place(pile: Lying) -> Place:
        return order(
            released=pile.released,
            parent=pile.store == line.parent,
            until=pile.until,
            store=pile.store,
            lot=pile.lot,
        )

    return place
