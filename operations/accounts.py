"""Accounts and the roles they hold. Every change is one transaction with its row in the audit. Wall time."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import DictRow

from campaign.access import NATIONAL_ONLY, Grant, Permission, Role, Scope
from operations.action_log import Act, ActRefused, acting, check_known, connect, grants_of, said
from operations.audit import append
from operations.passwords import Passwords

LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")
ADD = (
    "INSERT INTO operations.account (login, display_name, password_hash, password_set_at, created_at, created_by) "
    "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (login) DO NOTHING RETURNING account_id"
)
FIND = "SELECT account_id, disabled_at FROM operations.account WHERE login = %s"
GIVE = (
    "INSERT INTO operations.account_grant (account_id, role, nationwide, provinces, given_by, given_at) "
    "VALUES (%s, %s, %s, %s, %s, %s) RETURNING grant_id"
)
WITHDRAW = (
    "UPDATE operations.account_grant SET withdrawn_by = %s, withdrawn_at = %s "
    "WHERE account_id = %s AND role = %s AND withdrawn_at IS NULL RETURNING grant_id"
)
PASSWORD = "UPDATE operations.account SET password_hash = %s, password_set_at = %s WHERE account_id = %s"  # noqa: S105  # nosec B105
DISABLE = "UPDATE operations.account SET disabled_at = %s WHERE account_id = %s"
END_SESSIONS = (
    "UPDATE operations.web_session SET ended_at = %s, end_reason = 'revoked' WHERE account_id = %s AND ended_at IS NULL"
)
UNLOCK = "INSERT INTO operations.sign_in_try (login_hash, address, tried_at, outcome) VALUES (%s, '', %s, 'unlocked')"
A_SCREEN = "SELECT 1 FROM operations.wall_token WHERE account_id = %s AND withdrawn_at IS NULL"
LIST = (
    "SELECT a.account_id, a.login, a.display_name, a.created_at, a.disabled_at, a.password_hash IS NOT NULL AS "
    "has_password, a.provider_issuer, a.provider_subject, "
    "(SELECT count(*) FROM operations.web_session s WHERE s.account_id = a.account_id AND "
    "s.ended_at IS NULL AND s.expires_at > now()) AS open_sessions FROM operations.account a ORDER BY a.login"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account as it stands now. `grants` are those held; `open_sessions` those that were not ended;
    `provider_subject` whom of the provider's people it belongs to (operations/links.py)."""

    account_id: int
    login: str
    display_name: str
    created_at: datetime
    disabled_at: datetime | None
    has_password: bool
    provider_issuer: str | None
    provider_subject: str | None
    open_sessions: int
    grants: tuple[Grant, ...]


def add(
    url: str,
    *,
    login: str,
    name: str,
    password: str | None,
    passwords: Passwords,
    grants: Collection[Grant],
    actor: str,
    now: datetime,
) -> int:
    """A new account and its roles; returns its id. Without a password nobody can sign in by one. Raises ActRefused."""
    clean = clean_login(login)
    shown = said("name", name)
    for grant in grants:
        _check_grant(grant)
    stored = None if password is None else passwords.hash(password, login=clean)
    with acting(
        url, actor=actor, permission=Permission.MANAGE_ACCOUNTS, action="account_added", subject=f"account:{clean}"
    ) as act:
        values = [clean, shown, stored, now if stored else None, now, act.author.name]
        row = act.connection.execute(ADD, values).fetchone()
        if row is None:
            raise ActRefused(f"an account {clean} is there already; `user grant` gives it a further role")
        account_id = int(row["account_id"])
        append(act.connection, act.author, "account_added", f"account:{clean}", detail={"account_id": account_id})
        for grant in grants:
            act.connection.execute(GIVE, _given(account_id, grant, act.author.name, now))
            append(act.connection, act.author, "role_given", f"account:{clean}", detail=_told(grant))
    return account_id


def give(url: str, *, login: str, grant: Grant, actor: str, now: datetime) -> None:
    """One more role. Raises ActRefused, also for one that is held already for the same provinces."""
    _check_grant(grant)
    with _changing(url, login, actor, "role_given") as (act, account_id, subject):
        if grant in grants_of(act.connection, account_id):
            raise ActRefused(f"{login} holds {grant.role.value} for {grant.scope.key} already")
        if grant.role is not Role.WALL and act.connection.execute(A_SCREEN, [account_id]).fetchone() is not None:
            # Its open sessions, begun by a token that may hang on a wall, would have the new role's rights.
            raise ActRefused(f"{login} is a screen with a token: `wall withdraw {login}` first")
        act.connection.execute(GIVE, _given(account_id, grant, act.author.name, now))
        append(act.connection, act.author, "role_given", subject, detail=_told(grant))


