"""The series rules over millions of people: rules laid out as small tables, people walked through dose by dose.

Proven equal to `campaign.series.evaluate` by a property test. A rule is looked up by where the person stands, the dose
and its day; "the dose" is a product, or a product under the interval that one area set for it: a `variant`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from campaign.series import SeriesRules, SeriesState
from campaign.series_layout import NEVER, NOT_ALLOWED, Codes, Days, Layout, variant_of

Rows = npt.NDArray[np.intp]

MOST_CODES = 255
# People walked through at a time: their working arrays stay in the processor's cache.
BLOCK = 1 << 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One entry a person, in the order given. Days count from the tables' first day; NEVER where it has not happened.

    `due_on` may lie beyond the tables' days. `last_product` is that of the last valid dose, `due_product` that of the
    dose that is due; 0 where there is none."""

    state: Codes
    first_on: Days
    full_on: Days
    boosted_on: Days
    booster_on: Days
    due_on: Days
    valid_doses: Codes
    last_product: Codes
    due_product: Codes

    @staticmethod
    def of_nobody(people: int) -> Outcome:
        """Room for `people` who have had no dose."""
        days = [np.full(people, NEVER, dtype=np.int16) for _ in range(5)]
        codes = [np.zeros(people, dtype=np.uint8) for _ in range(4)]
        return Outcome(
            state=codes[0],
            first_on=days[0],
            full_on=days[1],
            boosted_on=days[2],
            booster_on=days[3],
            due_on=days[4],
            valid_doses=codes[1],
            last_product=codes[2],
            due_product=codes[3],
        )

    def part(self, rows: slice) -> Outcome:
        """A view on some of the people."""
        return Outcome(
            state=self.state[rows],
            first_on=self.first_on[rows],
            full_on=self.full_on[rows],
            boosted_on=self.boosted_on[rows],
            booster_on=self.booster_on[rows],
            due_on=self.due_on[rows],
            valid_doses=self.valid_doses[rows],
            last_product=self.last_product[rows],
            due_product=self.due_product[rows],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesTables:
    """Rules by variant (V) and day (D). A person stands at their last dose's variant, plus V once complete."""

    days: int
    areas: int
    variant: Codes  # [product, area] -> variant
    product_of: Codes  # [standing, 2V] -> product
    primary_doses: Codes  # [variant, day]
    step_days: Days  # [standing, variant, day] -> days that the dose needs since the last valid one
    booster_days: Days  # [day]
    due_day: Days  # [variant, day of the last dose]

    def evaluate(self, day: npt.NDArray[np.int16 | np.int32], product: Codes, area: Codes, count: Codes) -> Outcome:
        """Where each person stands. Row: one person's doses in columns 0..count-1, ordered by (day, product).

        Day counts from the tables' first day; product and area are positions in the lists given to `build`. What lies
        beyond a row's count is not read. Among doses of one day and product the first column counts. Raises ValueError
        for shapes that do not agree and for a day, product or area outside the tables."""
        if not day.shape == product.shape == area.shape == (len(count), day.shape[-1]):
            raise ValueError(f"shapes differ: {day.shape}, {product.shape}, {area.shape}, {count.shape}")
        if len(count) and int(count.max()) > day.shape[1]:
            raise ValueError(f"a person has {int(count.max())} doses, the arrays hold {day.shape[1]}")
        out = Outcome.of_nobody(len(count))
        for start in range(0, len(count), BLOCK):
            rows = slice(start, start + BLOCK)
            self._walk(_Block(day[rows], product[rows], area[rows], count[rows]), out.part(rows))
        return out

    def _walk(self, block: _Block, out: Outcome) -> None:
        """Fill `out` for one block: the first dose, then every further column for those who have one."""
        who = np.flatnonzero(block.count)
        on, variant = self._doses(block, 0, who)
        required = np.zeros(len(out.state), dtype=np.uint8)
        required[who] = self.primary_doses.take(variant * self.days + on)
        standing = np.zeros(len(out.state), dtype=np.uint8)
        standing[who] = variant
        out.first_on[who] = on
        out.valid_doses[who] = 1
        people = _People(last_on=out.first_on.copy(), standing=standing, required=required)
        self._complete(people, who[required[who] == 1], out)
        for column in range(1, int(block.count.max(initial=0))):
            self._step(block, column, people, out)
        self._conclude(people, out)

    def _step(self, block: _Block, column: int, people: _People, out: Outcome) -> None:
        who = np.flatnonzero(block.count > column)
        on, variant = self._doses(block, column, who)
        before = people.standing.take(who)
        gap = on - people.last_on.take(who)
        variants = len(self.product_of) // 2
        needed = self.step_days.take((before.astype(np.intp) * variants + variant) * self.days + on)
        valid = np.flatnonzero(gap >= needed)
        chosen, on, variant, before, gap = who[valid], on[valid], variant[valid], before[valid], gap[valid]
        out.valid_doses[chosen] += np.uint8(1)
        people.last_on[chosen] = on
        was_complete = before >= variants
        people.standing[chosen] = variant + was_complete * variants
        self._complete(people, chosen[out.valid_doses[chosen] == people.required[chosen]], out)
        later = np.flatnonzero(was_complete)
        if len(later):
            _note_first(out.boosted_on, chosen[later], on[later])
            boosters = later[gap[later] >= self.booster_days[on[later]]]
            _note_first(out.booster_on, chosen[boosters], on[boosters])

    def _complete(self, people: _People, who: Rows, out: Outcome) -> None:
        people.standing[who] += np.uint8(len(self.product_of) // 2)
        out.full_on[who] = people.last_on[who]

    def _conclude(self, people: _People, out: Outcome) -> None:
        """State, last product and what is due, from where each person stands after their last dose."""
        given = out.valid_doses > 0
        complete = people.standing >= len(self.product_of) // 2
        out.state[:] = given
        out.state[complete] = SeriesState.FULL
        out.state[out.boosted_on != NEVER] = SeriesState.BOOSTED
        out.last_product[:] = self.product_of.take(people.standing) * given
        waiting = np.flatnonzero(given & ~complete)
        at = people.standing[waiting].astype(np.intp) * self.days + people.last_on[waiting]
        out.due_on[waiting] = self.due_day.take(at)
        out.due_product[waiting] = out.last_product[waiting]

    def _doses(self, block: _Block, column: int, who: Rows) -> tuple[Days, Rows]:
        """Day and variant of the dose in `column` of the people `who`."""
        on, product, area = (values[:, column].take(who) for values in (block.day, block.product, block.area))
        if len(who):
            if int(on.min()) < 0 or int(on.max()) >= self.days:
                raise ValueError(f"a dose lies outside the {self.days} days of the tables")
            if int(product.min()) < 1 or int(product.max()) * self.areas >= len(self.variant):
                raise ValueError("a dose has no product that the tables know")
            if int(area.max()) >= self.areas:
                raise ValueError("a dose has an area that the tables do not know")
        variant = self.variant.take(product.astype(np.intp) * self.areas + area)
        return on.astype(np.int16, copy=False), variant.astype(np.intp)


@dataclass(frozen=True, slots=True)
class _Block:
    """Doses of some people, a row each."""

    day: npt.NDArray[np.int16 | np.int32]
    product: Codes
    area: Codes
    count: Codes


@dataclass(frozen=True, slots=True, kw_only=True)
class _People:
    """What the walk remembers of each person: last valid dose's day, where they stand, doses of the primary series."""

    last_on: Days
    standing: Codes
    required: Codes


def _note_first(days: Days, who: Rows, on: Days) -> None:
    """Set `days` of `who` where it has not happened yet."""
    new = days[who] == NEVER
    days[who[new]] = on[new]


def build(
    rules: SeriesRules, *, products: Sequence[str], areas: Sequence[str], first_day: date, days: int
) -> SeriesTables:
    """Tables for `days` days from `first_day`. `products[0]` and `areas[0]` are '': none, and unknown.

    A rule of a product or area that is not listed is left out: no dose can name it. Raises ValueError for lists that do
    not begin with '', products not in order of their code (it orders the doses of one day), a product without a rule,
    and more codes or days than the arrays hold."""
    if not products or not areas or products[0] or areas[0]:
        raise ValueError("products and areas begin with ''")
    if list(products[1:]) != sorted(set(products[1:])) or len(set(areas)) != len(areas):
        raise ValueError("products come in order of their code, and neither list names a code twice")
    unknown = [code for code in products[1:] if code not in rules.products]
    if unknown:
        raise ValueError(f"no series rule for the product {', '.join(unknown)}")
    own = [pair for pair in sorted(rules.areas) if pair[0] in products and pair[1] in areas]
    variants = [*((code, "") for code in products), *own]
    if max(2 * len(variants), len(areas)) > MOST_CODES or not 0 < days < NOT_ALLOWED:
        raise ValueError(f"the tables hold {MOST_CODES // 2} products, {MOST_CODES} areas and {NOT_ALLOWED - 1} days")
    layout = Layout(rules, variants, first_day, days)
    return SeriesTables(
        days=days,
        areas=len(areas),
        variant=variant_of(products, areas, own),
        product_of=np.array([products.index(code) for code, _ in variants] * 2, dtype=np.uint8),
        primary_doses=layout.primary_doses(),
        step_days=layout.step_days(),
        booster_days=layout.by_day(rules.booster_days),
        due_day=layout.due_day(),
    )
