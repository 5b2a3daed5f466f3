"""How one feed is read from one relation of a PostgreSQL: which expressions, and in which order of commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from etl.feeds.position import ClockPosition, Snapshot, XidPosition
from etl.feeds.registry import RegistryFeed


class Method(StrEnum):
    """What tells that a row has changed since an earlier reading."""

    XID8 = "xid8"  # a column that a trigger sets to the writing transaction
    OPEN_TRANSACTIONS = "open_transactions"  # a column with the time of change; no transaction older than it is open


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTable:
    """`relation` and `stamp` are quoted SQL names; `columns` maps each column of the feed to a SQL expression over one
    row; `key_type` is the Arrow type of the key as this source has it. `stamp_zone` is set where it carries none."""

    relation: str
    columns: Mapping[str, str]
    stamp: str
    method: Method = Method.XID8
    key_type: str = ""
    stamp_zone: str = ""

    def rows(self, since: XidPosition | ClockPosition, *, cut: int | None, version: int) -> str:
        """Rows that changed since `since` and are stamped below `cut`. Numbers only are written into the statement: a
        statement without parameters is streamed, 2.5 times as fast as one with."""
        chosen = ", ".join(f"{expression} AS {name}" for name, expression in self.columns.items())
        return f"SELECT {chosen}, {version}::bigint AS version FROM {self.relation} WHERE {self._changed(since, cut)}"

    def cut(self, since: XidPosition | ClockPosition, *, max_rows: int) -> str:
        """The stamp at which a piece of at least one and about `max_rows` rows ends; no row where fewer are left.

        A piece ends between two different stamps, never within rows of the same one."""
        new, stamp, source = self._new(since), self.stamp, self.relation
        return (
            f"WITH edge AS (SELECT {stamp} AS at FROM {source} WHERE {new} "
            f"ORDER BY {stamp} OFFSET {max_rows} LIMIT 1) "
            f"SELECT {self._as_number('coalesce(before.at, after.at)')} FROM edge "
            f"LEFT JOIN LATERAL (SELECT edge.at FROM {source} WHERE {new} AND {stamp} < edge.at LIMIT 1) "
            "AS before ON true "
            f"LEFT JOIN LATERAL (SELECT {stamp} AS at FROM {source} WHERE {stamp} > edge.at ORDER BY {stamp} LIMIT 1) "
            "AS after ON true"
        )

    def sample(self, rows: int) -> str:
        """Any few rows, to hold against the feed's contract."""
        chosen = ", ".join(f"{expression} AS {name}" for name, expression in self.columns.items())
        return f"SELECT {chosen}, 0::bigint AS version FROM {self.relation} LIMIT {rows}"

    def _changed(self, since: XidPosition | ClockPosition, cut: int | None) -> str:
        below = f" AND {self.stamp} < {self._literal(cut)}" if cut is not None else ""
        if isinstance(since, ClockPosition):
            return f"{self.stamp} >= {self._literal(since.low_us)}{below}"
        if since.cut is None:
            return f"{self._unseen(since.snapshot)}{below}"
        lowest = min(since.cut, since.snapshot.xmin)
        return (
            f"{self.stamp} >= {self._literal(lowest)} AND "
            f"({self.stamp} >= {self._literal(since.cut)} OR {self._unseen(since.snapshot)}){below}"
        )

    def _new(self, since: XidPosition | ClockPosition) -> str:
        """The rows that a piece counts: those not read yet, without the ones that are read again to be sure."""
        if since.cut is not None:
            return f"{self.stamp} >= {self._literal(since.cut)}"
        if isinstance(since, ClockPosition):
            return f"{self.stamp} >= {self._literal(since.source_us)}"
        return self._unseen(since.snapshot)

    def _unseen(self, seen: Snapshot) -> str:
        """The first half stays on the index, the second drops what the earlier reading saw."""
        if seen == Snapshot():
            return "true"
        invisible = f"NOT pg_visible_in_snapshot({self.stamp}, '{seen}'::pg_snapshot)"
        return f"({self.stamp} >= {self._literal(seen.xmin)} AND {invisible})"

    def _literal(self, value: int) -> str:
        if self.method is Method.XID8:
            return f"'{value}'::xid8"
        instant = f"(timestamptz 'epoch' + {value} * interval '1 microsecond')"
        return f"({instant} AT TIME ZONE '{self.stamp_zone}')" if self.stamp_zone else instant

    def _as_number(self, expression: str) -> str:
        if self.method is Method.XID8:
            return f"({expression})::text::bigint"
        instant = f"({expression}) AT TIME ZONE '{self.stamp_zone}'" if self.stamp_zone else expression
        return f"(extract(epoch FROM {instant}) * 1000000)::bigint"


def own_table(feed: RegistryFeed) -> SourceTable:
    """The feed as our own registry serves it: a view of schema `feed`, stamped by trigger."""
    return SourceTable(relation=f"feed.{feed.name}", columns={name: name for name in feed.columns}, stamp="row_version")
