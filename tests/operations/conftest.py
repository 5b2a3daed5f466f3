"""Accounts in a real registry, as the application's role sees them."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.rows import dict_row

from cli.places import as_role
from operations.passwords import Passwords
from tests.support.people import quick_passwords


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    return quick_passwords()


@pytest.fixture
def app_url(registry_url: str) -> str:
    return as_role(registry_url, "mcc_app")


@pytest.fixture
def owner(registry_url: str) -> Iterator[psycopg.Connection]:
    """Somebody who holds the database itself."""
    with psycopg.connect(registry_url, autocommit=True, row_factory=dict_row) as connection:
        yield connection
