"""Accounts for the embedded demonstration, with random passwords that are printed and kept nowhere else.

They are made for the embedded registry on loopback only, and get new passwords at each start, so that whoever has lost
the terminal's text starts again instead of finding a password in a file.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from campaign.access import NATION, Grant, Role, Scope
from operations import accounts
from operations.passwords import Passwords

WORDS_BYTES = 9
# A province of its own, to see what a province sees: Ho Chi Minh City.
PROVINCE = "79"
ACTOR = "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAccount:
    login: str
    password: str
    roles: str


def demo_accounts(url: str, passwords: Passwords, now: datetime) -> tuple[DemoAccount, ...]:
    """One account for each role that signs in by a password, and one for a single province; made where missing.
    Accounts that somebody disabled stay so and are not printed. Screens enter by a token: `app.py wall add`."""
    known = {account.login: account for account in accounts.accounts(url)}
    made: list[DemoAccount] = []
    for login, grants in _wanted().items():
        password = secrets.token_urlsafe(WORDS_BYTES)
        if login not in known:
            accounts.add(
                url,
                login=login,
                name=login.replace("demo-", "Demo "),
                password=password,
                passwords=passwords,
                grants=grants,
                actor=ACTOR,
                now=now,
            )
        elif known[login].disabled_at is None:
            accounts.set_password(url, login=login, password=password, passwords=passwords, actor=ACTOR, now=now)
        else:
            continue
        roles = ", ".join(f"{grant.role.value} ({grant.scope.key})" for grant in grants)
        made.append(DemoAccount(login=login, password=password, roles=roles))
    return tuple(made)


def told(made: tuple[DemoAccount, ...]) -> str:
    """For the terminal: logins and passwords in columns."""
    width = max(len(account.login) for account in made)
    lines = [f"  {account.login:<{width}}  {account.password}  {account.roles}" for account in made]
    return "\n".join(["Accounts for this demonstration; the passwords are good until its next start:", *lines])


def _wanted() -> dict[str, list[Grant]]:
    people = [role for role in Role if role is not Role.WALL]
    wanted = {f"demo-{role.value.replace('_', '-')}": [Grant(role=role, scope=NATION)] for role in people}
    own = Scope(provinces=frozenset({PROVINCE}))
    # A reporter, too: to confirm and explain that province's figures.
    roles = (Role.VIEWER, Role.OPERATOR, Role.REPORTER)
    wanted[f"demo-province-{PROVINCE}"] = [Grant(role=role, scope=own) for role in roles]
    return wanted
