"""What is said in public of a count of people or doses.

The rule. A cell is a count of people (or doses) that no other cell counts too. Of each cell the public is told the
multiple of `step` at or below it and nothing else; below `step` it is withheld, nought included. Every sum is the sum
of what was told of its cells, never the rounding of the exact sum.

Why it holds. What is told of a cell depends on that cell alone, so the tables that give the same publication are all
combinations of `step` values for each cell: knowing the rule and running it on every guess leaves every cell its `step`
values. Sums follow from what was told already, so that no total, margin or difference takes one of them away; there is
no hidden partner whose choice could speak. Between two publications a cell seems to stand still or to move by multiples
of `step`: at least `step` growths fit either. docs/adr/0012-public-figures.md has the alternatives.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A published count: the true one is `at_least` this and below `less_than`. `cells`: how many it adds up."""

    at_least: int
    cells: int
    step: int

    @property
    def withheld(self) -> bool:
        """Nothing of it reached the step: shown as "fewer than", never as zero."""
        return self.at_least == 0

    @property
    def less_than(self) -> int:
        """The lowest multiple of the step that the true count is surely below."""
        most = self.at_least + self.cells * (self.step - 1)
        return round_down(most, step=self.step) + self.step


def round_down(count: int, *, step: int) -> int:
    """What is told of one cell: 37 -> 30, 9 -> 0 for a step of 10. Raises ValueError for what counts nobody."""
    if step < 1:
        raise ValueError(f"step is {step}, must be at least 1")
    if count < 0:
        raise ValueError(f"a cell counts {count}, which is below zero")
    return count // step * step


def figure(told: Iterable[int], *, step: int) -> Figure | None:
    """The sum of cells that were rounded down already; None of no cell, because an unknown count is not zero.

    Raises ValueError for a cell that was not: an exact count must not slip into a sum.
    """
    cells = tuple(told)
    for cell in cells:
        if cell < 0 or cell % step:
            raise ValueError("an exact count was about to be published")
    return Figure(at_least=sum(cells), cells=len(cells), step=step) if cells else None
