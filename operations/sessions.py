"""Staying signed in: sessions of browsers, and who asks with which roles at this moment.

A session is a row in the registry and a random token that the browser alone has. All instants are the caller's wall
time. Functions that take a connection are one transaction each.
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
from operations.action_log import grant_from, grants_of
from operations.audit import Author, append

Connect = Callable[[], AbstractContextManager[psycopg.Connection[DictRow]]]
TOKEN_BYTES = 32
# A session is written to at most so often: it is read at every request.
TOUCH = timedelta(seconds=30)
# A clock that was set back by more than this makes a session's age unknowable.
CLOCK_SLACK = timedelta(minutes=2)
SESSIONS_KEPT = timedelta(days=90)

FORGET_SESSIONS = "DELETE FROM operations.web_session WHERE ended_at < %s OR expires_at < %s"
BEGIN = (
    "INSERT INTO operations.web_session (token_hash, account_id, began_at, seen_at, expires_at, address) "
    "VALUES (%s, %s, %s, %s, %s, %s)"
)
# Account, roles and session in one look, at every request.
WHO = (
    "SELECT s.session_id, s.began_at, s.seen_at, s.expires_at, a.account_id, a.login, a.display_name, "
    "a.password_hash IS NOT NULL AS has_password, "
    "coalesce((SELECT json_agg(json_build_object('role', g.role, 'nationwide', g.nationwide, 'provinces', g.provinces) "
    "ORDER BY g.grant_id) FROM operations.account_grant g "
    "WHERE g.account_id = a.account_id AND g.withdrawn_at IS NULL), '[]'::json) AS grants "
    "FROM operations.web_session s JOIN operations.account a USING (account_id) "
    "WHERE s.token_hash = %s AND s.ended_at IS NULL AND a.disabled_at IS NULL"
)
# Of the transaction under way: its commit does not wait for the disk. Hundreds of readers are noted each half minute,
# and what a crash loses of that is less than a second of an idle limit.
UNHURRIED = "SET LOCAL synchronous_commit TO off"
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
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who asks, with the roles held at this moment. `until`: when the session ends whatever happens."""

    account_id: int
    session_id: int
    login: str
    name: str
    has_password: bool
    grants: tuple[Grant, ...]
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """`token` is known to the browser alone; the registry keeps its hash."""

    token: str
    expires_at: datetime


def open_session(
    connection: psycopg.Connection[DictRow],
    limits: Limits,
    *,
    account_id: int,
    author: Author,
    now: datetime,
    replaces: str = "",
) -> SignedIn:
    """A new session of an account that was recognised. `replaces`: token of the session that this browser had."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    expires_at = now + (limits.wall if only_wall(grants_of(connection, account_id)) else limits.absolute)
    connection.execute(BEGIN, [token_hash(token), account_id, now, now, expires_at, author.origin])
    if replaces:
        connection.execute(END, [now, EndReason.REPLACED, token_hash(replaces)])
    connection.execute(FORGET_SESSIONS, [now - SESSIONS_KEPT, now - SESSIONS_KEPT])
    return SignedIn(token=token, expires_at=expires_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What one look at a session told. `to_write`: it has to be ended, or its last use noted: `person_of` does it."""

    person: Person | None
    to_write: bool


def glance(
    connection: psycopg.Connection[DictRow], token: str, limits: Limits, *, now: datetime, present: bool = True
) -> Glance:
    """One statement, which changes nothing: nearly every request needs no more."""
    row = connection.execute(WHO, [token_hash(token)]).fetchone()
    if row is None:
        return Glance(person=None, to_write=False)
    grants = tuple(grant_from(item) for item in row["grants"])
    if _over(row, grants, limits, now) is not None:
        return Glance(person=None, to_write=True)
    return Glance(person=_person(row, grants), to_write=_to_touch(row, now, present=present))


def person_of(
    connection: psycopg.Connection[DictRow], token: str, limits: Limits, *, now: datetime, present: bool = True
) -> Person | None:
    """Whose session it is, with the roles of this moment; None for a token that is forged, ended or too old. Ends what
    is too old and notes the last use, within the caller's transaction.

    present: whether the request is a sign of the reader. What a page asks by itself does not put off the idle limit.
    """
    row = connection.execute(WHO, [token_hash(token)]).fetchone()
    if row is None:
        return None
    grants = tuple(grant_from(item) for item in row["grants"])
    reason = _over(row, grants, limits, now)
    if reason is not None:
        if connection.execute(END, [now, reason, token_hash(token)]).fetchone() is not None:
            author = Author(name=row["login"], account_id=row["account_id"], origin="limit")
            append(connection, author, "session_ended", "session", detail={"reason": reason.value})
        return None
    if _to_touch(row, now, present=present):
        connection.execute(UNHURRIED)
        connection.execute(SEEN, [now, row["session_id"]])
    return _person(row, grants)


def _over(row: DictRow, grants: tuple[Grant, ...], limits: Limits, now: datetime) -> EndReason | None:
    """Why the session is over; None for one that goes on."""
    if now - row["seen_at"] > limits.idle and not only_wall(grants):
        return EndReason.IDLE
    return EndReason.EXPIRED if now >= row["expires_at"] or now < row["began_at"] - CLOCK_SLACK else None


def _to_touch(row: DictRow, now: datetime, *, present: bool) -> bool:
    return present and now - row["seen_at"] > TOUCH


def _person(row: DictRow, grants: tuple[Grant, ...]) -> Person:
    return Person(
        account_id=row["account_id"],
        session_id=row["session_id"],
        login=row["login"],
        name=row["display_name"],
        has_password=row["has_password"],
        grants=grants,
        until=row["expires_at"],
    )


def sign_out(
    connection: psycopg.Connection[DictRow], token: str, person: Person, author: Author, now: datetime
) -> None:
    """End the session; a second time changes nothing."""
    if connection.execute(END, [now, EndReason.SIGNED_OUT, token_hash(token)]).fetchone() is not None:
        append(connection, as_account(author, person.login, person.account_id), "signed_out", "session")


def token_hash(token: str) -> bytes:
    # A token is 256 random bits: a plain hash cannot be guessed back, a slow one would cost at every request.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def only_wall(grants: tuple[Grant, ...]) -> bool:
    """A screen that nobody sits at; with any other role it is a person's session."""
    return bool(grants) and all(grant.role is Role.WALL for grant in grants)


def as_account(author: Author, name: str, account_id: int | None) -> Author:
    """The same address and request, now that it is known whose it is."""
    return Author(name=name, account_id=account_id, origin=author.origin, request_id=author.request_id)
