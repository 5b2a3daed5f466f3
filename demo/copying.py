"""Frames into registry tables: COPY for history, COPY and merge for what may come twice."""

from __future__ import annotations

import io
from collections.abc import Sequence

import polars as pl
import psycopg
from psycopg import sql

SLICE_ROWS = 200_000  # a slice is turned into text while the server still works on the one before
CHUNK_BYTES = 1 << 18
INSTANT_FORMAT = "%Y-%m-%d %H:%M:%S+00"  # instants in frames are UTC


def copy_rows(connection: psycopg.Connection, table: str, frame: pl.DataFrame) -> int:
    """Append `frame` (columns named as the table's) to registry.`table`; number of rows written."""
    target = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier("registry", table), _columns(frame.columns)
    )
    _send(connection, target, frame)
    return frame.height


def merge_rows(connection: psycopg.Connection, table: str, frame: pl.DataFrame, key: Sequence[str]) -> int:
    """Write `frame` into registry.`table`: rows whose key is there get the new values, unless all are equal already.

    The same frame twice changes nothing, not even a row version. Returns the number of rows inserted or changed.
    """
    if frame.is_empty():
        return 0
    stage, target = sql.Identifier(f"incoming_{table}"), sql.Identifier("registry", table)
    columns = _columns(frame.columns)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
                stage, columns, target
            )
        )
        _send(connection, sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(stage, columns), frame)
        changed = [name for name in frame.columns if name not in key]
        cursor.execute(
            sql.SQL("INSERT INTO {} AS kept ({}) SELECT {} FROM {} ON CONFLICT ({}) DO {}").format(
                target, columns, columns, stage, _columns(key), _update(changed)
            )
        )
        written = cursor.rowcount
        cursor.execute(sql.SQL("DROP TABLE {}").format(stage))
    return written


def _update(columns: Sequence[str]) -> sql.Composable:
    if not columns:
        return sql.SQL("NOTHING")
    new = sql.SQL(", ").join(sql.SQL("EXCLUDED.{}").format(sql.Identifier(name)) for name in columns)
    old = sql.SQL(", ").join(sql.SQL("kept.{}").format(sql.Identifier(name)) for name in columns)
    pairs = sql.SQL(", ").join(
        sql.SQL("{} = EXCLUDED.{}").format(sql.Identifier(name), sql.Identifier(name)) for name in columns
    )
    return sql.SQL("UPDATE SET {} WHERE ({}) IS DISTINCT FROM ({})").format(pairs, old, new)


def _columns(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in names)


def _send(connection: psycopg.Connection, statement: sql.Composed, frame: pl.DataFrame) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for part in frame.iter_slices(SLICE_ROWS):
            buffer = io.BytesIO()
            part.write_csv(buffer, include_header=False, datetime_format=INSTANT_FORMAT)
            text = buffer.getbuffer()
            for start in range(0, len(text), CHUNK_BYTES):
                copy.write(text[start : start + CHUNK_BYTES])


def instants(seconds: pl.Expr, epoch: int) -> pl.Expr:
    """Local seconds since the first day as a UTC instant; `epoch` is calendar.utc_epoch_of_start."""
    return pl.from_epoch(seconds.cast(pl.Int64) + epoch, time_unit="s")
