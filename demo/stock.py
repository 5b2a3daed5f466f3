"""The stock ledger: every movement that the deliveries and the doses of a campaign make, at full size.

Append-only and in whole doses. Apart from a few receipts that nobody entered (dirt), no balance is ever below zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from demo.calendar import DAY_SECONDS, FIRST_DAY
from demo.copying import instants
from demo.deliveries import arrivals, down_to_places, moved, to_sites, transfers
from demo.lotrows import usable_until
from demo.places import Stores
from demo.streams import Floats, rank_within, stream
from demo.supply import NEVER_RELEASED, Supply
from demo.world import Usage, World

COUNT_EVERY_DAYS, COUNTED_DISTRICTS = 28, 10  # every province store, and one district store in ten
LATE_ENTRY_SHARE = 0.03
ID_SHIFT = 40 * DAY_SECONDS  # the first movements precede the first day; numbers stay positive


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All movements of the campaign in order of `movement_id`, which grows with the time of recording.

    Columns: movement_id, store, lot (positions), kind, doses, counted, occurred, recorded (local seconds),
    counterpart (store position or null), reason, cancels_id, decision_id, thawed (day, or null; of a receipt it is
    what only the issue tells)."""

    movements: pl.DataFrame


def make_ledger(world: World, usage: Usage, supply: Supply, stores: Stores) -> Ledger:
    """Deterministic by the world's seed; the whole campaign at once (about 1.5 million rows at any sampling)."""
    generator = stream(world.seed, "stock")
    deliveries = [*down_to_places(supply, stores), to_sites(world, supply, stores, generator)]
    parts = [arrivals(supply), *deliveries, _administered(world, usage, supply, stores, generator)]
    parts.append(_wasted(supply, stores, generator))
    movements = pl.concat(parts, how="diagonal_relaxed")
    if world.dirt:
        movements = pl.concat([movements, transfers(supply, stores)], how="diagonal_relaxed")
    movements = pl.concat([movements, _expired(movements, supply)], how="diagonal_relaxed")
    movements = pl.concat([movements, _counts(movements, stores)], how="diagonal_relaxed")
    return Ledger(movements=_numbered(movements, dirt=world.dirt))


def _administered(
    world: World, usage: Usage, supply: Supply, stores: Stores, generator: np.random.Generator
) -> pl.DataFrame:
    """One movement a site, lot and day, entered when the session closes; a few only the next morning."""
    week = usage.day // 7
    province = world.province_of_place()[world.sites.district[usage.site]]
    at = usage.day * DAY_SECONDS + 17 * 3600 + generator.integers(0, 5400, len(week))
    late = generator.random(len(week)) < LATE_ENTRY_SHARE * world.dirt
    recorded = np.where(late, (usage.day + 1) * DAY_SECONDS + 8 * 3600, at + 900)
    return pl.DataFrame(
        {
            "store": stores.sites(usage.site),
            "lot": supply.lots.of_cell[province, usage.product, week],
            "doses": -usage.doses * world.one_in,
            "occurred": at,
            "recorded": recorded,
        }
    ).with_columns(kind=pl.lit("administered"))


def _wasted(supply: Supply, stores: Stores, generator: np.random.Generator) -> pl.DataFrame:
    """Rests of opened vials at the end of a site's week, and now and then a broken vial."""
    frame = supply.site_weeks
    store = stores.sites(frame["site"].to_numpy())
    at = (pl.col("last_day") * DAY_SECONDS + 18 * 3600 + 2700).cast(pl.Int64)
    opened = moved(frame, store=store, other=None, kind="wasted_open", doses=-pl.col("open_waste"), at=at)
    spare = pl.col("delivered") - pl.col("used") - pl.col("open_waste")
    frame = frame.with_columns(vial=pl.Series(supply.lots.doses_per_vial[frame["lot"].to_numpy()]))
    broken = moved(frame, store=store, other=None, kind="wasted_closed", doses=-pl.col("vial"), at=at + 60)
    breaks = pl.Series(generator.random(frame.height) < 0.01) & frame.select(spare >= pl.col("vial")).to_series()
    opened = opened.filter(pl.col("doses") < 0).with_columns(reason=pl.lit("hết giờ sử dụng lọ đã mở"))
    return pl.concat([opened, broken.filter(breaks).with_columns(reason=pl.lit("vỡ lọ"))], how="diagonal_relaxed")


