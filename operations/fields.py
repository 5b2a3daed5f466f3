"""Whether a value that somebody typed fits the field of a feed, by the registry's own types."""

from __future__ import annotations

from datetime import datetime
from typing import LiteralString, cast

import psycopg
from psycopg.rows import DictRow
from psycopg.sql import SQL, Literal

from operations.action_log import ActRefused, check_known

INSTANT = "timestamp with time zone"
COLUMNS = "SELECT feed, field, kind FROM operations.feed_column"


def fitting(connection: psycopg.Connection[DictRow], feed: str, field: str, value: str) -> str:
    """`value` in the plain form of the field's type. Raises ActRefused for an unknown field or a misfit."""
    columns = connection.execute(COLUMNS).fetchall()
    check_known("feed", feed, {row["feed"] for row in columns})
    kinds: dict[str, str] = {row["field"]: row["kind"] for row in columns if row["feed"] == feed}
    check_known("field", field, kinds, of=feed)
    kind = kinds[field]
    if kind == INSTANT:
        return _instant(feed, field, value)
    try:
        # The registry's own reading of its type, whose name comes from its catalogue and not from the caller.
        query = SQL("SELECT CAST(CAST({} AS {}) AS text) AS value").format(
            Literal(value), SQL(cast("LiteralString", kind))
        )
        row = connection.execute(query).fetchone()
    except psycopg.DataError as error:
        raise ActRefused(
            f"{feed}.{field}: '{value}' is no {kind}", "misfit", field=field, value=value, kind=kind
        ) from error
    return str(row["value"]) if row else value


def _instant(feed: str, field: str, value: str) -> str:
    """An instant must bring its offset: without it the server's own zone would decide what was meant."""
    try:
        instant = datetime.fromisoformat(value)
    except ValueError as error:
        raise ActRefused(
            f"{feed}.{field}: '{value}' is no instant; write 2021-11-20T14:05:00+07:00", "no_instant", value=value
        ) from error
    if instant.tzinfo is None:
        raise ActRefused(
            f"{feed}.{field}: '{value}' has no offset; write {value}+07:00 for Vietnamese time",
            "no_offset",
            value=value,
        )
    return instant.isoformat()
