"""Bring the registry's schema up to the newest version. Safe to run at every start and by two processes at once."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine, text

FOLDER = Path(__file__).resolve().parent / "migrations"
# Any constant: whoever migrates holds it, so that two starts do not race.
MIGRATION_LOCK = 7_305_081_2021


def migrate(url: str, *, etl_role: str, app_role: str = "mcc_app", to: str = "head") -> None:
    """Apply the missing migrations to the database at `url` (a postgresql:// address with the owner's rights).

    etl_role reads the feed views; app_role is what the web and named persons act as. Both are made where missing.
    `to` stops at an older migration, for rows that were written under it.
    """
    # No pool: a connection that lingered would keep the database from being copied, dropped or stopped.
    engine = create_engine(sqlalchemy_url(url), poolclass=NullPool)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as guard:
        guard.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": MIGRATION_LOCK})
        with engine.begin() as connection:
            config = _config()
            config.attributes["connection"] = connection
            config.attributes["etl_role"] = etl_role
            config.attributes["app_role"] = app_role
            command.upgrade(config, to)


def known_revisions() -> tuple[str, ...]:
    """Every migration that this version of the programme has, oldest first."""
    found = ScriptDirectory.from_config(_config()).walk_revisions()
    return tuple(reversed([script.revision for script in found]))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config


def sqlalchemy_url(url: str) -> str:
    """The same address with the psycopg 3 driver named, which is the one that is installed."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
