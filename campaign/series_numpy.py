"""The series rules over many people at once. Proven equal to `campaign.series.evaluate` by a property test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from campaign.series import SeriesRules, SeriesState

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
EPOCH = date(1970, 1, 1)
NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """Doses ordered by person, day and dose id. Arrays of one length; `day` counts from 1970-01-01.

    `person` numbers people 0, 1, 2 … without a gap; `product` indexes `products`."""

    person: Ints
    day: Ints
    product: Ints
    products: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One entry a person, in the order of their number. Days as in Events, NEVER where it has not happened.

    `first_event` is the position of the first dose in Events."""

    state: Ints
    first_on: Ints
    full_on: Ints
    boosted_on: Ints
    due_on: Ints
    valid_doses: Ints
    first_event: Ints


def evaluate_many(events: Events, rules: SeriesRules) -> Outcome:
    """Where each person stands; every rule is looked up at the day of the injection, as the plain twin does."""
    starts = np.flatnonzero(np.r_[True, events.person[1:] != events.person[:-1]]) if len(events.person) else _empty()
    counts = np.diff(np.r_[starts, len(events.person)])
    table = _Rules(events.products, rules)
    first_product, first_day = events.product[starts], events.day[starts]
    required = table.primary_doses(first_product, first_day)
    valid = np.ones(len(starts), dtype=np.int64)
    last_product, last_day = first_product.copy(), first_day.copy()
    full_on = np.where(required == 1, first_day, NEVER)
    boosted_on = np.full(len(starts), NEVER, dtype=np.int64)
    for step in range(1, int(counts.max(initial=0))):
        who = np.flatnonzero(counts > step)
        product, day = events.product[starts[who] + step], events.day[starts[who] + step]
        gap = day - last_day[who]
        open_series = valid[who] < required[who]
        counted = np.where(
            open_series,
            table.continues(last_product[who], product, day, gap),
            table.boosts(day, gap),
        )
        chosen, on = who[counted], day[counted]
        valid[chosen] += 1
        last_product[chosen], last_day[chosen] = product[counted], on
        full_on[chosen] = np.where(valid[chosen] == required[chosen], on, full_on[chosen])
        boosted_on[chosen] = np.where(valid[chosen] == required[chosen] + 1, on, boosted_on[chosen])
    due = np.where(valid >= required, NEVER, last_day + table.usual_interval(last_product, last_day))
    state = np.where(
        valid > required, SeriesState.BOOSTED, np.where(valid == required, SeriesState.FULL, SeriesState.PARTIAL)
    )
    return Outcome(
        state=state,
        first_on=first_day,
        full_on=full_on,
        boosted_on=boosted_on,
        due_on=due,
        valid_doses=valid,
        first_event=starts,
    )


class _Rules:
    """The rules as arrays: for each product or pair the days from which a value holds, and the values."""

    def __init__(self, products: Sequence[str], rules: SeriesRules) -> None:
        self._products = products
        self._rules = rules

    def primary_doses(self, product: Ints, day: Ints) -> Ints:
        return self._of_product(product, day, "primary_doses")

    def usual_interval(self, product: Ints, day: Ints) -> Ints:
        return self._of_product(product, day, "usual_interval_days")

    def continues(self, previous: Ints, product: Ints, day: Ints, gap: Ints) -> Flags:
        same = (previous == product) & (gap >= self._of_product(product, day, "min_interval_days"))
        return same | (gap >= self._mixed_interval(previous, product, day))

    def boosts(self, day: Ints, gap: Ints) -> Flags:
        dated = [(rule.valid_from, rule.min_interval_days) for rule in self._rules.boosters]
        return gap >= _in_force(dated, day, before=np.iinfo(np.int64).max)

    def _of_product(self, product: Ints, day: Ints, field: str) -> Ints:
        out = np.zeros(len(product), dtype=np.int64)
        for index in map(int, np.unique(product)):
            dated: list[tuple[date, int]] = []
            for rule in self._rules.products[self._products[index]]:
                value: Any = getattr(rule, field)
                dated.append((rule.valid_from, int(value)))
            mask = product == index
            out[mask] = _in_force(dated, day[mask], before=dated[0][1])
        return out

    def _mixed_interval(self, previous: Ints, product: Ints, day: Ints) -> Ints:
        """Days that a mixed step needs; more than any gap where the mix is not allowed."""
        out = np.full(len(product), np.iinfo(np.int64).max, dtype=np.int64)
        index = {name: position for position, name in enumerate(self._products)}
        for (first, second), rules in self._rules.mixed.items():
            if first in index and second in index:
                mask = (previous == index[first]) & (product == index[second])
                dated = [(rule.valid_from, rule.min_interval_days) for rule in rules]
                out[mask] = _in_force(dated, day[mask], before=np.iinfo(np.int64).max)
        return out


def _in_force(dated: Sequence[tuple[date, int]], day: Ints, *, before: int) -> Ints:
    """Value of the last rule whose date is not after `day`; `before` where none is."""
    starts = np.array([(valid_from - EPOCH).days for valid_from, _ in dated], dtype=np.int64)
    values = np.array([before, *(value for _, value in dated)], dtype=np.int64)
    return values[np.searchsorted(starts, day, side="right")]


def _empty() -> Ints:
    return np.zeros(0, dtype=np.int64)
