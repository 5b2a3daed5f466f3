"""What of a country's stock asks for somebody: judged by area, product and lot, never store by store.

Areas are province codes, 'central' for central units, and '' for the national and regional stores. Doses are full size.
Thresholds are settings; the rules are design, DOMAIN 4 and 6. The clock is an argument."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from campaign.alerts import Severity
from campaign.event_rate import LotEvents
from campaign.expressions import Expression
from campaign.lots import (
    STOPPED,
    Expiry,
    LotState,
    StateChange,
    Usable,
    held_by_decision,
    state_in_force,
    usable_expiry,
)
from campaign.rule_when import When
from campaign.stock_days import ExpiringLot, ExpiryOutlook, expiry_outlook
from campaign.wastage import StoreWeek

NATIONAL = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When a condition begins and when it is over: between the two an alert that is open stays open, and none is
    raised. hold: for how long it must be so before it fires.

    raise_when: decides instead of both numbers. clear_when: when it is over then, unless raise_when holds still; None:
    as soon as raise_when does not."""

    raise_at: float
    clear_at: float
    hold: timedelta
    severity: Severity
    raise_when: Expression | None = None
    clear_when: Expression | None = None

    def above(self, value: float, facts: Mapping[str, float]) -> bool | None:
        """Of a rule that more is worse. True: raised; False: kept; None: over. facts: campaign.rule_facts."""
        own = True if value >= self.raise_at else False if value > self.clear_at else None
        return self._when.judged(facts, own=own)

    def below(self, value: float, facts: Mapping[str, float]) -> bool | None:
        """Of a rule that less is worse."""
        own = True if value < self.raise_at else False if value < self.clear_at else None
        return self._when.judged(facts, own=own)

    @property
    def _when(self) -> When:
        return When(raise_when=self.raise_when, clear_when=self.clear_when)