def withdraw(url: str, *, login: str, role: Role, actor: str, now: datetime) -> int:
    """Take a role away, wherever it was held; returns how many grants ended. It counts from the next request."""
    with _changing(url, login, actor, "role_withdrawn") as (act, account_id, subject):
        rows = act.connection.execute(WITHDRAW, [act.author.name, now, account_id, role.value]).fetchall()
        if not rows:
            raise ActRefused(f"{login} does not hold {role.value}")
        detail = {"role": role.value, "grants": [row["grant_id"] for row in rows]}
        append(act.connection, act.author, "role_withdrawn", subject, detail=detail)
    return len(rows)


def disable(url: str, *, login: str, actor: str, now: datetime, enable: bool = False) -> None:
    """Nobody signs in as this account any more, and its sessions end; `enable` takes that back. Raises ActRefused."""
    action = "account_enabled" if enable else "account_disabled"
    with _changing(url, login, actor, action) as (act, account_id, subject):
        act.connection.execute(DISABLE, [None if enable else now, account_id])
        act.connection.execute(END_SESSIONS, [now, account_id])
        append(act.connection, act.author, action, subject)


def set_password(url: str, *, login: str, password: str, passwords: Passwords, actor: str, now: datetime) -> None:
    """A new password; every open session of the account ends. Raises ActRefused."""
    stored = passwords.hash(password, login=clean_login(login))
    with _changing(url, login, actor, "password_set") as (act, account_id, subject):
        act.connection.execute(PASSWORD, [stored, now, account_id])
        act.connection.execute(END_SESSIONS, [now, account_id])
        append(act.connection, act.author, "password_set", subject)


def unlock(url: str, *, login: str, actor: str, now: datetime) -> None:
    """Forget the failed tries of this login up to now. Raises ActRefused."""
    with _changing(url, login, actor, "account_unlocked") as (act, _, subject):
        act.connection.execute(UNLOCK, [login_hash(login), now])
        append(act.connection, act.author, "account_unlocked", subject)


def accounts(url: str) -> tuple[Account, ...]:
    """Every account by login, disabled ones too."""
    with connect(url) as connection:
        rows = connection.execute(LIST).fetchall()
        return tuple(Account(**row, grants=grants_of(connection, row["account_id"])) for row in rows)


def clean_login(login: str) -> str:
    """Lower case; raises ActRefused with the rule where it cannot be a login."""
    clean = login.strip().lower()
    if not LOGIN.fullmatch(clean):
        raise ActRefused(f"login '{clean[:70]}': 2 to 64 of a-z, 0-9 and . _ @ -, beginning with a letter or digit")
    return clean


def login_hash(login: str) -> bytes:
    """What is kept of a login that was typed."""
    return hashlib.sha256(login.strip().lower().encode("utf-8", "surrogatepass")).digest()


def _check_grant(grant: Grant) -> None:
    if grant.scope.empty:
        raise ActRefused(f"{grant.role.value}: say where, --nationwide or --province CODE")
    if grant.role in NATIONAL_ONLY and not grant.scope.nationwide:
        raise ActRefused(f"{grant.role.value} can be held nationwide only")


def check_provinces(codes: Collection[str], known: Collection[str]) -> Scope:
    """Raises ActRefused naming the first code that is no province's."""
    for code in codes:
        check_known("province", code, known)
    return Scope(provinces=frozenset(codes))


def _given(account_id: int, grant: Grant, by: str, now: datetime) -> list[object]:
    return [account_id, grant.role.value, grant.scope.nationwide, sorted(grant.scope.provinces), by, now]


def _told(grant: Grant) -> dict[str, object]:
    return {"role": grant.role.value, "scope": grant.scope.key}


def _account_id(connection: psycopg.Connection[DictRow], login: str) -> int:
    row = connection.execute(FIND, [clean_login(login)]).fetchone()
    if row is None:
        known = [item["login"] for item in connection.execute("SELECT login FROM operations.account").fetchall()]
        check_known("account", clean_login(login), known)
        raise ActRefused(f"there is no account {login}")
    return int(row["account_id"])


@contextmanager
def _changing(url: str, login: str, actor: str, action: str) -> Iterator[tuple[Act, int, str]]:
    """The transaction of one change to an account: the act, the account's id, and how the audit calls it."""
    subject = f"account:{clean_login(login)}"
    with acting(url, actor=actor, permission=Permission.MANAGE_ACCOUNTS, action=action, subject=subject) as act:
        yield act, _account_id(act.connection, login), subject
