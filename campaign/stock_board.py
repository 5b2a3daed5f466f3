"""What is in the stores and how long it lasts: each heap of doses judged at the reader's now, then places and products.

A heap is one lot in one place with one thaw date; a place is a store, a province, the central units, or the national
and regional stores.
Rules only: doses are whole numbers, days are local calendar days, `today` is the day of the reader's now.

The pace of a place is what its stores gave over the days on which it had stock: those of the store that had some the
longest, at least. A store above the sites gives nobody a dose: it is held to the pace of the stores below it. The
national and regional stores serve the nation; the central units, which are of no province either, give doses of their
own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from math import ceil

from campaign.coverage import NATION
from campaign.lots import Expiry, ThawLimit, Usable, held_by_decision, usable_expiry
from campaign.stock_days import ExpiringLot, ExpiryOutlook, expiry_outlook

# The place of the national and regional stores: their area is that of the central units.
NATIONAL_STORES = "national"
REFRIGERATOR = "refrigerator"
# Doses a day of one product in one place.
Paces = Mapping[tuple[str, str], float]


class Standing(StrEnum):
    """Of doses in a store; each dose is in one."""

    USABLE = "usable"  # released, not held, not past its usable expiry
    # Awaiting release, on hold (the lot, or these doses), recalled: not past its usable expiry. Some of a heap by VVM.
    BLOCKED = "blocked"
    PAST = "past"  # past its usable expiry, whatever else it is


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRules:
    """count_days: a count older than this is old. allocation_days: how long after it was expected an allocation is
    missing. settled_days: how long after its receipt a round counts in usage. transit_days: what was sent so long ago
    and not received is late. thaw_limits: how long products keep after thawing. most_per_vial: how many doses skilled
    hands draw from a vial, by product."""

    count_days: int
    allocation_days: int
    settled_days: int
    transit_days: int
    thaw_limits: tuple[ThawLimit, ...]
    most_per_vial: Mapping[str, int]


# Place, lot, earliest thaw, and what decisions say of the doses.
HeapKey = tuple[str, str, date | None, bool, date | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heap:
    """on_hand may be below zero: the books have given more than they received. in_transit: sent to the place. discard:
    of what is there, doses whose vials' own monitor is at its discard point or past it. on_hold, decided_until: by
    decisions after an excursion (campaign/dose_marks.py)."""

    place: str
    area: str
    lot: str
    product: str
    thawed_on: date | None
    on_hand: int
    in_transit: int
    discard: int = 0
    on_hold: bool = False
    decided_until: date | None = None

    @property
    def key(self) -> HeapKey:
        return self.place, self.lot, self.thawed_on, self.on_hold, self.decided_until


@dataclass(frozen=True, slots=True, kw_only=True)
class LotNow:
    """A lot as it stands: its state in force ('' where none is told) and every version of its expiry."""

    number: str
    product: str
    state: str
    expiries: tuple[Expiry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedHeap:
    """until: the last day on which it may be given; why: 'label', 'extension', 'thaw' or 'decision'; condition: the
    storage that it rests on, '' for any. lost: doses that the present pace leaves over. use_a_day: at which pace none
    would be, counting what expires before; None where no day is left."""

    heap: Heap
    state: str
    standing: Standing
    until: date | None
    why: str
    days_left: int | None
    condition: str = ""
    lost: int = 0
    use_a_day: int | None = None

    @property
    def doses(self) -> int:
        return max(self.heap.on_hand, 0)

    @property
    def usable(self) -> int:
        """What may be given today, by its lot, its expiry and its vials' monitors."""
        return max(self.doses - self.heap.discard, 0) if self.standing is Standing.USABLE else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """One product in one place. cover_days None: no recent use."""

    usable: int
    pace: float | None
    lost: int

    @property
    def cover_days(self) -> float | None:
        return None if not self.pace else self.usable / self.pace


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Doses of one place. usable + blocked + past: all that is in its stores."""

    usable: int
    blocked: int
    past: int
    in_transit: int
    lost: int
    pace: float | None

    @property
    def cover_days(self) -> float | None:
        return None if not self.pace else self.usable / self.pace


def judge(
    heaps: Iterable[Heap], lots: Mapping[str, LotNow], paces: Paces, *, today: date, thaw_days: Mapping[str, int]
) -> list[JudgedHeap]:
    """Every heap with its standing, and what of it the present pace of its place leaves over, in the order given.

    paces: by place and product, missing where nothing was given of late. thaw_days: of a product that keeps only so
    long after thawing.
    """
    judged = [_judged(heap, lots.get(heap.lot), today, thaw_days) for heap in heaps]
    return _with_losses(judged, paces, today)


def _judged(heap: Heap, lot: LotNow | None, today: date, thaw_days: Mapping[str, int]) -> JudgedHeap:
    found = usable_until(lot, heap.thawed_on, today=today, thaw_days=thaw_days, decided_until=heap.decided_until)
    until = found.expires_on
    state = lot.state if lot is not None else ""
    if until is not None and until < today:
        standing = Standing.PAST
    else:
        standing = Standing.USABLE if state == "released" and not heap.on_hold else Standing.BLOCKED
    days_left = None if until is None else (until - today).days
    return JudgedHeap(
        heap=heap,
        state=state,
        standing=standing,
        until=until,
        why=_why(found),
        days_left=days_left,
        condition=found.condition,
    )


def cover_of(judged: Iterable[JudgedHeap], pace: float | None) -> Cover:
    """Of the heaps given, which are those of one product in one place, at its pace."""
    usable = lost = 0
    for item in judged:
        usable += item.usable
        lost += item.lost
    return Cover(usable=usable, pace=pace, lost=lost)


def sums_of(judged: Iterable[JudgedHeap], pace: float | None) -> Sums:
    doses: dict[Standing, int] = dict.fromkeys(Standing, 0)
    lost = in_transit = 0
    for item in judged:
        doses[item.standing] += item.doses
        if item.standing is Standing.USABLE:
            # In its store, in date, and not to be given: by its vials' monitors.
            doses[Standing.USABLE] -= item.doses - item.usable
            doses[Standing.BLOCKED] += item.doses - item.usable
        lost += item.lost
        in_transit += max(item.heap.in_transit, 0)
    return Sums(
        usable=doses[Standing.USABLE],
        blocked=doses[Standing.BLOCKED],
        past=doses[Standing.PAST],
        in_transit=in_transit,
        lost=lost,
        pace=pace,
    )


def held_of(judged: Iterable[JudgedHeap]) -> int:
    """Doses that only a decision after an excursion stops, as the alerts count them (campaign/stock.py)."""
    return sum(
        item.doses
        for item in judged
        if held_by_decision(item.state, on_hold=item.heap.on_hold, past=item.standing is Standing.PAST)
    )


def by_place_product(judged: Iterable[JudgedHeap]) -> dict[tuple[str, str], list[JudgedHeap]]:
    found: defaultdict[tuple[str, str], list[JudgedHeap]] = defaultdict(list)
    for item in judged:
        found[item.heap.place, item.heap.product].append(item)
    return dict(found)


def usable_until(
    lot: LotNow | None,
    thawed_on: date | None,
    *,
    today: date,
    thaw_days: Mapping[str, int],
    decided_until: date | None = None,
) -> Usable:
    """Until when doses of a lot that were thawed on a day, or not at all, may be given, and which clock ends it."""
    return usable_expiry(
        lot.expiries if lot else (),
        today=today,
        thawed_on=thawed_on,
        thaw_limit_days=thaw_days.get(lot.product) if lot else None,
        decided_until=decided_until,
    )


def thaw_not_told(classes: Collection[str], *, limited: bool, thawed_on: date | None) -> bool:
    """Of doses in a store with devices of these classes: whether they must have been thawed, and nobody told when.
    limited: their product keeps only so long after thawing. A store without devices tells nothing."""
    return limited and thawed_on is None and set(classes) == {REFRIGERATOR}


def _why(found: Usable) -> str:
    return str(found.clock) if found.expires_on is not None else ""


def _with_losses(judged: Sequence[JudgedHeap], paces: Paces, today: date) -> list[JudgedHeap]:
    """Heaps of which nobody told an expiry are not said to be lost."""
    groups: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for at, item in enumerate(judged):
        if item.standing is Standing.USABLE and item.until is not None:
            groups[item.heap.place, item.heap.product][f"{item.heap.lot} {at}"] = at
    found = list(judged)
    for key, members in groups.items():
        for outlook in expiry_outlook(_expiring(judged, members), today=today, daily=paces.get(key, 0.0)):
            at = members[outlook.lot]
            found[at] = replace(judged[at], lost=outlook.lost, use_a_day=ceil(outlook.needed_daily))
    return found


def _expiring(judged: Sequence[JudgedHeap], members: Mapping[str, int]) -> list[ExpiringLot]:
    return [
        ExpiringLot(lot=name, doses=judged[at].usable, expires_on=judged[at].until or date.max)
        for name, at in members.items()
    ]


def paces_of_all(paces: Paces) -> dict[tuple[str, str], float]:
    """The paces of areas and the nation, with that to which the national and regional stores are held: the nation's."""
    return {
        **paces,
        **{(NATIONAL_STORES, product): pace for (place, product), pace in paces.items() if place == NATION},
    }