@dataclass(frozen=True, slots=True, kw_only=True)
class LotFacts:
    """What is known of a lot besides where it is. thaw_limit_days: of its product; None: it is not thawed."""

    product: str
    changes: tuple[StateChange, ...] = ()
    expiries: tuple[Expiry, ...] = ()
    thaw_limit_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaLot:
    """Doses of a lot in the stores of an area that share an earliest thaw and what was decided about them after an
    excursion (campaign/dose_marks.py), and on their way to them. discard: of those in stores, doses at the discard
    point of their vials' monitors, or past it."""

    area_code: str
    product: str
    lot_number: str
    thawed_on: date | None
    doses: int
    in_transit: int
    stores: int
    discard: int = 0
    on_hold: bool = False
    decided_until: date | None = None

    @property
    def fit(self) -> int:
        """Doses in stores that their monitors do not rule out."""
        return max(self.doses - self.discard, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaPace:
    """daily: doses used a day by all stores of the area, over the days on which it had stock (of NATIONAL: the whole
    nation). people_due: full size, whose next dose of the product is due by the end of the days looked ahead, or was
    not long ago."""

    area_code: str
    product: str
    daily: float
    people_due: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaFaults:
    """negative: stores and lots below zero by more than is on its way to them and than the vials' extra volume
    explains, and by how many doses. unreceived,
    short: lots sent to a store of the area too long ago of which nothing, or not everything, was received since."""

    area_code: str
    product: str
    negative: int
    negative_doses: int
    unreceived: int
    unreceived_doses: int
    short: int
    short_doses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncounted:
    """Stores of an area with stock that were not counted for too long; oldest: the oldest last count, None: never."""

    area_code: str
    stores: int
    oldest: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockSeen:
    """Everything that a snapshot says of stock, by area. `now`: campaign time; `today`: its local day. pieces: of
    consumables, by area and item; an area that keeps no books of them is not there."""

    now: datetime
    today: date
    lots: Mapping[str, LotFacts]
    held: tuple[AreaLot, ...]
    paces: tuple[AreaPace, ...]
    faults: tuple[AreaFaults, ...]
    uncounted: tuple[Uncounted, ...]
    events: tuple[LotEvents, ...]
    wasted: tuple[StoreWeek, ...] = ()
    pieces: Mapping[str, Mapping[str, int]] = field(default_factory=dict[str, Mapping[str, int]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Doses of an area with what may be done with them."""

    held: AreaLot
    state: StateChange | None
    usable: Usable

    @property
    def lot(self) -> str:
        return self.held.lot_number

    def usable_on(self, today: date) -> bool:
        """Released, not on hold after an excursion, not out of date; a lot without a known expiry counts as usable."""
        released = self.state is not None and self.state.state is LotState.RELEASED and not self.held.on_hold
        return released and (self.usable.expires_on is None or self.usable.expires_on >= today)

    def held_on(self, today: date) -> bool:
        past = self.usable.expires_on is not None and self.usable.expires_on < today
        return held_by_decision(self.state.state if self.state else None, on_hold=self.held.on_hold, past=past)

    @property
    def stopped(self) -> LotState | None:
        return self.state.state if self.state is not None and self.state.state in STOPPED else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Losing:
    """Doses of an area and product that will be left over at the present pace; the lots with the most first."""

    area_code: str
    product: str
    doses: int
    first_on: date
    lots: tuple[str, ...]
    needed_daily: float
    daily: float


def parts_of(seen: StockSeen) -> tuple[Part, ...]:
    """Each group of doses with the state of its lot in force and its usable expiry."""
    unknown = LotFacts(product="")
    found: list[Part] = []
    for held in seen.held:
        facts = seen.lots.get(held.lot_number, unknown)
        usable = usable_expiry(
            facts.expiries,
            today=seen.today,
            thawed_on=held.thawed_on,
            thaw_limit_days=facts.thaw_limit_days,
            decided_until=held.decided_until,
        )
        found.append(Part(held=held, state=state_in_force(facts.changes, now=seen.now), usable=usable))
    return tuple(found)


def expired(parts: Iterable[Part], *, today: date) -> dict[tuple[str, str], list[Part]]:
    """Doses by area and product that are still on hand after their last day, whatever the state of their lot."""
    return _grouped(
        part for part in parts if part.held.doses > 0 and part.usable.expires_on and part.usable.expires_on < today
    )


def losing(
    parts: Iterable[Part], paces: Mapping[tuple[str, str], AreaPace], *, today: date, within_days: int
) -> list[Losing]:
    """Doses that expire within so many days at the present pace, first-expired-first-out over the stores of an area:
    within a province doses can be moved, so that a single store's rest is not lost yet.

    The national and regional stores serve the nation, and so do all others: they lose their part, by the day of
    expiry, of what the nation's pace leaves over of everybody's doses (campaign.stock_board.judge_areas says it so)."""
    found: list[Losing] = []
    usable = [part for part in parts if part.held.fit > 0 and part.usable_on(today) and part.usable.expires_on]
    pools = _pools(usable, paces, today)
    for (area, product), mine in _grouped(usable).items():
        pace = paces.get((area, product))
        daily = pace.daily if pace else 0.0
        lots = [_expiring(part) for part in mine]
        if area == NATIONAL:
            rows = [_share(lot, *pools[product, lot.expires_on]) for lot in lots]
            rows.sort(key=lambda row: (-row.lost, row.expires_on, row.lot))
        else:
            rows = list(expiry_outlook(lots, today=today, daily=daily))
        rows = [row for row in rows if row.lost > 0 and (row.expires_on - today).days < within_days]
        if rows:
            found.append(
                Losing(
                    area_code=area,
                    product=product,
                    doses=sum(row.lost for row in rows),
                    first_on=min(row.expires_on for row in rows),
                    lots=tuple(dict.fromkeys(row.lot for row in rows)),
                    needed_daily=max(row.needed_daily for row in rows),
                    daily=daily,
                )
            )
    return found


def usable_doses(parts: Iterable[Part], *, today: date) -> dict[tuple[str, str], tuple[int, int]]:
    """On hand and on their way, by area and product."""
    return {
        key: (sum(part.held.fit for part in mine), sum(part.held.in_transit for part in mine))
        for key, mine in _grouped(part for part in parts if part.usable_on(today)).items()
    }


def held_doses(parts: Iterable[Part], *, today: date) -> dict[tuple[str, str], int]:
    """Doses that only a decision after an excursion stops, by area and product."""
    return {
        key: sum(part.held.doses for part in mine)
        for key, mine in _grouped(part for part in parts if part.held_on(today)).items()
    }


def stopped_lots(parts: Iterable[Part]) -> dict[tuple[str, str], list[Part]]:
    """Doses of lots on hold, recalled or destroyed that are somewhere still, by area and lot."""
    found: dict[tuple[str, str], list[Part]] = {}
    for part in parts:
        if part.stopped is not None and part.held.doses + part.held.in_transit > 0:
            found.setdefault((part.held.area_code, part.lot), []).append(part)
    return found


def _pools(
    usable: Iterable[Part], paces: Mapping[tuple[str, str], AreaPace], today: date
) -> dict[tuple[str, date], tuple[ExpiryOutlook, int]]:
    """By product and day of expiry: what the nation's pace leaves over were all doses in one store, and of how many."""
    ends: dict[str, dict[date, int]] = {}
    for part in usable:
        lot = _expiring(part)
        mine = ends.setdefault(part.held.product, {})
        mine[lot.expires_on] = mine.get(lot.expires_on, 0) + lot.doses
    found: dict[tuple[str, date], tuple[ExpiryOutlook, int]] = {}
    for product, mine in ends.items():
        pace = paces.get((NATIONAL, product))
        lots = [ExpiringLot(lot=product, doses=doses, expires_on=end) for end, doses in mine.items()]
        for row in expiry_outlook(lots, today=today, daily=pace.daily if pace else 0.0):
            found[product, row.expires_on] = (row, mine[row.expires_on])
    return found


def _share(lot: ExpiringLot, pool: ExpiryOutlook, everybody: int) -> ExpiryOutlook:
    return replace(pool, lot=lot.lot, doses=lot.doses, lost=pool.lost * lot.doses // everybody)


def _expiring(part: Part) -> ExpiringLot:
    return ExpiringLot(lot=part.lot, doses=part.held.fit, expires_on=part.usable.expires_on or date.max)


def _grouped(parts: Iterable[Part]) -> dict[tuple[str, str], list[Part]]:
    found: dict[tuple[str, str], list[Part]] = {}
    for part in parts:
        found.setdefault((part.held.area_code, part.held.product), []).append(part)
    return found
