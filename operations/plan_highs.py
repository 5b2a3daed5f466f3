"""HiGHS, as far as the planner needs it: one model, several aims after one another, whole units or not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import highspy
import numpy as np

from operations.plan_index import Floats, Ints
from operations.plan_model import Model

# HiGHS takes whole numbers to within this of themselves.
WHOLE = 1e-6
# Ways of the simplex, as HiGHS numbers them.
DUAL, PRIMAL = 1, 4
# Scaling costs more than it gains on these matrices, whose entries are ones and the doses of a tray.
OPTIONS: dict[str, int | float | str | bool] = {"simplex_scale_strategy": 0, "random_seed": 1}


class _Quiet(highspy.Highs):
    """Standard output belongs to our own commands: HiGHS greets there unless it is silenced before its callbacks."""

    def enableCallbacks(self) -> None:
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """columns: None where nothing was found (in the time). bound: no solution has less. done: proven best.
    impossible: no solution exists. reduced: of each column, at the best solution of a linear model. duals: of each
    row, where it ended, best or not; any of them bound the least (operations/plan_linked.py)."""

    columns: Floats | None
    objective: float
    bound: float
    done: bool
    impossible: bool
    reduced: Floats | None = None
    duals: Floats | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """Of each column and row, as HiGHS says it."""

    columns: list[highspy.HighsBasisStatus]
    rows: list[highspy.HighsBasisStatus]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trays:
    """grain: units of a whole tray, of each move. pools: of each store's class, the moves from it and the units of it
    that lie loose. loose, opened: what a loose unit costs, and a tray that is opened."""

    grain: Floats
    pools: tuple[tuple[Ints, float], ...]
    loose: float
    opened: float


class Solver:
    """Holds a model between aims, so that each starts where the last one ended."""

    def __init__(self, model: Model, *, deadline: float) -> None:
        """deadline: of time.monotonic."""
        self._model, self._deadline = model, deadline
        self._highs = _made(model, model.lower, model.upper)

    def limit(self, costs: Floats, most: float) -> int:
        """From now on the sum of costs stays at or below `most`. The number of its row."""
        at = np.flatnonzero(costs).astype(np.int32)
        self._highs.addRow(-highspy.kHighsInf, most, at.size, at, costs[at])
        return self._highs.getNumRow() - 1

    def another(self, *, deadline: float) -> Solver:
        """One of its own with the same model, which starts where this one ended."""
        made = Solver(self._model, deadline=deadline)
        made._highs.setBasis(self._highs.getBasis())
        return made

    def basis(self) -> Basis:
        """Where it ended."""
        told = self._highs.getBasis()
        return Basis(list(told.col_status), list(told.row_status))

    def begin(self, basis: Basis) -> None:
        """The next solution begins there."""
        made = highspy.HighsBasis()
        made.col_status, made.row_status, made.valid = basis.columns, basis.rows, True
        self._highs.setBasis(made)

    def exactly(self, rows: Ints, sums: Floats) -> None:
        """From now on these rows of the model are so much."""
        for row, limit in zip(rows.tolist(), sums.tolist(), strict=True):
            self._highs.changeRowBounds(row, limit, limit)

    def at_most(self, rows: Ints, most: Floats) -> None:
        """From now on the sums that these rows of the model limit are at most so much."""
        for row, limit in zip(rows.tolist(), most.tolist(), strict=True):
            self._highs.changeRowBounds(row, -highspy.kHighsInf, limit)

    def between(self, lower: Floats, upper: Floats) -> None:
        """From now on each move has at least and at most so many units."""
        at = np.arange(lower.size, dtype=np.int32)
        self._highs.changeColsBounds(at.size, at, lower, upper)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What is tried inside leaves the model and its best solution as they were."""
        basis, count, rows = self._highs.getBasis(), self._model.moves.kind.size, self._highs.getNumRow()
        yield
        added = np.arange(rows, self._highs.getNumRow(), dtype=np.int32)
        if added.size:
            self._highs.deleteRows(added.size, added)
        self.between(self._model.lower[:count], self._model.upper[:count])
        self._highs.setBasis(basis)

    def least(self, costs: Floats, *, until: float = np.inf, onwards: bool = False) -> Solved:
        """The linear model: moves may be parts of a unit. until: of time.monotonic, where it is before the deadline.
        onwards: the last solution keeps the limits and only the costs are others; it is improved step by step (the
        primal simplex, which needs a tenth of the steps then)."""
        self._highs.setOptionValue("simplex_strategy", PRIMAL if onwards else DUAL)
        self._highs.changeColsCost(costs.size, np.arange(costs.size, dtype=np.int32), costs)
        self._highs.setOptionValue("time_limit", self._highs.getRunTime() + _left(min(until, self._deadline)))
        self._highs.run()
        status, info = self._highs.getModelStatus(), self._highs.getInfo()
        done = status == highspy.HighsModelStatus.kOptimal
        solution = self._highs.getSolution()
        return Solved(
            columns=np.array(solution.col_value) if done else None,
            objective=info.objective_function_value,
            bound=info.objective_function_value if done else -np.inf,
            done=done,
            impossible=_impossible(status),
            reduced=np.array(solution.col_dual) if done else None,
            duals=np.array(solution.row_dual) if len(solution.row_dual) else None,
        )


