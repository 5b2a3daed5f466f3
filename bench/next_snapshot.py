"""A snapshot's next version, without a refresh: a copy that differs in number, instant and one area's figures."""

from __future__ import annotations

import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from warehouse.files import snapshot_path

CHANGE = Path(__file__).with_suffix(".sql")
AREA = "01"
MORE = 1000


def next_snapshot(folder: Path, version: int) -> int:
    """Write version + 1 from `version`; nothing points to it yet."""
    path = snapshot_path(folder, version + 1)
    shutil.copy(snapshot_path(folder, version), path)
    with duckdb.connect(":memory:") as database:
        database.execute(f"ATTACH '{path}' AS next")
        bound = {
            "version": version + 1,
            "content_hash": secrets.token_hex(32),
            "published_at": datetime.now(UTC),
            "area": AREA,
            "more": MORE,
        }
        for statement in duckdb.extract_statements(CHANGE.read_text(encoding="utf-8")):
            names = statement.named_parameters
            database.execute(statement, {name: value for name, value in bound.items() if name in names})
        database.execute("DETACH next")
    return version + 1
