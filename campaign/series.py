"""Who is fully vaccinated: a person's state from their valid doses in time order, not from a count of doses.

Sources: DOMAIN 3; rules with effective dates in data/reference (products, mixed series, areas' own intervals, further
doses). `campaign.series_tables` is the vectorised twin. Two identities that turn out to be one person are evaluated on
all their doses together; a voided dose is simply left out.

What is not judged here: the dose number as typed (evidence, not truth); age limits such as Abdala's 19-65 (the dose was
given all the same); the groups an additional dose is meant for; Sputnik V's two components, which share one product
code, so that two doses of the same component read as a complete series.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from typing import Protocol, TypeVar


class SeriesState(IntEnum):
    """BOOSTED: the primary series is complete and a further dose, additional or booster, counts."""

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
class AreaRule:
    """Intervals that one province set for a product: they go before the product's own from `valid_from` on."""

    product: str
    area: str
    min_interval_days: int
    usual_interval_days: int
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedRule:
    """`next_product` counts as the next dose after `previous_product`, when given within the dates (both included)."""

    previous_product: str
    next_product: str
    min_interval_days: int
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherRule:
    """A dose after the complete series counts when at least this many days have passed since the last valid one."""

    min_interval_days: int
    valid_from: date


class _Dated(Protocol):
    @property
    def valid_from(self) -> date: ...


RuleT = TypeVar("RuleT", bound=_Dated)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesRules:
    """All rules, each list in order of valid_from; the last one in force on the day of the injection holds.

    `additional` says when a further dose counts at all, `booster` when it is a booster."""

    products: Mapping[str, tuple[ProductRule, ...]]
    areas: Mapping[tuple[str, str], tuple[AreaRule, ...]]
    mixed: Mapping[tuple[str, str], tuple[MixedRule, ...]]
    additional: tuple[FurtherRule, ...]
    booster: tuple[FurtherRule, ...]

    def change_days(self) -> set[date]:
        """Days on which any rule begins or is no longer in force."""
        tables = (self.products, self.areas, self.mixed)
        grouped = [rule for table in tables for rules in table.values() for rule in rules]
        ends = {rule.valid_to for rules in self.mixed.values() for rule in rules if rule.valid_to}
        return {rule.valid_from for rule in (*grouped, *self.additional, *self.booster)} | {
            end + timedelta(1) for end in ends
        }

    def product_on(self, product: str, day: date) -> ProductRule:
        """The rule in force on `day`; before the first one the first holds. KeyError for an unknown product."""
        rules = self.products[product]
        return _in_force(rules, day) or rules[0]

    def interval_on(self, product: str, area: str, day: date) -> ProductRule | AreaRule:
        """Whose intervals hold for `product` in `area` on `day`: the area's own where it has set them."""
        return _in_force(self.areas.get((product, area), ()), day) or self.product_on(product, day)

    def mixed_on(self, previous: str, following: str, day: date) -> MixedRule | None:
        rule = _in_force(self.mixed.get((previous, following), ()), day)
        ended = rule is not None and rule.valid_to is not None and rule.valid_to < day
        return None if ended else rule

    def step_days(self, previous: str, following: str, area: str, day: date) -> int | None:
        """Days that a primary dose given on `day` in `area` needs since the previous one; None: not allowed."""
        if previous == following:
            return self.interval_on(following, area, day).min_interval_days
        mixed = self.mixed_on(previous, following, day)
        return mixed.min_interval_days if mixed else None

    def additional_days(self, day: date) -> int | None:
        """Days that a further dose given on `day` needs since the last valid dose; None: not yet allowed."""
        rule = _in_force(self.additional, day)
        return rule.min_interval_days if rule else None

    def booster_days(self, day: date) -> int | None:
        rule = _in_force(self.booster, day)
        return rule.min_interval_days if rule else None

    def due_day(self, product: str, area: str, day: date) -> date:
        """First day on which the usual interval then in force has passed since a dose given on `day` in `area`.

        A shorter interval therefore reaches those who already wait, no sooner than the day from which it holds."""
        start = day
        for end in sorted({rule.valid_from for rule in self._dated(product, area) if rule.valid_from > day}):
            due = self._due_in_period(product, area, day, start)
            if due < end:
                return due
            start = end
        return self._due_in_period(product, area, day, start)

    def _dated(self, product: str, area: str) -> tuple[ProductRule | AreaRule, ...]:
        return (*self.products[product], *self.areas.get((product, area), ()))

    def _due_in_period(self, product: str, area: str, day: date, start: date) -> date:
        return max(start, day + timedelta(self.interval_on(product, area, start).usual_interval_days))


