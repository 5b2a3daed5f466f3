"""Somebody who is signed in: an account and a session in a real registry, for tests that open pages."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
from psycopg.rows import DictRow

from campaign.access import Grant, Role
from cli.places import as_role
from dashboard.door.cookies import SESSION, against_forgery
from operations.action_log import connect
from operations.audit import Author
from operations.sessions import Limits, open_session
from tests.support.people import add_account, grant

__all__ = [
    "LIMITS",
    "SESSION",
    "account_for",
    "cookie_of",
    "forgery_header",
    "session_for",
    "sessions_for",
    "signed_in",
]

LIMITS = Limits(
    idle=timedelta(hours=1),
    absolute=timedelta(hours=12),
    wall=timedelta(days=30),
    failures=5,
    lockout=timedelta(minutes=15),
    address_tries=30,
    address_window=timedelta(minutes=1),
)
_numbers = itertools.count(1)


def signed_in(url: str, grants: Iterable[Grant] | None = None, *, login: str = "", password: str | None = None) -> str:
    """The session token of a new account; without `grants` of somebody who may look at everything.

    Without a password none is hashed: that takes a while, and most tests have no use for it.
    """
    held = [grant(Role.VIEWER)] if grants is None else list(grants)
    return session_for(url, account_for(url, held, login=login, password=password))


def account_for(url: str, grants: Iterable[Grant], *, login: str = "", password: str | None = None) -> int:
    app = as_role(url, "mcc_app")
    name = login or f"reader-{os.getpid()}-{next(_numbers)}"
    return add_account(app, name, grants, password=password, now=datetime.now(UTC))


def session_for(url: str, account_id: int, *, now: datetime | None = None) -> str:
    with connect(as_role(url, "mcc_app")) as connection:
        return _session(connection, account_id, now or datetime.now(UTC))


@contextmanager
def sessions_for(url: str, account_id: int) -> Iterator[Callable[[], str]]:
    """One account's sessions, as many as are asked for, over one connection."""
    with connect(as_role(url, "mcc_app")) as connection:

        def another() -> str:
            token = _session(connection, account_id, datetime.now(UTC))
            connection.commit()
            return token

        yield another


def _session(connection: psycopg.Connection[DictRow], account_id: int, now: datetime) -> str:
    author = Author(name="test", origin="127.0.0.1")
    return open_session(connection, LIMITS, account_id=account_id, author=author, now=now).token


def cookie_of(token: str) -> dict[str, str]:
    """The header that a browser sends."""
    return {"Cookie": f"{SESSION}={token}"}


def forgery_header(token: str) -> dict[str, str]:
    """What the page's own scripts send along with a change of state."""
    return {"X-CSRFToken": against_forgery(token)}
