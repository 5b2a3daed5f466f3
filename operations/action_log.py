"""What every act of a named person shares: one connection, one line in the action log, one way to be refused."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import Jsonb

LONGEST_TEXT = 500
LOG = "INSERT INTO operations.action_log (acted_at, actor, action, subject, detail) VALUES (%s, %s, %s, %s, %s)"


class ActRefused(Exception):
    """The act was not carried out and nothing was written; the message is one line that says why."""


def connect(url: str) -> psycopg.Connection[DictRow]:
    """One transaction as a context: committed at its end, rolled back where it raises."""
    return psycopg.Connection[DictRow].connect(url, row_factory=dict_row, connect_timeout=3)


def write_log(
    connection: psycopg.Connection[DictRow],
    now: datetime,
    actor: str,
    action: str,
    subject: str,
    detail: Mapping[str, Any],
) -> None:
    """Beside the act, in its transaction: there is no act without its line and no line without its act."""
    connection.execute(LOG, [now, actor, action, subject, Jsonb(dict(detail))])


def said(what: str, text: str) -> str:
    """One line of text without blanks around it. Raises ActRefused where there is none."""
    line = text.strip()
    if not line:
        raise ActRefused(f"the {what} is empty: say one")
    if len(line) > LONGEST_TEXT:
        raise ActRefused(f"the {what} has {len(line)} characters; at most {LONGEST_TEXT} are kept")
    if not line.isprintable():
        raise ActRefused(f"the {what} must be one line of plain text")
    return line


def check_known(what: str, name: str, known: Collection[str]) -> None:
    """Raises ActRefused, with the nearest known name."""
    if name in known:
        return
    close = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.4)
    hint = f"did you mean '{close[0]}'?" if close else f"known: {', '.join(sorted(known))}"
    raise ActRefused(f"no {what} is called '{name}'; {hint}")
