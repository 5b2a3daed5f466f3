"""A history in plain PostgreSQL tables, unlogged, for the two peers that live there. Settings: memory and workers."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import psycopg
from psycopg import sql

from bench.peers.common import AGGREGATES, Cells, Changed, history_doses, history_people, sites, tidy
from bench.registry_rows import copy_rows
from warehouse.engine.engine import Engine

FOLDER = Path(__file__).resolve().parent
# Enough that no aggregate of 10 million rows goes to disk; workers for both cores.
SESSION = "SET work_mem = '512MB'; SET maintenance_work_mem = '512MB'; SET max_parallel_workers_per_gather = 2"


def connect(url: str) -> psycopg.Connection:
    connection = psycopg.connect(url, autocommit=True)
    connection.execute(SESSION)
    return connection


def run_file(connection: psycopg.Connection, name: str) -> None:
    with connection.transaction():
        connection.cursor().execute(sql.SQL((FOLDER / name).read_text(encoding="utf-8")))  # pyright: ignore[reportArgumentType]


def load(connection: psycopg.Connection, engine: Engine) -> None:
    """Records, the views and the delta tables of the common set."""
    run_file(connection, "tables.sql")
    copy_rows(connection, "peer.site", sites(engine))
    copy_rows(connection, "peer.person", history_people(engine))
    for piece in history_doses(engine):
        copy_rows(connection, "peer.dose", piece)
    for name in ("indexes.sql", "matviews.sql", "delta_tables.sql"):
        run_file(connection, name)
    connection.execute("VACUUM ANALYZE peer.person")


def stage_changes(connection: psycopg.Connection, changed: Changed) -> None:
    copy_rows(connection, "peer.changed_dose", changed.doses)
    copy_rows(connection, "peer.changed_person", changed.people)
    connection.execute("ANALYZE peer.changed_dose, peer.changed_person")


def cells(connection: psycopg.Connection, prefix: str) -> Cells:
    """The common set as it stands in the views or in the delta tables."""
    found: dict[str, pl.DataFrame] = {}
    for name, keys in AGGREGATES.items():
        table = sql.Identifier("peer", f"{prefix}_{name}")
        rows = connection.execute(sql.SQL("SELECT {}, n::bigint FROM {}").format(columns(keys), table)).fetchall()
        found[name] = tidy(name, pl.DataFrame(rows, schema=[*keys, "n"], orient="row"))
    return found


def columns(names: tuple[str, ...]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in names)
