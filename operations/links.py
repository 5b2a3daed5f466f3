"""Which account a person of the provider has here. Only an administrator says so: a name that fits is no proof.

A link is the provider's issuer with the value of the claim that `oidc.subject_claim` names: what a provider never gives
to two people. Roles are given here as to any account.
"""

from __future__ import annotations

from datetime import datetime

from campaign.access import Permission
from operations.accounts import END_SESSIONS, clean_login
from operations.action_log import ActRefused, acting, grants_of
from operations.audit import append
from operations.provider_token import LONGEST_SUBJECT
from operations.sessions import only_wall

FIND = (
    "SELECT account_id, provider_issuer, provider_subject, password_hash FROM operations.account WHERE login = %s "
    "FOR UPDATE"
)
TAKEN = "SELECT login FROM operations.account WHERE provider_issuer = %s AND provider_subject = %s"
LINK = "UPDATE operations.account SET provider_issuer = %s, provider_subject = %s WHERE account_id = %s"
NO_PASSWORD = (
    "UPDATE operations.account SET password_hash = NULL, password_set_at = NULL WHERE account_id = %s "  # noqa: S105  # nosec B105
    "AND password_hash IS NOT NULL RETURNING account_id"
)


def link(url: str, *, login: str, issuer: str, subject: str, drop_password: bool, actor: str, now: datetime) -> None:
    """The provider's person may sign in as this account. drop_password: in no other way. Raises ActRefused."""
    clean, name = clean_login(login), clean_subject(subject)
    with acting(
        url, actor=actor, permission=Permission.MANAGE_ACCOUNTS, action="account_linked", subject=f"account:{clean}"
    ) as act:
        connection, author = act.connection, act.author
        row = connection.execute(FIND, [clean]).fetchone()
        if row is None:
            raise ActRefused(f"there is no account {clean}: `user add {clean}` first")
        taken = connection.execute(TAKEN, [issuer, name]).fetchone()
        if taken is not None and taken["login"] != clean:
            raise ActRefused(f"this subject is linked to {taken['login']}: `user unlink {taken['login']}` first")
        if row["provider_subject"] is not None and (row["provider_issuer"], row["provider_subject"]) != (issuer, name):
            raise ActRefused(f"{clean} is linked to another subject: `user unlink {clean}` first")
        if only_wall(grants_of(connection, row["account_id"])):
            raise ActRefused(f"{clean} is a screen, and no person signs in as one")
        connection.execute(LINK, [issuer, name, row["account_id"]])
        detail = {"issuer": issuer, "provider_subject": name}
        append(connection, author, "account_linked", f"account:{clean}", detail=detail)
        if drop_password and connection.execute(NO_PASSWORD, [row["account_id"]]).fetchone() is not None:
            connection.execute(END_SESSIONS, [now, row["account_id"]])
            append(connection, author, "password_removed", f"account:{clean}")


def unlink(url: str, *, login: str, actor: str, now: datetime) -> bool:
    """Nobody comes in by the provider as this account any more; its sessions end. Returns whether a password is left.
    Raises ActRefused."""
    clean = clean_login(login)
    with acting(
        url, actor=actor, permission=Permission.MANAGE_ACCOUNTS, action="account_unlinked", subject=f"account:{clean}"
    ) as act:
        row = act.connection.execute(FIND, [clean]).fetchone()
        if row is None or row["provider_subject"] is None:
            raise ActRefused(f"there is no account {clean} that is linked")
        act.connection.execute(LINK, [None, None, row["account_id"]])
        act.connection.execute(END_SESSIONS, [now, row["account_id"]])
        detail = {"issuer": row["provider_issuer"], "provider_subject": row["provider_subject"]}
        append(act.connection, act.author, "account_unlinked", f"account:{clean}", detail=detail)
    return row["password_hash"] is not None


def clean_subject(subject: str) -> str:
    """As the provider writes it, capitals and all. Raises ActRefused."""
    if not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isascii() or not subject.isprintable() or " " in subject:
        raise ActRefused(f"--subject: 1 to {LONGEST_SUBJECT} plain characters, exactly as the provider writes them")
    return subject
