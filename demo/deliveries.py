"""Deliveries: what leaves one store and reaches the next, from the first arrival down to the sites."""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.calendar import DAY_SECONDS
from demo.lotrows import ARRIVAL_HOUR
from demo.places import Stores
from demo.streams import Ints
from demo.supply import FIRST_ARRIVAL, LEAD_DAYS, Supply
from demo.world import CENTRAL, World

# Days before the Monday of the week of use at which a delivery leaves or reaches a level; demo assumptions.
NATIONAL_OUT, REGION_IN, REGION_OUT, PROVINCE_IN = 16, 15, 12, 11
PROVINCE_OUT, PLACE_IN, PLACE_OUT, SITE_IN = 8, 7, 4, 3
LATE_IN = -7  # what comes late comes a week after the Monday of its week of use
MISSING_RECEIPTS, TYPED_TWICE_RECEIPTS, TRANSFERS = 25, 40, 24  # faults and reallocations of the whole campaign


def delivery_time(week: pl.Expr, before: float, hour: float) -> pl.Expr:
    """Seconds `before` days ahead of the Monday of a week. The first weeks are squeezed, the first lot came late."""
    lead = pl.min_horizontal(pl.lit(1.0), (7 * week - FIRST_ARRIVAL - 1) / LEAD_DAYS)
    return ((7 * week - before * lead) * DAY_SECONDS + hour * 3600).cast(pl.Int64)


def moved(
    frame: pl.DataFrame,
    *,
    store: Ints | int,
    other: Ints | int | None,
    kind: str,
    doses: pl.Expr,
    at: pl.Expr,
    wait: int = 3600,
) -> pl.DataFrame:
    """Movements of one kind; recorded `wait` seconds after they happened."""
    return frame.select(
        store=pl.Series(np.broadcast_to(store, frame.height)).cast(pl.Int64),
        lot=pl.col("lot"),
        kind=pl.lit(kind),
        doses=doses.cast(pl.Int64),
        occurred=at,
        recorded=at + wait,
        counterpart=pl.lit(None, dtype=pl.Int64)
        if other is None
        else pl.Series(np.broadcast_to(other, frame.height)).cast(pl.Int64),
        decision_id=decision_id() if "week" in frame.columns and kind in {"issue", "receipt"} else None,
    )


def decision_id() -> pl.Expr:
    """One decision shares out one product for one week of use."""
    return pl.col("week") * 10 + pl.col("product") + 1


def thawed_on(frame: pl.DataFrame, supply: Supply) -> pl.Expr:
    """Day on which the doses of a week of use are thawed: when they leave the freezers of their province, or of the
    national store for a post of a central unit. Null where the product is not thawed."""
    thaws = pl.Series(supply.lots.thaw_days[frame["lot"].to_numpy()] > 0)
    day = delivery_time(pl.col("week"), PROVINCE_OUT, 8) // DAY_SECONDS
    return pl.when(thaws).then(day).alias("thawed")


def arrivals(supply: Supply) -> pl.DataFrame:
    lots = supply.lots
    frame = pl.DataFrame({"lot": np.arange(len(lots.doses)), "doses": lots.doses, "arrived": lots.arrived})
    at = pl.col("arrived") * DAY_SECONDS + ARRIVAL_HOUR * 3600
    return moved(frame, store=0, other=None, kind="receipt", doses=pl.col("doses"), at=at)


