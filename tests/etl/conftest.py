"""A centre on a registry of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest

from settings import Settings
from tests.support.centre import Centre
from tests.support.items import ROWS_SHARED, SCHEMA
from tests.support.registry import seed


@pytest.fixture
def open_centre(registry_url: str) -> Iterator[Callable[[Settings], Centre]]:
    opened: list[Centre] = []

    def make(settings: Settings) -> Centre:
        opened.append(Centre(registry_url, settings))
        return opened[-1]

    yield make
    for centre in opened:
        centre.close()


@pytest.fixture
def centre(registry_url: str, settings: Settings, open_centre: Callable[[Settings], Centre]) -> Centre:
    seed(registry_url)
    return open_centre(settings)


@pytest.fixture
def items(registry_url: str) -> Iterator[str]:
    with psycopg.connect(registry_url) as connection:
        connection.execute(SCHEMA)
        connection.execute("INSERT INTO item (id, value) SELECT -i, 0 FROM generate_series(1, %s) i", [ROWS_SHARED])
    yield registry_url
