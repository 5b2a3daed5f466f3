"""Pull every feed and check its rows, before the warehouse's transaction begins. One bad feed never stops another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import polars as pl

from etl.contracts import Checked, Known, Rule, check, rules_for
from etl.dataset import Dataset, describe
from etl.errors import FeedRejected
from etl.feeds.registry import FEEDS, RegistryFeed
from etl.feeds.retry import Retries
from etl.feeds.source import FeedHeld, FeedSlow, Reached, SourceReader
from warehouse.records import NOTHING_READ, REJECTED_COLUMNS, Staging, dataset_facts, known_codes, watermarks
from warehouse.writer import Checkpoint

# What the registry says about itself: read anew once this feed was.
DATASET = "dataset_fact"
# Feeds whose rows name a store.
OF_STORES = frozenset({"stock_movement", "allocation_line", "supply_movement", "vial_reading", "excursion_line"})
OF_EQUIPMENT = frozenset({"equipment_status", "repair_job", "temperature_reading"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """More bad rows than `max_bad_share` of at least `min_rows`: the shape of the feed is wrong, not single rows."""

    max_bad_share: float
    min_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """One feed's new rows, or `problem` and no rows.

    `watermark` is where the feed's next reading starts: it is saved in the transaction that takes the rows. Not
    `complete`: a backlog waits at the source, the next refresh goes on with it. `next_try` is set while a slow feed is
    left alone. `note` is for the feed board, though nothing failed."""

    feed: RegistryFeed
    staging: Staging | None
    problem: str
    watermark: str = ""
    state: str = "ok"
    complete: bool = True
    next_try: datetime | None = None
    note: str = ""


class Puller:
    """Reads all feeds of one instant of the registry into staging tables of `connection`."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        *,
        products: frozenset[str],
        limits: Limits,
        checkpoint: Checkpoint,
        retries: Retries | None = None,
        items: frozenset[str] = frozenset(),
    ) -> None:
        """`items`: codes of consumables."""
        self._connection = connection
        self._products = products
        self._items = items
        self._limits = limits
        self._checkpoint = checkpoint
        self._retries = retries or Retries()
        self._dataset: Dataset | None = None

    def pull(self, reader: SourceReader, *, wall_now: datetime) -> list[Pulled]:
        """One entry a feed, in the order in which they are to be applied. A feed that was slow is asked after all
        others. Raises RegistryUnavailable where the connection breaks: nothing has been applied then."""
        patient_last = sorted(FEEDS, key=lambda feed: self._retries.failing(feed.name))
        # All of them first: whoever refers to a feed that stopped, or is asked later, finds its rows, if only none.
        staged = {feed.name: Staging(self._connection, feed.name, feed.key) for feed in FEEDS}
        since = watermarks(self._connection)
        pulled = {
            feed.name: self._pull_one(reader, feed, since.get(feed.name, NOTHING_READ), staged[feed.name], wall_now)
            for feed in patient_last
        }
        return [pulled[feed.name] for feed in FEEDS]

    def dataset(self) -> Dataset:
        """As the registry described itself at this reading."""
        if self._dataset is None:
            self._dataset = describe(dataset_facts(self._connection))
        return self._dataset

    def _pull_one(
        self, reader: SourceReader, feed: RegistryFeed, since: str, staging: Staging, wall_now: datetime
    ) -> Pulled:
        waits_until = self._retries.waits_until(feed.name, wall_now)
        if waits_until is not None:
            problem = f"{feed.name}: did not answer in time; it is asked again"
            return Pulled(feed=feed, staging=None, problem=problem, watermark=since, state="slow", next_try=waits_until)
        try:
            reached = self._read(reader, feed, since, staging, wall_now)
        except FeedSlow as error:
            staging.empty()
            again = self._retries.failed(feed.name, wall_now)
            return Pulled(feed=feed, staging=None, problem=str(error), watermark=since, state="slow", next_try=again)
        except FeedRejected as error:
            staging.empty()
            state = "held" if isinstance(error, FeedHeld) else "failed"
            return Pulled(feed=feed, staging=None, problem=str(error), watermark=since, state=state)
        self._retries.succeeded(feed.name)
        self._dataset = None if feed.name == DATASET else self._dataset
        self._checkpoint(f"pulled_{feed.name}")
        return Pulled(
            feed=feed,
            staging=staging,
            problem="",
            watermark=reached.watermark,
            complete=reached.complete,
            note=reached.note,
        )

    def _read(
        self, reader: SourceReader, feed: RegistryFeed, since: str, staging: Staging, wall_now: datetime
    ) -> Reached:
        if not reader.serves(feed.name):
            return Reached(watermark=since, note="this source has no such feed")
        contract: Sequence[Rule] | None = None
        for batch in reader.batches(feed, since):
            rows = pl.DataFrame(batch)
            if rows.is_empty():
                continue
            # Most feeds bring nothing in most minutes: what their contract asks for is looked up when there is a row.
            if contract is None:
                contract = rules_for(feed.name, self.known(feed.name), now=self.dataset().now(wall_now))
            checked = check(rows, contract)
            staging.add(checked.accepted, as_rejected(feed, checked))
        self._refuse_if_mostly_bad(staging)
        return reader.reached(feed.name)

    def known(self, feed: str) -> Known:
        """Only what the feed's contract asks for is looked up."""
        nothing: frozenset[str] = frozenset()
        connection = self._connection
        return Known(
            products=self._products,
            sites=known_codes(connection, "site", "code") if feed == "dose" else nothing,
            stores=known_codes(connection, "store", "code") if feed in OF_STORES else nothing,
            equipment=known_codes(connection, "equipment", "equipment_id") if feed in OF_EQUIPMENT else nothing,
            items=self._items,
        )

    def _refuse_if_mostly_bad(self, staging: Staging) -> None:
        if staging.rows_in < self._limits.min_rows:
            return
        if staging.rows_bad > self._limits.max_bad_share * staging.rows_in:
            field, reason = staging.commonest_fault()
            raise FeedRejected(
                f"{staging.feed}: {staging.rows_bad} of {staging.rows_in} rows are bad, most often {field} ({reason}); "
                "the feed is held until its source is put right"
            )


def as_rejected(feed: RegistryFeed, checked: Checked) -> pl.DataFrame:
    """Rows set aside as quarantine keeps them. Feeds carry no identity field, so the whole row may be kept."""
    if checked.rejected.is_empty():
        return pl.DataFrame(schema=REJECTED_COLUMNS)
    row = pl.struct(*feed.columns).struct.json_encode()
    return checked.rejected.with_columns(
        pl.col(feed.key).cast(pl.String).fill_null("").alias("record_key"), row.alias("row_json")
    )
