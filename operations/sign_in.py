"""Signing in by a password, and changing it: tries are counted, and limited, in the registry.

What limits is in the registry, so that it holds across workers and machines. All instants are the caller's wall time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
from psycopg.rows import DictRow

from operations.accounts import END_SESSIONS, LOGIN, PASSWORD, login_hash
from operations.audit import Author, append
from operations.passwords import Passwords
from operations.sessions import Connect, Limits, Person, SignedIn, as_account, open_session

TRIES_KEPT = timedelta(days=1)

TRY = (
    "INSERT INTO operations.sign_in_try (login_hash, address, tried_at, outcome) VALUES (%s, %s, %s, 'failed') "
    "RETURNING try_id"
)
# Failed tries of a login since it last passed or was unlocked, this one among them, the newest first.
FAILED = (
    "SELECT tried_at FROM operations.sign_in_try WHERE login_hash = %(login)s AND outcome = 'failed' "
    "AND tried_at > %(since)s AND try_id > coalesce((SELECT max(try_id) FROM operations.sign_in_try "
    "WHERE login_hash = %(login)s AND outcome IN ('passed', 'unlocked')), 0) ORDER BY tried_at DESC, try_id DESC"
)
OF_ADDRESS = "SELECT count(*) AS tries FROM operations.sign_in_try WHERE address = %s AND tried_at > %s"
REFUSED_BEFORE = (
    "SELECT count(*) AS tries FROM operations.sign_in_try "
    "WHERE (login_hash = %s OR address = %s) AND outcome = 'refused' AND tried_at > %s"
)
OUTCOME = "UPDATE operations.sign_in_try SET outcome = %s WHERE try_id = %s"
FORGET_TRIES = "DELETE FROM operations.sign_in_try WHERE tried_at < %s"
ACCOUNT = "SELECT account_id, login, password_hash, disabled_at FROM operations.account WHERE login = %s"


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnedAway:
    """`wait` is None for a wrong login or password, of which it is never said which; else how long to wait."""

    wait: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """A password that fitted. The try still counts as failed until `passed` is called."""

    account_id: int
    login: str
    stored: str
    try_id: int


def sign_in(
    connect: Connect,
    passwords: Passwords,
    limits: Limits,
    *,
    login: str,
    password: str,
    author: Author,
    now: datetime,
    replaces: str = "",
) -> SignedIn | TurnedAway:
    """Try once. A try is counted before the password is looked at. `author.origin` is the address it comes from;
    `replaces`: token of the session that this browser had."""
    found = _recognise(connect, passwords, limits, login=login, password=password, author=author, now=now)
    if isinstance(found, TurnedAway):
        return found
    with connect() as connection:
        try_passed(connection, found.try_id, now)
        if passwords.outdated(found.stored):
            connection.execute(PASSWORD, [passwords.renew(password), now, found.account_id])
        signed = open_session(
            connection, limits, account_id=found.account_id, author=author, now=now, replaces=replaces
        )
        append(connection, as_account(author, found.login, found.account_id), "signed_in", "session")
    return signed


def change_password(
    connect: Connect,
    passwords: Passwords,
    limits: Limits,
    *,
    person: Person,
    current: str,
    new: str,
    author: Author,
    now: datetime,
) -> SignedIn | TurnedAway:
    """The person's own new password: every session of the account ends, a new one begins here. Raises ActRefused for a
    password that is too weak. A wrong current one counts as a failed try to sign in."""
    stored = passwords.hash(new, login=person.login)
    found = _recognise(connect, passwords, limits, login=person.login, password=current, author=author, now=now)
    if isinstance(found, TurnedAway):
        return found
    with connect() as connection:
        try_passed(connection, found.try_id, now)
        connection.execute(PASSWORD, [stored, now, found.account_id])
        connection.execute(END_SESSIONS, [now, found.account_id])
        signed = open_session(connection, limits, account_id=found.account_id, author=author, now=now)
        who = as_account(author, found.login, found.account_id)
        append(connection, who, "password_set", f"account:{found.login}")
    return signed


def address_wait(
    connection: psycopg.Connection[DictRow], limits: Limits, address: str, now: datetime
) -> timedelta | None:
    """How long until a next try from this address is looked at; None: this one is."""
    row = connection.execute(OF_ADDRESS, [address, now - limits.address_window]).fetchone()
    return limits.address_window if row is not None and row["tries"] > limits.address_tries else None


def login_wait(
    connection: psycopg.Connection[DictRow], limits: Limits, key: bytes, now: datetime, *, earlier: int
) -> timedelta | None:
    """How long a login stays locked; None: it is not. `earlier`: failed tries that there must be to lock it."""
    failed = connection.execute(FAILED, {"login": key, "since": now - limits.lockout}).fetchall()
    return failed[earlier - 1]["tried_at"] + limits.lockout - now if len(failed) >= earlier else None


def count_try(connect: Connect, key: bytes, author: Author, now: datetime) -> int:
    """A try that counts as failed until it has passed, in a transaction of its own; returns its id."""
    with connect() as connection:
        row = connection.execute(TRY, [key, author.origin, now]).fetchone()
    # An INSERT that returned nothing would have raised.
    assert row is not None  # noqa: S101  # nosec B101
    try_id: int = row["try_id"]
    return try_id


def _recognise(
    connect: Connect,
    passwords: Passwords,
    limits: Limits,
    *,
    login: str,
    password: str,
    author: Author,
    now: datetime,
) -> Recognised | TurnedAway:
    key = login_hash(login)
    try_id = count_try(connect, key, author, now)
    with connect() as connection:
        # A transaction of its own: of tries at the same moment each sees at least those that were written before it.
        wait = _wait(connection, limits, key, author.origin, now)
        if wait is not None:
            refuse_try(connection, limits, key, author, now, try_id)
            return TurnedAway(wait=wait)
        clean = login.strip().lower()
        # What cannot be a login is not asked for: a text may hold what the registry cannot even be told.
        account = connection.execute(ACCOUNT, [clean]).fetchone() if LOGIN.fullmatch(clean) else None
    stored = account["password_hash"] if account else None
    fits = passwords.fits(stored, password)
    if account is None or not fits or account["disabled_at"] is not None:
        _failed(connect, account["login"] if account else "unknown", author)
        return TurnedAway()
    return Recognised(account_id=account["account_id"], login=account["login"], stored=str(stored), try_id=try_id)


def try_passed(connection: psycopg.Connection[DictRow], try_id: int, now: datetime) -> None:
    """It no longer counts against whoever tried."""
    connection.execute(OUTCOME, ["passed", try_id])
    connection.execute(FORGET_TRIES, [now - TRIES_KEPT])


def _wait(
    connection: psycopg.Connection[DictRow], limits: Limits, key: bytes, address: str, now: datetime
) -> timedelta | None:
    """How long until a next try is looked at; None: this one is."""
    # This try, which is among the failed ones, and those that were allowed.
    wait = login_wait(connection, limits, key, now, earlier=limits.failures + 1)
    return address_wait(connection, limits, address, now) if wait is None else wait


def refuse_try(
    connection: psycopg.Connection[DictRow], limits: Limits, key: bytes, author: Author, now: datetime, try_id: int
) -> None:
    """Into the audit once a lock, not once a guess: whoever guesses must not be able to fill it."""
    before = connection.execute(REFUSED_BEFORE, [key, author.origin, now - limits.lockout]).fetchone()
    connection.execute(OUTCOME, ["refused", try_id])
    if before is not None and before["tries"] == 0:
        append(connection, as_account(author, "unknown", None), "sign_in_locked", "session", refused=True)


def _failed(connect: Connect, login: str, author: Author) -> None:
    with connect() as connection:
        append(connection, as_account(author, login, None), "sign_in_failed", "session", refused=True)
