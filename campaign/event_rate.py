"""Adverse events per 100,000 doses with an exact interval, and lots on which several came together (FEATURES C7).

The interval is Clopper's and Pearson's for a share, by bisection of the binomial's tail: of few events none other keeps
its promise, and the standard library has no quantiles of the beta distribution."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

PER = 100_000
STEPS = 100
MOST_TERMS, CLOSE, TINY = 5_000, 1e-13, 1e-300


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRate:
    """Events per 100,000 doses. None: no doses, hence no rate."""

    events: int
    doses: int
    rate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotEvents:
    """Events of one lot that were recorded on one day."""

    lot: str
    recorded_on: date
    events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A lot with so many events within the days looked at."""

    lot: str
    events: int
    first_on: date
    last_on: date


def event_rate(events: int, doses: int, *, confidence: float = 0.95) -> EventRate:
    """Rate with its exact two-sided interval. More events than doses is an error of the source: the rate is told, and
    no interval. Raises ValueError for a negative count."""
    if events < 0 or doses < 0:
        raise ValueError(f"counts cannot be negative: {events} events, {doses} doses")
    if doses == 0:
        return EventRate(events=events, doses=doses, rate=None, low=None, high=None)
    if events > doses:
        return EventRate(events=events, doses=doses, rate=PER * events / doses, low=None, high=None)
    tail = (1 - confidence) / 2
    low = 0.0 if events == 0 else _share_where(lambda p: 1 - _at_most(events - 1, doses, p), tail, rising=True)
    high = 1.0 if events == doses else _share_where(lambda p: _at_most(events, doses, p), tail, rising=False)
    return EventRate(events=events, doses=doses, rate=PER * events / doses, low=PER * low, high=PER * high)


def clusters(events: Iterable[LotEvents], *, least: int, within_days: int, today: date) -> tuple[Cluster, ...]:
    """Lots with at least `least` events recorded in the last `within_days` days, today included; the most first."""
    since = today - timedelta(days=within_days - 1)
    by_lot: dict[str, list[LotEvents]] = {}
    for item in events:
        if item.lot and since <= item.recorded_on <= today:
            by_lot.setdefault(item.lot, []).append(item)
    found = [
        Cluster(
            lot=lot,
            events=sum(item.events for item in items),
            first_on=min(item.recorded_on for item in items),
            last_on=max(item.recorded_on for item in items),
        )
        for lot, items in by_lot.items()
    ]
    return tuple(sorted((item for item in found if item.events >= least), key=lambda item: (-item.events, item.lot)))


def _share_where(tail_at: Callable[[float], float], wanted: float, *, rising: bool) -> float:
    """Share at which the tail has the wanted weight."""
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        if (tail_at(middle) < wanted) == rising:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _at_most(events: int, doses: int, share: float) -> float:
    """P(X <= events) of a binomial with `doses` trials: the incomplete beta function of 1 - share."""
    if events >= doses:
        return 1.0
    return _incomplete_beta(doses - events, events + 1, 1 - share)


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """Regularised, by its continued fraction (Abramowitz and Stegun 26.5.8, in Lentz's form)."""
    if x <= 0.0 or x >= 1.0:
        return 0.0 if x <= 0.0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - _incomplete_beta(b, a, 1 - x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) / a
    d = 1 / _not_zero(1 - (a + b) * x / (a + 1))
    c, fraction = 1.0, d
    for m in range(1, MOST_TERMS):
        for factor in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _not_zero(1 + factor * d)
            c = _not_zero(1 + factor / c)
            fraction *= c * d
        if abs(c * d - 1) < CLOSE:
            break
    return front * fraction


def _not_zero(value: float) -> float:
    return value if abs(value) > TINY else TINY
