"""Peer: deltas written by hand in PostgreSQL. The changed records are staged already, which is free."""

from __future__ import annotations

import time

import psycopg

from bench.peers.common import Cells
from bench.peers.postgres_tables import cells, run_file


def refresh(connection: psycopg.Connection) -> tuple[float, Cells]:
    """Seconds for one transaction that brings records and aggregates up to date, and what they then say."""
    started = time.perf_counter()
    run_file(connection, "delta.sql")
    return time.perf_counter() - started, cells(connection, "delta")