@dataclass(frozen=True, slots=True, kw_only=True)
class Injection:
    """One dose that was given and not voided: its local calendar day and product, the province code of the place where
    it was given ('' unknown or abroad), and the record's number, which decides nothing but `first_dose_id`."""

    day: date
    product: str
    area: str = ""
    dose_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSeries:
    """Where one person stands. Dates are local calendar days; `due_on` only while the series is partial.

    `boosted_on` is the first further dose that counts, `booster_on` the first that is a booster: later, or never, where
    an additional dose came between. `last_product` is that of the last valid dose."""

    state: SeriesState
    first_on: date | None = None
    full_on: date | None = None
    boosted_on: date | None = None
    booster_on: date | None = None
    due_on: date | None = None
    valid_doses: int = 0
    last_product: str | None = None
    first_dose_id: int | None = None

    @property
    def due_product(self) -> str | None:
        """Product of the dose that is due; None where none is."""
        return self.last_product if self.due_on else None


def evaluate(injections: Iterable[Injection], rules: SeriesRules) -> PersonSeries:
    """State of one person. A dose that breaks a rule (too early, or a mix not yet allowed) is passed over.

    It stays a dose administered; it is just not a step of the series. Intervals run from the last valid dose. Doses of
    one day are taken in order of product code, so that the state never depends on record numbers; no two of them are
    both steps (two sites that enter the same dose). KeyError for an unknown product.
    """
    ordered = sorted(injections, key=lambda event: (event.day, event.product, event.area, event.dose_id))
    if not ordered:
        return PersonSeries(state=SeriesState.NONE)
    first = ordered[0]
    required = rules.product_on(first.product, first.day).primary_doses
    steps = [first]
    booster_on: date | None = None
    for event in ordered[1:]:
        gap = (event.day - steps[-1].day).days
        if len(steps) < required:
            needed = rules.step_days(steps[-1].product, event.product, event.area, event.day)
        else:
            needed = rules.additional_days(event.day)
        if not _passed(gap, needed):
            continue
        if len(steps) >= required and booster_on is None and _passed(gap, rules.booster_days(event.day)):
            booster_on = event.day
        steps.append(event)
    return _standing(steps, required, booster_on, rules)


def _standing(steps: Sequence[Injection], required: int, booster_on: date | None, rules: SeriesRules) -> PersonSeries:
    complete, boosted = len(steps) >= required, len(steps) > required
    last = steps[-1]
    partial_or_full = SeriesState.FULL if complete else SeriesState.PARTIAL
    return PersonSeries(
        state=SeriesState.BOOSTED if boosted else partial_or_full,
        first_on=steps[0].day,
        full_on=steps[required - 1].day if complete else None,
        boosted_on=steps[required].day if boosted else None,
        booster_on=booster_on,
        due_on=None if complete else rules.due_day(last.product, last.area, last.day),
        valid_doses=len(steps),
        last_product=last.product,
        first_dose_id=steps[0].dose_id,
    )


def _passed(gap: int, needed: int | None) -> bool:
    return needed is not None and gap >= max(1, needed)


def _in_force(rules: Sequence[RuleT], day: date) -> RuleT | None:
    return next((rule for rule in reversed(rules) if rule.valid_from <= day), None)


def group_rules(
    products: Iterable[ProductRule],
    areas: Iterable[AreaRule],
    mixed: Iterable[MixedRule],
    *,
    additional: Iterable[FurtherRule],
    booster: Iterable[FurtherRule],
) -> SeriesRules:
    """The rules as read from their files, put in order of the date from which each holds."""
    by_product: dict[str, tuple[ProductRule, ...]] = {}
    for rule in _by_date(products):
        by_product[rule.product] = (*by_product.get(rule.product, ()), rule)
    by_area: dict[tuple[str, str], tuple[AreaRule, ...]] = {}
    for own in _by_date(areas):
        by_area[own.product, own.area] = (*by_area.get((own.product, own.area), ()), own)
    by_pair: dict[tuple[str, str], tuple[MixedRule, ...]] = {}
    for mix in _by_date(mixed):
        pair = (mix.previous_product, mix.next_product)
        by_pair[pair] = (*by_pair.get(pair, ()), mix)
    return SeriesRules(
        products=by_product, areas=by_area, mixed=by_pair, additional=_by_date(additional), booster=_by_date(booster)
    )


def _by_date(rules: Iterable[RuleT]) -> tuple[RuleT, ...]:
    return tuple(sorted(rules, key=lambda rule: rule.valid_from))
