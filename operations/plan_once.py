"""A form that was sent twice makes one request, or one draft: whoever sends it again is told the number of the first.

The page draws a key into its form; what is kept is a digest of it and of what was typed, so that a form which somebody
goes back to and changes is another. Without a key every sending is its own, as those of commands and clients are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import LiteralString

import psycopg
from psycopg.rows import DictRow

# Two windows, or two presses, of one person: the second sees what the first wrote.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('plan form ' || %s || ' ' || %s, 730508))"
FOUND = (
    "SELECT coalesce(request_id, plan_id) AS number FROM operations.plan_form "
    "WHERE actor = %s AND form = %s AND form_key = %s"
)


class Form(StrEnum):
    ASK = "ask"
    DRAFT = "draft"


KEEP: Mapping[Form, LiteralString] = {
    Form.ASK: "INSERT INTO operations.plan_form (actor, form, form_key, request_id) VALUES (%s, %s, %s, %s)",
    Form.DRAFT: "INSERT INTO operations.plan_form (actor, form, form_key, plan_id) VALUES (%s, %s, %s, %s)",
}


class SentBefore(Exception):
    """number: of the request, or the plan, that the first sending made. Raised within an act, it undoes the second."""

    def __init__(self, number: int) -> None:
        super().__init__(f"this form made number {number} already")
        self.number = number


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """One sending of a form; key: '' of one that may be sent any number of times."""

    form: Form
    key: str = ""

    def look(self, connection: psycopg.Connection[DictRow], actor: str) -> None:
        """Until the transaction ends nobody else sends the same. Raises SentBefore."""
        if not self.key:
            return
        connection.execute(LOCK, [actor, self.key])
        row = connection.execute(FOUND, [actor, self.form.value, self.key]).fetchone()
        if row is not None:
            raise SentBefore(int(row["number"]))

    def keep(self, connection: psycopg.Connection[DictRow], actor: str, number: int) -> None:
        if self.key:
            connection.execute(KEEP[self.form], [actor, self.form.value, self.key, number])


def once(form: Form, key: str, *typed: object) -> Once:
    """Of the key that the page drew and what was typed into its form."""
    if not key:
        return Once(form=form)
    return Once(form=form, key=sha256(repr((key, *typed)).encode()).hexdigest())
