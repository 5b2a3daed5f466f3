"""Allocation decisions (đợt): decided, shipped, received, as the supply plan carries them out."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from demo.calendar import DAY_SECONDS, date_of
from demo.deliveries import LATE_IN, NATIONAL_OUT, PLACE_IN, PROVINCE_IN, PROVINCE_OUT, decision_id, delivery_time
from demo.places import Stores
from demo.supply import Supply
from demo.world import CENTRAL

DECIDED_DAYS_BEFORE = 6  # the decision is signed before the national store issues; demo assumption
DECIDED_HOUR = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """Lines: decision_id, week, store, lot, product, doses, short (of them, what did not come), decided, shipped,
    expected, received (local seconds)."""

    lines: pl.DataFrame


def make_allocation(supply: Supply, stores: Stores) -> Allocation:
    """One decision for each product and week of use; one line a province or central unit, and lot."""
    week = pl.col("week")
    provinces = supply.province_weeks.select(
        "week", "product", "lot", "short", doses="received", store=pl.col("province") + stores.province_base
    ).with_columns(shipped=delivery_time(week, NATIONAL_OUT, 8), received=delivery_time(week, PROVINCE_IN, 10))
    late = supply.late_weeks.select(
        *("week", "product", "lot"),
        short=pl.lit(0, dtype=pl.Int64),
        doses="received",
        store=pl.col("province") + stores.province_base,
        shipped=delivery_time(week, NATIONAL_OUT, 8),
        expected=delivery_time(week, PROVINCE_IN, 10),
        received=delivery_time(week, LATE_IN, 10),
    )
    posts = supply.place_weeks.filter(pl.col("province") == CENTRAL).select(
        "week",
        "product",
        "lot",
        short=pl.lit(0, dtype=pl.Int64),
        doses="received",
        store=pl.col("place") + stores.place_base,
    )
    posts = posts.with_columns(shipped=delivery_time(week, PROVINCE_OUT, 8), received=delivery_time(week, PLACE_IN, 10))
    lines = pl.concat([provinces, posts.select(provinces.columns)]).with_columns(expected="received")
    lines = pl.concat([lines, late.select(lines.columns)])
    first_issue = delivery_time(week, NATIONAL_OUT, 8)
    decided = (first_issue // DAY_SECONDS - DECIDED_DAYS_BEFORE) * DAY_SECONDS + DECIDED_HOUR * 3600
    return Allocation(lines=lines.with_columns(decision_id=decision_id(), decided=decided))


def decision_rows(allocation: Allocation, *, after: int | None, at: int) -> pl.DataFrame:
    """Decisions taken by `at`; with `after`, only those that were taken or changed in (after, at]."""
    grouped = allocation.lines.group_by("decision_id", "week", maintain_order=True).agg(
        pl.col("decided").min(), shipped=pl.col("shipped").min(), received=pl.col("received").max()
    )
    # A round is a week's decisions together; the number is the decision's own.
    first = grouped["week"].min()
    state = pl.when(pl.col("received") <= at).then(pl.lit("received"))
    state = state.when(pl.col("shipped") <= at).then(pl.lit("shipped")).otherwise(pl.lit("decided"))
    chosen = _changed(("decided", "shipped", "received"), after=after, at=at)
    return (
        grouped.filter(pl.col("decided") <= at)
        .filter(chosen)
        .select(
            "decision_id",
            number=pl.concat_str(pl.col("decision_id") + 2000, pl.lit("/QĐ-BYT (minh họa)")),
            round=pl.col("week") - pl.lit(first) + 1,
            decided_on=_day("decided"),
            signed_by=pl.lit("Bộ Y tế (minh họa)"),
            state=state,
        )
    )


def line_rows(
    allocation: Allocation,
    stores: Stores,
    lots: tuple[str, ...],
    products: tuple[str, ...],
    *,
    after: int | None,
    at: int,
) -> pl.DataFrame:
    """Lines of decisions taken by `at`, with what has been shipped and received; `after` as above."""
    lines = allocation.lines.filter(pl.col("decided") <= at)
    lines = lines.filter(_changed(("decided", "shipped", "received"), after=after, at=at))
    shipped, received = pl.col("shipped") <= at, pl.col("received") <= at
    return lines.select(
        "decision_id",
        store_code=pl.Series(stores.codes).gather(lines["store"]),
        product_code=pl.Series(products).gather(lines["product"]),
        lot_number=pl.Series(lots).gather(lines["lot"]),
        doses="doses",
        planned_on=_day("expected"),
        shipped_on=pl.when(shipped).then(_day("shipped")),
        received_on=pl.when(received).then(_day("received")),
        doses_received=pl.when(received).then(pl.col("doses") - pl.col("short")),
    )


def _changed(moments: tuple[str, ...], *, after: int | None, at: int) -> pl.Expr:
    if after is None:
        return pl.lit(True)
    return pl.any_horizontal([(pl.col(name) > after) & (pl.col(name) <= at) for name in moments])


def _day(column: str) -> pl.Expr:
    first = pl.lit(date_of(0))
    return first + pl.duration(days=pl.col(column) // DAY_SECONDS)
