"""Accounts in a real registry, as the application's role sees them."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.rows import dict_row

from cli.places import as_role
from operations.passwords import Passwords
from tests.support.loggers import SERIAL
from tests.support.people import quick_passwords
from tests.support.registry import seed


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


@pytest.fixture
def fridges(registry_url: str, owner: psycopg.Connection) -> psycopg.Connection:
    """F-79 in HCMC with the logger, F-01 in Hà Nội without one."""
    seed(registry_url)
    for device, store, serial in (("F-79", "S-79-A", SERIAL), ("F-01", "S-01-A", None)):
        owner.execute(
            "INSERT INTO registry.equipment (equipment_id, store_code, kind, storage_class, reporting_mode, serial) "
            "VALUES (%s, %s, 'ice_lined', 'refrigerator', 'file', %s)",
            [device, store, serial],
        )
    return owner
