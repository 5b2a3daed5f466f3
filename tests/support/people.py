"""Accounts for tests: real ones, in a real registry, with a password that only the test knows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache

from argon2 import PasswordHasher

from campaign.access import NATION, Grant, Role, Scope
from operations import accounts
from operations.passwords import Passwords

PASSWORD = "a board for watching 63"
SINCE = datetime(2021, 11, 1, tzinfo=UTC)


@cache
def quick_passwords() -> Passwords:
    """The one that is used in earnest, by a hash that costs little: tests guess hundreds of passwords."""
    return Passwords(min_length=12, hasher=PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


def grant(role: Role, *provinces: str) -> Grant:
    """Nationwide where no province is named."""
    return Grant(role=role, scope=Scope(provinces=frozenset(provinces)) if provinces else NATION)


def add_account(
    url: str, login: str, grants: Iterable[Grant], *, password: str | None = PASSWORD, now: datetime = SINCE
) -> int:
    """Without a password none is hashed."""
    return accounts.add(
        url,
        login=login,
        name=f"Người {login}",
        password=password,
        passwords=quick_passwords(),
        grants=list(grants),
        actor="shell",
        now=now,
    )
