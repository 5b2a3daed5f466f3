"""Batches of changed records, each committed, pulled, applied, published, and timed step by step."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.batch import Batch
from bench.changes import KINDS, NAMED
from bench.committer import Committer, Ready
from bench.process import Stopwatch, at_hand, bytes_written, forget_peak, memory
from bench.stage import Stage
from bench.watcher import Watcher
from etl.refresh import Refreshed, Refresher
from warehouse.files import snapshot_path

RECORDS = {"10k": 10_000, "100k_recent": 100_000, "100k_uniform": 100_000, "1m": 1_000_000}
# A batch is at most this share of the history: at a toy's size a million would be all of it, several times over.
MOST_SHARE = 4
WARM_RECORDS, MINUTE_RECORDS = 2_000, 2_000
MEGABYTE = 1 << 20
Say = Callable[[str], None]
# What the stopwatch's points mean, by the step that they end.
STEPS = {
    "pulled_": "pull_and_check",
    "keys_resolved": "keys",
    "doses_looked_up": "lookup",
    "series_followed": "series",
    "cubes_counted": "cubes",
    "records_written": "write",
    "applied_": "small_feeds",
    "cubes_added": "describe",
    "before_commit": "commit",
    "after_commit": "commit",
    "snapshot_written": "settle_and_snapshot",
    "snapshot_": "snapshot_visible",
    "after_checkpoint": "checkpoint",
    "summed_": "sum_up",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One kind of batch; medians over its rounds. seconds: the transaction that applies it to every aggregate, its
    commit and the change of memory included. rss_gb: the process at its most, pages of files included; own_gb: without
    those, at the end. worker_seconds: from the registry's COMMIT to another process that answers from the snapshot.

    All with the records' files in the system's cache, as a machine keeps them that has the memory; cold_seconds: once
    more with none of them there, None where that was not measured."""

    records: int
    seconds: float
    rounds: list[float]
    rss_gb: float
    own_gb: float
    bytes_written: int
    publish_seconds: float
    worker_seconds: float
    cold_seconds: float | None
    step_seconds: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Seconds of each of many small refreshes, pulled to published, in order."""

    refreshes: int
    first_median_seconds: float
    last_median_seconds: float
    seconds: list[float]


class Bench:
    """One stage with its writer open."""

    def __init__(self, stage: Stage, watcher: Watcher, say: Say) -> None:
        self._stage = stage
        self._watcher = watcher
        self._say = say
        self._watch = Stopwatch()
        self.refresher: Refresher = stage.open(self._watch)
        codes = self.refresher.engine.codes
        self.committer = Committer(stage, {kind: codes.codes(kind) for kind in NAMED})
        self.snapshot_mb = 0.0
        # The first refresh reads the files of the history for the first time: a minute later that is over.
        self._refresh(self._commit("10k", WARM_RECORDS))

    def step(self, name: str, *, rounds: int) -> Step:
        """Commit, pull, apply and publish one kind of batch, `rounds` times."""
        found = [self._round(name, in_cache=True) for _ in range(rounds)]
        cold = self._round(name, in_cache=False) if RECORDS[name] < RECORDS["1m"] else None
        middle = sorted(found, key=lambda item: item.seconds)[len(found) // 2]
        self._say(
            f"{name}: {middle.seconds:.3f} s for {middle.records:,} records, {middle.worker_seconds:.2f} s to a reader"
            + (f"; {cold.seconds:.3f} s from a cold disk" if cold else "")
        )
        return Step(
            records=middle.records,
            seconds=middle.seconds,
            rounds=[item.seconds for item in found],
            rss_gb=max(item.rss_gb for item in found),
            own_gb=max(item.own_gb for item in found),
            bytes_written=middle.bytes_written,
            publish_seconds=middle.publish_seconds,
            worker_seconds=round(statistics.median(item.worker_seconds for item in found), 3),
            cold_seconds=cold.seconds if cold else None,
            step_seconds=middle.step_seconds,
        )

    def refresh_with(self, name: str) -> tuple[Batch, Refreshed]:
        batch = self._commit(name, RECORDS[name], in_cache=True)
        return batch, self._refresh(batch)

    def minutes(self, count: int) -> Curve:
        """Small refreshes in a row, as in an ordinary day."""
        seconds: list[float] = []
        for number in range(count):
            batch = self._commit("10k", MINUTE_RECORDS)
            started = time.perf_counter()
            self._refresh(batch)
            seconds.append(round(time.perf_counter() - started, 3))
            if number % 50 == 49:
                self._say(f"minute {number + 1}: median of the last 50 {statistics.median(seconds[-50:]):.3f} s")
        return Curve(
            refreshes=count,
            first_median_seconds=statistics.median(seconds[:50]),
            last_median_seconds=statistics.median(seconds[-50:]),
            seconds=seconds,
        )

    def close(self) -> None:
        """The next writer may open the warehouse; the people's memory is given back."""
        self.committer.close()
        self.refresher.warehouse.close()
        del self.refresher
        gc.collect()

    def _commit(self, name: str, records: int, *, in_cache: bool | None = None) -> Batch:
        """`in_cache`: whether the records' files are in the system's cache; None: however they are."""
        ready = None
        if in_cache is not None:
            ready = Ready(segments=self._stage.folder / "warehouse" / "segments", in_cache=in_cache)
        people = self.refresher.engine.people
        held = (people.rest, people.slots, *people.attributes.values())
        with at_hand([people.keys.low, *(dense.base for dense in held)]):
            return self.committer.commit(KINDS[name], min(records, self._stage.size.doses // MOST_SHARE), ready=ready)

    def _refresh(self, batch: Batch, *, whole: bool = True) -> Refreshed:
        done = self._stage.refresh(self.refresher)
        if done.failed or done.quarantined or done.version is None or (whole and done.rows_in < batch.records):
            raise RuntimeError(f"a batch of {batch.records} records was not taken in whole: {done}")
        self.snapshot_mb = round(snapshot_path(self._stage.snapshot_dir, done.version).stat().st_size / MEGABYTE, 1)
        return done

    def refresh_timed(self, batch: Batch, *, whole: bool = True) -> tuple[Refreshed, Step]:
        """One refresh that takes `batch` in; not `whole` where a backlog may stand before it."""
        forget_peak()
        written = bytes_written()
        self._watcher.expect_newer()
        self._watch.start()
        done = self._refresh(batch, whole=whole)
        used = memory()
        return done, Step(
            records=batch.records,
            seconds=round(done.seconds["apply"], 3),
            rounds=[],
            rss_gb=used.peak,
            own_gb=used.own,
            bytes_written=bytes_written() - written,
            publish_seconds=round(done.seconds["publish"], 3),
            worker_seconds=round(self._watcher.answered_at() - batch.committed_at, 3),
            cold_seconds=None,
            step_seconds=grouped(self._watch.seconds),
        )

    def _round(self, name: str, *, in_cache: bool) -> Step:
        return self.refresh_timed(self._commit(name, RECORDS[name], in_cache=in_cache))[1]


def grouped(points: dict[str, float]) -> dict[str, float]:
    """Seconds by step from seconds by point."""
    found: dict[str, float] = {}
    for point, seconds in points.items():
        step = next(name for start, name in STEPS.items() if point.startswith(start))
        found[step] = round(found.get(step, 0.0) + seconds, 4)
    return found
