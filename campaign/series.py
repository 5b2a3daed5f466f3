"""Who is fully vaccinated: a person's state from their valid events in time order, not from a count of doses.

Sources: DOMAIN rules with effective dates in data/reference (products, mixed series, boosters). The dose number that
was typed is evidence, not truth, and is not read here. `campaign.series_numpy` is the vectorised twin.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum


class SeriesState(IntEnum):
    NONE = 0
    PARTIAL = 1
    FULL = 2
    BOOSTED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRule:
    """How one product's primary series works from `valid_from` on. Intervals are days between two injections."""

    product: str
    primary_doses: int
    min_interval_days: int
    usual_interval_days: int
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedRule:
    """`next_product` counts as the next dose after `previous_product`, when given on or after `valid_from`."""

    previous_product: str
    next_product: str
    min_interval_days: int
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class BoosterRule:
    """A dose after the complete series counts as a further dose when at least this many days have passed."""

    min_interval_days: int
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesRules:
    """All rules, each list in order of valid_from; the last one in force on the day of the injection holds."""

    products: Mapping[str, tuple[ProductRule, ...]]
    mixed: Mapping[tuple[str, str], tuple[MixedRule, ...]]
    boosters: tuple[BoosterRule, ...]

    def product_on(self, product: str, day: date) -> ProductRule:
        """The rule in force on `day`; before the first one the first holds. KeyError for an unknown product."""
        rules = self.products[product]
        return next((rule for rule in reversed(rules) if rule.valid_from <= day), rules[0])

    def mixed_on(self, previous: str, following: str, day: date) -> MixedRule | None:
        rules = self.mixed.get((previous, following), ())
        return next((rule for rule in reversed(rules) if rule.valid_from <= day), None)

    def booster_on(self, day: date) -> BoosterRule | None:
        return next((rule for rule in reversed(self.boosters) if rule.valid_from <= day), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Injection:
    """One valid, not voided dose: the local calendar day, the product's code, and the record's id to order a day."""

    day: date
    product: str
    dose_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSeries:
    """Where one person stands. Dates are local calendar days; `due_on` only while the series is partial."""

    state: SeriesState
    first_on: date | None = None
    full_on: date | None = None
    boosted_on: date | None = None
    due_on: date | None = None
    valid_doses: int = 0
    first_dose_id: int | None = None


def evaluate(injections: Iterable[Injection], rules: SeriesRules) -> PersonSeries:
    """State of one person. A dose that breaks a rule (too early, or a mix not yet allowed) is passed over.

    It stays a dose administered; it is just not a step of the series. The interval runs from the last valid dose.
    """
    ordered = sorted(injections, key=lambda event: (event.day, event.dose_id))
    if not ordered:
        return PersonSeries(state=SeriesState.NONE)
    first = ordered[0]
    required = rules.product_on(first.product, first.day).primary_doses
    steps: list[Injection] = [first]
    for event in ordered[1:]:
        if len(steps) < required:
            if _continues(steps[-1], event, rules):
                steps.append(event)
        elif _boosts(steps[-1], event, rules):
            steps.append(event)
    complete = len(steps) >= required
    boosted = len(steps) > required
    last = steps[-1]
    return PersonSeries(
        state=_state(complete=complete, boosted=boosted),
        first_on=first.day,
        full_on=steps[required - 1].day if complete else None,
        boosted_on=steps[required].day if boosted else None,
        due_on=None if complete else last.day + timedelta(rules.product_on(last.product, last.day).usual_interval_days),
        valid_doses=len(steps),
        first_dose_id=first.dose_id,
    )


def _state(*, complete: bool, boosted: bool) -> SeriesState:
    if boosted:
        return SeriesState.BOOSTED
    return SeriesState.FULL if complete else SeriesState.PARTIAL


def _continues(previous: Injection, event: Injection, rules: SeriesRules) -> bool:
    gap = (event.day - previous.day).days
    if event.product == previous.product:
        return gap >= rules.product_on(event.product, event.day).min_interval_days
    mixed = rules.mixed_on(previous.product, event.product, event.day)
    return mixed is not None and gap >= mixed.min_interval_days


def _boosts(previous: Injection, event: Injection, rules: SeriesRules) -> bool:
    rule = rules.booster_on(event.day)
    return rule is not None and (event.day - previous.day).days >= rule.min_interval_days


def group_rules(
    products: Sequence[ProductRule], mixed: Sequence[MixedRule], boosters: Sequence[BoosterRule]
) -> SeriesRules:
    """The rules as read from their files, put in order of the date from which each holds."""
    by_product: dict[str, tuple[ProductRule, ...]] = {}
    for product_rule in sorted(products, key=lambda item: item.valid_from):
        by_product[product_rule.product] = (*by_product.get(product_rule.product, ()), product_rule)
    by_pair: dict[tuple[str, str], tuple[MixedRule, ...]] = {}
    for rule in sorted(mixed, key=lambda item: item.valid_from):
        pair = (rule.previous_product, rule.next_product)
        by_pair[pair] = (*by_pair.get(pair, ()), rule)
    ordered = tuple(sorted(boosters, key=lambda item: item.valid_from))
    return SeriesRules(products=by_product, mixed=by_pair, boosters=ordered)
