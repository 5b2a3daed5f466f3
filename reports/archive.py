"""The archive on disk: one folder a report, with its forms, pictures of its pages, and a manifest that has the hash of
each. A folder is there whole or not at all, and is never changed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
ASIDE = ".writing-"
# Digits of the report's number in the folder's name, so that a listing is in the order in which they were asked for.
DIGITS = 8
# By kind of file.
MEDIA = {
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "page": "image/png",
}


class Damaged(Exception):
    """A file is not there, or not what it was when it was made. The message names it, without a path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedFile:
    """kind: the form, or `page` for a picture of a page, in their order."""

    name: str
    kind: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    files: tuple[ArchivedFile, ...]
    told: Mapping[str, Any]

    def of_form(self, form: str) -> ArchivedFile | None:
        return next((item for item in self.files if item.kind == form), None)

    @property
    def pages(self) -> tuple[ArchivedFile, ...]:
        return tuple(item for item in self.files if item.kind == "page")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What is to be written. kind: as in ArchivedFile."""

    name: str
    kind: str
    body: bytes


def folder_name(report_id: int, edition: int) -> str:
    return f"{report_id:0{DIGITS}d}-{edition}"


def write(root: Path, folder: str, pieces: Collection[Piece], told: Mapping[str, Any]) -> str:
    """The SHA-256 of its manifest. told: what the manifest says besides. Raises OSError: nothing is there then that was
    not before."""
    root.mkdir(parents=True, exist_ok=True)
    aside = root / f"{ASIDE}{folder}"
    shutil.rmtree(aside, ignore_errors=True)
    files = [
        {"name": item.name, "kind": item.kind, "size": len(item.body), "sha256": _hash(item.body)} for item in pieces
    ]
    manifest = json.dumps({**told, "files": files}, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
    try:
        aside.mkdir()
        for item in pieces:
            _whole(aside / item.name, item.body)
        _whole(aside / MANIFEST, manifest)
        _sync(aside)
        target = root / folder
        # Of a try whose row was never written: nothing knows it.
        shutil.rmtree(target, ignore_errors=True)
        aside.rename(target)
        _sync(root)
    except OSError:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return _hash(manifest)


def forget(root: Path, report_id: int, *, keep: str) -> None:
    """Remove what earlier tries at a report left behind, but for the folder `keep`."""
    for folder in (*root.glob(f"{report_id:0{DIGITS}d}-*"), *root.glob(f"{ASIDE}{report_id:0{DIGITS}d}-*")):
        if folder.name != keep:
            shutil.rmtree(folder, ignore_errors=True)


def numbers(root: Path) -> frozenset[int]:
    """Of the reports that have a folder."""
    heads = (folder.name.partition("-")[0] for folder in root.glob(f"{'[0-9]' * DIGITS}*-*"))
    return frozenset(int(head) for head in heads if head.isdecimal())


def manifest_of(root: Path, folder: str, manifest_hash: str) -> Manifest:
    """Raises Damaged where the manifest is not the one that was written."""
    body = _read(root / folder / MANIFEST)
    if _hash(body) != manifest_hash:
        raise Damaged(f"{MANIFEST} is not what it was when the report was made")
    told = json.loads(body)
    return Manifest(files=tuple(ArchivedFile(**item) for item in told.pop("files")), told=told)


def body_of(root: Path, folder: str, file: ArchivedFile) -> bytes:
    """Raises Damaged."""
    body = _read(root / folder / file.name)
    if _hash(body) != file.sha256:
        raise Damaged(f"{file.name} is not what it was when the report was made")
    return body


def _whole(path: Path, body: bytes) -> None:
    with path.open("xb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Damaged(f"{path.name} is not there") from error


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
