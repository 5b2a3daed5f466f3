"""Which rows one reading takes where more wait than it may take: the newest first. Pure: counts are asked of a probe.

Whatever is committed after a backlog is newer than it, and so never waits behind it. What a reading leaves is a *gap*,
known exactly: rows that were visible to that reading, were not to the one before, and lie below an edge. Unread are, at
any time, the rows that the last reading could not see, and those of the gaps. A row of a gap that is changed has a new
stamp: it leaves the gap and is read as a new one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from etl.feeds.spans import Edge, Snapshot, Spans, above, below, few


class Probe(Protocol):
    """Counts rows at the instant of the reading."""

    def newest(self, spans: Spans, rows: int) -> tuple[int, int] | None:
        """Where there are more than `rows`: the stamp of the first row behind the `rows` newest, and of the newest."""
        ...

    def count(self, spans: Spans, stamp: int | None = None) -> int:
        """Rows, or those of one stamp."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """`fresh` came since the last reading; `again` was read and is read once more to be sure, uncounted; `gaps` were
    left by earlier readings, the oldest first."""

    fresh: Spans
    again: Spans = ()
    gaps: Spans = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`spans`, disjoint, are read now; `gaps` are left."""

    spans: Spans
    gaps: Spans = ()


def plan(unread: Unread, *, until: Snapshot | None, max_rows: int, probe: Probe) -> Plan:
    """All fresh rows and, with what is left of `max_rows`, a piece of the newest gap; of too many only the newest.

    `until` is the snapshot of this reading, where stamps are transactions. One transaction larger than `max_rows` is
    divided into parts by a hash of the key. A piece holds at least one transaction, or one part, and so a reading at
    most twice `max_rows` (parts are equal but for chance); 0: no limit.
    """
    fresh, again, gaps = unread.fresh, unread.again, unread.gaps
    if not max_rows:
        return Plan(spans=(*again, *fresh, *gaps))
    edge = _edge(fresh, rows=max_rows, most=max_rows, probe=probe)
    if edge is not None:
        left = tuple(replace(span, until=until) for span in below(fresh, edge))
        return Plan(spans=(*again, *above(fresh, edge)), gaps=few((*gaps, *left)))
    if not gaps:
        return Plan(spans=(*again, *fresh))
    older, gap = gaps[:-1], gaps[-1:]
    edge = _edge(gap, rows=max(0, max_rows - probe.count(fresh)), most=max_rows, probe=probe)
    if edge is None:
        return Plan(spans=(*again, *fresh, *gap), gaps=older)
    left = below(gap, edge)
    # The last part of a transaction, or the last transaction, leaves nothing: known now and not a reading later.
    is_last = not edge.part and probe.newest(left, 0) is None
    return Plan(spans=(*again, *fresh, *above(gap, edge)), gaps=older if is_last else (*older, *left))


def _edge(spans: Spans, *, rows: int, most: int, probe: Probe) -> Edge | None:
    """Where about `rows` newest rows end; None where there are no more than that. Never below a whole transaction of
    up to `most` rows, never within one."""
    high = spans[-1].high
    if high is not None and high.part:
        return high.one_part_lower()
    found = probe.newest(spans, rows)
    if found is None:
        return None
    behind, newest = found
    if behind < newest:
        return Edge(behind + 1)
    parts = -(-probe.count(spans, stamp=newest) // most)
    return Edge(newest, parts - 1, parts) if parts > 1 else Edge(newest)
