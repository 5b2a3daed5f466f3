"""What one reading of a feed looks like: a few counts, small enough to keep thousands of them. No record, no key."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import polars as pl

from etl.feeds.registry import RegistryFeed

# Columns whose number of different values tells how much of the country reports.
PLACES = frozenset({"site_code", "store_code", "equipment_id", "province_code", "area_code", "district_code"})
# Columns with a short list of codes. Where one has more values than this, the rarer ones are kept as one.
CODES = frozenset({"product_code", "identity_status", "state", "channel", "kind", "sex", "measure", "age_group"})
MOST_CODES = 64
RARER = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedShape:
    """One reading. seconds: campaign time since the reading before it, None for the first. `nulls`: empty values by
    column ('' counts as one), so its names are the columns there were; `places`: different values; `codes`: rows by
    value."""

    feed: str
    key: str
    rows: int
    keys: int
    seconds: float | None
    nulls: Mapping[str, int]
    places: Mapping[str, int]
    codes: Mapping[str, Mapping[str, int]]


class ShapeMeter:
    """Measures a reading that comes in batches. Memory: the different places and codes of one reading."""

    def __init__(self, feed: RegistryFeed) -> None:
        self._feed = feed
        self._rows = 0
        self._keys = 0
        self._nulls: Counter[str] = Counter()
        self._places: dict[str, set[str]] = defaultdict(set)
        self._codes: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, frame: pl.DataFrame) -> None:
        """Rows as the feed sent them, before the contract: what it sets aside is part of the shape."""
        names = [name for name in self._feed.columns if name in frame.columns]
        self._rows += frame.height
        # Within a batch: a key that is in two batches counts twice, which only makes the guard more patient.
        self._keys += frame[self._feed.key].n_unique() if self._feed.key in names else 0
        empty = frame.select(_empty(frame, name) for name in names).row(0) if names else ()
        self._nulls.update(dict(zip(names, empty, strict=True)))
        for name in PLACES.intersection(names) - {self._feed.key}:
            self._places[name].update(frame[name].drop_nulls().unique().cast(pl.String).to_list())
        for name in CODES.intersection(names):
            counted = frame[name].drop_nulls().cast(pl.String).value_counts()
            self._codes[name].update(dict(counted.iter_rows()))

    def shape(self, *, seconds: float | None) -> FeedShape:
        return FeedShape(
            feed=self._feed.name,
            key=self._feed.key,
            rows=self._rows,
            keys=self._keys,
            seconds=seconds,
            nulls=dict(self._nulls),
            places={name: len(values) for name, values in sorted(self._places.items())},
            codes={name: _commonest(counted) for name, counted in sorted(self._codes.items())},
        )


def measure(frame: pl.DataFrame, feed: RegistryFeed, *, seconds: float | None = None) -> FeedShape:
    """Shape of a reading that came in one piece."""
    meter = ShapeMeter(feed)
    meter.add(frame)
    return meter.shape(seconds=seconds)


def as_json(shape: FeedShape) -> str:
    """One line, as it is kept with the feed's past."""
    return json.dumps(asdict(shape), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def from_json(text: str) -> FeedShape:
    """Inverse of as_json."""
    return FeedShape(**json.loads(text))


def _commonest(counted: Counter[str]) -> dict[str, int]:
    kept = dict(counted.most_common(MOST_CODES))
    rarer = counted.total() - sum(kept.values())
    return {**kept, RARER: rarer} if rarer else kept


def _empty(frame: pl.DataFrame, name: str) -> pl.Expr:
    column = pl.col(name)
    if frame.schema[name] == pl.String:
        return ((column == "") | column.is_null()).sum().alias(name)
    return column.is_null().sum().alias(name)
