"""Signing in and staying signed in: tries, sessions, and what a session may do at this moment.

Everything that limits is in the registry, so that it holds across workers and machines. All instants are the caller's
wall time. Functions that take a connection are one transaction each.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import psycopg
from psycopg.rows import DictRow

from campaign.access import Grant, Role
from operations.accounts import PASSWORD, login_hash
from operations.action_log import grant_from
from operations.audit import Author, append
from operations.passwords import Passwords

Connect = Callable[[], AbstractContextManager[psycopg.Connection[DictRow]]]
TOKEN_BYTES = 32
# A session is written to at most so often: it is read at every request.
TOUCH = timedelta(seconds=30)
# A clock that was set back by more than this makes a session's age unknowable.
CLOCK_SLACK = timedelta(minutes=2)
TRIES_KEPT = timedelta(days=1)
SESSIONS_KEPT = timedelta(days=90)

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
FORGET_SESSIONS = "DELETE FROM operations.web_session WHERE ended_at < %s OR expires_at < %s"
ACCOUNT = "SELECT account_id, login, password_hash, disabled_at FROM operations.account WHERE login = %s"
ROLES = (
    "SELECT role, nationwide, provinces FROM operations.account_grant WHERE account_id = %s AND withdrawn_at IS NULL"
)
BEGIN = (
    "INSERT INTO operations.web_session (token_hash, account_id, began_at, seen_at, expires_at, address) "
    "VALUES (%s, %s, %s, %s, %s, %s)"
)
# Account, roles and session in one look, at every request.
WHO = (
    "SELECT s.session_id, s.began_at, s.seen_at, s.expires_at, a.account_id, a.login, a.display_name, "
    "coalesce((SELECT json_agg(json_build_object('role', g.role, 'nationwide', g.nationwide, 'provinces', g.provinces) "
    "ORDER BY g.grant_id) FROM operations.account_grant g "
    "WHERE g.account_id = a.account_id AND g.withdrawn_at IS NULL), '[]'::json) AS grants "
    "FROM operations.web_session s JOIN operations.account a USING (account_id) "
    "WHERE s.token_hash = %s AND s.ended_at IS NULL AND a.disabled_at IS NULL"
)
SEEN = "UPDATE operations.web_session SET seen_at = greatest(seen_at, %s) WHERE session_id = %s AND ended_at IS NULL"
END = (
    "UPDATE operations.web_session SET ended_at = %s, end_reason = %s WHERE token_hash = %s AND ended_at IS NULL "
    "RETURNING account_id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a session lasts and how many tries there are. `failures` of one login within `lockout` lock it until
    the oldest of them is that old; `address_tries` of one address within `address_window` are refused alike."""

    idle: timedelta
    absolute: timedelta
    wall: timedelta
    failures: int
    lockout: timedelta
    address_tries: int
    address_window: timedelta


class EndReason(StrEnum):
    SIGNED_OUT = "signed_out"
    REPLACED = "replaced"
    IDLE = "idle"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who asks, with the roles held at this moment."""

    account_id: int
    session_id: int
    login: str
    name: str
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """`token` is known to the browser alone; the registry keeps its hash."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnedAway:
    """`wait` is None for a wrong login or password, of which it is never said which; else how long to wait."""

    wait: timedelta | None = None


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
    key = login_hash(login)
    with connect() as connection:
        row = connection.execute(TRY, [key, author.origin, now]).fetchone()
    # An INSERT that returned nothing would have raised.
    assert row is not None  # noqa: S101  # nosec B101
    with connect() as connection:
        # A transaction of its own: of tries at the same moment each sees at least those that were written before it.
        wait = _wait(connection, limits, key, author.origin, now)
        if wait is not None:
            _refuse(connection, limits, key, author, now, row["try_id"])
            return TurnedAway(wait=wait)
        account = connection.execute(ACCOUNT, [login.strip().lower()]).fetchone()
    stored = account["password_hash"] if account else None
    fits = passwords.fits(stored, password)
    if account is None or not fits or account["disabled_at"] is not None:
        _failed(connect, account["login"] if account else "unknown", author)
        return TurnedAway()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with connect() as connection:
        connection.execute(OUTCOME, ["passed", row["try_id"]])
        if stored and passwords.outdated(stored):
            connection.execute(PASSWORD, [passwords.renew(password), now, account["account_id"]])
        expires_at = now + _longest(connection, limits, account["account_id"])
        values = [token_hash(token), account["account_id"], now, now, expires_at, author.origin]
        connection.execute(BEGIN, values)
        if replaces:
            connection.execute(END, [now, EndReason.REPLACED, token_hash(replaces)])
        connection.execute(FORGET_TRIES, [now - TRIES_KEPT])
        connection.execute(FORGET_SESSIONS, [now - SESSIONS_KEPT, now - SESSIONS_KEPT])
        append(connection, _as(author, account["login"], account["account_id"]), "signed_in", "session")
    return SignedIn(token=token, expires_at=expires_at)


