"""`app.py audit verify`: is the audit still what was appended? Exit code 0 whole, 4 altered, with the row's number."""

from __future__ import annotations

import argparse
import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from cli.registry_command import DONE, REFUSED, tell, with_registry
from operations.action_log import connect
from operations.audit import Link, Verdict, verify
from settings import Settings

Commands = Any
WITNESSES = "audit-witness.jsonl"


def register(commands: Commands, common: argparse.ArgumentParser) -> None:
    audit = commands.add_parser("audit", help="who did, saw and changed what")
    parts = audit.add_subparsers(dest="part", required=True, metavar="WHAT")
    check = parts.add_parser(
        "verify", parents=[common], help="walk the hash chain and name the first row that is altered"
    )
    check.add_argument("--json", action="store_true", help="one compact JSON object on standard output")
    check.add_argument(
        "--witness",
        type=_link,
        action="append",
        default=[],
        metavar="NUMBER:HASH",
        help="the head that an earlier check printed, kept outside this machine",
    )
    check.set_defaults(handler=run_verify)


def run_verify(chosen: argparse.Namespace, settings: Settings) -> int:
    """A whole chain's head is added to `state`/audit-witness.jsonl, which the next check compares with: whoever
    rewrites the database, its head included, has to rewrite that file too, and every copy of a head elsewhere."""
    file = settings.state / WITNESSES
    try:
        known = read_witnesses(file)
    except ValueError as error:
        return tell(str(error), REFUSED)
    for link in chosen.witness:
        if known.setdefault(link.audit_id, link.row_hash) != link.row_hash:
            return tell(f"row {link.audit_id}: --witness and {WITNESSES} disagree; one of them was altered", REFUSED)

    def check(url: str) -> Verdict:
        with connect(url) as connection:
            return verify(connection, known)

    found = with_registry(settings, check)
    if isinstance(found, int):
        return found
    if found.fault is None and found.head.audit_id not in known:
        add_witness(file, found.head)
    head = f"{found.head.audit_id}:{found.head.row_hash.hex()}"
    if chosen.json:
        told = {"whole": found.fault is None, "rows": found.rows, "fault": found.fault, "row": found.row}
        answer = {**told, "told": found.told, "head": head, "witnesses": len(known)}
        sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
    elif found.fault is None:
        print(f"{found.rows} rows, whole; head {head}")
    else:
        print(found.told)
    return DONE if found.fault is None else REFUSED


def read_witnesses(file: Path) -> dict[int, bytes]:
    """row_hash by audit_id; empty where no check has been made. Raises ValueError naming the line that is none."""
    if not file.exists():
        return {}
    known: dict[int, bytes] = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            told = orjson.loads(line)
            known[int(told["audit_id"])] = bytes.fromhex(told["row_hash"])
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{file.name}: line {number} is no witness: restore the file from a copy") from error
    return known


def add_witness(file: Path, head: Link) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    line = {"audit_id": head.audit_id, "row_hash": head.row_hash.hex(), "seen_at": datetime.now(UTC)}
    with file.open("ab") as out:
        out.write(orjson.dumps(line) + b"\n")
        out.flush()
        os.fsync(out.fileno())


def _link(text: str) -> Link:
    number, _, digest = text.partition(":")
    if re.fullmatch(r"[0-9]{1,18}:[0-9a-f]{64}", text) is None:
        raise argparse.ArgumentTypeError(f"'{text}' is not NUMBER:HASH as a check prints its head")
    return Link(audit_id=int(number), row_hash=bytes.fromhex(digest))