def least_whole(
    model: Model,
    costs: Floats,
    *,
    deadline: float,
    gap: float = 0.0,
    between: tuple[Ints, Ints] | None = None,
    limits: tuple[tuple[Floats, float], ...] = (),
    start: Floats | None = None,
    trays: Trays | None = None,
) -> Solved:
    """The same with whole units. between: least and most units of each move, in place of the model's; a move of at most
    none is left out. limits: sums of costs that stay below a figure. start: columns of a solution to begin with. trays:
    vials beside trays have their costs too."""
    count = model.moves.kind.size
    lower, upper = model.lower.copy(), model.upper.copy()
    if between is not None:
        lower[:count], upper[:count] = between
    highs = _made(model, lower, upper)
    for sums, most in limits:
        at = np.flatnonzero(sums).astype(np.int32)
        highs.addRow(-highspy.kHighsInf, most, at.size, at, sums[at])
    highs.changeColsCost(costs.size, np.arange(costs.size, dtype=np.int32), costs)
    integers = np.arange(model.whole, dtype=np.int32)
    highs.changeColsIntegrality(integers.size, integers, np.ones(integers.size, dtype=np.uint8))
    if trays is not None:
        _add_trays(highs, trays, costs)
    highs.setOptionValue("mip_rel_gap", gap)
    highs.setOptionValue("mip_abs_gap", WHOLE)
    highs.setOptionValue("time_limit", _left(deadline))
    if start is not None:
        highs.setSolution(start.size, np.arange(start.size, dtype=np.int32), start)
    highs.run()
    status, info = highs.getModelStatus(), highs.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    return Solved(
        columns=np.array(highs.getSolution().col_value)[: model.lower.size] if found else None,
        objective=info.objective_function_value,
        bound=info.mip_dual_bound if model.whole else info.objective_function_value,
        done=status == highspy.HighsModelStatus.kOptimal,
        impossible=_impossible(status),
    )


def _add_trays(highs: highspy.Highs, trays: Trays, costs: Floats) -> None:
    """Whole numbers of trays beside each move and of trays opened in each pool; their costs."""
    first = highs.getNumCol()
    nothing = np.array([], dtype=np.int32), np.array([])
    for at, grain in enumerate(trays.grain.tolist()):
        highs.changeColCost(at, float(costs[at]) + trays.loose)
        highs.addCol(-trays.loose * grain, 0.0, highspy.kHighsInf, 0, *nothing)
        both = np.array([at, first + at], dtype=np.int32)
        highs.addRow(0.0, highspy.kHighsInf, 2, both, np.array([1.0, -grain]))
    for moves, loose in trays.pools:
        grain = float(trays.grain[moves[0]])
        column = highs.getNumCol()
        highs.addCol(trays.opened, 0.0, highspy.kHighsInf, 0, *nothing)
        at = np.concatenate([moves, first + moves, [column]]).astype(np.int32)
        ones = np.ones(moves.size)
        highs.addRow(-highspy.kHighsInf, loose, at.size, at, np.concatenate([ones, -grain * ones, [-grain]]))
    added = np.arange(first, highs.getNumCol(), dtype=np.int32)
    highs.changeColsIntegrality(added.size, added, np.ones(added.size, dtype=np.uint8))


def _left(deadline: float) -> float:
    return max(0.01, deadline - time.monotonic())


def _impossible(status: highspy.HighsModelStatus) -> bool:
    return status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)


def _made(model: Model, lower: Floats, upper: Floats) -> highspy.Highs:
    highs = _Quiet()
    for name, value in OPTIONS.items():
        highs.setOptionValue(name, value)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = lower.size, model.row_lower.size
    lp.col_lower_, lp.col_upper_ = lower, upper
    lp.row_lower_, lp.row_upper_ = model.row_lower, model.row_upper
    lp.col_cost_ = np.zeros(lower.size)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = model.starts, model.rows, model.values
    highs.passModel(lp)
    return highs
