"""What of the state folder goes into a backup: snapshots that must stay readable, and the witnesses of the audit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from operations.backup_file import BackupReader, BackupRefused, BackupWriter
from operations.backup_manifest import FilePart
from warehouse.files import SnapshotUnavailable, current_version, snapshot_path, sync_folder, versions

CHUNK_BYTES = 1 << 20
SNAPSHOT, WITNESSES = "snapshot", "witnesses"


@dataclass(frozen=True, slots=True, kw_only=True)
class StateFiles:
    """What of the state folder a backup keeps."""

    state: Path
    snapshot_dir: Path
    witnesses: Path
    warehouse: Path


def kept_snapshots(folder: Path, cited: Iterable[int]) -> tuple[dict[int, Path], int | None, tuple[int, ...]]:
    """Files to keep by version, the current version, and cited versions that are gone."""
    there = set(versions(folder))
    try:
        current: int | None = current_version(folder)
    except SnapshotUnavailable:
        current = None
    wanted = {*cited, *([current] if current is not None else [])}
    kept = {version: snapshot_path(folder, version) for version in sorted(wanted & there)}
    return kept, current if current in there else None, tuple(sorted(set(cited) - there))


def write_files(writer: BackupWriter, files: StateFiles, snapshots: Mapping[int, Path]) -> Iterator[FilePart]:
    wanted: list[tuple[str, int | None, Path]] = [(SNAPSHOT, version, path) for version, path in snapshots.items()]
    if files.witnesses.exists():
        wanted.append((WITNESSES, None, files.witnesses))
    for kind, version, path in wanted:
        written = writer.add(path.name, _bytes_of(path))
        yield FilePart(part=path.name, kind=kind, version=version, bytes=written.bytes, sha256=written.sha256)


def read_files(backup: BackupReader, files: StateFiles) -> None:
    """Names come from the kind and the version, never from the archive."""
    files.snapshot_dir.mkdir(parents=True, exist_ok=True)
    for part in backup.manifest.files:
        if part.kind == SNAPSHOT and part.version is not None:
            path = snapshot_path(files.snapshot_dir, part.version)
        elif part.kind == WITNESSES:
            path = files.witnesses
        else:
            raise BackupRefused(f"{part.part}: a file of a kind that this version does not know")
        with path.open("wb") as out:
            for chunk in backup.chunks(part):
                out.write(chunk)
    sync_folder(files.snapshot_dir)


def _bytes_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
