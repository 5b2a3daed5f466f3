"""The series rules written out day by day as small arrays, for `campaign.series_tables`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import zip_longest

import numpy as np
import numpy.typing as npt

from campaign.series import SeriesRules

Days = npt.NDArray[np.int16]
Codes = npt.NDArray[np.uint8]

NEVER = -1
# More days than any two doses can lie apart: the step is not allowed.
NOT_ALLOWED = int(np.iinfo(np.int16).max)


def variant_of(products: Sequence[str], areas: Sequence[str], own: Sequence[tuple[str, str]]) -> Codes:
    """[product, area] -> variant, flat. The first variants are the products as they are."""
    found = np.repeat(np.arange(len(products), dtype=np.uint8), len(areas))
    for number, (product, area) in enumerate(own, start=len(products)):
        found[products.index(product) * len(areas) + areas.index(area)] = number
    return found


class Layout:
    """Asks the plain rules once for each period between two changes, and writes the answer for its days."""

    def __init__(self, rules: SeriesRules, variants: Sequence[tuple[str, str]], first_day: date, days: int) -> None:
        self._rules, self._variants, self._first, self._days = rules, variants, first_day, days
        changes = {(change - first_day).days for change in rules.change_days()}
        self._starts = sorted({0} | {change for change in changes if 0 < change < days})
        self._lengths = np.diff([*self._starts, days])
        # A dose of the last days may fall due after a change that lies beyond them.
        begins = sorted({0} | {change for change in changes if change > 0})
        self._periods = list(zip_longest(begins, begins[1:]))

    def by_day(self, needed: Callable[[date], int | None]) -> Days:
        """[day] -> days needed, at least one: two doses of one day are never both steps."""
        answers = [needed(self._first + timedelta(start)) for start in self._starts]
        limited = [NOT_ALLOWED if answer is None else min(max(1, answer), NOT_ALLOWED) for answer in answers]
        return np.repeat(np.array(limited, dtype=np.int16), self._lengths)

    def primary_doses(self) -> Codes:
        rows = [self.by_day(lambda day, code=code: self._needed(code, day)) for code, _ in self._variants]
        return np.stack(rows).astype(np.uint8)

    def step_days(self) -> Days:
        """[standing, variant, day]: the standings of an incomplete series, then those of a complete one."""
        further = self.by_day(self._rules.additional_days)
        table = np.full((2 * len(self._variants), len(self._variants), self._days), NOT_ALLOWED, dtype=np.int16)
        for row, (before, _) in enumerate(self._variants):
            for column, (code, area) in enumerate(self._variants):
                if before and code:
                    table[row, column] = self.by_day(
                        lambda day, step=(before, code, area): self._rules.step_days(*step, day)
                    )
        table[len(self._variants) :] = further
        return table

    def due_day(self) -> Days:
        """[variant, day] -> day on which the next dose falls due, as `SeriesRules.due_day` says for each single day."""
        table = np.full((len(self._variants), self._days), NEVER, dtype=np.int16)
        for row, (code, area) in enumerate(self._variants):
            if code:
                due = self._due(code, area)
                if due.max() > NOT_ALLOWED:
                    raise ValueError(f"{code}: a dose would fall due beyond the days that the arrays hold")
                table[row] = due
        return table

    def _due(self, code: str, area: str) -> npt.NDArray[np.int64]:
        """All days at once, from period to period: what falls due before the next rule begins is settled."""
        day = np.arange(self._days)
        due = np.full(self._days, NEVER, dtype=np.int64)
        left = np.ones(self._days, dtype=np.bool_)
        for begin, end in self._periods:
            usual = self._rules.interval_on(code, area, self._first + timedelta(begin)).usual_interval_days
            asked = np.maximum(np.maximum(day, begin), day + usual)
            settled = left if end is None else left & (day < end) & (asked < end)
            due[settled] = asked[settled]
            left &= ~settled
            if not left.any():
                break
        return due

    def _needed(self, code: str, day: date) -> int:
        return self._rules.product_on(code, day).primary_doses if code else 0
