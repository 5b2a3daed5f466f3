"""Wastage of vials, opened and closed. Doses in; shares out. Source: design, DOMAIN 4; FEATURES J7.

Cumulative only: an opened vial is counted when it is opened and its doses over days, so a month alone goes below zero.
Doses drawn beyond the label's number make open-vial wastage negative: that is a gain, and no error."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wastage:
    """Since the beginning. given: doses administered; open_doses, closed_doses: entered as wasted from opened and from
    unopened vials; opened_vials: vials opened, None where nobody counts them: then as many as `given` and `open_doses`
    fill."""

    given: int
    open_doses: int
    closed_doses: int
    doses_per_vial: int
    opened_vials: int | None = None

    @property
    def vials(self) -> int:
        if self.opened_vials is not None:
            return self.opened_vials
        return math.ceil(max(self.given + self.open_doses, 0) / self.doses_per_vial)

    @property
    def extra(self) -> int:
        """Doses given beyond what the label says the opened vials hold; 0 where there are none."""
        return max(self.given - self.vials * self.doses_per_vial, 0)

    @property
    def open_share(self) -> float | None:
        """(opened x doses per vial - given) / (opened x doses per vial); below zero: extra doses. None: none opened."""
        held = self.vials * self.doses_per_vial
        return (held - self.given) / held if held else None

    @property
    def closed_share(self) -> float | None:
        """Of all doses that left the stock, those of vials that were never opened. None: none left it."""
        left = self.vials * self.doses_per_vial + self.closed_doses
        return self.closed_doses / left if left else None


def total_share(closed: float, opened: float, *, levels: int) -> float:
    """1 - (1 - closed)^levels x (1 - open): closed vials are lost at each of `levels` levels of storage, opened ones at
    the last."""
    return 1 - (1 - closed) ** levels * (1 - opened)
