"""A table of items in a real PostgreSQL, stamped by trigger, and a reader's copy of it."""

from __future__ import annotations

import psycopg

from etl.feeds.position import START
from etl.feeds.postgres import Source, reading
from etl.feeds.registry import BIG, RegistryFeed
from etl.feeds.source import ReadLimits
from etl.feeds.table import Method, SourceTable

ROWS_SHARED = 40
FEED = RegistryFeed(name="item", key="id", columns={"id": BIG, "value": BIG})
COLUMNS = {"id": "id", "value": "value"}
BY_XID = SourceTable(relation="item", columns=COLUMNS, key="id", stamp="row_version")
BY_CLOCK = SourceTable(relation="item", columns=COLUMNS, key="id", stamp="updated_at", method=Method.OPEN_TRANSACTIONS)
SCHEMA = """
CREATE TABLE item (id bigint PRIMARY KEY, value bigint NOT NULL, updated_at timestamptz NOT NULL DEFAULT now(),
                   row_version xid8 NOT NULL DEFAULT '0');
CREATE INDEX ON item (row_version); CREATE INDEX ON item (updated_at);
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN NEW.row_version := pg_current_xact_id(); NEW.updated_at := now(); RETURN NEW; END $$;
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON item FOR EACH ROW EXECUTE FUNCTION stamp();
"""


class Copy:
    """What a reader holds of the table: value by id, the newest version winning."""

    def __init__(self, url: str, table: SourceTable, limits: ReadLimits | None = None) -> None:
        self.source = Source(url=url, tables={"item": table}, limits=limits or ReadLimits())
        self.watermark = START
        self.held: dict[int, tuple[int, int]] = {}
        self.read = 0
        self.complete = True

    def pull(self) -> int:
        rows = 0
        with reading(self.source) as reader:
            for batch in reader.batches(FEED, self.watermark):
                for row in batch.to_pylist():
                    rows += 1
                    if row["version"] > self.held.get(row["id"], (0, -1))[1]:
                        self.held[row["id"]] = (row["value"], row["version"])
            reached = reader.reached("item")
        self.watermark, self.complete = reached.watermark, reached.complete
        self.read += rows
        return rows

    def values(self) -> dict[int, int]:
        return {key: value for key, (value, _) in self.held.items()}


def truth(url: str) -> dict[int, int]:
    with psycopg.connect(url) as connection:
        return dict(connection.execute("SELECT id, value FROM item").fetchall())


def differing(held: dict[int, int], real: dict[int, int]) -> int:
    return sum(held.get(key) != value for key, value in real.items())
