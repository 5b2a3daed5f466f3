"""`app.py backup | restore`: the registry, its decisions and its audit in one file, and back on an empty machine."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import psycopg

from cli.audit import WITNESSES, add_witness, read_witnesses
from cli.logs import progress_printer
from cli.places import Places
from cli.registry_command import DONE, FAILED, REFUSED, tell
from cli.supervisor import AlreadyRunning, Supervisor
from operations.action_log import connect
from operations.audit import Author, Verdict, append, verify
from operations.backup import Made, Restored, back_up, restore
from operations.backup_file import BackupRefused, open_backup
from operations.backup_state import StateFiles
from registry import embedded
from registry.migrate import known_revisions, migrate
from settings import Settings
from warehouse.writer import FILE

Commands = Any
USAGE = 2
# Whoever runs these has the shell and with it the database.
AUTHOR = Author(name="shell")
AUDIT_THERE = "SELECT to_regclass('operations.audit') IS NOT NULL AS there"


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    said = argparse.ArgumentParser(add_help=False)
    said.add_argument("--json", action="store_true", help="one compact JSON object on standard output")
    keep = commands.add_parser(
        "backup", parents=[common, said], help="registry, decisions, accounts and audit into one file"
    )
    keep.add_argument(
        "--out", type=Path, required=True, metavar="FILE|DIR", help="a new file, or a folder to put one in by its time"
    )
    keep.set_defaults(handler=run_backup)
    back = commands.add_parser("restore", parents=[common, said], help="bring a backup back, on an empty machine only")
    back.add_argument("source", type=Path, metavar="FROM", help="the file that `backup` wrote")
    back.add_argument("--seal", metavar="HASH", help="what `backup` printed, kept elsewhere: no other backup is taken")
    back.set_defaults(handler=run_restore)


def run_backup(chosen: argparse.Namespace, settings: Settings) -> int:
    """Works beside a running centre. An embedded database that is down is started for it and stopped again."""
    now = datetime.now(UTC)
    target: Path = chosen.out
    if target.is_dir():
        target /= f"response-centre-{now:%Y%m%dT%H%M%SZ}.zip"

    def act(url: str) -> int:
        _note(url, "registry_backed_up", {"file": target.name})
        made = back_up(
            url,
            target,
            _files(settings),
            reference=reference_hashes(settings),
            now=now,
            progress=progress_printer(),
        )
        _answer(_as_json(made, target), f"{target}: {made.rows} rows; seal {made.seal}", as_json=chosen.json)
        for version in made.manifest.missing_snapshots:
            print(f"snapshot {version} is cited by a decision and is not kept any more", file=sys.stderr)
        return DONE

    return _guarded(settings, act, alone=False)


def run_restore(chosen: argparse.Namespace, settings: Settings) -> int:
    """Exit code 4 where the backup or the place is refused, or where the audit in it is not whole."""

    def act(url: str) -> int:
        with open_backup(chosen.source, known_revisions=known_revisions()) as backup:
            if chosen.seal is not None and chosen.seal != backup.seal:
                raise BackupRefused(f"{chosen.source} is another backup than --seal names: its seal is {backup.seal}")
            done = restore(
                url,
                backup,
                _files(settings),
                migrate=lambda to: _migrate(url, settings, to),
                reference=reference_hashes(settings),
                now=datetime.now(UTC),
                progress=progress_printer(),
            )
        return _restored(url, done, settings, as_json=chosen.json)

    return _guarded(settings, act, alone=True)


def _restored(url: str, done: Restored, settings: Settings, *, as_json: bool) -> int:
    """Check the audit as it came back, then add to it that it did."""
    witnesses = settings.state / WITNESSES
    known = read_witnesses(witnesses)
    known.setdefault(done.manifest.audit_rows, bytes.fromhex(done.manifest.audit_hash))
    known.pop(0, None)
    with connect(url) as connection:
        found: Verdict = verify(connection, known)
    if found.fault is None:
        _note(url, "registry_restored", {"seal": done.seal, "made_at": done.manifest.made_at})
        with connect(url) as connection:
            add_witness(witnesses, verify(connection, known).head)
    for name in done.changed_reference:
        print(f"{name} is not what it was when the backup was taken: figures may differ", file=sys.stderr)
    rows = sum(table.rows for table in done.manifest.tables)
    answer = {
        "made_at": done.manifest.made_at,
        "seal": done.seal,
        "rows": rows,
        "sessions_ended": done.sessions_ended,
        "snapshots": [part.version for part in done.manifest.files if part.version is not None],
        "publications": [part.day for part in done.manifest.files if part.day is not None],
        "audit": {"whole": found.fault is None, "rows": found.rows, "row": found.row, "told": found.told},
        "changed_reference": done.changed_reference,
    }
    line = f"restored {rows} rows as of {done.manifest.made_at}; the next refresh reads them into the warehouse"
    _answer(answer, line, as_json=as_json)
    if found.fault is None:
        return DONE
    return tell(f"the records are back, but the audit in this backup is not whole: {found.told}", REFUSED)


def _guarded(settings: Settings, act: Any, *, alone: bool) -> int:  # noqa: ANN401 - a function of an address
    """`act`'s exit code, or one with its reason in a line. `alone`: no centre may run on this state folder."""
    try:
        with _registry(settings, alone=alone) as url:
            return int(act(url))
    except BackupRefused as error:
        return tell(str(error), REFUSED)
    except AlreadyRunning as error:
        return tell(str(error), USAGE)
    except psycopg.OperationalError as error:
        return tell(f"the registry does not answer: {str(error).splitlines()[0]}", FAILED)
    except (OSError, RuntimeError, psycopg.Error) as error:
        return tell(f"not done: {str(error).splitlines()[0]}", FAILED)


