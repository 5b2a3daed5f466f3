"""The linear model of a country, solved by its regions: what leaves a region for another has a price until they agree.

The moves between regions are the only ones in rows of two of them. Each takes its doses from a link instead of from its
giver's stock, and the giver's stock fills the link: with a price for what is in it, a region is a model of its own.
Whatever the prices are, the regions together tell a bound of the whole; from where they end the whole is a few thousand
steps away instead of two hundred thousand. The first prices are those of the nation's model, each province's
districts one store (campaign/plan_split.py). ADR 64."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import highspy
import numpy as np

from campaign.plan_problem import Aim
from operations.plan_highs import Basis, Solved, Solver
from operations.plan_index import Floats, Index, Ints
from operations.plan_model import Model
from operations.plan_pieces import Piece, without

# Aims that have a limit while those after them are bounded.
LIMITED = list(Aim)[:-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """model: with a column and a row for each link, after the others, and after these a column and a row for each
    limited aim: its sum and what it is below its limit, which nobody has set yet. kind, store, cycle: whose doses are
    in a link."""

    model: Model
    first_row: int
    kind: Ints
    store: Ints
    cycle: Ints

    @property
    def rows(self) -> Ints:
        return self.first_row + np.arange(self.kind.size)

    @property
    def limits(self) -> Ints:
        return self.first_row + self.kind.size + np.arange(len(LIMITED))

    def prices(self, links: Floats, limits: Floats) -> Floats:
        """Duals of all rows: of a dose in each link, and what a unit more of each limited aim is worth (at most 0)."""
        made = np.zeros(self.model.row_lower.size)
        made[self.rows], made[self.limits] = links, limits
        return made


def linked(arrays: Index, made: Model, region_of: Mapping[str, str]) -> Links:
    """region_of: the region of each store; one that has none is its own."""
    names = [region_of.get(store.code, store.code) for store in arrays.problem.stores]
    region = np.unique(names, return_inverse=True)[1]
    moves = made.moves
    giver, taker = arrays.giver[moves.lane], arrays.taker[moves.lane]
    crossing = np.flatnonzero((region[giver] != region[taker]) & arrays.hub[giver])
    stock_rows = made.hub_rows[moves.kind[crossing], giver[crossing], moves.cycle[crossing]]
    keys, firsts, link = np.unique(stock_rows, return_index=True, return_inverse=True)
    count, columns, rows = keys.size, made.lower.size, made.row_lower.size
    of_entry = np.repeat(np.arange(columns), np.diff(made.starts))
    row_of = np.full(columns, -1, dtype=np.int64)
    row_of[crossing] = stock_rows
    moved = made.rows == row_of[of_entry]
    to_link = np.full(columns, -1, dtype=np.int64)
    to_link[crossing] = rows + link
    limited = [np.flatnonzero(made.aims[aim]) for aim in LIMITED]
    at, new, ends = np.arange(count), columns + np.arange(count), np.arange(len(LIMITED))
    entries = [
        (np.where(moved, to_link[of_entry], made.rows), of_entry, made.values),
        (keys, new, np.ones(count)),
        (rows + at, new, -np.ones(count)),
        *(
            (np.full(own.size, rows + count + number), own, made.aims[aim][own])
            for number, (aim, own) in enumerate(zip(LIMITED, limited, strict=True))
        ),
        (rows + count + ends, columns + count + ends, np.ones(ends.size)),
    ]
    more, endless = count + ends.size, np.full(ends.size, np.inf)
    kind = moves.kind[crossing[firsts]]
    doses = arrays.stock.sum(axis=(1, 2)).astype(np.float64)[kind]
    return Links(
        model=_entered(
            replace(
                made,
                lower=np.concatenate([made.lower, np.zeros(more)]),
                upper=np.concatenate([made.upper, np.full(more, np.inf)]),
                row_lower=np.concatenate([made.row_lower, np.zeros(count), -endless]),
                row_upper=np.concatenate([made.row_upper, np.zeros(count), endless]),
                aims={aim: np.concatenate([costs, np.zeros(more)]) for aim, costs in made.aims.items()},
                most=np.concatenate([made.most, doses, endless]),
            ),
            *(np.concatenate(parts) for parts in zip(*entries, strict=True)),
        ),
        first_row=rows,
        kind=kind,
        store=giver[crossing[firsts]],
        cycle=moves.cycle[crossing[firsts]],
    )


def _entered(made: Model, rows: Ints, columns: Ints, values: Floats) -> Model:
    order = np.argsort(columns, kind="stable")
    starts = np.zeros(made.lower.size + 1, dtype=np.int32)
    np.cumsum(np.bincount(columns, minlength=made.lower.size), out=starts[1:])
    return replace(made, starts=starts, rows=rows[order].astype(np.int32), values=values[order])


class Regions:
    """The regions' models and the whole's; each begins where it ended last."""

    def __init__(self, links: Links, *, deadline: float) -> None:
        """deadline: of time.monotonic."""
        self.links = links
        apart = np.zeros(links.model.row_lower.size, dtype=np.bool_)
        apart[links.rows], apart[links.limits] = True, True
        self._pieces = [(piece, Solver(piece.model, deadline=deadline)) for piece in without(links.model, apart)]
        self.whole = Solver(links.model, deadline=deadline)

    def apart(self, costs: Floats, prices: Floats, *, onwards: bool, threads: int | None = None) -> Solved:
        """The regions by themselves, as many at once as there are processors: a bound of the whole, and columns that
        agree in all but the links. onwards: as Solver.least."""
        priced = costs - products(self.links.model, prices)

        def solved(item: tuple[Piece, Solver]) -> Solved:
            piece, solver = item
            return solver.least(priced[piece.columns], onwards=onwards)

        with ThreadPoolExecutor(threads or len(os.sched_getaffinity(0))) as pool:
            found = list(pool.map(solved, self._pieces))
        done = all(item.done for item in found)
        columns, duals = np.zeros(costs.size), prices.copy()
        for (piece, _), item in zip(self._pieces, found, strict=True):
            if item.columns is not None and item.duals is not None:
                columns[piece.columns], duals[piece.rows] = item.columns, item.duals
        return Solved(
            columns=columns if done else None,
            objective=sum(item.objective for item in found),
            bound=-np.inf,
            done=done,
            impossible=any(item.impossible for item in found),
            duals=duals if done else None,
        )

    def together(self, costs: Floats, prices: Floats, *, until: float) -> Solved:
        """The whole, from where the regions ended with these prices. until: of time.monotonic."""
        self.whole.begin(self._basis())
        found = self.whole.least(costs - products(self.links.model, prices), until=until)
        return replace(found, duals=None if found.duals is None else found.duals + prices)

    def onwards(self, costs: Floats, prices: Floats, *, until: float) -> Solved:
        """The whole, from where it ended last, if no limit has been set since; prices: of limits."""
        found = self.whole.least(costs - products(self.links.model, prices), until=until, onwards=True)
        return replace(found, duals=None if found.duals is None else found.duals + prices)

    def _basis(self) -> Basis:
        size = self.links.model.lower.size, self.links.model.row_lower.size
        lower, basic = highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kBasic
        made = Basis([lower] * size[0], [basic] * size[1])
        for piece, solver in self._pieces:
            told = solver.basis()
            for at, status in zip(piece.columns.tolist(), told.columns, strict=True):
                made.columns[at] = status
            for at, status in zip(piece.rows.tolist(), told.rows, strict=True):
                made.rows[at] = status
        return made


def products(made: Model, duals: Floats) -> Floats:
    """Of each column, its entries times the rows' duals."""
    of_entry = np.repeat(np.arange(made.lower.size), np.diff(made.starts))
    sums = np.bincount(of_entry, weights=made.values * duals[made.rows], minlength=made.lower.size)
    return sums.astype(np.float64)


def least_of(made: Model, costs: Floats, duals: Floats) -> float:
    """No solution costs less, whatever the duals are: each column stands where it is cheapest at these prices, by
    itself, between its limits and what no solution exceeds (the Lagrangian bound)."""
    below, above = np.isneginf(made.row_lower), np.isposinf(made.row_upper)
    priced = np.where((below & (duals > 0)) | (above & (duals < 0)), 0.0, duals)
    limit = np.where(priced > 0, made.row_lower, made.row_upper)
    rows = float((priced * np.where(priced == 0, 0.0, limit)).sum())
    reduced = costs - products(made, priced)
    most = np.minimum(made.upper, made.most)
    best = np.where(reduced < 0, np.where(reduced < 0, reduced, 0.0) * most, reduced * made.lower)
    return rows + float(best.sum())
