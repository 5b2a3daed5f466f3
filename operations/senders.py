"""Machines that send what equipment monitors: a token each, made and withdrawn by a named person.

The token is 256 random bits, shown once and kept as a hash. All instants are wall time.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaign.access import Permission
from operations.action_log import ActRefused, acting, connect, said, write_log
from operations.sessions import TOKEN_BYTES, Connect, token_hash

MINUTE = timedelta(minutes=1)
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
HELD = "SELECT 1 FROM operations.sender_token WHERE sender = %s AND withdrawn_at IS NULL FOR UPDATE"
MAKE = "INSERT INTO operations.sender_token (sender, token_hash, made_by, made_at) VALUES (%s, %s, %s, %s)"
WITHDRAW = (
    "UPDATE operations.sender_token SET withdrawn_by = %s, withdrawn_at = %s "
    "WHERE sender = %s AND withdrawn_at IS NULL RETURNING sender_token_id"
)
# Looked up and counted in one statement, so that two workers cannot both see the last free place.
ASK = (
    "UPDATE operations.sender_token SET used_at = %(now)s, minute = %(minute)s, "
    "asked = CASE WHEN minute = %(minute)s THEN asked + 1 ELSE 1 END "
    "WHERE token_hash = %(hash)s AND withdrawn_at IS NULL RETURNING sender, asked"
)
LIST = (
    "SELECT t.sender, t.made_by, t.made_at, t.used_at, "
    "(SELECT count(*) FROM registry.ems_message m WHERE m.sender = t.sender) AS messages, "
    "(SELECT count(*) FROM registry.ems_kept k WHERE k.sender = t.sender AND k.settled_at IS NULL) AS kept "
    "FROM operations.sender_token t WHERE t.withdrawn_at IS NULL ORDER BY t.sender"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """A machine whose token is good now. `kept`: reports of it, or parts of them, that are not taken in."""

    name: str
    made_by: str
    made_at: datetime
    used_at: datetime | None
    messages: int
    kept: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """`wait`: it asked too often, and may again after so long; None where it may now."""

    sender: str
    wait: timedelta | None


def add(url: str, *, name: str, actor: str, now: datetime) -> str:
    """The token of a new sender. Raises ActRefused, also where it has one: that one is withdrawn first."""
    sender = _name(name)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    subject = f"sender:{sender}"
    with acting(
        url, actor=actor, permission=Permission.MANAGE_ACCOUNTS, action="sender_token_made", subject=subject
    ) as act:
        if act.connection.execute(HELD, [sender]).fetchone() is not None:
            raise ActRefused(f"{sender} has a token: withdraw it first", "sender_known", name=sender)
        act.connection.execute(MAKE, [sender, token_hash(token), act.author.name, now])
        write_log(act.connection, now, act.author, "sender_token_made", subject, {})
    return token


def withdraw(url: str, *, name: str, actor: str, now: datetime) -> None:
    """The token opens nothing any more; what was sent with it stays. Raises ActRefused."""
    sender = _name(name)
    subject = f"sender:{sender}"
    with acting(
        url, actor=actor, permission=Permission.MANAGE_ACCOUNTS, action="sender_token_withdrawn", subject=subject
    ) as act:
        if not act.connection.execute(WITHDRAW, [act.author.name, now, sender]).fetchall():
            raise ActRefused(f"no sender with a token is called {sender}", "sender_unknown", name=sender)
        write_log(act.connection, now, act.author, "sender_token_withdrawn", subject, {})


def senders(url: str) -> tuple[Sender, ...]:
    """Every sender with a token, by name."""
    with connect(url) as connection:
        return tuple(
            Sender(**{("name" if key == "sender" else key): value for key, value in row.items()})
            for row in connection.execute(LIST).fetchall()
        )


def admit(connect: Connect, token: str, *, now: datetime, per_minute: int) -> Admitted | None:
    """Whose token it is; None where it opens nothing. Counted by the clock's minute. Raises RegistryUnavailable."""
    minute = now.replace(second=0, microsecond=0)
    with connect() as connection:
        row = connection.execute(ASK, {"now": now, "minute": minute, "hash": token_hash(token)}).fetchone()
    if row is None:
        return None
    return Admitted(sender=row["sender"], wait=minute + MINUTE - now if row["asked"] > per_minute else None)


def _name(text: str) -> str:
    name = said("name of the sender", text)
    if NAME.fullmatch(name) is None:
        raise ActRefused(
            f"'{name}' is no name of a sender: 2 to 64 small letters, digits, dots, hyphens", "sender_name", name=name
        )
    return name
