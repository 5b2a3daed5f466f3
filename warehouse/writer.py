"""The one writer of a warehouse. Everything a refresh changes is one transaction; publishing comes after its commit."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import duckdb

from warehouse.database import open_database
from warehouse.publish import write_snapshot
from warehouse.sqlfiles import sql

Checkpoint = Callable[[str], None]
SCHEMAS = ("core", "records", "published", "declared")


class WarehouseBusy(Exception):
    """Another process writes this warehouse."""


def no_checkpoint(_point: str) -> None:
    """Tests hand in a function that kills the process at a named point; production passes by."""


class Warehouse:
    """Opens `folder`/warehouse.duckdb for writing. `checkpoint` is told each named point of a write or commit.

    The lock is the operating system's, so that a dead holder never blocks its successor.
    """

    def __init__(
        self, folder: Path, *, snapshot_dir: Path, wait: bool = False, checkpoint: Checkpoint = no_checkpoint
    ) -> None:
        """Raises WarehouseBusy where another process holds the lock and `wait` is false."""
        snapshot_dir.mkdir(parents=True, exist_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        self._snapshot_dir = snapshot_dir
        self._lock = _hold(folder / "writer.lock", wait=wait)
        self.checkpoint = checkpoint
        self.connection = open_database(folder / "warehouse.duckdb")
        for name in SCHEMAS:
            self.connection.execute(sql(f"schema/{name}"))

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """All or nothing: committed at the end of the block, rolled back where it raises."""
        self.connection.execute("BEGIN")
        try:
            yield self.connection
            self.checkpoint("before_commit")
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")
        self.checkpoint("after_commit")

    def next_version(self) -> int:
        """The version that a transaction under way should publish as."""
        return self._published_row() + 1

    def publish(self, *, keep_last: int = 3, keep_hourly_hours: int = 48) -> int:
        """Write the marts as they stand into a snapshot file and make it current. Returns its version.

        Repeating it after a crash gives the same file under the same name.
        """
        version = self._published_row()
        write_snapshot(
            self.connection,
            self._snapshot_dir,
            version=version,
            keep_last=keep_last,
            keep_hourly_hours=keep_hourly_hours,
            checkpoint=self.checkpoint,
        )
        self.connection.execute("CHECKPOINT")
        self.checkpoint("after_checkpoint")
        return version

    def close(self) -> None:
        self.connection.close()
        self._lock.close()

    def _published_row(self) -> int:
        row = self.connection.execute("SELECT coalesce(max(version), 0) FROM mart.snapshot_info").fetchall()
        return int(row[0][0])


def _hold(path: Path, *, wait: bool) -> IO[str]:
    handle = path.open("a")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        handle.close()
        raise WarehouseBusy("another process writes this warehouse: stop it, or use --state DIR") from error
    return handle
