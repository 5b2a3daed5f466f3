"""Our engine beside its peers: the same history, the same changed records, the same cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from bench.batch import Batch
from bench.peers import pandas_peer, postgres_delta, postgres_matview
from bench.peers.common import changed, hold_to, our_cells
from bench.peers.postgres_tables import connect, load, stage_changes
from bench.stage import Stage
from etl.refresh import Refresher


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """seconds: the peer's. ratio: those over ours, whose work on the same records is the same or more."""

    seconds: float
    ratio: float


class Peers:
    """Holds the history of a stage as it is before the changes that are measured."""

    def __init__(self, stage: Stage, refresher: Refresher, say: Callable[[str], None]) -> None:
        self._refresher = refresher
        self._say = say
        self._url = stage.url
        self._frames = pandas_peer.Frames(refresher.engine)
        with connect(self._url) as connection:
            load(connection, refresher.engine)

    def measure(self, batch: Batch, *, ours: float) -> dict[str, Ratio]:
        """After our own refresh took `ours` seconds for `batch`. Raises CellsDiffer where a peer is not exact."""
        with psycopg.connect(self._url) as connection:
            row = connection.execute("SELECT key FROM registry.secret").fetchone()
        rows = changed(batch, self._refresher.engine, bytes(row[0]) if row else b"")
        cells = our_cells(self._refresher)
        found: dict[str, Ratio] = {}
        with connect(self._url) as connection:
            stage_changes(connection, rows)
            # The delta brings the tables up to date that the views are then refreshed from.
            for name, refresh in (
                ("postgres_delta", postgres_delta.refresh),
                ("postgres_matview", postgres_matview.refresh),
            ):
                seconds, theirs = refresh(connection)
                hold_to(cells, theirs, name)
                found[name] = self._ratio(name, seconds, ours)
        seconds, theirs = self._frames.refresh(rows)
        hold_to(cells, theirs, "pandas")
        found["pandas"] = self._ratio("pandas", seconds, ours)
        return found

    def _ratio(self, name: str, seconds: float, ours: float) -> Ratio:
        self._say(f"{name}: {seconds:.3f} s, {seconds / ours:.1f} times ours, every cell equal")
        return Ratio(seconds=round(seconds, 3), ratio=float(f"{seconds / ours:.3g}"))
