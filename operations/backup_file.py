"""One file that holds a whole backup: a ZIP archive, so that any tool opens it, closed by a seal over every byte of it.

The seal is the archive's comment, its last 64 bytes: the SHA-256 of all bytes before them. Each part has its own
SHA-256 in `manifest.json`, so that what is altered can be named.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from pydantic import ValidationError

from operations.backup_manifest import FORMAT, AnyFormat, FilePart, Manifest, TablePart
from warehouse.files import sync_folder

MANIFEST = "manifest.json"
SEAL_BYTES = 64
READ_BYTES = 1 << 20
# Most of what level 6 saves at a third of its time.
LEVEL = 2
# Whatever zipfile raises over bytes that are not what was written.
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError, OSError)


class BackupRefused(Exception):
    """It cannot be used, or cannot be written there; the message names the file and the way out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What went into one part."""

    bytes: int
    sha256: str


class BackupWriter:
    """Writes beside `target`, readable by its owner alone, and gives it its name when everything is on disk.

    As a context: what is not finished at its end is removed. Raises BackupRefused where the name is taken.
    """

    def __init__(self, target: Path) -> None:
        if target.exists():
            raise BackupRefused(f"{target} is there already: a backup never replaces another; choose another name")
        try:
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
        except OSError as error:
            raise BackupRefused(f"{target.parent} cannot be written to: {error.strerror}") from error
        self._target = target
        self._part = Path(name)
        self._file = os.fdopen(handle, "w+b")
        self._archive = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL)

    def add(self, part: str, chunks: Iterable[bytes]) -> Written:
        digest, size = hashlib.sha256(), 0
        with self._archive.open(part, "w", force_zip64=True) as out:
            for chunk in chunks:
                digest.update(chunk)
                size += out.write(chunk)
        return Written(bytes=size, sha256=digest.hexdigest())

    def finish(self, manifest: Manifest) -> str:
        """Returns the seal."""
        self.add(MANIFEST, [manifest.model_dump_json(indent=1).encode()])
        self._archive.comment = b"0" * SEAL_BYTES
        self._archive.close()
        self._file.flush()
        seal = seal_of(self._part)
        self._file.seek(-SEAL_BYTES, os.SEEK_END)
        self._file.write(seal.encode())
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        # A link refuses a name that was taken meanwhile; a rename would replace it.
        os.link(self._part, self._target)
        self._part.unlink()
        sync_folder(self._target.parent)
        return seal

    def __enter__(self) -> BackupWriter:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(*BROKEN):
            self._archive.close()  # else it would try to when it is collected, on a file that is gone
        with contextlib.suppress(OSError):
            self._file.close()
        self._part.unlink(missing_ok=True)


class BackupReader:
    """A backup whose every byte is what was written; read part by part."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, manifest: Manifest, seal: str) -> None:
        self._path = path
        self._archive = archive
        self.manifest = manifest
        self.seal = seal

    def chunks(self, part: TablePart | FilePart) -> Iterator[bytes]:
        """The part's bytes. Raises BackupRefused at their end where they are not those of the manifest: the file was
        changed since it was opened, or by somebody who renewed the seal."""
        digest = hashlib.sha256()
        try:
            for chunk in _read(self._archive, part.part):
                digest.update(chunk)
                yield chunk
        except BROKEN as error:
            raise _altered(self._path, part.part) from error
        if digest.hexdigest() != part.sha256:
            raise _altered(self._path, part.part)


@contextlib.contextmanager
def open_backup(path: Path, *, known_revisions: Iterable[str]) -> Iterator[BackupReader]:
    """Check all of it first. Raises BackupRefused: cut off, altered, not a backup, or of a version to come."""
    if not path.is_file():
        raise BackupRefused(f"{path}: there is no such file")
    try:
        archive = zipfile.ZipFile(path)
    except BROKEN as error:
        raise BackupRefused(
            f"{path} is cut off, or no backup: copy it again from where it was made, or use another one"
        ) from error
    with archive:
        seal = seal_of(path)
        if _told_seal(path) != seal:
            raise _altered(path, _altered_part(archive))
        yield BackupReader(path, archive, _manifest(path, archive, known_revisions), seal)


def seal_of(path: Path) -> str:
    """SHA-256 of all but the last 64 bytes."""
    digest = hashlib.sha256()
    left = path.stat().st_size - SEAL_BYTES
    with path.open("rb") as file:
        while left > 0 and (chunk := file.read(min(READ_BYTES, left))):
            digest.update(chunk)
            left -= len(chunk)
    return digest.hexdigest()


def _told_seal(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(-min(SEAL_BYTES, path.stat().st_size), os.SEEK_END)
        return file.read().decode("ascii", "replace")


def _manifest(path: Path, archive: zipfile.ZipFile, known_revisions: Iterable[str]) -> Manifest:
    try:
        text = b"".join(_read(archive, MANIFEST))
        number = AnyFormat.model_validate_json(text).format
    except (*BROKEN, ValidationError) as error:
        raise BackupRefused(f"{path} is an archive, but no backup of this programme: it has no manifest") from error
    newer = "restore it with the version that made it, or a newer one"
    if number > FORMAT:
        raise BackupRefused(f"{path} has format {number}, this version reads up to {FORMAT}: {newer}")
    try:
        manifest = Manifest.model_validate_json(text)
    except ValidationError as error:
        raise BackupRefused(f"{path}: its manifest does not say what it must: use another backup") from error
    known = tuple(known_revisions)
    if manifest.revision not in known:
        raise BackupRefused(f"{path} has schema {manifest.revision}, this version knows up to {known[-1]}: {newer}")
    return manifest


def _read(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    with archive.open(part) as source:
        while chunk := source.read(READ_BYTES):
            yield chunk


def _altered_part(archive: zipfile.ZipFile) -> str:
    """The first part that does not read as what its manifest says; the archive's own frame where all of them do."""
    try:
        manifest = Manifest.model_validate_json(b"".join(_read(archive, MANIFEST)))
    except (*BROKEN, ValidationError):
        return MANIFEST
    for part in (*manifest.tables, *manifest.files):
        digest = hashlib.sha256()
        try:
            for chunk in _read(archive, part.part):
                digest.update(chunk)
        except BROKEN:
            return part.part
        if digest.hexdigest() != part.sha256:
            return part.part
    return "its frame"


def _altered(path: Path, part: str) -> BackupRefused:
    return BackupRefused(
        f"{path} is altered ({part} is not what was written): copy it again from where it was made, or use another one"
    )
