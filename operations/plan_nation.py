"""What a dose is about worth in each hub, by the linear model of the nation: first prices for the regions.

The nation has a twentieth of the columns of the whole (campaign/plan_split.py). Its prices prove nothing and decide
nothing: the better they are, the fewer steps are left for the whole (operations/plan_linked.py)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from campaign.plan_problem import Aim, Problem
from campaign.plan_split import nation
from operations.plan_highs import Solver
from operations.plan_index import Floats, Index, Ints, index
from operations.plan_linked import LIMITED, Links
from operations.plan_model import Model, model, moves_of
from operations.plan_proof import nearly, weighed

# An aim before may be worse by this share than in the nation's linear model, as it is in a plan of whole units.
SLACK = 0.003


class Nation:
    def __init__(
        self, problem: Problem, province_of: Mapping[str, str], whole: Index, links: Links, *, deadline: float
    ) -> None:
        """province_of: the hub of each district's province. links: of the whole, whose prices are asked for."""
        arrays = index(nation(problem, province_of))
        self._made = model(arrays, moves_of(arrays))
        self._solver = Solver(self._made, deadline=deadline)
        self._rows = _rows(arrays, self._made, whole, links)
        self._links = links
        self._limits: list[float] = []

    def weighed(self) -> Floats:
        """Prices of all aims together; none where the nation was not solved."""
        solved = self._solver.least(weighed(self._made))
        if solved.columns is None:
            return self._links.prices(np.zeros(self._rows.size), np.zeros(len(LIMITED)))
        self._limits = [float(self._made.aims[aim] @ solved.columns) * (1 + SLACK) for aim in Aim]
        return self._told(solved.duals)

    def bounding(self, aim: Aim, own: float, most: Mapping[Aim, float]) -> Floats:
        """Prices for a bound of the aim, where those before are limited; asked for in the order of the aims, after
        `weighed`. own, most: as plan_proof.nearly."""
        at = list(Aim).index(aim)
        if not self._limits:
            return self._told(None)
        if at:
            before = list(Aim)[at - 1]
            self._solver.limit(self._made.aims[before], self._limits[at - 1])
        return self._told(self._solver.least(nearly(self._made, aim, own, most)[0], onwards=True).duals)

    def _told(self, duals: Floats | None) -> Floats:
        limits = np.zeros(len(LIMITED))
        if duals is None:
            return self._links.prices(np.zeros(self._rows.size), limits)
        told = duals[self._made.row_lower.size :]
        limits[: told.size] = np.minimum(told, 0.0)
        return self._links.prices(np.where(self._rows >= 0, duals[self._rows], 0.0), limits)


def _rows(arrays: Index, made: Model, whole: Index, links: Links) -> Ints:
    """Of each link, the row of the same hub's stock in the nation's model; -1: it has none."""
    kind_of = {lot.code: at for at, lots in enumerate(arrays.lots) for lot in lots}
    kinds = np.array([kind_of[lots[0].code] for lots in whole.lots], dtype=np.int64)
    store_of = {store.code: at for at, store in enumerate(arrays.problem.stores)}
    stores = np.array([store_of.get(store.code, -1) for store in whole.problem.stores], dtype=np.int64)
    return made.hub_rows[kinds[links.kind], stores[links.store], links.cycle]
