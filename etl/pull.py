"""Pull every feed and check its rows, before the warehouse's transaction begins. One bad feed never stops another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb
import polars as pl

from etl.contracts import Checked, Known, check, rules_for
from etl.dataset import Dataset, describe
from etl.errors import FeedRejected
from etl.feeds.postgres import RegistryReader
from etl.feeds.registry import FEEDS, RegistryFeed
from warehouse.records import REJECTED_COLUMNS, Staging, dataset_facts, known_codes, watermark
from warehouse.writer import Checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """More bad rows than `max_bad_share` of at least `min_rows`: the shape of the feed is wrong, not single rows."""

    max_bad_share: float
    min_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """One feed's new rows, or `problem` and no rows."""

    feed: RegistryFeed
    staging: Staging | None
    problem: str


class Puller:
    """Reads all feeds of one instant of the registry into staging tables of `connection`."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        *,
        products: frozenset[str],
        limits: Limits,
        checkpoint: Checkpoint,
    ) -> None:
        self._connection = connection
        self._products = products
        self._limits = limits
        self._checkpoint = checkpoint

    def pull(self, reader: RegistryReader, *, wall_now: datetime) -> list[Pulled]:
        """Raises RegistryUnavailable where the connection breaks: nothing has been applied then."""
        return [self._pull_one(reader, feed, wall_now) for feed in FEEDS]

    def dataset(self) -> Dataset:
        """As the registry described itself at this reading."""
        return describe(dataset_facts(self._connection))

    def _pull_one(self, reader: RegistryReader, feed: RegistryFeed, wall_now: datetime) -> Pulled:
        staging = Staging(self._connection, feed.name, feed.key)
        try:
            contract = rules_for(feed.name, self._known(feed.name), now=self.dataset().now(wall_now))
            for batch in reader.batches(feed, watermark(self._connection, feed.name)):
                checked = check(pl.DataFrame(batch), contract)
                staging.add(checked.accepted, as_rejected(feed, checked))
            self._refuse_if_mostly_bad(staging)
        except FeedRejected as error:
            staging.drop()
            return Pulled(feed=feed, staging=None, problem=str(error))
        self._checkpoint(f"pulled_{feed.name}")
        return Pulled(feed=feed, staging=staging, problem="")

    def _known(self, feed: str) -> Known:
        """Only what the feed's contract asks for is looked up."""
        nothing: frozenset[str] = frozenset()
        connection = self._connection
        return Known(
            products=self._products,
            sites=known_codes(connection, "site", "code") if feed == "dose" else nothing,
            stores=known_codes(connection, "store", "code") if feed == "stock_movement" else nothing,
            equipment=known_codes(connection, "equipment", "equipment_id")
            if feed == "temperature_reading"
            else nothing,
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
