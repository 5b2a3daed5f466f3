"""Bounds of a plan of a country, found beside it: duals first, and what they prove of a plan as soon as it is known.

Any duals tell a bound of an aim (operations/plan_linked.py), a weak one unless they are nearly the best. Those of the
first aims are a few steps from the weighed solution; those of the others are nearer to the nation's. A dual of an
aim's limit says how the bound changes with the limit, so that they need not wait for the plan. ADR 64."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from campaign.plan_problem import Aim
from operations.plan_highs import Solved
from operations.plan_index import Floats, Index
from operations.plan_linked import LIMITED, Links, Regions, least_of
from operations.plan_model import Model
from operations.plan_nation import SLACK, Nation
from operations.plan_proof import TIES_SCALE, most_of, nearly
from operations.plan_solve import HAIR

# Of the time that is left, what an aim may take. The first two go on from the weighed solution.
SHARES = {Aim.LOST: 0.3, Aim.UNMET: 0.3, Aim.SHORT: 0.25, Aim.COST: 1.0}
NEAR = (Aim.LOST, Aim.UNMET)


class Proof:
    """Duals of each aim, for plans about as good as the weighed solution."""

    def __init__(self, arrays: Index, regions: Regions, nation: Nation, relaxed: Floats) -> None:
        """regions: whose whole has just been solved, if it was. relaxed: columns of that, or about."""
        self._regions, self._nation, self._most = regions, nation, most_of(arrays)
        made = regions.links.model
        self._about = {aim: float(costs @ relaxed) * (1 + SLACK) for aim, costs in made.aims.items()}
        self._found: dict[Aim, tuple[Floats, float, list[Floats]]] = {}

    def find(self, *, solved: bool, until: float) -> None:
        """solved: the whole stands at its weighed solution. until: of time.monotonic."""
        for aim in Aim:
            now = time.monotonic()
            if now >= until:
                return
            self._found[aim] = self._duals(aim, onwards=solved and aim in NEAR, until=now + SHARES[aim] * (until - now))

    def _duals(self, aim: Aim, *, onwards: bool, until: float) -> tuple[Floats, float, list[Floats]]:
        links = self._regions.links
        costs, spent = nearly(links.model, aim, self._about[aim], self._most)
        prices = self._nation.bounding(aim, self._about[aim], self._most)
        if onwards:
            own = links.prices(np.zeros(links.kind.size), prices[links.limits])
            whole = self._regions.onwards(costs, own, until=until)
            # Short of its end it may prove nothing at all, what the regions prove then is something.
            rest = [] if whole.done else _of(self._regions.apart(costs, prices, onwards=True, threads=1))
            return costs, spent, [*_of(whole), *rest]
        apart = self._regions.apart(costs, prices, onwards=True, threads=1)
        before = list(Aim).index(aim)
        limits = np.array([self._about[limited] for limited in LIMITED[:before]])
        self._regions.whole.exactly(links.limits[:before], limits)
        return costs, spent, [*_of(apart), *_of(self._regions.together(costs, prices, until=until))]

    def bounds(self, made: Model, worth: Mapping[Aim, float]) -> list[float | None]:
        """Of each aim the least of any plan that is as good as `worth` in those before, without what is fixed; None: no
        duals were found in time."""
        told: list[float | None] = []
        for at, aim in enumerate(Aim):
            if aim not in self._found:
                told.append(None)
                continue
            costs, spent, duals = self._found[aim]
            most = [worth[limited] - made.fixed[limited] + HAIR for limited in LIMITED[:at]]
            limited = at_most(self._regions.links, most)
            found = [least_of(limited, costs, each) / TIES_SCALE - spent for each in duals]
            told.append(max(0.0, *found) if found else None)
        return told


def at_most(links: Links, most: list[float]) -> Model:
    """The model where the first aims are at most so much; nothing is asked of the others."""
    made = links.model
    lower, upper, ends = made.row_lower.copy(), made.row_upper.copy(), made.most.copy()
    lower[links.limits], upper[links.limits] = -np.inf, np.inf
    upper[links.limits[: len(most)]] = most
    # A limit is one by its row here: nobody needs the column of what lacks to it.
    ends[-len(LIMITED) :] = 0.0
    return replace(made, row_lower=lower, row_upper=upper, most=ends)


def _of(solved: Solved) -> list[Floats]:
    return [] if solved.duals is None else [solved.duals]
