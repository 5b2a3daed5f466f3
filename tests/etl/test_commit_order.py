"""Nothing is missed and nothing stale stays, whatever order transactions commit in; reading by clock alone loses."""

from __future__ import annotations

import random
import threading
import time

import psycopg
import pytest

from cli.places import as_role
from etl.feeds.position import START, ClockPosition, low_water, parse, restarted, version_of
from etl.feeds.postgres import Source, reading
from etl.feeds.registry import RegistryFeed
from etl.feeds.source import FeedHeld, FeedSlow, ReadLimits
from etl.feeds.spans import Snapshot
from etl.feeds.table import SourceTable
from tests.support.items import BY_CLOCK, BY_XID, FEED, ROWS_SHARED, Copy, differing, truth

WRITERS, SECONDS = 6, 7.0


class Naive:
    """What people do: take the rows whose time of change is above the highest one seen."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.last = "-infinity"
        self.by_clock: dict[int, int] = {}

    def pull(self) -> None:
        with psycopg.connect(self.url) as connection:
            rows = connection.execute(
                "SELECT id, value, updated_at::text FROM item WHERE updated_at > %s::timestamptz ORDER BY updated_at",
                [self.last],
            ).fetchall()
            self.by_clock.update({row[0]: row[1] for row in rows})
            self.last = rows[-1][2] if rows else self.last


def write(url: str, writer: int, until: float) -> None:
    """Transactions of a few statements, some held open up to three seconds, that also change rows of each other."""
    chance = random.Random(writer)
    number = 0
    with psycopg.connect(url) as connection:
        while time.monotonic() < until:
            hold = chance.choice([0.05, 0.2, 0.7, 3.0]) if until - time.monotonic() > 3 else 0.02
            for _ in range(chance.randint(1, 4)):
                number += 1
                connection.execute("INSERT INTO item (id, value) VALUES (%s, 1)", [writer * 1_000_000 + number])
            time.sleep(hold)
            # Late in the transaction, one row only: no two writers can wait for each other.
            shared = -chance.randint(1, ROWS_SHARED)
            connection.execute("UPDATE item SET value = value + 1 WHERE id = %s", [shared])
            connection.commit()


def test_six_writers_with_open_transactions_lose_nothing(items: str, capsys: pytest.CaptureFixture[str]) -> None:
    copies = {"xid8": Copy(items, BY_XID), "open_transactions": Copy(items, BY_CLOCK)}
    pieces = Copy(items, BY_XID, ReadLimits(max_rows=25))
    naive = Naive(items)
    until = time.monotonic() + SECONDS
    writers = [threading.Thread(target=write, args=(items, number, until)) for number in range(1, WRITERS + 1)]
    for thread in writers:
        thread.start()
    while any(thread.is_alive() for thread in writers):
        for copy in (*copies.values(), pieces):
            copy.pull()
        naive.pull()
        time.sleep(0.3)
    naive.pull()
    for copy in (*copies.values(), pieces):
        copy.pull()
        while not copy.complete:
            copy.pull()
    real = truth(items)
    lost = differing(naive.by_clock, real)
    with capsys.disabled():
        print(
            f"\n{len(real)} rows; by updated_at > watermark {lost} lost or stale ({lost / len(real):.0%}); "
            + "; ".join(f"{name} read {copy.read} rows, 0 lost" for name, copy in copies.items())
        )
    for name, copy in copies.items():
        assert differing(copy.values(), real) == 0, name
    assert differing(pieces.values(), real) == 0
    assert lost > 0


@pytest.mark.parametrize("table", [BY_XID, BY_CLOCK], ids=["xid8", "open_transactions"])
def test_a_writer_that_began_first_may_write_last(items: str, table: SourceTable) -> None:
    """The row then carries a lower number and an earlier time than the version already read."""
    copy = Copy(items, table)
    with psycopg.connect(items) as early, psycopg.connect(items) as late:
        early.execute("INSERT INTO item (id, value) VALUES (1, 1)")
        late.execute("UPDATE item SET value = 5 WHERE id = -1")
        late.commit()
        copy.pull()
        assert copy.values()[-1] == 5
        early.execute("UPDATE item SET value = 6 WHERE id = -1")
        early.commit()
    copy.pull()
    assert (copy.values()[-1], copy.values()[1]) == (6, 1)


def test_by_xid_nothing_is_read_twice_while_a_transaction_stays_open(items: str) -> None:
    copy = Copy(items, BY_XID)
    with psycopg.connect(items) as slow, psycopg.connect(items, autocommit=True) as other:
        slow.execute("INSERT INTO item (id, value) VALUES (1, 1)")
        other.execute("INSERT INTO item (id, value) SELECT i, 1 FROM generate_series(100, 199) i")
        copy.pull()
        assert copy.pull() == 0
        slow.commit()
    assert copy.pull() == 1


@pytest.mark.parametrize("table", [BY_XID, BY_CLOCK], ids=["xid8", "open_transactions"])
def test_a_backfill_is_taken_in_pieces_that_end_between_two_versions(items: str, table: SourceTable) -> None:
    """Also while a transaction stays open below all of them, and where one version has more rows than a piece."""
    copy = Copy(items, table, ReadLimits(max_rows=50))
    with psycopg.connect(items) as slow, psycopg.connect(items, autocommit=True) as other:
        slow.execute("INSERT INTO item (id, value) VALUES (1, 1)")
        for start in range(100, 600, 20):
            other.execute(
                "INSERT INTO item (id, value) SELECT i, 1 FROM generate_series(%s::int, %s) i", [start, start + 19]
            )
        other.execute("INSERT INTO item (id, value) SELECT i, 1 FROM generate_series(1000, 1299) i")
        for _ in range(20):
            copy.pull()
        assert copy.complete
        assert differing(copy.values(), truth(items)) == 0
        slow.commit()
    copy.pull()
    assert differing(copy.values(), truth(items)) == 0


def test_a_restored_source_is_held_and_read_again_once_released(items: str) -> None:
    copy = Copy(items, BY_XID)
    copy.pull()
    ahead = parse(copy.watermark).snapshot.xmax + 1000  # pyright: ignore[reportAttributeAccessIssue]
    copy.watermark = f"{ahead}:{ahead}:"
    with pytest.raises(FeedHeld, match="restored from an older state"):
        copy.pull()
    copy.watermark = restarted(copy.watermark)
    assert copy.pull() == ROWS_SHARED
    assert copy.watermark.startswith("e1/")
    assert all(version >= 1 << 56 for _, version in copy.held.values()), "above all versions given before"


def test_a_clock_set_back_is_noticed_and_read_behind(items: str) -> None:
    """Our clock says that more time passed than the source's does."""
    copy = Copy(items, BY_CLOCK)
    copy.pull()
    with psycopg.connect(items) as connection:
        connection.execute("ALTER TABLE item DISABLE TRIGGER stamp")
        connection.execute("INSERT INTO item (id, value, updated_at) VALUES (7, 7, now() - interval '50 seconds')")
    with reading(copy.source, clock=lambda: time.time() + 60) as reader:
        rows = [row["id"] for batch in reader.batches(FEED, copy.watermark) for row in batch.to_pylist()]
        assert "set back by 60 s" in reader.reached("item").note
    assert 7 in rows


