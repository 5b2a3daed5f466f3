"""Back the registry up into one file, and bring it back on an empty machine. What the warehouse holds is read again.

Beside every row of the registry: the snapshots that decisions cite, the current one (so that no number is given twice,
and for the log of corrections in it), what was published for everyone, and the witnesses of the audit. Stamps of
transactions are not kept: they belong to the server that gave them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from operations.backup_file import BackupReader, BackupRefused, BackupWriter
from operations.backup_manifest import FORMAT, Manifest, SequenceState, TablePart
from operations.backup_state import StateFiles, archived, kept_snapshots, read_files, write_files
from registry import dump
from warehouse.files import point_to

Progress = Callable[[str, float], None]
# Left in the state folder while a restore is under way: which one may take up where it was cut off.
MARKER = "restore-under-way"
CITED = "SELECT snapshot_version FROM operations.cited_version ORDER BY 1"
HEAD = "SELECT audit_id, encode(row_hash, 'hex') FROM operations.audit_head"
# Somebody who was signed out since the backup must not be signed in again by it.
END_SESSIONS = "UPDATE operations.web_session SET ended_at = %s, end_reason = 'revoked' WHERE ended_at IS NULL"
# What a repair put right lay in the warehouse, which begins anew: the newest one of each value is tried again.
REOPEN_REPAIRS = (
    "UPDATE operations.repair AS r SET applied_at = NULL, outcome = NULL WHERE outcome = 'applied' AND NOT EXISTS ("
    "SELECT FROM operations.repair AS o WHERE (o.feed, o.record_key, o.field) = (r.feed, r.record_key, r.field) "
    "AND (o.applied_at IS NULL OR (o.outcome = 'applied' AND o.repair_id > r.repair_id)))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    seal: str
    manifest: Manifest

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.manifest.tables)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """`changed_reference`: files that are not what they were when the backup was taken, so that figures may differ."""

    seal: str
    manifest: Manifest
    sessions_ended: int
    changed_reference: tuple[str, ...]


def back_up(
    url: str, target: Path, files: StateFiles, *, reference: Mapping[str, str], now: datetime, progress: Progress
) -> Made:
    """Write `target`. All tables are of one instant, whoever writes meanwhile. Raises BackupRefused, OSError."""
    with BackupWriter(target) as writer, psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        revision = dump.revision(connection)
        if revision is None:
            raise BackupRefused("there is no registry yet: nothing to back up")
        found = dump.tables(connection)
        dump.begin_reading(connection, found)
        parts = [_write_table(writer, connection, table) for table in _told(found, progress)]
        audit: Any = connection.execute(HEAD).fetchone() if _has(found, "operations.audit_head") else (0, "00" * 32)
        cited = [int(row[0]) for row in connection.execute(CITED).fetchall()]
        kept, current, missing = kept_snapshots(files.snapshot_dir, cited)
        manifest = Manifest(
            format=FORMAT,
            made_at=now.isoformat(),
            postgres=_server(connection),
            revision=revision,
            audit_rows=audit[0],
            audit_hash=audit[1],
            current_snapshot=current,
            missing_snapshots=missing,
            tables=tuple(parts),
            files=tuple(write_files(writer, files, kept)),
            sequences=tuple(
                SequenceState(schema_name=item.schema, name=item.name, last=item.last, called=item.called)
                for item in dump.sequences(connection)
            ),
            reference=dict(reference),
        )
        return Made(seal=writer.finish(manifest), manifest=manifest)


def in_the_way(connection: psycopg.Connection[Any], files: StateFiles) -> str | None:
    """What a restore would mix with, or None."""
    table = dump.first_filled(connection)
    if table is not None:
        return f"the registry is not empty ({table} has rows)"
    if (files.state / MARKER).exists():
        return None  # an earlier restore was cut off: what lies there it has written itself
    written = (*files.snapshot_dir.glob("snapshot-*"), *files.publications.glob("*.json"), *archived(files.reports))
    for path in (files.warehouse, files.witnesses, *written):
        if path.exists():
            return f"{path} is there"
    return None


def restore(
    url: str,
    backup: BackupReader,
    files: StateFiles,
    *,
    migrate: Callable[[str], None],
    reference: Mapping[str, str],
    now: datetime,
    progress: Progress,
) -> Restored:
    """Fill an empty registry and state folder, then bring the schema up to date. All of the registry or nothing of it;
    a restore that was cut off is begun again with the same backup. Raises BackupRefused.

    `migrate` brings the registry's schema to the migration it is handed, or to `head`."""
    manifest, marker = backup.manifest, files.state / MARKER
    loaded = False
    with psycopg.connect(url) as connection:
        found = in_the_way(connection, files)
        if found is not None:
            loaded = marker.exists() and marker.read_text(encoding="utf-8") == backup.seal
            if not loaded:
                raise BackupRefused(f"{found}: restore into an empty database and an empty --state DIR")
    files.state.mkdir(parents=True, exist_ok=True)
    marker.write_text(backup.seal, encoding="utf-8")
    if not loaded:
        migrate(manifest.revision)
        with psycopg.connect(url) as connection:
            _load(connection, backup, progress)
            read_files(backup, files)
    migrate("head")
    with psycopg.connect(url, autocommit=True) as connection:
        ended = connection.execute(END_SESSIONS, [now]).rowcount
        connection.execute("ANALYZE")
    if manifest.current_snapshot is not None:
        point_to(files.snapshot_dir, manifest.current_snapshot)
    marker.unlink()
    changed = tuple(name for name, digest in manifest.reference.items() if reference.get(name) != digest)
    return Restored(seal=backup.seal, manifest=manifest, sessions_ended=ended, changed_reference=changed)


