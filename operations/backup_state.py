"""What of the state folder goes into a backup: snapshots that must stay readable, the publications for everyone, the
archive of reports, and the witnesses of the audit."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from operations.backup_file import BackupReader, BackupRefused, BackupWriter
from operations.backup_manifest import FilePart
from warehouse.files import SnapshotUnavailable, current_version, snapshot_path, sync_folder, versions

CHUNK_BYTES = 1 << 20
SNAPSHOT, WITNESSES, PUBLICATION, REPORT = "snapshot", "witnesses", "publication", "report"
# As reports/archive.py names them; nothing else is taken from a backup, so that none can write elsewhere.
FOLDER, NAME = re.compile(r"\d{8,19}-\d{1,9}"), re.compile(r"[a-z0-9][a-z0-9-]{0,99}\.[a-z]{2,5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class StateFiles:
    """What of the state folder a backup keeps."""

    state: Path
    snapshot_dir: Path
    witnesses: Path
    warehouse: Path
    publications: Path
    reports: Path


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
    for version, path in snapshots.items():
        yield _write(writer, SNAPSHOT, path, version=version)
    if files.witnesses.exists():
        yield _write(writer, WITNESSES, files.witnesses)
    for day, path in published(files.publications).items():
        yield _write(writer, PUBLICATION, path, day=day)
    for path in archived(files.reports):
        yield _write_archived(writer, path)


def published(folder: Path) -> dict[date, Path]:
    """Publications by day. All of them: what has been told once must not be told otherwise (docs/adr/0012)."""
    found: dict[date, Path] = {}
    for path in sorted(folder.glob("*.json")):
        with contextlib.suppress(ValueError):  # no day: not written by us
            found[date.fromisoformat(path.stem)] = path
    return found


def archived(folder: Path) -> list[Path]:
    """Files of reports that are whole: what is being written lies aside under another name."""
    return [path for path in sorted(folder.glob("*/*")) if FOLDER.fullmatch(path.parent.name)]


def _write_archived(writer: BackupWriter, path: Path) -> FilePart:
    part = f"{REPORT}-{path.parent.name}-{path.name}"
    written = writer.add(part, _bytes_of(path))
    return FilePart(
        part=part,
        kind=REPORT,
        version=None,
        folder=path.parent.name,
        name=path.name,
        bytes=written.bytes,
        sha256=written.sha256,
    )


def _write(
    writer: BackupWriter, kind: str, path: Path, *, version: int | None = None, day: date | None = None
) -> FilePart:
    part = f"{kind}-{path.name}" if kind == PUBLICATION else path.name
    written = writer.add(part, _bytes_of(path))
    return FilePart(part=part, kind=kind, version=version, day=day, bytes=written.bytes, sha256=written.sha256)


def read_files(backup: BackupReader, files: StateFiles) -> None:
    """Names come from the kind, the version and the day, or are of the one form that the archive of reports has."""
    files.snapshot_dir.mkdir(parents=True, exist_ok=True)
    files.publications.mkdir(parents=True, exist_ok=True)
    for part in backup.manifest.files:
        if part.kind == SNAPSHOT and part.version is not None:
            path = snapshot_path(files.snapshot_dir, part.version)
        elif part.kind == WITNESSES:
            path = files.witnesses
        elif part.kind == PUBLICATION and part.day is not None:
            path = files.publications / f"{part.day}.json"
        elif part.kind == REPORT and FOLDER.fullmatch(part.folder) and NAME.fullmatch(part.name):
            path = files.reports / part.folder / part.name
            path.parent.mkdir(parents=True, exist_ok=True)
        else:
            raise BackupRefused(f"{part.part}: a file of a kind that this version does not know")
        with path.open("wb") as out:
            for chunk in backup.chunks(part):
                out.write(chunk)
    sync_folder(files.snapshot_dir)
    sync_folder(files.publications)


def _bytes_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
