"""Fixtures shared by all tests. None reaches a real installation: every server and file is in a temporary folder."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings as property_settings

from registry import embedded
from registry.migrate import migrate
from settings import Settings, load
from tests.support.databases import database

# Tests start hundreds of processes: even where the environment asks Python to keep no bytecode, none of them shall
# compile our modules anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Tests carry no time limits: a busy machine is not a fault of the code.
property_settings.register_profile("patient", deadline=None)
property_settings.load_profile("patient")
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the real data sets. Skips where it is absent (a user's machine); CI always has it."""
    folder = Path(os.environ.get("MCC_SHARED", ROOT.parent / "shared"))
    if not (folder / "real").is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"the real data sets are missing: expected them in {folder.name}/ beside the project")
        pytest.skip("the real data sets are not beside the project: set MCC_SHARED to their folder")
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Address of an embedded server whose template database has the schema. A short path: sockets allow 108 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="mcc-pg-"))
    folder.chmod(0o755)
    try:
        server = embedded.start(folder / "pg")
        migrate(server.url, etl_role="mcc_etl")
        _hurried(server.url)
        yield server.url
    finally:
        embedded.stop(folder / "pg")
        shutil.rmtree(folder, ignore_errors=True)


def _hurried(url: str) -> None:
    """Nothing of this server outlives the tests: no commit and no new database waits for the disk. Servers that tests
    kill are their own, with PostgreSQL's own settings."""
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")  # pyright: ignore[reportArgumentType, reportCallIssue]
        connection.execute("SELECT pg_reload_conf()")


@pytest.fixture
def registry_url(postgres: str) -> Iterator[str]:
    """A database of the test's own."""
    with database(postgres) as url:
        yield url


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The project's own config with its state below the test's folder."""
    return load(state=tmp_path / "state", environ={})


@pytest.fixture
def make_settings(tmp_path: Path) -> Callable[..., Settings]:
    """The same, with environment overrides such as MCC_ETL__REFRESH_SECONDS."""

    def make(**overrides: str) -> Settings:
        return load(state=tmp_path / "state", environ=overrides)

    return make
