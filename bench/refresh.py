"""The refresh at national scale: a history in bulk, then changes committed in PostgreSQL, pulled, applied, published.

Registry, ETL and reader are three processes, as in production. Not as in production: the registry holds the pool's rows
only, so that the index its feeds are read by is smaller; it lies on the same machine.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from typing import Any

from bench.backlog import Backlog, measure_backlog
from bench.peers.compare import Peers, Ratio
from bench.process import forget_peak, peak_with_children
from bench.rounds import RECORDS, Bench, Curve, Say, Step
from bench.stage import Setup, Stage, build, counted_alone, run_alone, size_of
from bench.watcher import Watcher
from warehouse.verify import rebuild, verify


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshFigures:
    """Seconds of wall time; they say little where `load_average`, the machine's at the beginning, is above 1.

    rebuild: people's doses from the records, a fold, and every aggregate anew; rebuild_cubes: the aggregates alone;
    rebuild_rss_gb: of both at most, the process that counts doses beside them included."""

    people: int
    doses: int
    load_average: float
    steps: dict[str, Step]
    publish_seconds: float
    snapshot_mb: float
    source_to_worker_seconds: float
    rebuild_seconds: float
    rebuild_cubes_seconds: float
    rebuild_rss_gb: float
    restart_seconds: float
    verify_seconds: float
    cells_checked: int
    differing_cells: int
    history_seconds: float
    curve: Curve | None
    backlog: Backlog | None
    peer_doses: int
    peers: dict[str, Ratio] = field(default_factory=dict[str, Ratio])


def measure_refresh(
    setup: Setup, *, people: int, doses: int, peer_doses: int, rounds: int, minutes: int, late: int, say: Say
) -> RefreshFigures:
    """`say` is told what goes on. The peers run at the same size where it is theirs, else on a history of their own."""
    load_average = round(os.getloadavg()[0], 1)
    size = size_of(people=people, doses=doses)
    stage, history_seconds = build(setup, "main", size)
    what = f"built in {history_seconds:.0f} s" if history_seconds else "as an earlier bench left it"
    say(f"history of {people:,} people and {doses:,} doses, {what}")
    with Watcher(stage.snapshot_dir, setup.rules.denominator) as watcher:
        bench = Bench(stage, watcher, say)
        steps = {name: bench.step(name, rounds=1 if name == "1m" else rounds) for name in RECORDS}
        curve = bench.minutes(minutes) if minutes else None
        backlog = measure_backlog(bench, late) if late else None
        bench.close()
    restart_seconds = _restart(stage)
    say(f"restart to the end of the first refresh: {restart_seconds:.1f} s")
    checked = counted_alone(_verify_and_rebuild, stage)
    say(
        f"{checked['differing_cells']} of {checked['cells_checked']:,} cells differ; compared in "
        f"{checked['verify_seconds']:.0f} s; rebuilt from the records in {checked['rebuild_seconds']:.1f} s, "
        f"the aggregates in {checked['rebuild_cubes_seconds']:.1f}"
    )
    peers: dict[str, Ratio] = {}
    if peer_doses == doses:
        peers = compare(stage, say)
    elif peer_doses:
        small = size_of(people=people * peer_doses // doses, doses=peer_doses)
        peers = compare(build(setup, "peers", small)[0], say)
    recent = steps["100k_recent"]
    return RefreshFigures(
        people=people,
        doses=doses,
        load_average=load_average,
        steps=steps,
        publish_seconds=recent.publish_seconds,
        snapshot_mb=bench.snapshot_mb,
        source_to_worker_seconds=recent.worker_seconds,
        restart_seconds=restart_seconds,
        history_seconds=round(history_seconds, 1),
        curve=curve,
        backlog=backlog,
        peer_doses=peer_doses,
        peers=peers,
        **checked,
    )


def compare(stage: Stage, say: Say) -> dict[str, Ratio]:
    """The same changes of 10,000 records by our engine and by each peer, on the same history. Raises CellsDiffer where
    one of them is not exact."""
    with Watcher(stage.snapshot_dir, stage.setup.rules.denominator) as watcher:
        bench = Bench(stage, watcher, say)
        peers = Peers(stage, bench.refresher, say)
        batch, done = bench.refresh_with("10k")
        ours = done.seconds["apply"]
        say(f"ours: {ours:.3f} s")
        found = peers.measure(batch, ours=ours)
        bench.close()
    return found


def _restart(stage: Stage) -> float:
    """Seconds from the start of a new process to the end of its first refresh."""
    started = time.monotonic()
    run_alone(_first_refresh, stage)
    return round(time.monotonic() - started, 2)


def _first_refresh(stage: Stage) -> None:
    refresher = stage.open()
    stage.refresh(refresher)
    refresher.warehouse.close()


def _verify_and_rebuild(stage: Stage) -> dict[str, Any]:
    """Compare every cell with a recount from the records, then put a recount in the cubes' place, twice: in a process
    of its own, as `app.py verify` and `rebuild` are."""
    refresher = stage.open()
    started = time.monotonic()
    verified = verify(refresher.warehouse, refresher.engine, deep=True)
    verified_in = time.monotonic() - started
    seconds: list[float] = []
    forget_peak()
    with peak_with_children() as most:
        for deep in (True, False):
            started = time.monotonic()
            rebuild(refresher.warehouse, refresher.engine, deep=deep)
            seconds.append(round(time.monotonic() - started, 2))
        peak = most()
    after = verify(refresher.warehouse, refresher.engine, deep=False)
    refresher.warehouse.close()
    return {
        "rebuild_seconds": seconds[0],
        "rebuild_cubes_seconds": seconds[1],
        "rebuild_rss_gb": peak,
        "verify_seconds": round(verified_in, 1),
        "cells_checked": verified.cells_checked,
        "differing_cells": verified.cells_differing + after.cells_differing,
    }
