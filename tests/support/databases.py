"""Databases of their own on the embedded server of the tests."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg


@contextmanager
def database(postgres: str) -> Iterator[str]:
    """A database copied from the migrated one, gone when the block ends."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres.replace("/postgres?", "/template1?"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE postgres")
    yield postgres.replace("/postgres?", f"/{name}?")
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
