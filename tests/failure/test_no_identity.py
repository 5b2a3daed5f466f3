"""No name, phone, number or birthday of anybody is anywhere but in the registry: not in the warehouse, a snapshot, a
page or a log. Checked on a whole demonstration whose people all have such fields."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import psycopg
import pytest

from tests.support.running import Running, eventually, running
from warehouse.files import snapshot_path

pytestmark = pytest.mark.slow
PAGES = ("/", "/du-lieu", "/canh-bao", "/alerts", "/health", "/version", "/_dash-layout")
VIEWS = ("coverage", "nation", "area", "place", "compare", "frame", "data")


def identity_fields(url: str) -> set[str]:
    """Every name, phone, number and birthday that the registry holds."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT full_name, phone, national_id, birth_date::text FROM registry.person"
        ).fetchall()
    return {str(value) for row in rows for value in row if value}


def texts_of(database: Path) -> set[str]:
    """Every text in every table of a DuckDB file: its pages are compressed, so reading bytes would prove nothing."""
    found: set[str] = set()
    with duckdb.connect(database, read_only=True) as connection:
        columns = connection.execute(
            "SELECT schema_name, table_name, column_name FROM duckdb_columns() "
            "WHERE NOT internal AND data_type IN ('VARCHAR', 'DATE', 'UUID')"
        ).fetchall()
        assert len(columns) > 20
        for schema, table, column in columns:
            query = f'SELECT DISTINCT "{column}"::VARCHAR FROM "{schema}"."{table}"'
            values = {str(row[0]) for row in connection.execute(query).fetchall()}
            if column == "row_json":
                values = {str(value) for row in values for value in json.loads(row).values()}
            found |= values
    return found


def served(centre: Running) -> str:
    version = centre.version()
    views = [f"/snap/{version}/vn/{name}?lang={lang}&area=01" for name in VIEWS for lang in ("vi", "en")]
    parts: list[str] = []
    for path in (*PAGES, *views):
        with centre.open(path) as response:
            parts.append(response.read().decode())
    return "\n".join(parts)


def test_identity_stays_in_the_registry(tmp_path: Path) -> None:
    overrides = {
        "MCC_DEMO__ENABLED": "true",
        "MCC_DEMO__ONE_IN": "5000",
        "MCC_DEMO__READING_DEVICES": "5",
        "MCC_ETL__REFRESH_SECONDS": "2",
    }
    with running(tmp_path, **overrides) as centre:
        eventually(lambda: centre.version() >= 3, "three snapshots of the demonstration")
        secrets = identity_fields(centre.registry_url())
        shown = served(centre)
        version = centre.version()
        published = texts_of(snapshot_path(tmp_path / "warehouse" / "snapshots", version))
    held = texts_of(tmp_path / "warehouse" / "warehouse.duckdb")
    birthdays = {secret for secret in secrets if len(secret) == 10 and secret[4] == "-"}
    telling = secrets - birthdays
    assert len(telling) > 10_000
    assert not telling & held
    assert not telling & published
    # The campaign and its sources have days too, none of them before 2019: an earlier one would be a birthday.
    assert not {day for day in birthdays if day < "2019"} & (held | published)
    logs = "\n".join(file.read_text(encoding="utf-8") for file in (tmp_path / "logs").glob("*.log"))
    assert not [secret for secret in telling if secret in shown or secret in logs]
