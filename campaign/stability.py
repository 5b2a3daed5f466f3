"""From an excursion to a decision: how much of a product's time outside its storage is used, and what to do.

Pure: readings, stays of lots in stores and rows of data/reference/stability.csv in, a judgement of each lot out. Time
is counted by instants: a temperature holds from its reading until the next one. Silence longer than `gap` is time that
nobody knows, never time in order. The result does not depend on the order of readings.

Sources: design, DOMAIN 5; data/reference/stability.csv and products.csv."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from campaign.coldchain import Reading, Side

MINUTE = timedelta(minutes=1)
NONE = timedelta(0)


class Advice(StrEnum):
    """What is recommended for a lot. The worst first: one is told where several hold."""

    FROZEN_SHAKE = "frozen_shake"  # hold, shake test: the product is aluminium-adsorbed
    FROZEN_ASK = "frozen_ask"  # hold until the maker or the institute has answered
    SPENT = "spent"  # the budget is used up: discard, or hold until the institute has answered
    ASK = "ask"  # it was outside, and no budget is known for that: hold and ask
    CALL = "call"  # nobody knows the temperature: call the site, hold until it is known
    USE_FIRST = "use_first"  # within the budget: use before other lots
    FINE = "fine"  # seen all the time, and nothing that counts: never outside, or cold that does not freeze


FROZEN = (Advice.FROZEN_SHAKE, Advice.FROZEN_ASK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """For how many minutes in total a product bears a band outside its storage. high: warmer than low_c, up to high_c;
    low: from low_c on, colder than high_c."""

    product: str
    side: Side
    low_c: float
    high_c: float
    minutes: int
    source: str
    valid_from: date

    def covers(self, temp_c: float) -> bool:
        if self.side is Side.HIGH:
            return self.low_c < temp_c <= self.high_c
        return self.low_c <= temp_c < self.high_c


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFacts:
    """adsorbed: on aluminium, so that the shake test tells whether it froze. has_vvm: vials show their own heat."""

    product: str
    adsorbed: bool
    has_vvm: bool
    budgets: tuple[Budget, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A device, between which degrees it keeps what is inside, and when that counts as frozen: at or below freeze_c for
    freeze_minutes without a break; None: there freezing is no harm."""

    equipment_id: str
    store: str
    low_c: float
    high_c: float
    freeze_c: float | None = None
    freeze_minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A lot with doses in a store, from `since` up to and without `until`."""

    store: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A temperature that held; None: nobody knows."""

    since: datetime
    until: datetime
    temp_c: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BandUse:
    """Whole minutes begun are used. used + left = budget: left is below zero where it was overdrawn."""

    budget: Budget
    used_minutes: int
    earlier_minutes: int

    @property
    def left_minutes(self) -> int:
        return self.budget.minutes - self.used_minutes

    @property
    def spent(self) -> bool:
        """With nothing left it is spent: the last minute is used."""
        return self.left_minutes <= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LotJudgement:
    """bands: those of the product, used or not. earlier_minutes of one: of it before this excursion, also in another
    store. outside_minutes: outside the device during this excursion; beyond_minutes: of all time outside, for which no
    budget is known; frozen_minutes: the longest time at or below freezing; unknown_minutes: of this excursion."""

    lot: str
    product: str
    advice: Advice
    bands: tuple[BandUse, ...]
    outside_minutes: int
    beyond_minutes: int
    frozen_minutes: int
    unknown_minutes: int
    has_vvm: bool

    @property
    def tightest(self) -> BandUse | None:
        """Of the bands that were used the one with the least left."""
        return min((band for band in self.bands if band.used_minutes), key=lambda band: band.left_minutes, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One excursion, or a silence, of one device: `until` is its end, or the present where it goes on."""

    unit: Unit
    since: datetime
    until: datetime


def budgets_in_force(rows: Iterable[Budget], *, today: date) -> dict[str, tuple[Budget, ...]]:
    """By product: of each band's rows that have begun, the newest."""
    newest: dict[tuple[str, Side], Budget] = {}
    for row in sorted(rows, key=lambda row: row.valid_from):
        if row.valid_from <= today:
            newest[row.product, row.side] = row
    found: dict[str, tuple[Budget, ...]] = {}
    for (product, _), row in sorted(newest.items(), key=lambda item: item[0]):
        found[product] = (*found.get(product, ()), row)
    return found


def spans(readings: Iterable[Reading], unit: Unit, *, gap: timedelta, now: datetime) -> tuple[Span, ...]:
    """What is known of a device from its first reading until `now`. Of several readings at one instant the one furthest
    outside counts; readings without a temperature are as if there were none."""
    worst: dict[datetime, float] = {}
    for reading in readings:
        if reading.temp_c is not None and reading.at <= now:
            known = worst.get(reading.at)
            worst[reading.at] = reading.temp_c if known is None else max(known, reading.temp_c, key=_rank(unit))
    instants = sorted(worst)
    found: list[Span] = []
    for at, until in zip(instants, [*instants, now][1:], strict=True):
        known = worst[at] if until - at <= gap else None
        if until > at:
            found.append(Span(since=at, until=until, temp_c=known))
    return tuple(found)


def judge(
    window: Window,
    *,
    lot: str,
    facts: ProductFacts,
    stays: Sequence[Stay],
    traces: Mapping[str, tuple[Unit, Sequence[Span]]],
) -> LotJudgement:
    """What an excursion did to one lot.

    stays: of the lot in this store and, before, in the stores that it came from. traces: by device, of all these
    stores. Which device of a store a lot stood in is not recorded: in this store before the excursion, and in every
    other store, it counts as having been in the one that was worst at the time; while it lasts, in this one. What was
    used after it counts too: the decision is for now."""
    own = [
        _clip(stay.since, stay.until, window.since, window.until) for stay in stays if stay.store == window.unit.store
    ]
    here = [piece for piece in own if piece is not None]
    focus = traces[window.unit.equipment_id][1]
    exposed = [(window.unit, _within(focus, here))]
    for unit, trace in traces.values():
        exposed.append((unit, _within(trace, _otherwise(stays, unit, window))))
    bands = tuple(_used(budget, exposed, window.since) for budget in facts.budgets)
    beyond = _length(_pieces(exposed, lambda unit, temp: _beyond(unit, temp, facts)))
    runs = [(unit, _frozen(unit, part, facts)) for unit, part in exposed]
    unknown = _length([(span.since, span.until) for span in exposed[0][1] if span.temp_c is None]) + _unseen(
        focus, here
    )
    outside = _length(_pieces(exposed[:1], lambda unit, temp: not unit.low_c <= temp <= unit.high_c))
    cold = any(run > NONE and run >= unit.freeze_minutes * MINUTE for unit, run in runs)
    return LotJudgement(
        lot=lot,
        product=facts.product,
        advice=_advice(facts, cold=cold, bands=bands, beyond=beyond > NONE, unknown=unknown > NONE),
        bands=bands,
        outside_minutes=_minutes(outside),
        beyond_minutes=_minutes(beyond),
        frozen_minutes=_minutes(max((run for _, run in runs), default=NONE)),
        unknown_minutes=_minutes(unknown),
        has_vvm=facts.has_vvm,
    )


def _advice(facts: ProductFacts, *, cold: bool, bands: Sequence[BandUse], beyond: bool, unknown: bool) -> Advice:
    if cold:
        return Advice.FROZEN_SHAKE if facts.adsorbed else Advice.FROZEN_ASK
    if any(band.spent for band in bands):
        return Advice.SPENT
    if beyond:
        return Advice.ASK
    # What nobody saw may have spent any budget: such a device never looks good here.
    if unknown:
        return Advice.CALL
    return Advice.USE_FIRST if any(band.used_minutes for band in bands) else Advice.FINE


Piece = tuple[datetime, datetime]


def _otherwise(stays: Sequence[Stay], unit: Unit, window: Window) -> list[Piece]:
    """When the lot was in the store of a device, but for the excursion itself; in other stores, before it."""
    found: list[Piece] = []
    for stay in stays:
        if stay.store != unit.store:
            continue
        pieces = [_clip(stay.since, stay.until, stay.since, window.since)]
        if unit.store == window.unit.store:
            pieces.append(_clip(stay.since, stay.until, window.until, stay.until))
        found += [piece for piece in pieces if piece is not None]
    return found


def _rank(unit: Unit) -> Callable[[float], tuple[float, float]]:
    """How far outside, the warmer of two that are as far."""
    return lambda temp: (max(temp - unit.high_c, unit.low_c - temp), temp)


def _clip(since: datetime, until: datetime, first: datetime, last: datetime) -> Piece | None:
    begin, end = max(since, first), min(until, last)
    return (begin, end) if begin < end else None


def _within(trace: Sequence[Span], pieces: Sequence[Piece]) -> list[Span]:
    found = [
        Span(since=part[0], until=part[1], temp_c=span.temp_c)
        for span in trace
        for piece in pieces
        if (part := _clip(span.since, span.until, *piece)) is not None
    ]
    return sorted(found, key=lambda span: span.since)


def _pieces(exposed: Iterable[tuple[Unit, Sequence[Span]]], holds: Callable[[Unit, float], bool]) -> list[Piece]:
    return [
        (span.since, span.until)
        for unit, part in exposed
        for span in part
        if span.temp_c is not None and holds(unit, span.temp_c)
    ]


def _used(budget: Budget, exposed: Sequence[tuple[Unit, Sequence[Span]]], since: datetime) -> BandUse:
    pieces = _pieces(exposed, lambda unit, temp: budget.covers(temp) and not unit.low_c <= temp <= unit.high_c)
    earlier = [piece for begin, end in pieces if (piece := _clip(begin, end, begin, since)) is not None]
    return BandUse(budget=budget, used_minutes=_minutes(_length(pieces)), earlier_minutes=_minutes(_length(earlier)))


def _beyond(unit: Unit, temp_c: float, facts: ProductFacts) -> bool:
    """Outside, and no budget is known for it. Cold that does not freeze is none: between freezing and the lower limit
    of a refrigerator; nor is any cold where freezing is no harm."""
    if unit.low_c <= temp_c <= unit.high_c or any(budget.covers(temp_c) for budget in facts.budgets):
        return False
    if temp_c > unit.high_c:
        return True
    return unit.freeze_c is not None and temp_c <= unit.freeze_c and any(b.side is Side.LOW for b in facts.budgets)


def _frozen(unit: Unit, part: Sequence[Span], facts: ProductFacts) -> timedelta:
    """The longest time without a break at or below freezing, of a product that no budget covers there."""
    longest = run = NONE
    last: datetime | None = None
    for span in part:
        cold = (
            unit.freeze_c is not None
            and span.temp_c is not None
            and span.temp_c <= unit.freeze_c
            and not any(budget.covers(span.temp_c) for budget in facts.budgets)
        )
        run = NONE if not cold else (run if last == span.since else NONE) + (span.until - span.since)
        last = span.until if cold else None
        longest = max(longest, run)
    return longest


def _unseen(trace: Sequence[Span], pieces: Sequence[Piece]) -> timedelta:
    """Time of which the device told nothing at all: before its first reading."""
    first = min((span.since for span in trace), default=None)
    missing = [
        piece
        for begin, end in pieces
        if (piece := _clip(begin, end, begin, end if first is None else min(end, first))) is not None
    ]
    return _length(missing)


def _length(pieces: Iterable[Piece]) -> timedelta:
    """Of the union: what two devices tell of one minute counts once."""
    total = NONE
    reached: datetime | None = None
    for begin, end in sorted(pieces):
        start = begin if reached is None else max(begin, reached)
        if end > start:
            total += end - start
        reached = end if reached is None else max(reached, end)
    return total


def _minutes(length: timedelta) -> int:
    """A minute that has begun is used."""
    return -(-length // MINUTE) if length > NONE else 0
