"""A linear model in pieces that have nothing to do with each other once some moves are settled.

With the moves between hubs settled, a country of districts is its provinces: only those moves lie in rows of two of
them. The pieces are found in the matrix itself, so that nothing is taken for granted of what a country looks like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from operations.plan_index import Bools, Floats, Ints
from operations.plan_model import Model, Moves, Pools


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """columns, rows: their numbers in the whole model, moves first. model: of these; its limits are what the settled
    moves leave. It does not say which rule a row is."""

    columns: Ints
    rows: Ints
    model: Model


def pieces(made: Model, settled: Bools, units: Floats) -> Iterator[Piece]:
    """settled: the moves that are settled, units: at so many (of the others: not read). Every other column is in one
    piece; the largest pieces first."""
    count = settled.size
    of_entry = np.repeat(np.arange(made.lower.size), np.diff(made.starts))
    free = np.ones(made.lower.size, dtype=np.bool_)
    free[:count] = ~settled
    fixed = np.where(settled, units, 0.0)
    ends = int(made.starts[count])
    entries = made.values[:ends] * fixed[of_entry[:ends]]
    taken = np.bincount(made.rows[:ends], weights=entries, minlength=made.row_lower.size).astype(np.float64)
    yield from _apart(made, of_entry, free, np.ones(made.row_lower.size, dtype=np.bool_), taken)


def without(made: Model, rows: Bools) -> Iterator[Piece]:
    """What the model falls into without these rows, the largest pieces first. Every column is in one piece."""
    of_entry = np.repeat(np.arange(made.lower.size), np.diff(made.starts))
    free = np.ones(made.lower.size, dtype=np.bool_)
    yield from _apart(made, of_entry, free, ~rows, np.zeros(made.row_lower.size))


def _apart(made: Model, of_entry: Ints, free: Bools, kept: Bools, taken: Floats) -> Iterator[Piece]:
    inside = free[of_entry] & kept[made.rows]
    of_column, of_row = _connected(made, made.rows[inside].astype(np.int64), of_entry[inside])
    of_row = np.where(kept, of_row, -2)
    columns = np.flatnonzero(free)
    columns = columns[np.argsort(of_column[columns], kind="stable")]
    rows = np.argsort(of_row, kind="stable")
    names, sizes = np.unique(of_column[columns], return_counts=True)
    for name in names[np.argsort(-sizes, kind="stable")]:
        own, mine = _run(of_column[columns], name), _run(of_row[rows], name)
        yield Piece(columns=columns[own], rows=rows[mine], model=_part(made, columns[own], rows[mine], taken))


def _run(ordered: Ints, name: int) -> slice:
    return slice(int(np.searchsorted(ordered, name)), int(np.searchsorted(ordered, name, "right")))


def _connected(made: Model, rows: Ints, columns: Ints) -> tuple[Ints, Ints]:
    """The piece of each column and row, by these entries: the least number of any row that is connected with it. -1: a
    column without entries."""
    label = np.arange(made.row_lower.size, dtype=np.int64)
    by_row = np.argsort(rows, kind="stable")
    column_starts, row_starts = _starts(columns), _starts(rows[by_row])
    of_column = np.full(made.lower.size, -1, dtype=np.int64)
    while columns.size:
        of_column[columns[column_starts]] = np.minimum.reduceat(label[rows], column_starts)
        least = np.minimum.reduceat(of_column[columns[by_row]], row_starts)
        nearer = label.copy()
        nearer[rows[by_row][row_starts]] = np.minimum(least, label[rows[by_row][row_starts]])
        nearer = nearer[nearer]
        if (nearer == label).all():
            break
        label = nearer
    return of_column, label


def _starts(ordered: Ints) -> Ints:
    return np.flatnonzero(np.diff(ordered, prepend=-1))


def _part(made: Model, columns: Ints, rows: Ints, taken: Floats) -> Model:
    number = np.full(made.row_lower.size, -1, dtype=np.int64)
    number[rows] = np.arange(rows.size)
    lengths = np.diff(made.starts)[columns]
    firsts = np.cumsum(lengths) - lengths
    entries = np.repeat(made.starts[columns] - firsts, lengths) + np.arange(int(lengths.sum()))
    inside = number[made.rows[entries]] >= 0
    starts = np.zeros(columns.size + 1, dtype=np.int32)
    of_column = np.repeat(np.arange(columns.size), lengths)[inside]
    np.cumsum(np.bincount(of_column, minlength=columns.size), out=starts[1:])
    entries = entries[inside]
    moves = columns[columns < made.moves.kind.size]
    nothing = np.zeros(0, dtype=np.int64)
    return replace(
        made,
        moves=Moves(
            kind=made.moves.kind[moves],
            lane=made.moves.lane[moves],
            cycle=made.moves.cycle[moves],
            arrives=made.moves.arrives[moves],
            from_hub=made.moves.from_hub[moves],
        ),
        pools=Pools(rows=nothing, kind=nothing, store=nothing),
        whole=int((columns < made.whole).sum()),
        lower=made.lower[columns],
        upper=made.upper[columns],
        row_lower=made.row_lower[rows] - taken[rows],
        row_upper=made.row_upper[rows] - taken[rows],
        starts=starts,
        rows=number[made.rows[entries]].astype(np.int32),
        values=made.values[entries],
        aims={aim: costs[columns] for aim, costs in made.aims.items()},
        most=made.most[columns],
        fixed=dict.fromkeys(made.fixed, 0.0),
        rules={},
    )