def judge_areas(
    heaps: Sequence[Heap], lots: Mapping[str, LotNow], paces: Paces, *, today: date, thaw_days: Mapping[str, int]
) -> list[JudgedHeap]:
    """As `judge`, of all areas with `paces` of paces_of_all. A province loses what its own pace leaves over. The
    national and regional stores lose their part of what the nation's pace leaves over of everybody's doses, by the day
    of expiry."""
    judged = judge(heaps, lots, paces, today=today, thaw_days=thaw_days)
    by_end: defaultdict[tuple[str, date], list[JudgedHeap]] = defaultdict(list)
    for item in judged:
        if item.standing is Standing.USABLE and item.until is not None:
            by_end[item.heap.product, item.until].append(item)
    found = {(outlook.lot, outlook.expires_on): outlook for outlook in _pooled(by_end, paces, today)}
    return [
        _part(item, found[item.heap.product, item.until], by_end[item.heap.product, item.until])
        if item.heap.place == NATIONAL_STORES and (item.heap.product, item.until) in found and item.until is not None
        else item
        for item in judged
    ]


def _pooled(
    by_end: Mapping[tuple[str, date], Sequence[JudgedHeap]], paces: Paces, today: date
) -> Iterator[ExpiryOutlook]:
    """What the nation would lose of each product by day of expiry, were all its doses in one store."""
    for product in {name for name, _ in by_end}:
        ends = [
            ExpiringLot(lot=product, doses=sum(item.usable for item in items), expires_on=end)
            for (name, end), items in by_end.items()
            if name == product
        ]
        yield from expiry_outlook(ends, today=today, daily=paces.get((NATION, product), 0.0))


def _part(item: JudgedHeap, outlook: ExpiryOutlook, everybody: Sequence[JudgedHeap]) -> JudgedHeap:
    doses = sum(other.usable for other in everybody)
    lost = outlook.lost * item.usable // doses if doses else 0
    return replace(item, lost=lost, use_a_day=ceil(outlook.needed_daily))


def with_discards(heaps: Iterable[Heap], discards: Mapping[HeapKey, int]) -> tuple[Heap, ...]:
    """discards: doses past the discard point of their vials' monitors, by what makes a heap."""
    return tuple(replace(heap, discard=discards.get(heap.key, 0)) if discards else heap for heap in heaps)
