"""A backlog in a real PostgreSQL, read in pieces: what is fresh comes at once, and in the end all is held as it is."""

from __future__ import annotations

import threading
import time

import psycopg
import pytest

from etl.feeds.position import START, XidPosition, parse
from etl.feeds.postgres import Source, reading
from etl.feeds.registry import BIG, TEXT, RegistryFeed
from etl.feeds.source import ReadLimits
from etl.feeds.table import SourceTable
from tests.etl.test_commit_order import write
from tests.support.items import BY_CLOCK, BY_XID, Copy, differing, truth

METHODS = pytest.mark.parametrize("table", [BY_XID, BY_CLOCK], ids=["xid8", "open_transactions"])
MAX_ROWS = 200
ADD = "INSERT INTO item (id, value) SELECT i, 1 FROM generate_series(%s::bigint, %s) i"


def backlog(url: str, *, first: int, transactions: int, rows: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for start in range(first, first + transactions * rows, rows):
            connection.execute(ADD, [start, start + rows - 1])


def add(url: str, key: int) -> None:
    backlog(url, first=key, transactions=1, rows=1)


def newer_than(url: str, table: SourceTable, key: int) -> int:
    with psycopg.connect(url) as connection:
        query = f"SELECT count(*) FROM item WHERE {table.stamp} >= (SELECT {table.stamp} FROM item WHERE id = %s)"
        row = connection.execute(query.encode(), [key]).fetchone()
    assert row is not None
    return int(row[0])


@METHODS
def test_a_fresh_record_is_in_the_next_reading_whatever_waits(items: str, table: SourceTable) -> None:
    """The first of them is read for the first time together with the backlog."""
    copy = Copy(items, table, ReadLimits(max_rows=MAX_ROWS))
    backlog(items, first=10_000, transactions=40, rows=50)
    sizes: list[int] = []
    fresh = 0
    while not copy.complete or not sizes:
        fresh += 1
        add(items, fresh)
        sizes.append(copy.pull())
        assert copy.values().get(fresh) == 1, "the reading right after its commit"
    assert differing(copy.values(), truth(items)) == 0
    assert len(sizes) >= 10, "the backlog took as many readings as the limit makes of it"
    assert copy.pull() == 0 or table is BY_CLOCK


@METHODS
def test_six_writers_beside_a_backlog_lose_nothing_and_do_not_wait(items: str, table: SourceTable) -> None:
    """Transactions held open for up to three seconds, records that others change, and one before each reading."""
    copy = Copy(items, table, ReadLimits(max_rows=MAX_ROWS))
    copy.pull()
    backlog(items, first=50_000_000, transactions=150, rows=40)
    until = time.monotonic() + 6
    writers = [threading.Thread(target=write, args=(items, number, until)) for number in range(1, 7)]
    for thread in writers:
        thread.start()
    fresh = 90_000_000
    while any(thread.is_alive() for thread in writers):
        fresh += 1
        add(items, fresh)
        copy.pull()
        # On a busy machine the writers may commit more than the limit between a record and its reading.
        assert fresh in copy.values() or newer_than(items, table, fresh) > MAX_ROWS
    for thread in writers:
        thread.join()
    copy.pull()
    while not copy.complete:
        copy.pull()
    assert differing(copy.values(), truth(items)) == 0
    assert fresh > 90_000_005


def test_by_xid_a_backlog_is_read_once_whatever_commits_within_it(items: str) -> None:
    """A transaction whose number lies in the middle of the backlog is fresh when it commits, and read as such."""
    copy = Copy(items, BY_XID, ReadLimits(max_rows=MAX_ROWS))
    copy.pull()
    before = copy.read
    backlog(items, first=10_000, transactions=10, rows=60)
    with psycopg.connect(items) as slow:
        slow.execute(ADD, [1, 5])
        backlog(items, first=20_000, transactions=10, rows=60)
        copy.pull()
        slow.commit()
    copy.pull()
    assert all(copy.values().get(key) == 1 for key in range(1, 6))
    while not copy.complete:
        copy.pull()
    assert differing(copy.values(), truth(items)) == 0
    assert copy.read - before == 1_205


@METHODS
def test_one_transaction_above_the_limit_is_divided(items: str, table: SourceTable) -> None:
    copy = Copy(items, table, ReadLimits(max_rows=MAX_ROWS))
    copy.pull()
    with psycopg.connect(items) as huge:
        huge.execute(ADD, [1_000, 2_999])
        add(items, 1)
        huge.commit()
    sizes = [copy.pull()]
    assert copy.values()[1] == 1, "what began after it does not wait for it"
    with psycopg.connect(items, autocommit=True) as connection:
        connection.execute("UPDATE item SET value = 7 WHERE id BETWEEN 1500 AND 1599")
    while not copy.complete:
        sizes.append(copy.pull())
    assert differing(copy.values(), truth(items)) == 0
    assert len(sizes) >= 8
    if table is BY_XID:
        assert max(sizes) <= 2 * MAX_ROWS
        assert sum(sizes) <= 2_101, "each once, and those that were changed twice"


def test_text_keys_are_divided_and_a_row_without_a_key_is_read(registry_url: str) -> None:
    feed = RegistryFeed(name="named", key="name", columns={"name": TEXT, "value": BIG})
    table = SourceTable(relation="named", columns={"name": "name", "value": "value"}, key="name", stamp="row_version")
    with psycopg.connect(registry_url) as connection:
        connection.execute("CREATE TABLE named (name text, value bigint, row_version xid8 NOT NULL DEFAULT '0')")
        connection.execute(
            "INSERT INTO named SELECT CASE WHEN i % 100 > 0 THEN 'người ' || i END, i FROM generate_series(1, 1000) i"
        )
    source = Source(url=registry_url, tables={"named": table}, limits=ReadLimits(max_rows=150))
    watermark, values, sizes = START, list[int](), list[int]()
    complete = False
    while not complete:
        with reading(source) as reader:
            rows = [row for batch in reader.batches(feed, watermark) for row in batch.to_pylist()]
            reached = reader.reached("named")
        watermark, complete = reached.watermark, reached.complete
        values += [row["value"] for row in rows]
        sizes.append(len(rows))
    assert sorted(values) == list(range(1, 1001))
    assert max(sizes) < 300
    assert len(sizes) == 7


def test_a_reading_that_an_earlier_release_cut_is_gone_on_with(items: str) -> None:
    backlog(items, first=1_000, transactions=10, rows=20)
    with psycopg.connect(items) as connection:
        row = connection.execute("SELECT row_version::text FROM item WHERE id = 1100").fetchone()
    assert row is not None
    copy = Copy(items, BY_XID, ReadLimits(max_rows=60))
    copy.pull()
    position = parse(copy.watermark)
    assert isinstance(position, XidPosition)
    copy.held.clear()
    copy.watermark, copy.complete = f"{position.snapshot}<{row[0]}", False
    add(items, 1)
    while not copy.complete:
        copy.pull()
    assert sorted(copy.values()) == [1, *range(1_100, 1_200)]