def down_to_places(supply: Supply, stores: Stores) -> list[pl.DataFrame]:
    """National store to regions, provinces, districts; and straight to the posts of central units."""
    week = pl.col("week")
    regions, provinces = supply.region_weeks, supply.province_weeks
    region_store = stores.regions(regions["region"].to_numpy())
    from_region = stores.regions(provinces["region"].to_numpy())
    province_store = stores.provinces(provinces["province"].to_numpy())
    places = supply.place_weeks.filter(pl.col("province") != CENTRAL)
    posts = supply.place_weeks.filter(pl.col("province") == CENTRAL)
    place_store, post_store = stores.places(places["place"].to_numpy()), stores.places(posts["place"].to_numpy())
    of_province = stores.provinces(places["province"].to_numpy())
    late = supply.late_weeks
    late_store = stores.provinces(late["province"].to_numpy())
    legs: list[tuple[pl.DataFrame, Ints | int, Ints | int, str, float, float]] = [
        (late, 0, late_store, "received", NATIONAL_OUT, LATE_IN),
        (regions, 0, region_store, "sent", NATIONAL_OUT, REGION_IN),
        (provinces, from_region, province_store, "received", REGION_OUT, PROVINCE_IN),
        (places, of_province, place_store, "received", PROVINCE_OUT, PLACE_IN),
        (posts, 0, post_store, "received", PROVINCE_OUT, PLACE_IN),
    ]
    moves: list[pl.DataFrame] = []
    for frame, sender, receiver, column, out, back in legs:
        amount = pl.col(column)
        came = amount - pl.col("short") if "short" in frame.columns else amount
        sent = moved(frame, store=sender, other=receiver, kind="issue", doses=-amount, at=delivery_time(week, out, 8))
        got = moved(frame, store=receiver, other=sender, kind="receipt", doses=came, at=delivery_time(week, back, 10))
        if out == PROVINCE_OUT:
            thaw = frame.select(thawed_on(frame, supply)).to_series()
            sent, got = sent.with_columns(thaw), got.with_columns(thaw)
        moves += [sent, got]
    return moves


def to_sites(world: World, supply: Supply, stores: Stores, generator: np.random.Generator) -> pl.DataFrame:
    frame, week = supply.site_weeks, pl.col("week")
    place = stores.places(frame["place"].to_numpy())
    site = stores.sites(frame["site"].to_numpy())
    amount = pl.col("delivered")
    issues = moved(frame, store=place, other=site, kind="issue", doses=-amount, at=delivery_time(week, PLACE_OUT, 8))
    receipts = moved(frame, store=site, other=place, kind="receipt", doses=amount, at=delivery_time(week, SITE_IN, 9))
    # Nobody tells a site when its doses were thawed: the clock of the district's store goes on with them.
    receipts = receipts.with_columns(frame.select(thawed_on(frame, supply)).to_series())
    if not world.dirt:
        return pl.concat([issues, receipts], how="diagonal_relaxed")
    missing = generator.choice(frame.height, size=min(MISSING_RECEIPTS, frame.height), replace=False)
    kept = np.ones(frame.height, dtype=np.bool_)
    kept[missing] = False
    twice = receipts.filter(pl.Series(kept)).gather_every(max(frame.height // TYPED_TWICE_RECEIPTS, 1))
    again = twice.with_columns(recorded=pl.col("recorded") + 600, reason=pl.lit("typed twice"))
    reversal = again.with_columns(kind=pl.lit("cancel"), doses=-pl.col("doses"), recorded=pl.col("recorded") + 5400)
    return pl.concat([issues, receipts.filter(pl.Series(kept)), again, reversal], how="diagonal_relaxed")


def transfers(supply: Supply, stores: Stores) -> pl.DataFrame:
    """Between provinces, out of the sender's buffer, three weeks after it came."""
    frame = supply.province_weeks.filter((pl.col("week") >= 20) & (pl.col("received") - pl.col("sent") > 200))
    frame = frame.gather_every(max(frame.height // TRANSFERS, 1))
    sender = stores.provinces(frame["province"].to_numpy())
    receiver = stores.provinces((frame["province"].to_numpy() + 1) % CENTRAL)
    amount = (pl.col("received") - pl.col("sent")) // 2
    at = delivery_time(pl.col("week") + 3, 0, 9)
    out = moved(frame, store=sender, other=receiver, kind="transfer_out", doses=-amount, at=at)
    back = moved(frame, store=receiver, other=sender, kind="transfer_in", doses=amount, at=at + DAY_SECONDS)
    return pl.concat([out, back]).with_columns(reason=pl.lit("điều chuyển giữa các tỉnh"))
