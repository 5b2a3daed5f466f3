"""Where snapshots lie. A snapshot gets a new name each time: DuckDB caches instances by path and would serve old data
under an old name. `current.json` points at the newest and is replaced by rename: a reader sees the old or the new."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import cast


class SnapshotUnavailable(Exception):
    """No snapshot has been published yet, or the one asked for is no longer kept; the message says which."""


def snapshot_path(folder: Path, version: int) -> Path:
    return folder / f"snapshot-{version:010d}.duckdb"


def versions(folder: Path) -> list[int]:
    """Versions that are kept, oldest first."""
    return sorted(int(file.stem.removeprefix("snapshot-")) for file in folder.glob("snapshot-*.duckdb"))


def current_version(folder: Path) -> int:
    """Raises SnapshotUnavailable before the first publication."""
    try:
        pointer = cast("dict[str, int]", json.loads((folder / "current.json").read_text(encoding="utf-8")))
        return pointer["version"]
    except (OSError, ValueError, KeyError) as error:
        raise SnapshotUnavailable("no snapshot has been published yet") from error


def point_to(folder: Path, version: int) -> None:
    """Make `version` the current one: written beside, flushed to disk, renamed over the old pointer."""
    temporary = folder / "current.json.tmp"
    with temporary.open("w", encoding="utf-8") as file:
        json.dump({"version": version}, file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / "current.json")
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """A rename is on disk only once its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