def person_of(connection: psycopg.Connection[DictRow], token: str, limits: Limits, *, now: datetime) -> Person | None:
    """Whose session it is, with the roles of this moment; None for a token that is forged, ended or too old."""
    row = connection.execute(WHO, [token_hash(token)]).fetchone()
    if row is None:
        return None
    grants = tuple(grant_from(item) for item in row["grants"])
    idle = now - row["seen_at"] > limits.idle and not _only_wall(grants)
    if idle or now >= row["expires_at"] or now < row["began_at"] - CLOCK_SLACK:
        reason = EndReason.IDLE if idle else EndReason.EXPIRED
        if connection.execute(END, [now, reason, token_hash(token)]).fetchone() is not None:
            author = Author(name=row["login"], account_id=row["account_id"], origin="limit")
            append(connection, author, "session_ended", "session", detail={"reason": reason.value})
        return None
    if now - row["seen_at"] > TOUCH:
        connection.execute(SEEN, [now, row["session_id"]])
    return Person(
        account_id=row["account_id"],
        session_id=row["session_id"],
        login=row["login"],
        name=row["display_name"],
        grants=grants,
    )


def sign_out(
    connection: psycopg.Connection[DictRow], token: str, person: Person, author: Author, now: datetime
) -> None:
    """End the session; a second time changes nothing."""
    if connection.execute(END, [now, EndReason.SIGNED_OUT, token_hash(token)]).fetchone() is not None:
        append(connection, _as(author, person.login, person.account_id), "signed_out", "session")


def token_hash(token: str) -> bytes:
    # A token is 256 random bits: a plain hash cannot be guessed back, a slow one would cost at every request.
    return hashlib.sha256(token.encode()).digest()


def _wait(
    connection: psycopg.Connection[DictRow], limits: Limits, key: bytes, address: str, now: datetime
) -> timedelta | None:
    """How long until a next try is looked at; None: this one is."""
    failed = connection.execute(FAILED, {"login": key, "since": now - limits.lockout}).fetchall()
    if len(failed) > limits.failures:
        return failed[limits.failures]["tried_at"] + limits.lockout - now
    row = connection.execute(OF_ADDRESS, [address, now - limits.address_window]).fetchone()
    return limits.address_window if row is not None and row["tries"] > limits.address_tries else None


def _refuse(
    connection: psycopg.Connection[DictRow], limits: Limits, key: bytes, author: Author, now: datetime, try_id: int
) -> None:
    """Into the audit once a lock, not once a guess: whoever guesses must not be able to fill it."""
    before = connection.execute(REFUSED_BEFORE, [key, author.origin, now - limits.lockout]).fetchone()
    connection.execute(OUTCOME, ["refused", try_id])
    if before is not None and before["tries"] == 0:
        append(connection, _as(author, "unknown", None), "sign_in_locked", "session", refused=True)


def _failed(connect: Connect, login: str, author: Author) -> None:
    with connect() as connection:
        append(connection, _as(author, login, None), "sign_in_failed", "session", refused=True)


def _longest(connection: psycopg.Connection[DictRow], limits: Limits, account_id: int) -> timedelta:
    grants = tuple(grant_from(row) for row in connection.execute(ROLES, [account_id]).fetchall())
    return limits.wall if _only_wall(grants) else limits.absolute


def _only_wall(grants: tuple[Grant, ...]) -> bool:
    """A screen that nobody sits at; with any other role it is a person's session."""
    return bool(grants) and all(grant.role is Role.WALL for grant in grants)


def _as(author: Author, name: str, account_id: int | None) -> Author:
    return Author(name=name, account_id=account_id, origin=author.origin, request_id=author.request_id)
