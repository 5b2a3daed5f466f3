"""The one writer of a warehouse. Everything a refresh changes is one transaction; publishing comes after its commit."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

import duckdb

from warehouse.database import open_database
from warehouse.files import versions
from warehouse.publish import Fill, copy_marts, write_snapshot
from warehouse.sqlfiles import sql
from warehouse.taken_over import take_over_log

Checkpoint = Callable[[str], None]
FILE = "warehouse.duckdb"
LAYOUT = 11
# The log goes into the file after publishing, not within a commit for which readers wait; one as long as this at once.
LOG_MB = 512
LESS_MEMORY = 5 / 8
BEGIN_ANEW = "`app.py rebuild --from-sources` sets it aside, and the next refresh reads everything again"
SCHEMAS = ("core", "records", "stock", "coldchain", "engine", "published", "published_views", "declared")


class WarehouseBusy(Exception):
    """Another process writes this warehouse."""


class WarehouseBroken(Exception):
    """The file is there and cannot be opened."""


def no_checkpoint(_point: str) -> None:
    """Tests hand in a function that kills the process at a named point; production passes by."""


class Warehouse:
    """Opens `folder`/warehouse.duckdb for writing. `checkpoint` is told each named point of a write or commit.

    The lock is the operating system's, so that a dead holder never blocks its successor.
    """

    def __init__(
        self,
        folder: Path,
        *,
        snapshot_dir: Path,
        wait: bool = False,
        checkpoint: Checkpoint = no_checkpoint,
        memory_mb: int | None = None,
    ) -> None:
        """`memory_mb`: what DuckDB may use beside the engine's own memory.

        Raises WarehouseBusy where another process holds the lock and `wait` is false."""
        snapshot_dir.mkdir(parents=True, exist_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        self.snapshot_dir = snapshot_dir
        self.folder = folder
        self._lock = _hold(folder / "writer.lock", wait=wait)
        self.checkpoint = checkpoint
        self.connection = self._open(folder / FILE)
        self.connection.execute(f"SET checkpoint_threshold = '{LOG_MB}MB'")
        # Else what a large query had is given back only when the next one comes: 0.5 GB held for 0.06 in use.
        self.connection.execute("SET allocator_background_threads = true")
        self._memory_mb = memory_mb
        self._limit_memory(1.0)
        for name in SCHEMAS:
            self.connection.execute(sql(f"schema/{name}"))
        take_over_log(self.connection, snapshot_dir)

    def _open(self, path: Path) -> duckdb.DuckDBPyConnection:
        """Raises WarehouseBroken, which names the fix; the lock is let go then."""
        try:
            connection = open_database(path)
        except (duckdb.IOException, duckdb.SerializationException, duckdb.InternalException) as error:
            self._lock.close()
            reason = str(error).strip().splitlines()[0]
            raise WarehouseBroken(f"{path} cannot be opened ({reason}): {BEGIN_ANEW}") from error
        if not _laid_out_now(connection):
            connection.close()
            self._lock.close()
            raise WarehouseBroken(f"{path} was made by another version of this programme: {BEGIN_ANEW}")
        return connection

    @contextmanager
    def transaction(self, *, points: str = "") -> Iterator[duckdb.DuckDBPyConnection]:
        """All or nothing: committed at the end of the block, rolled back where it raises. `points`: what its named
        points begin with, where they are not those of the refresh itself."""
        before, after = (f"{points}_{point}" if points else point for point in ("before_commit", "after_commit"))
        self.connection.execute("BEGIN")
        try:
            yield self.connection
            self.checkpoint(before)
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")
        self.checkpoint(after)

    @contextmanager
    def less_memory(self) -> Iterator[None]:
        """Meanwhile DuckDB has less, since the engine needs more beside it; it takes what it may even where that saves
        it nothing."""
        self._limit_memory(LESS_MEMORY)
        try:
            yield
        finally:
            self._limit_memory(1.0)

    def _limit_memory(self, share: float) -> None:
        if self._memory_mb is not None:
            self.connection.execute(f"SET memory_limit = '{int(self._memory_mb * share)}MB'")

    def next_version(self) -> int:
        """The version that a transaction under way should publish as. Higher than any snapshot that is there, so that a
        warehouse that was begun anew does not give an old number to new figures."""
        kept = versions(self.snapshot_dir)
        return max(self._published_row(), kept[-1] if kept else 0) + 1

    def publish(
        self,
        *,
        keep_last: int = 3,
        keep_hourly_hours: int = 48,
        fill: Fill = copy_marts,
        cited: frozenset[int] = frozenset(),
        base: Path | None = None,
    ) -> int:
        """Write what is committed into a snapshot file and make it current. Returns its version. `base`: an earlier
        snapshot, of which `fill` keeps what still holds.

        Repeating it after a crash gives the same figures under the same name.
        """
        version = self._published_row()
        write_snapshot(
            self.connection,
            self.snapshot_dir,
            version=version,
            keep_last=keep_last,
            keep_hourly_hours=keep_hourly_hours,
            checkpoint=self.checkpoint,
            fill=fill,
            cited=cited,
            base=base,
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


def _laid_out_now(connection: duckdb.DuckDBPyConnection) -> bool:
    """True for an empty file, too."""
    tables = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if "layout" not in tables:
        return not tables
    return connection.execute("SELECT number FROM core.layout").fetchall() == [(LAYOUT,)]


def set_broken_aside(folder: Path, *, now: datetime) -> Path:
    """Move a warehouse that cannot be opened out of the way with its segments; nothing is deleted. Returns where to."""
    aside = folder / f"broken-{now:%Y%m%dT%H%M%SZ}"
    aside.mkdir()
    for name in (FILE, f"{FILE}.wal", "segments"):
        if (folder / name).exists():
            (folder / name).replace(aside / name)
    return aside


def _hold(path: Path, *, wait: bool) -> IO[str]:
    handle = path.open("a")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        handle.close()
        raise WarehouseBusy("another process writes this warehouse: stop it, or use --state DIR") from error
    return handle
