"""How one feed is read from one relation of a PostgreSQL: which expressions, and in which order of commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from etl.feeds.registry import RegistryFeed
from etl.feeds.spans import NOTHING_SEEN, Edge, Snapshot, Span, Spans

# A whole number from 0 on. PostgreSQL keeps this function the same over versions: tables are partitioned by it.
HASH = '(hashtextextended(({key})::text COLLATE "C", 0) & 9223372036854775807)'


class Method(StrEnum):
    """What tells that a row has changed since an earlier reading."""

    XID8 = "xid8"  # a column that a trigger sets to the writing transaction
    OPEN_TRANSACTIONS = "open_transactions"  # a column with the time of change; no transaction older than it is open


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTable:
    """`relation` and `stamp` are quoted SQL names; `columns` maps each column of the feed to a SQL expression over one
    row, among them `key`; `key_type` is the Arrow type of the key as this source has it. `stamp_zone` is set where it
    carries none.

    Its statements carry numbers only, written into them: one without parameters is streamed, 2.5 times as fast."""

    relation: str
    columns: Mapping[str, str]
    key: str
    stamp: str
    method: Method = Method.XID8
    key_type: str = ""
    stamp_zone: str = ""

    def rows(self, spans: Spans, *, version: int) -> str:
        """The rows of disjoint spans. Each is a query of its own, which stays on the index where an OR may leave it."""
        chosen = ", ".join(f"{expression} AS {name}" for name, expression in self.columns.items())
        return " UNION ALL ".join(
            f"SELECT {chosen}, {version}::bigint AS version FROM {self.relation} WHERE {self._within(span)}"
            for span in spans
        )

    def newest(self, spans: Spans, rows: int) -> str:
        """The stamp of the first row behind the `rows` newest, and of the newest; no row where there are no more."""
        stamps = f"SELECT {self.stamp} AS at FROM {self.relation} WHERE {self._any(spans)} ORDER BY {self.stamp} DESC"
        behind, newest = self._as_number("behind.at"), self._as_number("newest.at")
        return (
            f"SELECT {behind}, {newest} FROM ({stamps} OFFSET {rows} LIMIT 1) AS behind, ({stamps} LIMIT 1) AS newest"
        )

    def count(self, spans: Spans, stamp: int | None = None) -> str:
        """How many rows, or how many of one stamp."""
        alone = f" AND {self.stamp} = {self._literal(stamp)}" if stamp is not None else ""
        return f"SELECT count(*) FROM {self.relation} WHERE ({self._any(spans)}){alone}"

    def sample(self, rows: int) -> str:
        """Any few rows, to hold against the feed's contract."""
        chosen = ", ".join(f"{expression} AS {name}" for name, expression in self.columns.items())
        return f"SELECT {chosen}, 0::bigint AS version FROM {self.relation} LIMIT {rows}"

    def _any(self, spans: Spans) -> str:
        return " OR ".join(f"({self._within(span)})" for span in spans)

    def _within(self, span: Span) -> str:
        bounds = [
            *self._unseen(span.after),
            *(self._seen(span.until) if span.until is not None else ()),
            *(self._from(span.low) if span.low is not None else ()),
            *(self._below(span.high) if span.high is not None else ()),
        ]
        return " AND ".join(bounds) or "true"

    def _unseen(self, earlier: Snapshot) -> tuple[str, ...]:
        """The first half stays on the index, the second drops what the earlier reading saw."""
        if earlier == NOTHING_SEEN:
            return ()
        since = f"{self.stamp} >= {self._literal(earlier.xmin)}"
        if earlier.xmin == earlier.xmax:
            return (since,)
        return (since, f"NOT pg_visible_in_snapshot({self.stamp}, '{earlier}'::pg_snapshot)")

    def _seen(self, later: Snapshot) -> tuple[str, ...]:
        until = f"{self.stamp} < {self._literal(later.xmax)}"
        if later.xmin == later.xmax:
            return (until,)
        return (until, f"pg_visible_in_snapshot({self.stamp}, '{later}'::pg_snapshot)")

    def _from(self, edge: Edge) -> tuple[str, ...]:
        since = f"{self.stamp} >= {self._literal(edge.stamp)}"
        if not edge.part:
            return (since,)
        return (since, f"({self.stamp} > {self._literal(edge.stamp)} OR {self._part(edge)} >= {edge.part})")

    def _below(self, edge: Edge) -> tuple[str, ...]:
        if not edge.part:
            return (f"{self.stamp} < {self._literal(edge.stamp)}",)
        until = f"{self.stamp} <= {self._literal(edge.stamp)}"
        return (until, f"({self.stamp} < {self._literal(edge.stamp)} OR {self._part(edge)} < {edge.part})")

    def _part(self, edge: Edge) -> str:
        """A row without a key has a part, too: it is read, to be set aside."""
        return f"coalesce({HASH.format(key=self.columns[self.key])} % {edge.parts}, 0)"

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
    columns = {name: name for name in feed.columns}
    return SourceTable(relation=f"feed.{feed.name}", columns=columns, key=feed.key, stamp="row_version")
