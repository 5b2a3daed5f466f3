"""A backlog of late records taken in while the campaign goes on: does any minute's own record wait for it?"""

from __future__ import annotations

import time
from dataclasses import dataclass

from bench.batch import Batch
from bench.changes import KINDS
from bench.rounds import MINUTE_RECORDS, Bench

# Records of one transaction of whoever delivers the backlog.
PIECE = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """seconds: from the start of the first refresh to a reader's answer from the last one. refresh_seconds: of each,
    from the commit of its fresh records to an answer from its snapshot. longest_wait_seconds: of a fresh record that is
    committed just after a refresh began to read: that one and the next. late_fresh: new doses that the refresh after
    their commit had not taken in."""

    records: int
    seconds: float
    refreshes: int
    refresh_seconds: list[float]
    longest_wait_seconds: float
    late_fresh: int
    rss_gb: float


def measure_backlog(bench: Bench, records: int) -> Backlog:
    """`records` late ones, committed beforehand; then refreshes in a row, each with a few fresh records, until none
    waits."""
    for start in range(0, records, PIECE):
        bench.committer.commit(KINDS["late"], min(PIECE, records - start))
    seconds: list[float] = []
    late_fresh, peak = 0, 0.0
    began = time.time()
    more = True
    while more:
        fresh = bench.committer.commit(KINDS["10k"], MINUTE_RECORDS)
        done, step = bench.refresh_timed(fresh, whole=False)
        seconds.append(step.worker_seconds)
        late_fresh += _missing(bench, fresh)
        peak = max(peak, step.rss_gb)
        more = done.more_waits
    return Backlog(
        records=records,
        seconds=round(time.time() - began, 1),
        refreshes=len(seconds),
        refresh_seconds=seconds,
        longest_wait_seconds=round(max(a + b for a, b in zip(seconds, seconds[1:] or [0.0], strict=False)), 1),
        late_fresh=late_fresh,
        rss_gb=peak,
    )


def _missing(bench: Bench, fresh: Batch) -> int:
    """New doses of a batch that the warehouse has not. Those that were corrected are there in any case."""
    connection = bench.refresher.warehouse.connection
    numbers = fresh.doses["dose_id"].sort().tail(MINUTE_RECORDS // 2)
    found = connection.execute(
        "SELECT count(DISTINCT dose_id) FROM core.dose_log WHERE list_contains($numbers, dose_id)",
        {"numbers": numbers.to_list()},
    ).fetchall()[0][0]
    return len(numbers) - int(found)
