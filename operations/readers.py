"""Machines that read figures by the API: a token each, with a scope and an end, made and withdrawn by a named person.

The token is 256 random bits, shown once and kept as a hash. All instants are wall time.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaign.access import Permission, Scope
from operations.action_log import ActRefused, acting, connect, said, write_log
from operations.sessions import TOKEN_BYTES, UNHURRIED, Connect, token_hash

MINUTE = timedelta(minutes=1)
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
HELD = "SELECT 1 FROM operations.api_token WHERE reader = %s AND withdrawn_at IS NULL FOR UPDATE"
MAKE = (
    "INSERT INTO operations.api_token (reader, token_hash, nationwide, provinces, made_by, made_at, expires_at) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s)"
)
WITHDRAW = (
    "UPDATE operations.api_token SET withdrawn_by = %s, withdrawn_at = %s "
    "WHERE reader = %s AND withdrawn_at IS NULL RETURNING api_token_id"
)
# Looked up and counted in one statement, so that two workers cannot both see the last free place.
ASK = (
    "UPDATE operations.api_token SET used_at = %(now)s, minute = %(minute)s, "
    "asked = CASE WHEN minute = %(minute)s THEN asked + 1 ELSE 1 END "
    "WHERE token_hash = %(hash)s AND withdrawn_at IS NULL AND expires_at > %(now)s "
    "RETURNING api_token_id, reader, nationwide, provinces, asked"
)
LIST = (
    "SELECT reader, nationwide, provinces, made_by, made_at, expires_at, used_at FROM operations.api_token "
    "WHERE withdrawn_at IS NULL ORDER BY reader"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A machine that has a token; from `expires_at` on it opens nothing."""

    name: str
    scope: Scope
    made_by: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks now. `wait`: it asked too often, and may again after so long; None where it may now."""

    token_id: int
    name: str
    scope: Scope
    wait: timedelta | None


def add(url: str, *, name: str, scope: Scope, days: int, actor: str, now: datetime) -> tuple[str, datetime]:
    """The token of a new reader, and its end. Raises ActRefused, also where it has one: that is withdrawn first."""
    reader = _name(name)
    if scope.empty:
        raise ActRefused("say where, --nationwide or --province CODE", "no_scope")
    token, until = secrets.token_urlsafe(TOKEN_BYTES), now + timedelta(days=days)
    subject = f"reader:{reader}"
    with acting(
        url, actor=actor, permission=Permission.MANAGE_ACCOUNTS, action="api_token_made", subject=subject
    ) as act:
        if act.connection.execute(HELD, [reader]).fetchone() is not None:
            raise ActRefused(f"{reader} has a token: withdraw it first", "reader_known", name=reader)
        provinces = sorted(scope.provinces)
        values = [reader, token_hash(token), scope.nationwide, provinces, act.author.name, now, until]
        act.connection.execute(MAKE, values)
        told = {"scope": scope.key, "expires_at": until.isoformat()}
        write_log(act.connection, now, act.author, "api_token_made", subject, told)
    return token, until


def withdraw(url: str, *, name: str, actor: str, now: datetime) -> None:
    """The token opens nothing from the next question on. Raises ActRefused."""
    reader = _name(name)
    subject = f"reader:{reader}"
    with acting(
        url, actor=actor, permission=Permission.MANAGE_ACCOUNTS, action="api_token_withdrawn", subject=subject
    ) as act:
        if not act.connection.execute(WITHDRAW, [act.author.name, now, reader]).fetchall():
            raise ActRefused(f"no reader with a token is called {reader}", "reader_unknown", name=reader)
        write_log(act.connection, now, act.author, "api_token_withdrawn", subject, {})


def readers(url: str) -> tuple[Reader, ...]:
    """Every reader whose token was not withdrawn, by name; some may have ended."""
    with connect(url) as connection:
        return tuple(
            Reader(
                name=row["reader"],
                scope=Scope(nationwide=row["nationwide"], provinces=frozenset(row["provinces"])),
                made_by=row["made_by"],
                made_at=row["made_at"],
                expires_at=row["expires_at"],
                used_at=row["used_at"],
            )
            for row in connection.execute(LIST).fetchall()
        )


def admit(connect: Connect, token: str, *, now: datetime, per_minute: int) -> Asking | None:
    """Whose token it is; None where it opens nothing: unknown, withdrawn, or at its end. Counted by the clock's minute.
    Raises RegistryUnavailable."""
    minute = now.replace(second=0, microsecond=0)
    with connect() as connection:
        # What a crash loses of the count is less than a second of it.
        connection.execute(UNHURRIED)
        row = connection.execute(ASK, {"now": now, "minute": minute, "hash": token_hash(token)}).fetchone()
    if row is None:
        return None
    return Asking(
        token_id=row["api_token_id"],
        name=row["reader"],
        scope=Scope(nationwide=row["nationwide"], provinces=frozenset(row["provinces"])),
        wait=minute + MINUTE - now if row["asked"] > per_minute else None,
    )


def _name(text: str) -> str:
    name = said("name of the reader", text)
    if NAME.fullmatch(name) is None:
        raise ActRefused(
            f"'{name}' is no name of a reader: 2 to 64 small letters, digits, dots, hyphens", "reader_name", name=name
        )
    return name
