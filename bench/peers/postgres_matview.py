"""Peer: PostgreSQL's materialised views, refreshed whole. The changed records are in its tables already."""

from __future__ import annotations

import time

import psycopg
from psycopg import sql

from bench.peers.common import AGGREGATES, Cells
from bench.peers.postgres_tables import cells


def refresh(connection: psycopg.Connection) -> tuple[float, Cells]:
    """Seconds for all views, and what they then say."""
    started = time.perf_counter()
    for name in AGGREGATES:
        view = sql.Identifier("peer", f"view_{name}")
        connection.execute(sql.SQL("REFRESH MATERIALIZED VIEW {}").format(view))
    return time.perf_counter() - started, cells(connection, "view")