def test_a_feed_that_does_not_answer_in_time_is_slow_and_the_connection_goes_on(items: str) -> None:
    slow = SourceTable(
        relation="item",
        columns={"id": "id", "value": "value + length(pg_sleep(0.1)::text)"},
        key="id",
        stamp="row_version",
    )
    source = Source(url=items, tables={"item": slow, "fine": BY_XID}, limits=ReadLimits(budget_seconds=1))
    fine = RegistryFeed(name="fine", key="id", columns=FEED.columns)
    with reading(source) as reader:
        with pytest.raises(FeedSlow, match="no answer within 1 s"):
            list(reader.batches(FEED, START))
        assert sum(batch.num_rows for batch in reader.batches(fine, START)) == ROWS_SHARED


def test_without_the_right_to_see_other_sessions_the_clock_method_is_refused(items: str) -> None:
    with psycopg.connect(items) as connection:
        connection.execute("GRANT SELECT ON item TO mcc_etl")
    with pytest.raises(Exception, match="GRANT pg_monitor"):
        Copy(as_role(items, "mcc_etl"), BY_CLOCK).pull()


def test_a_prepared_transaction_holds_the_watermark() -> None:
    before = ClockPosition(low_us=5_000_000, source_us=6_000_000)
    assert low_water(clock_us=90_000_000, open_since_us=[], prepared=1, before=before) == 5_000_000
    assert low_water(clock_us=90_000_000, open_since_us=[70_000_000], prepared=0, before=before) == 69_000_000


def test_a_version_counts_ended_transactions() -> None:
    """Number 100 was still open at 101's end: its own end counts, though no number is handed out."""
    before, after = Snapshot(xmin=100, xmax=102, open=(100,)), Snapshot(xmin=102, xmax=102)
    assert version_of(after, 0) == version_of(before, 0) + 1
