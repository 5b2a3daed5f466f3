"""Screens on a wall: accounts that hold the role `wall` and nothing else, entered by a token instead of a password.

The token is 256 random bits, shown once and kept as a hash. It is exchanged for a session, so that what lies in the
browser afterwards is as short-lived, and as easily ended, as anybody's. All instants are wall time.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import DictRow

from campaign.access import Grant, Permission, Role
from operations.accounts import END_SESSIONS, clean_login
from operations.action_log import ActRefused, acting, connect, grants_of
from operations.audit import Author, append
from operations.sessions import TOKEN_BYTES, Connect, Limits, SignedIn, as_account, only_wall, open_session, token_hash
from operations.sign_in import OUTCOME, TRY, TurnedAway, address_wait

FIND = "SELECT account_id, disabled_at FROM operations.account WHERE login = %s"
MAKE = "INSERT INTO operations.wall_token (token_hash, account_id, made_by, made_at) VALUES (%s, %s, %s, %s)"
WITHDRAW = (
    "UPDATE operations.wall_token SET withdrawn_by = %s, withdrawn_at = %s "
    "WHERE account_id = %s AND withdrawn_at IS NULL RETURNING wall_token_id"
)
OPENED_BY = (
    "SELECT t.wall_token_id, a.account_id, a.login FROM operations.wall_token t JOIN operations.account a "
    "USING (account_id) WHERE t.token_hash = %s AND t.withdrawn_at IS NULL AND a.disabled_at IS NULL"
)
USED = "UPDATE operations.wall_token SET used_at = %s WHERE wall_token_id = %s"
LIST = (
    "SELECT a.login, a.display_name, a.account_id, t.made_by, t.made_at, t.used_at FROM operations.wall_token t "
    "JOIN operations.account a USING (account_id) WHERE t.withdrawn_at IS NULL ORDER BY a.login"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """A screen whose token is good now. `used_at`: when it last began a session."""

    login: str
    name: str
    made_by: str
    made_at: datetime
    used_at: datetime | None
    grants: tuple[Grant, ...]


def give_token(url: str, *, login: str, actor: str, now: datetime) -> str:
    """A token for an account that is a wall and nothing else; the one before it, and its sessions, end. Raises
    ActRefused."""
    subject = f"account:{clean_login(login)}"
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with acting(
        url, actor=actor, permission=Permission.MANAGE_ACCOUNTS, action="wall_token_made", subject=subject
    ) as act:
        account_id = _account(act.connection, login)
        if not only_wall(grants_of(act.connection, account_id)):
            # Whoever finds the token of a screen must not find a person's rights with it.
            raise ActRefused(f"{login} is not a screen: a token needs an account with the role {Role.WALL.value} alone")
        act.connection.execute(WITHDRAW, [act.author.name, now, account_id])
        act.connection.execute(END_SESSIONS, [now, account_id])
        act.connection.execute(MAKE, [token_hash(token), account_id, act.author.name, now])
        append(act.connection, act.author, "wall_token_made", subject)
    return token


def withdraw_token(url: str, *, login: str, actor: str, now: datetime) -> None:
    """The token opens nothing any more and the sessions it began end. Raises ActRefused."""
    subject = f"account:{clean_login(login)}"
    with acting(
        url, actor=actor, permission=Permission.MANAGE_ACCOUNTS, action="wall_token_withdrawn", subject=subject
    ) as act:
        account_id = _account(act.connection, login)
        if not act.connection.execute(WITHDRAW, [act.author.name, now, account_id]).fetchall():
            raise ActRefused(f"{login} has no token")
        act.connection.execute(END_SESSIONS, [now, account_id])
        append(act.connection, act.author, "wall_token_withdrawn", subject)


def walls(url: str) -> tuple[Wall, ...]:
    """Every screen with a token, by login."""
    with connect(url) as connection:
        return tuple(
            Wall(
                login=row["login"],
                name=row["display_name"],
                made_by=row["made_by"],
                made_at=row["made_at"],
                used_at=row["used_at"],
                grants=grants_of(connection, row["account_id"]),
            )
            for row in connection.execute(LIST).fetchall()
        )


def enter(
    connect: Connect, limits: Limits, *, token: str, author: Author, now: datetime, replaces: str = ""
) -> SignedIn | TurnedAway:
    """Exchange a token for a session. Tries are counted by address; the token itself cannot be guessed."""
    with connect() as connection:
        row = connection.execute(TRY, [token_hash(token), author.origin, now]).fetchone()
        # An INSERT that returned nothing would have raised.
        assert row is not None  # noqa: S101  # nosec B101
        try_id = row["try_id"]
    with connect() as connection:
        wait = address_wait(connection, limits, author.origin, now)
        found = None if wait is not None else connection.execute(OPENED_BY, [token_hash(token)]).fetchone()
        # A role given later makes it a person's account, which needs a person's sign-in.
        if found is None or not only_wall(grants_of(connection, found["account_id"])):
            return TurnedAway(wait=wait)
        connection.execute(OUTCOME, ["passed", try_id])
        connection.execute(USED, [now, found["wall_token_id"]])
        signed = open_session(
            connection, limits, account_id=found["account_id"], author=author, now=now, replaces=replaces
        )
        append(connection, as_account(author, found["login"], found["account_id"]), "wall_entered", "session")
    return signed


def _account(connection: psycopg.Connection[DictRow], login: str) -> int:
    row = connection.execute(FIND, [clean_login(login)]).fetchone()
    if row is None or row["disabled_at"] is not None:
        raise ActRefused(f"there is no account {login} that is enabled")
    return int(row["account_id"])
