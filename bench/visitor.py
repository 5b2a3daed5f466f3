"""A viewer for a bench: the pages answer nobody who has not signed in."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from campaign.access import NATION, Grant, Role
from dashboard.door.cookies import SESSION, Cookies
from dashboard.door.front import limits_of
from operations import accounts
from operations.action_log import connect
from operations.audit import Author
from operations.passwords import Passwords
from operations.sessions import open_session
from settings import Settings

ACTOR = "bench"


@contextmanager
def visitor(url: str, settings: Settings, *, roles: Sequence[Role] = (Role.VIEWER,)) -> Iterator[str]:
    """The cookie of an account with `roles` for the nation, which is disabled when the block ends. `url`: the
    registry's, as the application's role. The account has no password: nobody signs in as it."""
    with visitors(url, settings, 1, roles=roles) as cookies:
        yield cookies[0]


@contextmanager
def visitors(
    url: str, settings: Settings, count: int, *, roles: Sequence[Role] = (Role.VIEWER,)
) -> Iterator[list[str]]:
    """As many sessions of one such account, each with its cookie."""
    login = f"bench-{secrets.token_hex(4)}"
    account_id = accounts.add(
        url,
        login=login,
        name="Bench",
        password=None,
        passwords=Passwords(min_length=settings.access.password_min_length),
        grants=[Grant(role=role, scope=NATION) for role in roles],
        actor=ACTOR,
        now=datetime.now(UTC),
    )
    try:
        with connect(url) as connection:
            tokens = [
                open_session(
                    connection,
                    limits_of(settings.access),
                    account_id=account_id,
                    author=Author(name=ACTOR),
                    now=datetime.now(UTC),
                ).token
                for _ in range(count)
            ]
        yield [f"{Cookies(settings.access.tls).name(SESSION)}={token}" for token in tokens]
    finally:
        accounts.disable(url, login=login, actor=ACTOR, now=datetime.now(UTC))