@contextlib.contextmanager
def _registry(settings: Settings, *, alone: bool) -> Iterator[str]:
    """The registry's address with its owner's rights, while the embedded server runs for us if nobody else runs it."""
    places = Places(settings)
    url = places.owner_url()
    if url is not None and not alone:
        yield url
        return
    holder = Supervisor(places)
    holder.hold()
    try:
        yield settings.registry.url or embedded.start(places.postgres_dir).url
    finally:
        # Its own parts: none. It ends the embedded server and lets the lock go.
        holder.stop()


def _migrate(url: str, settings: Settings, to: str) -> None:
    migrate(url, etl_role=settings.registry.etl_role, app_role=settings.registry.app_role, to=to)


def _note(url: str, action: str, detail: Mapping[str, Any]) -> None:
    """Into the audit, where there is one: a schema from before has none."""
    with connect(url) as connection:
        row = connection.execute(AUDIT_THERE).fetchone()
        if row is not None and row["there"]:
            append(connection, AUTHOR, action, "registry", detail=detail)


def _files(settings: Settings) -> StateFiles:
    return StateFiles(
        state=settings.state,
        snapshot_dir=settings.snapshot_dir,
        witnesses=settings.state / WITNESSES,
        warehouse=settings.warehouse_dir / FILE,
        publications=settings.publication_dir,
        reports=settings.report_dir,
    )


def reference_hashes(settings: Settings) -> dict[str, str]:
    """SHA-256 of the rules and denominators, which come with the programme and not with a backup."""
    found = sorted(settings.reference_dir.glob("*.csv"))
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in found}


def _as_json(made: Made, target: Path) -> dict[str, Any]:
    manifest = made.manifest
    return {
        "file": str(target),
        "seal": made.seal,
        "rows": made.rows,
        "schema": manifest.revision,
        "audit_rows": manifest.audit_rows,
        "snapshots": [part.version for part in manifest.files if part.version is not None],
        "missing_snapshots": list(manifest.missing_snapshots),
        "publications": [part.day for part in manifest.files if part.day is not None],
        "bytes": target.stat().st_size,
    }


def _answer(value: Mapping[str, Any], line: str, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.buffer.write(orjson.dumps(value) + b"\n")
        sys.stdout.buffer.flush()
    else:
        print(line)
