"""The linear model of a plan: columns, rows and aims as arrays for HiGHS. Built from operations/plan_index.py.

Columns: moves (units), use (doses given, by class, store and cycle), left (doses over at the end of a cycle; of a
class that expires: lost), given (by store, product and cycle), second (given as second doses), due (second doses still
due at the end of a cycle), short (of a store's target), over (units that a hub keeps)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from campaign.plan_problem import Aim, Rule
from operations.plan_index import Bools, Floats, Index, Ints

Ints32 = NDArray[np.int32]
FOREVER = np.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """Class, lane and cycle of each column that moves, the cycle it serves first, and whether a hub sends it. They
    come first among the columns."""

    kind: Ints
    lane: Ints
    cycle: Ints
    arrives: Ints
    from_hub: Bools


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a row of the model says: the rule and its subject; no rule: arithmetic."""

    rule: Rule | None
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pools:
    """Rows that say how many units of a class a store that vaccinates may send in all, with the class and the store."""

    rows: Ints
    kind: Ints
    store: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Column bounds, rows as entries (row, column, value) sorted by column, and the costs of each aim (without what
    is lost whatever one does: fixed). whole: so many columns, from the first, take whole numbers only. rules: of the
    rows that are a rule's. most: what no solution exceeds, of each column; no limit of the model, but a bound of it
    may be taken from it. hub_rows[c, s, t]: the row of a hub's stock of a class in a cycle; -1: none."""

    moves: Moves
    pools: Pools
    whole: int
    lower: Floats
    upper: Floats
    row_lower: Floats
    row_upper: Floats
    starts: Ints32
    rows: Ints32
    values: Floats
    aims: dict[Aim, Floats]
    fixed: dict[Aim, float]
    rules: dict[int, Row]
    most: Floats
    hub_rows: Ints


class _Build:
    """Grows the columns and rows by whole blocks."""

    def __init__(self) -> None:
        self.columns = 0
        self.row_count = 0
        self.lower: list[Floats] = []
        self.upper: list[Floats] = []
        self.most: list[Floats] = []
        self.row_lower: list[Floats] = []
        self.row_upper: list[Floats] = []
        self.entries: list[tuple[Ints, Ints, Floats]] = []

    def add_columns(self, upper: Floats, most: Floats | None = None) -> Ints:
        """most: what no solution exceeds, where that is not a limit of the model."""
        made = np.arange(self.columns, self.columns + upper.size, dtype=np.int64)
        self.columns += upper.size
        self.lower.append(np.zeros(upper.size))
        self.upper.append(upper.astype(np.float64))
        self.most.append(self.upper[-1] if most is None else most.astype(np.float64))
        return made

    def add_rows(self, lower: Floats, upper: Floats) -> Ints:
        made = np.arange(self.row_count, self.row_count + lower.size, dtype=np.int64)
        self.row_count += lower.size
        self.row_lower.append(lower.astype(np.float64))
        self.row_upper.append(upper.astype(np.float64))
        return made

    def put(self, rows: Ints, columns: Ints, values: Floats | float) -> None:
        rows, columns, filled = np.broadcast_arrays(rows, columns, np.asarray(values, dtype=np.float64))
        self.entries.append((rows.ravel(), columns.ravel(), filled.ravel()))


def moves_of(index: Index, kept: Bools | None = None) -> Moves:
    """Every move that no rule forbids and that something can use; `kept`: [c, l, t] of those asked for only."""
    wanted = index.allowed if kept is None else index.allowed & kept
    source = reachable(index)
    wanted = wanted & source[:, index.giver][:, :, np.newaxis]
    kind, lane, cycle = (np.asarray(found, dtype=np.int64) for found in np.nonzero(wanted))
    return Moves(
        kind=kind, lane=lane, cycle=cycle, arrives=index.arrives[lane, cycle], from_hub=index.hub[index.giver[lane]]
    )


def reachable(index: Index) -> Bools:
    """[c, s]: the store has whole units of the class to send, or, a hub, may get some."""
    there = index.units > 0
    there[:, index.hub] = index.stock[:, index.hub, :].sum(axis=2) > 0
    to_hub = index.hub[index.taker]
    for _ in range(int(index.hub.sum()) + 1):
        sent = index.allowed.any(axis=2) & there[:, index.giver] & to_hub
        before = int(there.sum())
        for lane in np.flatnonzero(sent.any(axis=0)):
            there[:, index.taker[lane]] |= sent[:, lane]
        if int(there.sum()) == before:
            break
    return there