def _load(connection: psycopg.Connection[Any], backup: BackupReader, progress: Progress) -> None:
    """Inside one transaction, which the caller commits."""
    manifest = backup.manifest
    parts = {f"{part.schema_name}.{part.table}": part for part in manifest.tables}
    found = dump.tables(connection)
    if {table.full_name for table in found} != set(parts):
        odd = {table.full_name for table in found} ^ set(parts)
        raise BackupRefused(f"the backup and schema {manifest.revision} do not have the same tables: {sorted(odd)}")
    try:
        dump.begin_writing(connection, found)
    except psycopg.errors.InsufficientPrivilege as error:
        raise BackupRefused(
            f"the role {connection.info.user} may not switch triggers off, which a restore must; as a superuser: "
            f"GRANT SET ON PARAMETER session_replication_role TO {connection.info.user}"
        ) from error
    for table in _told(found, progress):
        part = parts[table.full_name]
        if (table.columns, table.stamp) != (part.columns, part.stamp):
            raise BackupRefused(f"{part.part}: its columns are not those of schema {manifest.revision}")
        written = dump.copy_in(connection, table, backup.chunks(part), rows=part.rows)
        if written != part.rows:
            raise BackupRefused(f"{part.part}: {written} rows where the manifest says {part.rows}")
    connection.execute(REOPEN_REPAIRS)
    dump.set_sequences(
        connection,
        [
            dump.Sequence(schema=item.schema_name, name=item.name, last=item.last, called=item.called)
            for item in manifest.sequences
        ],
    )


def _write_table(writer: BackupWriter, connection: psycopg.Connection[Any], table: dump.Table) -> TablePart:
    rows = 0

    def counted() -> Iterator[bytes]:
        nonlocal rows
        for chunk in dump.copy_out(connection, table):
            rows += chunk.count(b"\n")
            yield chunk

    part = f"{table.full_name}.copy"
    written = writer.add(part, counted())
    return TablePart(
        part=part,
        schema_name=table.schema,
        table=table.name,
        columns=table.columns,
        stamp=table.stamp,
        rows=rows,
        bytes=written.bytes,
        sha256=written.sha256,
    )


def _told(found: tuple[dump.Table, ...], progress: Progress) -> Iterator[dump.Table]:
    for number, table in enumerate(found):
        progress("tables", number / len(found))
        yield table
    progress("tables", 1.0)


def _has(found: Iterable[dump.Table], name: str) -> bool:
    return any(table.full_name == name for table in found)


def _server(connection: psycopg.Connection[Any]) -> str:
    return connection.info.parameter_status("server_version") or ""
