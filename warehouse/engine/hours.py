"""Activity by hour, of the last days only. Counted anew where the newest day falls back to one whose hours were let go,
as when the only doses of a later day turn out to be entered with a wrong date."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

from warehouse.engine.facts import Facts
from warehouse.engine.segments import Columns
from warehouse.engine.tally import Tally

# Kept besides the days shown, so that a newest day that falls back by so many needs no recount.
SPARE_DAYS = 2
AT_A_TIME = 4_000_000
LEAST_ROWS = 1_000_000
COLUMNS = ("site", "day", "hour")
NEWEST = "SELECT max(day) FROM (SELECT day FROM cube.site_hour GROUP BY day HAVING sum(n) > 0)"
NOTHING_GONE = -1


class Hours:
    """Doses by site, day and hour of the last `days`: what has become too old is let go on the way."""

    def __init__(self, days: int) -> None:
        self._days = days
        self.newest = -1
        self._parts: list[Columns] = []
        self._rows = self._looked_at = 0

    def add(self, doses: Columns) -> None:
        """`doses`: columns site, injected_on, hour of doses that count."""
        day = doses["injected_on"].astype(np.int32)
        self.newest = max(self.newest, int(day.max(initial=-1)))
        self._keep(self._recent({"site": doses["site"], "day": day, "hour": doses["hour"]}))
        # Each time there is twice as much as after the last look: looking each time the newest day grew took a third
        # of a recount.
        if self._rows > max(LEAST_ROWS, 2 * self._looked_at):
            parts, self._parts, self._rows = self._parts, [], 0
            for part in parts:
                self._keep(self._recent(part))
            self._looked_at = self._rows

    def cells(self) -> Columns:
        """site, day, hour and `n`."""
        parts = [self._recent(part) for part in self._parts]
        sizes = {name: 1 + max((int(part[name].max(initial=0)) for part in parts), default=0) for name in COLUMNS}
        first = self.newest - self._days + 1
        tally = Tally(sizes | {"day": self._days})
        for part in parts:
            tally.add(part | {"day": part["day"] - first})
        found = tally.cells()
        return found | {"day": found["day"] + np.int32(first)}

    def _keep(self, part: Columns) -> None:
        if len(part["day"]):
            self._parts.append(part)
            self._rows += len(part["day"])

    def _recent(self, part: Columns) -> Columns:
        kept = np.flatnonzero(part["day"] > self.newest - self._days)
        return {name: values[kept] for name, values in part.items()}


def kept_after(connection: duckdb.DuckDBPyConnection, *, hour_days: int) -> int:
    """Inside a transaction that sums up cube.site_hour: the day after which hours are kept, written down as such."""
    newest = connection.execute(NEWEST).fetchall()[0][0]
    gone = max(_gone(connection), NOTHING_GONE if newest is None else int(newest) - hour_days - SPARE_DAYS)
    _write_gone(connection, gone)
    return gone


def hours_begin(connection: duckdb.DuckDBPyConnection, *, hour_days: int) -> None:
    """Inside the transaction that has put `hour_days` of hours in place of what was there."""
    newest = connection.execute(NEWEST).fetchall()[0][0]
    _write_gone(connection, NOTHING_GONE if newest is None else max(NOTHING_GONE, int(newest) - hour_days))


def restore_hours(connection: duckdb.DuckDBPyConnection, facts: Facts, *, hour_days: int) -> bool:
    """Inside a transaction, the records written: count the hours anew where days that are shown now were let go. One
    pass over all records. Returns whether it was needed."""
    newest = connection.execute(NEWEST).fetchall()[0][0]
    gone = _gone(connection)
    if gone == NOTHING_GONE or (newest is not None and int(newest) - hour_days >= gone):
        return False
    hours = Hours(hour_days + SPARE_DAYS)
    for chunk in facts.chunks(("site", "injected_on", "hour", "voided"), AT_A_TIME):
        hours.add({name: values[chunk["voided"] == 0] for name, values in chunk.items()})
    connection.execute("DELETE FROM cube.site_hour")
    connection.register("counted", pa.table(dict(hours.cells())))
    connection.execute("INSERT INTO cube.site_hour BY NAME FROM counted ORDER BY site, day, hour")
    connection.unregister("counted")
    hours_begin(connection, hour_days=hour_days + SPARE_DAYS)
    return True


def _gone(connection: duckdb.DuckDBPyConnection) -> int:
    """The last day whose hours may have been let go."""
    rows = connection.execute("SELECT day FROM core.hours_gone").fetchall()
    return int(rows[0][0]) if rows else NOTHING_GONE


def _write_gone(connection: duckdb.DuckDBPyConnection, day: int) -> None:
    connection.execute("DELETE FROM core.hours_gone")
    connection.execute("INSERT INTO core.hours_gone VALUES (?)", [day])