def model(index: Index, moves: Moves) -> Model:  # noqa: PLR0915  # block by block, in the order of the matrix
    build, problem = _Build(), index.problem
    spans = problem.spans
    unit, litres = index.unit[moves.kind], index.litres[moves.kind]
    giver, taker = index.giver[moves.lane], index.taker[moves.lane]
    until = np.array([kind.until for kind in index.kinds], dtype=np.int64)
    product = np.array([kind.product for kind in index.kinds], dtype=np.int64)
    rules: dict[int, Row] = {}

    # Of each class, all doses that there are: no column of stock, and no move, has more.
    doses = index.stock.sum(axis=(1, 2)).astype(np.float64)
    going = build.add_columns(np.full(moves.kind.size, FOREVER), doses[moves.kind] / unit)
    opening, opening_costs = _opening(build, index, moves, going, giver)
    whole_columns = build.columns
    from_store, to_store = ~index.hub[giver], ~index.hub[taker]

    # Stock of a class in a store: what is there is used, left for the next cycle, or travels.
    chained = np.zeros(index.stock.shape, dtype=np.bool_)
    present = index.stock.sum(axis=2) > 0
    np.logical_or.at(present, (moves.kind[to_store], taker[to_store]), True)
    chained[:] = (present & ~index.hub)[:, :, np.newaxis] & (np.arange(spans) < until[:, np.newaxis, np.newaxis])
    c, s, t = np.nonzero(chained)
    row_of = np.full(index.stock.shape, -1, dtype=np.int64)
    there = index.stock[c, s, t].astype(np.float64)
    row_of[c, s, t] = build.add_rows(there, there)
    chain = row_of[c, s, t]
    left = np.full(index.stock.shape, -1, dtype=np.int64)
    left[c, s, t] = build.add_columns(np.full(c.size, FOREVER), doses[c])
    build.put(chain, left[c, s, t], 1.0)
    goes_on = t + 1 < np.minimum(until[c], spans)
    build.put(row_of[c[goes_on], s[goes_on], t[goes_on] + 1], left[c[goes_on], s[goes_on], t[goes_on]], -1.0)
    used = index.usable[c, s] & (index.pace[s, product[c], t] > 0)
    use = build.add_columns(np.full(int(used.sum()), FOREVER), doses[c[used]])
    build.put(chain[used], use, 1.0)
    build.put(row_of[moves.kind[from_store], giver[from_store], 0], going[from_store], unit[from_store].astype(float))
    build.put(
        row_of[moves.kind[to_store], taker[to_store], moves.arrives[to_store]],
        going[to_store],
        -unit[to_store].astype(float),
    )

    # Whole units only: a store cannot send the loose doses of a lot.
    cells, at = np.unique(moves.kind[from_store] * index.hub.size + giver[from_store], return_inverse=True)
    whole = index.units.ravel()[cells].astype(np.float64)
    pool_rows = build.add_rows(np.full(cells.size, -FOREVER), whole)
    build.put(pool_rows[at], going[from_store], 1.0)
    pools = Pools(rows=pool_rows, kind=cells // index.hub.size, store=cells % index.hub.size)

    lost_over, hub_rows = _hubs(build, index, moves, going, until, doses)

    # What a store gives of a product in a cycle, first as second doses that are due.
    cells, at = np.unique((s[used] * len(problem.products) + product[c[used]]) * spans + t[used], return_inverse=True)
    pace = index.pace.ravel()[cells].astype(np.float64)
    given = build.add_columns(pace)
    gives = build.add_rows(np.zeros(cells.size), np.zeros(cells.size))
    build.put(gives[at], use, 1.0)
    build.put(gives, given, -1.0)
    given_of = np.full(index.pace.size, -1, dtype=np.int64)
    given_of[cells] = given
    due_end = _second(build, index, given_of.reshape(index.pace.shape))

    # Targets.
    target = np.array([store.target for store in problem.stores], dtype=np.float64)
    aimed = np.flatnonzero((target > 0) & ~index.hub)
    short = build.add_columns(np.full(aimed.size, FOREVER), target[aimed])
    reaching = build.add_rows(target[aimed], np.full(aimed.size, FOREVER))
    build.put(reaching, short, 1.0)
    reach_of = np.full(target.size, -1, dtype=np.int64)
    reach_of[aimed] = reaching
    of_store = reach_of[cells // (spans * len(problem.products))]
    build.put(of_store[of_store >= 0], given[of_store >= 0], 1.0)

    _limits(build, index, moves, going, rules)
    _demands(build, index, moves, going, rules)

    aims = {aim: np.zeros(build.columns) for aim in Aim}
    ends = (t == np.minimum(until[c], spans) - 1) & (until[c] < spans)
    aims[Aim.LOST][left[c[ends], s[ends], t[ends]]] = 1.0
    for column, doses in lost_over:
        aims[Aim.LOST][column] = doses
    aims[Aim.UNMET][due_end[due_end >= 0]] = 1.0
    aims[Aim.SHORT][short] = 1.0
    lane_cost = np.array([lane.cost for lane in problem.lanes], dtype=np.float64)
    aims[Aim.COST][opening] = opening_costs
    aims[Aim.COST][going] = lane_cost[moves.lane] * litres
    fixed = dict.fromkeys(Aim, 0.0)
    fixed[Aim.LOST] = float(index.gone)
    return _finish(build, moves, pools, whole_columns, aims, fixed, rules, hub_rows)


def _opening(build: _Build, index: Index, moves: Moves, going: Ints, giver: Ints) -> tuple[Ints, Floats]:
    """Columns of 0 or 1: something leaves the store. Only of stores where that costs; and the costs."""
    costs = np.array([store.opening for store in index.problem.stores], dtype=np.float64)
    opened = np.flatnonzero(costs > 0)
    columns = build.add_columns(np.ones(opened.size))
    all_units = index.stock.sum(axis=2) // np.maximum(index.unit, 1)[:, np.newaxis]
    for column, store in zip(columns.tolist(), opened.tolist(), strict=True):
        own = np.flatnonzero(giver == store)
        most = all_units[moves.kind[own]].sum(axis=1).astype(np.float64)
        total = build.add_rows(np.array([-FOREVER]), np.zeros(1))
        build.put(total, going[own], 1.0)
        build.put(total, np.array([column]), -float(all_units[np.unique(moves.kind[own])].sum()))
        each = build.add_rows(np.full(own.size, -FOREVER), np.zeros(own.size))
        build.put(each, going[own], 1.0)
        build.put(each, np.full(own.size, column), -most)
    return columns, costs[opened]


def _hubs(
    build: _Build, index: Index, moves: Moves, going: Ints, until: Ints, doses: Floats
) -> tuple[list[tuple[int, float]], Ints]:
    """A hub sends on, by each cycle, no more than has come. Returns the columns of what stays to the end, of classes
    that expire, and the doses lost with each; and the rows."""
    giver, taker = index.giver[moves.lane], index.taker[moves.lane]
    present = index.stock.sum(axis=2) > 0
    np.logical_or.at(present, (moves.kind, taker), True)
    spans = index.problem.spans
    lost: list[tuple[int, float]] = []
    row_of = np.full(index.stock.shape, -1, dtype=np.int64)
    for c, s in zip(*np.nonzero(present & index.hub), strict=True):
        live = min(int(until[c]), spans)
        if live == 0:
            continue
        stock = index.stock[c, s, :live].astype(np.float64)
        rows = build.add_rows(stock, stock)
        over = build.add_columns(np.full(live, FOREVER), np.full(live, doses[c]))
        build.put(rows, over, 1.0)
        build.put(rows[1:], over[:-1], -1.0)
        row_of[c, s, :live] = rows
        if until[c] < spans:
            lost.append((int(over[-1]), 1.0))
    unit = index.unit[moves.kind].astype(float)
    out, into = index.hub[giver], index.hub[taker]
    build.put(row_of[moves.kind[out], giver[out], moves.cycle[out]], going[out], unit[out])
    build.put(row_of[moves.kind[into], taker[into], moves.arrives[into]], going[into], -unit[into])
    return lost, row_of


def _second(build: _Build, index: Index, given_of: Ints) -> Ints:
    """Columns of the second doses still due at the end, by store and product; -1 where none fall due."""
    spans = index.problem.spans
    s, p = np.nonzero(index.second.sum(axis=2) > 0)
    falls = index.second[s, p].astype(np.float64)
    so_far = np.cumsum(falls, axis=1)
    due = build.add_columns(np.full(s.size * spans, FOREVER), so_far.ravel()).reshape(s.size, spans)
    rows = build.add_rows(falls.ravel(), falls.ravel()).reshape(s.size, spans)
    build.put(rows, due, 1.0)
    build.put(rows[:, 1:], due[:, :-1], -1.0)
    given = given_of[s, p]
    can = given >= 0
    second = build.add_columns(np.full(int(can.sum()), FOREVER), so_far[can])
    build.put(rows[can], second, 1.0)
    within = build.add_rows(np.full(second.size, -FOREVER), np.zeros(second.size))
    build.put(within, second, 1.0)
    build.put(within, given[can], -1.0)
    ends = np.full(index.second.shape[:2], -1, dtype=np.int64)
    ends[s, p] = due[:, -1] if spans else -1
    return ends


def _limits(build: _Build, index: Index, moves: Moves, going: Ints, rules: dict[int, Row]) -> None:
    problem = index.problem
    giver, taker = index.giver[moves.lane], index.taker[moves.lane]
    product = np.array([kind.product for kind in index.kinds], dtype=np.int64)[moves.kind]
    litres = index.litres[moves.kind]
    products = len(problem.products)

    bound = ~index.hub[giver] & index.limited[moves.kind, giver]
    cells, at = np.unique(giver[bound] * products + product[bound], return_inverse=True)
    rows = build.add_rows(np.full(cells.size, -FOREVER), index.gives.ravel()[cells].astype(np.float64))
    build.put(rows[at], going[bound], 1.0)
    for row, cell in zip(rows.tolist(), cells.tolist(), strict=True):
        rules[row] = Row(rule=Rule.MINIMUM, subject=problem.stores[cell // products].code)

    storage = np.array([index.storages.index(item.storage) for item in problem.products], dtype=np.int64)[product]
    cells, at = np.unique(taker * len(index.storages) + storage, return_inverse=True)
    room = _whole(index.room.ravel()[cells], at, litres)
    rows = build.add_rows(np.full(cells.size, -FOREVER), room)
    build.put(rows[at], going, litres)
    for row, cell in zip(rows.tolist(), cells.tolist(), strict=True):
        rules[row] = Row(rule=Rule.STORAGE, subject=problem.stores[cell // len(index.storages)].code)

    spans = problem.spans
    cells, at = np.unique(moves.lane * spans + moves.cycle, return_inverse=True)
    carries = np.array(
        [FOREVER if problem.bent(Rule.TRANSPORT, lane.code) else lane.litres for lane in problem.lanes],
        dtype=np.float64,
    )
    rows = build.add_rows(np.full(cells.size, -FOREVER), _whole(carries[cells // spans], at, litres))
    build.put(rows[at], going, litres)
    for row, cell in zip(rows.tolist(), cells.tolist(), strict=True):
        rules[row] = Row(rule=Rule.TRANSPORT, subject=problem.lanes[cell // spans].code)


def _whole(limit: Floats, at: Ints, litres: Floats) -> Floats:
    """A limit that whole units of one size can reach; as it is where units of several sizes share it."""
    least, most = np.full(limit.size, np.inf), np.zeros(limit.size)
    np.minimum.at(least, at, litres)
    np.maximum.at(most, at, litres)
    single = (least == most) & (least > 0) & np.isfinite(limit)
    reached = limit.copy()
    reached[single] = np.floor(limit[single] / least[single] + 1e-9) * least[single]
    return reached


def _demands(build: _Build, index: Index, moves: Moves, going: Ints, rules: dict[int, Row]) -> None:
    problem = index.problem
    taker = index.taker[moves.lane]
    product = np.array([kind.product for kind in index.kinds], dtype=np.int64)[moves.kind]
    stores = [store.code for store in problem.stores]
    products = [item.code for item in problem.products]
    for demand in problem.demands:
        row = build.add_rows(np.array([float(demand.doses)]), np.array([FOREVER]))
        meets = (taker == stores.index(demand.store)) & (product == products.index(demand.product))
        build.put(row, going[meets], index.unit[moves.kind[meets]].astype(float))
        rules[int(row[0])] = Row(rule=Rule.NEEDED, subject=f"{demand.store} {demand.product}")


def _finish(
    build: _Build,
    moves: Moves,
    pools: Pools,
    whole: int,
    aims: dict[Aim, Floats],
    fixed: dict[Aim, float],
    rules: dict[int, Row],
    hub_rows: Ints,
) -> Model:
    rows = np.concatenate([entry[0] for entry in build.entries])
    columns = np.concatenate([entry[1] for entry in build.entries])
    values = np.concatenate([entry[2] for entry in build.entries])
    order = np.argsort(columns, kind="stable")
    starts = np.zeros(build.columns + 1, dtype=np.int32)
    np.cumsum(np.bincount(columns, minlength=build.columns), out=starts[1:])
    return Model(
        moves=moves,
        pools=pools,
        whole=whole,
        lower=np.concatenate(build.lower),
        upper=np.concatenate(build.upper),
        row_lower=np.concatenate(build.row_lower),
        row_upper=np.concatenate(build.row_upper),
        starts=starts,
        rows=rows[order].astype(np.int32),
        values=values[order],
        aims=aims,
        fixed=fixed,
        rules=rules,
        most=np.concatenate(build.most),
        hub_rows=hub_rows,
    )