def _expired(movements: pl.DataFrame, supply: Supply) -> pl.DataFrame:
    """What is left of a lot in a store the morning after its last day is written off: that of the lot, or of the doses
    that were thawed last."""
    left = movements.group_by("store", "lot", maintain_order=True).agg(
        left=pl.col("doses").sum(), latest=pl.col("occurred").max(), thawed=pl.col("thawed").max()
    )
    lot = left["lot"].to_numpy()
    keeps = left["thawed"] + pl.Series(supply.lots.thaw_days[lot])
    last_day = np.minimum(usable_until(supply.lots)[lot], keeps.fill_null(NEVER_RELEASED).to_numpy())
    end = (last_day + 1) * DAY_SECONDS + 9 * 3600
    frame = left.with_columns(end=pl.Series(end)).filter((pl.col("left") > 0) & (pl.col("end") > pl.col("latest")))
    gone = moved(
        frame,
        store=frame["store"].to_numpy(),
        other=None,
        kind="wasted_closed",
        doses=-pl.col("left"),
        at=pl.col("end"),
    )
    return gone.with_columns(reason=pl.lit("hết hạn dùng"))


def _counts(movements: pl.DataFrame, stores: Stores) -> pl.DataFrame:
    """Physical counts of provinces and some districts every four weeks; they agree with the book."""
    store = pl.col("store")
    counted = store.is_between(stores.province_base, stores.place_base - 1) | (
        store.is_between(stores.place_base, stores.site_base - 1) & (store % COUNTED_DISTRICTS == 0)
    )
    mine = movements.filter(counted).sort("store", "lot", "occurred", maintain_order=True)
    period = (pl.col("occurred") // (COUNT_EVERY_DAYS * DAY_SECONDS)).alias("period")
    balance = mine.with_columns(level=pl.col("doses").cum_sum().over("store", "lot")).group_by(
        "store", "lot", period, maintain_order=True
    )
    closing = balance.agg(counted=pl.col("level").last()).filter(pl.col("counted") > 0)
    at = (pl.col("period") + 1) * COUNT_EVERY_DAYS * DAY_SECONDS + 7 * 3600
    return closing.select(
        "store", "lot", "counted", kind=pl.lit("count"), doses=pl.lit(0), occurred=at, recorded=at + 1800
    )


def _numbered(movements: pl.DataFrame, *, dirt: bool) -> pl.DataFrame:
    """Numbers by second of recording and rank in it; a cancel names the entry it reverses."""
    ordered = movements.sort("recorded", "store", "lot", "kind", "doses", maintain_order=True)
    recorded = ordered["recorded"].to_numpy()
    number = ((recorded + ID_SHIFT) << 20) + rank_within(recorded)
    ordered = ordered.with_columns(movement_id=pl.Series(number))
    if not dirt:
        return ordered.with_columns(reason=pl.col("reason").cast(pl.String), cancels_id=pl.lit(None, dtype=pl.Int64))
    typed = ordered.filter(pl.col("reason") == "typed twice", pl.col("kind") == "receipt")
    typed = typed.select("store", "lot", "occurred", kind=pl.lit("cancel"), cancels_id="movement_id")
    return ordered.join(typed, on=["store", "lot", "occurred", "kind"], how="left", maintain_order="left")


def movement_rows(
    ledger: Ledger, stores: Stores, lot_numbers: tuple[str, ...], *, after: int, until: int, epoch: int
) -> pl.DataFrame:
    """Rows of registry.stock_movement recorded in (after, until]."""
    part = ledger.movements.filter((pl.col("recorded") > after) & (pl.col("recorded") <= until))
    codes, lots = pl.Series(stores.codes), pl.Series(lot_numbers)
    return part.select(
        "movement_id",
        store_code=codes.gather(part["store"]),
        lot_number=lots.gather(part["lot"]),
        kind="kind",
        doses="doses",
        counted="counted",
        occurred_at=instants(pl.col("occurred"), epoch),
        recorded_at=instants(pl.col("recorded"), epoch),
        counterpart_code=codes.gather(part["counterpart"]),
        reason="reason",
        cancels_id="cancels_id",
        decision_id="decision_id",
        thawed_on=pl.when(pl.col("kind") == "issue").then(pl.lit(FIRST_DAY) + pl.duration(days="thawed")),
    )


def balances(movements: pl.DataFrame) -> Floats:
    """Running level of each store and lot in order of (occurred, recorded); for tests and invariants."""
    ordered = movements.sort("store", "lot", "occurred", "recorded", maintain_order=True)
    return ordered.select(pl.col("doses").cum_sum().over("store", "lot")).to_series().to_numpy()
