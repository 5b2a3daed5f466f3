"""Databases of their own on the embedded server of the tests."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict


@contextmanager
def database(postgres: str, *, like: str = "") -> Iterator[str]:
    """A database copied from the migrated one, or from the one at `like`, to which nobody may be connected; gone when
    the block ends."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    template = conninfo_to_dict(like or postgres)["dbname"]
    with psycopg.connect(postgres.replace("/postgres?", "/template1?"), autocommit=True) as connection:
        # File by file: written through the log, page by page, it takes the server almost twice the work.
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")  # pyright: ignore[reportArgumentType, reportCallIssue]
    yield postgres.replace("/postgres?", f"/{name}?")
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
