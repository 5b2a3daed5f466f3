"""Repairs by named persons: the corrected record enters once, through the same contract as every other."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import duckdb
import polars as pl

from etl.contracts import Rule, check
from etl.feeds.registry import RegistryFeed
from etl.frames import POLARS
from operations.acts import Outcome, Repair

NEWEST = """
SELECT row_json, version FROM core.quarantine WHERE feed = $feed AND record_key = $key ORDER BY version DESC LIMIT 1
"""
# The mark of a gap: a backlog is being taken in pieces, and the record may be in the next one.
READ_TO_END = (
    "SELECT count(*) FROM core.feed_state WHERE name = $feed AND last_success IS NOT NULL AND watermark NOT LIKE '%<%'"
)
FREED = "SELECT count(*) FROM core.quarantine_event WHERE feed = $feed AND record_key = $key AND freed_at >= $since"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """`rows` by feed, ready to be staged. `outcomes` by repair, to be settled once the rows are committed."""

    rows: Mapping[str, pl.DataFrame]
    outcomes: Mapping[int, Outcome] = field(default_factory=dict[int, Outcome])


def try_repairs(
    connection: duckdb.DuckDBPyConnection,
    repairs: Iterable[Repair],
    feeds: Mapping[str, RegistryFeed],
    rules: Callable[[str], Sequence[Rule]],
) -> Repaired:
    """Put the repaired values into the records set aside and hold them against the contract again.

    All open repairs of a record are tried together: it may have two faults. The record keeps its version, so that a
    correction at the source, which comes with a newer one, still wins."""
    by_record: dict[tuple[str, str], list[Repair]] = defaultdict(list)
    for repair in repairs:
        by_record[repair.feed, repair.record_key].append(repair)
    outcomes: dict[int, Outcome] = {}
    accepted: dict[str, list[pl.DataFrame]] = defaultdict(list)
    for (feed, key), wanted in by_record.items():
        held = connection.execute(NEWEST, {"feed": feed, "key": key}).fetchall()
        if not held and feed in feeds and not connection.execute(READ_TO_END, {"feed": feed}).fetchall()[0][0]:
            continue  # a warehouse that was begun anew: the record may still come
        if not held or feed not in feeds:
            outcome = _without_record(connection, wanted[0])
        else:
            row = json.loads(held[0][0]) | {repair.field: repair.value for repair in wanted}
            frame = _frame(feeds[feed], row, version=int(held[0][1]))
            good = check(frame, rules(feed)).accepted
            outcome = Outcome.STILL_BAD if good.is_empty() else Outcome.APPLIED
            if not good.is_empty():
                accepted[feed].append(good)
        outcomes |= {repair.repair_id: outcome for repair in wanted}
    return Repaired(rows={feed: pl.concat(frames) for feed, frames in accepted.items()}, outcomes=outcomes)


def _without_record(connection: duckdb.DuckDBPyConnection, repair: Repair) -> Outcome:
    """A refresh that died between its commit and the settling has already let the record in."""
    values = {"feed": repair.feed, "key": repair.record_key, "since": repair.made_at}
    freed = connection.execute(FREED, values).fetchall()[0][0]
    return Outcome.APPLIED if freed else Outcome.NOT_HELD


def _frame(feed: RegistryFeed, row: Mapping[str, Any], *, version: int) -> pl.DataFrame:
    """One row in the feed's types; a value that its type cannot be read from is empty, which the contract refuses."""
    columns = {
        name: pl.Series(name, [_typed(row.get(name), kind)], dtype=POLARS[kind], strict=False)
        for name, kind in feed.columns.items()
    }
    return pl.DataFrame({**columns, "version": pl.Series([version], dtype=pl.Int64)})


def _typed(value: object, kind: str) -> object:
    """The value in its column's type; None where it cannot be read as one."""
    text = "" if value is None else str(value)
    if text == "":
        return None
    try:
        return READERS.get(kind, str)(text)
    except ValueError:
        return None


def _flag(text: str) -> bool:
    return text.lower() in ("true", "t", "1")


READERS: dict[str, Callable[[str], object]] = {
    "timestamp[us, tz=UTC]": datetime.fromisoformat,
    "date32[day]": date.fromisoformat,
    "int16": int,
    "int32": int,
    "int64": int,
    "double": float,
    "bool": _flag,
}
