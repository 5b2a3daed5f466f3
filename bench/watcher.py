"""A web worker's view from another process: when does it answer from a snapshot that was not there before?"""

from __future__ import annotations

import time
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType

from bench.stage import FRESH
from warehouse import reads
from warehouse.files import SnapshotUnavailable
from warehouse.snapshot import Snapshots

LOOK_SECONDS = 0.01
PATIENCE_SECONDS = 600.0


class Watcher:
    """Use as a context manager: the process ends with the block."""

    def __init__(self, snapshot_dir: Path, denominator: str) -> None:
        self._ours, theirs = FRESH.Pipe()
        self._process = FRESH.Process(target=_watch, args=(snapshot_dir, denominator, theirs), daemon=True)

    def __enter__(self) -> Watcher:
        self._process.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ours.send(False)
        self._process.join()

    def expect_newer(self) -> None:
        """Look out for a snapshot newer than the one that is current now. Returns once it looks out."""
        self._ours.send(True)
        self._ours.recv()

    def answered_at(self) -> float:
        """Seconds since 1970 at which the headline was answered from it. Raises TimeoutError where it never was."""
        if not self._ours.poll(PATIENCE_SECONDS):
            raise TimeoutError("no reader has seen the new snapshot")
        return float(self._ours.recv())


def _watch(snapshot_dir: Path, denominator: str, asked: Connection) -> None:
    snapshots = Snapshots(snapshot_dir)
    while asked.recv():
        before = _current(snapshots)
        asked.send(True)
        while (version := _current(snapshots)) == before:
            time.sleep(LOOK_SECONDS)
        reads.headline(snapshots, version, denominator=denominator)
        asked.send(time.time())
    snapshots.close()


def _current(snapshots: Snapshots) -> int:
    try:
        return snapshots.current()
    except SnapshotUnavailable:
        return 0
