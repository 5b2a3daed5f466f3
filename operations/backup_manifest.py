"""What a backup says about itself: its parts with their rows and hashes, and the version it was made by."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict

# 2: publications for everyone, by their day. 3: the archive of reports, by folder. Older ones have none, and are
# read as they are.
FORMAT = 3


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TablePart(_Part):
    """Rows of one table as lines of PostgreSQL's COPY text."""

    part: str
    schema_name: str
    table: str
    columns: tuple[str, ...]
    stamp: str | None
    rows: int
    bytes: int
    sha256: str


class FilePart(_Part):
    """A file of the state folder; `kind` says which, `version` is that of a snapshot, `day` that of a publication,
    `folder` and `name` those of a file in the archive of reports."""

    part: str
    kind: str
    version: int | None
    bytes: int
    sha256: str
    day: date | None = None
    folder: str = ""
    name: str = ""


class SequenceState(_Part):
    schema_name: str
    name: str
    last: int
    called: bool


class Manifest(_Part):
    """What a backup says about itself. `reference`: SHA-256 of files that the figures depend on and that are not in
    here. `missing_snapshots`: cited, and not kept any more when the backup was taken."""

    format: int
    made_at: str
    postgres: str
    revision: str
    audit_rows: int
    audit_hash: str
    current_snapshot: int | None
    missing_snapshots: tuple[int, ...]
    tables: tuple[TablePart, ...]
    files: tuple[FilePart, ...]
    sequences: tuple[SequenceState, ...]
    reference: dict[str, str]


class AnyFormat(BaseModel):
    """All that is certain about the manifest of a version to come."""

    format: int
