"""The audit chain: appended to beside every act, and checked without trusting the database that keeps it.

Each row holds the hash of the row before it, so that a changed, removed, inserted or moved row breaks the chain at its
place. A tail that was cut off breaks nothing: it is found by the head, which only the appending trigger moves, and,
where the head was changed too, by witnesses: heads that earlier checks wrote outside the database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import psycopg
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

START = bytes(32)
BATCH_ROWS = 2000
APPEND = (
    "INSERT INTO operations.audit (actor, account_id, action, subject, outcome, origin, request_id, detail) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
)
# Texts exactly as the trigger hashed them; an instant is written out in UTC whatever the session's zone is.
CHAIN = (
    "SELECT audit_id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS at, actor, "
    "account_id::text AS account_id, action, subject, outcome, origin, request_id, detail::text AS detail, prev_hash, "
    "row_hash FROM operations.audit ORDER BY audit_id, row_hash"
)
HEAD = "SELECT audit_id, row_hash FROM operations.audit_head"
HASHED = ("audit_id", "at", "actor", "account_id", "action", "subject", "outcome", "origin", "request_id", "detail")


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who acts: a name, the account behind it where there is one, and from where (an address, or `command`)."""

    name: str
    account_id: int | None = None
    origin: str = "command"
    request_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A row's number and hash: enough to recognise the whole chain up to it. Number 0 is the empty chain."""

    audit_id: int
    row_hash: bytes


class Fault(StrEnum):
    ALTERED = "altered"  # the row's text or its own hash is not what was appended
    REWRITTEN = "rewritten"  # the row fits its own hash, but the next row, the head or a witness cites another one
    MISSING = "missing"  # the row is gone, from within or from the end
    FOREIGN = "foreign"  # a row that no append made: a number twice, or beyond the head


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`fault` is None where the chain is whole; then `head` is its last link. `row`: number of the first bad row."""

    rows: int
    head: Link
    fault: Fault | None = None
    row: int | None = None
    told: str = ""


def append(
    connection: psycopg.Connection[DictRow],
    author: Author,
    action: str,
    subject: str,
    *,
    detail: Mapping[str, Any] | None = None,
    refused: bool = False,
) -> None:
    """In the caller's transaction, which others who append then wait for: keep it short."""
    outcome = "refused" if refused else "done"
    values = [author.name, author.account_id, action, subject, outcome, author.origin, author.request_id]
    connection.execute(APPEND, [*values, Jsonb(dict(detail or {}))])


def verify(connection: psycopg.Connection[DictRow], witnesses: Mapping[int, bytes] | None = None) -> Verdict:
    """Walk the whole chain. `witnesses`: row_hash by audit_id, as an earlier check saw them."""
    # Head and rows of one moment, whoever appends meanwhile.
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    with connection.transaction():
        told = connection.execute(HEAD).fetchone()
        with connection.cursor(name="audit_chain") as cursor:
            cursor.itersize = BATCH_ROWS
            return _walk(cursor.execute(CHAIN), told, witnesses or {})


def _walk(rows: Any, told: DictRow | None, witnesses: Mapping[int, bytes]) -> Verdict:  # noqa: ANN401 - a cursor
    last = Link(audit_id=0, row_hash=START)
    for row in rows:
        fault = _fault(row, last)
        if fault is not None:
            return Verdict(rows=last.audit_id, head=last, fault=fault[0], row=fault[1], told=fault[2])
        last = Link(audit_id=row["audit_id"], row_hash=bytes(row["row_hash"]))
        if witnesses.get(last.audit_id, last.row_hash) != last.row_hash:
            why = f"row {last.audit_id} is not the one that an earlier check saw: it or one before it was rewritten"
            return _bad(last, Fault.REWRITTEN, last.audit_id, why)
    return _ended(last, told, witnesses)


def _fault(row: Mapping[str, Any], last: Link) -> tuple[Fault, int, str] | None:
    number, expected = row["audit_id"], last.audit_id + 1
    if number > expected:
        return Fault.MISSING, expected, f"row {expected} is missing, the next one there is {number}"
    if number < expected:
        return Fault.FOREIGN, number, f"there is more than one row {number}"
    if row_hash(row, bytes(row["prev_hash"])) != bytes(row["row_hash"]):
        return Fault.ALTERED, number, f"row {number} was altered: its text does not fit its hash"
    if bytes(row["prev_hash"]) != last.row_hash:
        altered = max(last.audit_id, 1)
        return (
            Fault.REWRITTEN,
            altered,
            f"row {altered} was rewritten together with its hash: row {number} cites another",
        )
    return None


def _ended(last: Link, told: Mapping[str, Any] | None, witnesses: Mapping[int, bytes]) -> Verdict:
    newest = max(witnesses, default=0)
    if told is None:
        return _bad(last, Fault.MISSING, last.audit_id + 1, "the head of the chain is missing: rows may be cut off")
    head = Link(audit_id=told["audit_id"], row_hash=bytes(told["row_hash"]))
    if max(head.audit_id, newest) > last.audit_id:
        by = "the head" if head.audit_id >= newest else "an earlier check"
        missing = max(head.audit_id, newest)
        why = f"row {last.audit_id + 1} and all after it are cut off: {by} knows {missing} rows"
        return _bad(last, Fault.MISSING, last.audit_id + 1, why)
    if head.audit_id < last.audit_id:
        why = f"row {head.audit_id + 1} was not appended by the registry: the head ends at {head.audit_id}"
        return _bad(last, Fault.FOREIGN, head.audit_id + 1, why)
    if head.row_hash != last.row_hash:
        why = f"row {last.audit_id} was rewritten together with its hash: the head cites another"
        return _bad(last, Fault.REWRITTEN, last.audit_id, why)
    return Verdict(rows=last.audit_id, head=last)


def _bad(last: Link, fault: Fault, row: int, told: str) -> Verdict:
    return Verdict(rows=last.audit_id, head=last, fault=fault, row=row, told=told)


def row_hash(row: Mapping[str, Any], prev_hash: bytes) -> bytes:
    """sha256 of a row's texts after `prev_hash`, each with its length in bytes, so that no two rows write alike."""
    return hashlib.sha256(prev_hash + b"".join(_field(row[name]) for name in HASHED)).digest()


def _field(value: object) -> bytes:
    if value is None:
        return b"-,"
    text = str(value).encode()
    return b"%d:%s," % (len(text), text)
