"""Read published snapshots. Each reader attaches a version under its own name and lets the old ones go."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from warehouse.database import open_database
from warehouse.files import SnapshotUnavailable, current_version, snapshot_path

Row = dict[str, Any]
# The current one and what viewers look back at; the one that nobody asked for the longest is let go first.
KEEP_ATTACHED = 12


class Snapshots:
    """The snapshots of one folder, for one process. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._database = open_database(":memory:")
        # A version is read whole within seconds, and then let go: what it took is not held until the next one.
        self._database.execute("SET allocator_background_threads = true")
        self._attached: list[int] = []
        # Of those that are attached.
        self._tables: dict[int, frozenset[str]] = {}

    def current(self) -> int:
        """Newest version. Raises SnapshotUnavailable before the first publication."""
        return current_version(self._folder)

    def rows(self, version: int, query: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """Rows of `query` against the tables of snapshot `version`, as dicts by column name.

        Raises SnapshotUnavailable where that version is not kept.
        """
        with self._lock:
            self._attach(version)
            cursor = self._database.cursor()
            # A cursor does not inherit USE: each one says which snapshot it reads.
            cursor.execute(f"USE s_{version}.main")
        try:
            result = cursor.execute(query, parameters) if parameters else cursor.execute(query)
            columns = [column[0] for column in result.description or ()]
            return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
        finally:
            cursor.close()

    def tables(self, version: int) -> frozenset[str]:
        """Names of its tables and views, which a snapshot never changes. Raises SnapshotUnavailable where that version
        is not kept."""
        with self._lock:
            self._attach(version)
            known = self._tables.get(version)
        if known is not None:
            return known
        query = "SELECT table_name FROM information_schema.tables WHERE table_catalog = current_database()"
        found = frozenset(row["table_name"] for row in self.rows(version, query))
        with self._lock:
            if version in self._attached:
                self._tables[version] = found
        return found

    def close(self) -> None:
        self._database.close()

    def _attach(self, version: int) -> None:
        if version in self._attached:
            self._attached.remove(version)
            self._attached.append(version)
            return
        path = snapshot_path(self._folder, version)
        if not path.exists():
            raise SnapshotUnavailable(f"snapshot {version} is not kept any more")
        self._database.execute(f"ATTACH '{path}' AS s_{int(version)} (READ_ONLY)")
        self._attached.append(version)
        if len(self._attached) > KEEP_ATTACHED:
            gone = self._attached.pop(0)
            self._tables.pop(gone, None)
            self._database.execute(f"DETACH s_{gone}")
