"""What every act of a named person shares: one connection, one line in the action log, one way to be refused."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import Jsonb

from campaign.access import Grant, Permission, Refusal, Role, Scope, decide
from operations.audit import Author, append

LONGEST_TEXT = 500
LOG = "INSERT INTO operations.action_log (acted_at, actor, action, subject, detail) VALUES (%s, %s, %s, %s, %s)"
ACCOUNT = "SELECT account_id, login, disabled_at FROM operations.account WHERE login = lower(%s)"
GRANTS = (
    "SELECT role, nationwide, provinces FROM operations.account_grant "
    "WHERE account_id = %s AND withdrawn_at IS NULL ORDER BY grant_id"
)


class ActRefused(Exception):
    """The act was not carried out and nothing was written; the message is one line that says why, for a terminal.

    `why` is one word for the same, with the values that go into a sentence: for pages, which have two languages.
    """

    def __init__(self, message: str, why: str = "", **values: object) -> None:
        super().__init__(message)
        self.why = why
        self.values = values


class NotAllowed(ActRefused):
    """The account that was named may not do this. Written into the audit."""

    def __init__(self, message: str, author: Author, why: str, **values: object) -> None:
        super().__init__(message, why, **values)
        self.author = author


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A transaction in which one person does one thing."""

    connection: psycopg.Connection[DictRow]
    author: Author


@contextmanager
def acting(
    url: str,
    *,
    actor: str,
    permission: Permission,
    action: str,
    subject: str,
    area: str | None = None,
    origin: str = "command",
    request_id: str = "",
) -> Iterator[Act]:
    """The transaction of one act that concerns the province `area`, or the whole nation. Raises ActRefused.

    Where `actor` is the login of an account, that account must hold `permission` there at this moment; a refusal is in
    the audit although the act is not. Another name is taken as it is said, as that of whoever has the shell.
    """
    try:
        with connect(url) as connection:
            author = author_of(connection, actor, permission, area=area, origin=origin, request_id=request_id)
            yield Act(connection=connection, author=author)
    except NotAllowed as refused:
        with connect(url) as connection:
            append(connection, refused.author, action, subject, detail={"needs": permission.value}, refused=True)
        raise


def author_of(
    connection: psycopg.Connection[DictRow],
    actor: str,
    permission: Permission,
    *,
    area: str | None = None,
    origin: str = "command",
    request_id: str = "",
) -> Author:
    """Raises NotAllowed where `actor` is an account without the permission for the province `area`, or nationwide."""
    name = said("actor", actor)
    row = connection.execute(ACCOUNT, [name]).fetchone()
    if row is None:
        return Author(name=name, origin=origin, request_id=request_id)
    author = Author(name=row["login"], account_id=row["account_id"], origin=origin, request_id=request_id)
    if row["disabled_at"] is not None:
        raise NotAllowed(f"the account {author.name} is disabled", author, "disabled", login=author.name)
    refusal = decide(grants_of(connection, row["account_id"]), permission, at=[area])
    if refusal is Refusal.NO_ROLE:
        raise NotAllowed(
            f"{author.name} holds no role that may {permission.value}", author, "no_role", needs=permission.value
        )
    if refusal is Refusal.OTHER_PROVINCE and area is not None:
        raise NotAllowed(
            f"{author.name} may {permission.value} for other provinces only, not for {area}",
            author,
            "not_your_province",
            needs=permission.value,
            area=area,
        )
    if refusal is Refusal.OTHER_PROVINCE:
        raise NotAllowed(
            f"{author.name} may {permission.value} for some provinces only, this needs the nation",
            author,
            "other_province",
            needs=permission.value,
        )
    return author


def grants_of(connection: psycopg.Connection[DictRow], account_id: int) -> tuple[Grant, ...]:
    """What the account holds now."""
    return tuple(grant_from(row) for row in connection.execute(GRANTS, [account_id]).fetchall())


def grant_from(row: Mapping[str, Any]) -> Grant:
    return Grant(
        role=Role(row["role"]), scope=Scope(nationwide=row["nationwide"], provinces=frozenset(row["provinces"]))
    )


def connect(url: str) -> psycopg.Connection[DictRow]:
    """One transaction as a context: committed at its end, rolled back where it raises."""
    return psycopg.Connection[DictRow].connect(url, row_factory=dict_row, connect_timeout=3)


def write_log(
    connection: psycopg.Connection[DictRow],
    now: datetime,
    author: Author,
    action: str,
    subject: str,
    detail: Mapping[str, Any],
) -> None:
    """Beside the act, in its transaction: there is no act without its line and no line without its act. The same is
    appended to the audit chain."""
    connection.execute(LOG, [now, author.name, action, subject, Jsonb(dict(detail))])
    append(connection, author, action, subject, detail=detail)


def said(what: str, text: str) -> str:
    """One line of text without blanks around it. Raises ActRefused where there is none."""
    line = text.strip()
    if not line:
        raise ActRefused(f"the {what} is empty: say one", "empty", what=what)
    if len(line) > LONGEST_TEXT:
        raise ActRefused(
            f"the {what} has {len(line)} characters; at most {LONGEST_TEXT} are kept",
            "long",
            what=what,
            count=len(line),
            limit=LONGEST_TEXT,
        )
    if not line.isprintable():
        raise ActRefused(f"the {what} must be one line of plain text", "not_plain", what=what)
    return line


def check_known(what: str, name: str, known: Collection[str], *, of: str = "") -> None:
    """Raises ActRefused, with the nearest known name. `of`: what it would belong to."""
    if name in known:
        return
    close = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.4)
    none = f"no {what}{f' of {of}' if of else ''} is called '{name}'"
    if close:
        raise ActRefused(f"{none}; did you mean '{close[0]}'?", "unknown_near", what=what, name=name, near=close[0])
    listed = ", ".join(sorted(known))
    raise ActRefused(f"{none}; known: {listed}", "unknown", what=what, name=name, known=listed)
