"""Feeds as frames."""

from __future__ import annotations

import polars as pl

from etl.feeds.registry import FEEDS, RegistryFeed

POLARS: dict[str, type[pl.DataType] | pl.DataType] = {
    "string": pl.String,
    "int32": pl.Int32,
    "int16": pl.Int16,
    "int64": pl.Int64,
    "double": pl.Float64,
    "bool": pl.Boolean,
    "date32[day]": pl.Date,
    "timestamp[us, tz=UTC]": pl.Datetime("us", "UTC"),
}
BY_NAME: dict[str, RegistryFeed] = {feed.name: feed for feed in FEEDS}


def empty_rows(feed: str) -> pl.DataFrame:
    """A frame without rows, with the columns and types of a registry feed."""
    columns = BY_NAME[feed].columns
    return pl.DataFrame(schema={name: POLARS[kind] for name, kind in columns.items()} | {"version": pl.Int64})
