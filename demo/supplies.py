"""Consumables beside the vaccine, and what was read on the vials' own monitors: both are kept since 8 November 2021.

Each Monday a store has as many pieces as the most doses that lie in it during the week take, and some to spare; in
three provinces too few came. Pieces are whole numbers, as is the stock of doses: full size whatever the sampling.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from campaign.supplies import Kind, Need, SupplyRules
from demo.calendar import DAY_SECONDS, WEEKS, day_of
from demo.copying import instants
from demo.places import Stores
from demo.reference import PRODUCTS
from demo.stock import ID_SHIFT, Ledger
from demo.streams import Floats, Ints, rank_within
from demo.supply import Lots
from demo.world import World
from warehouse.reference import load_supply_book

BEGINS = date(2021, 11, 8)  # a Monday: the ledger of consumables begins with a dated opening balance
WEEK_SECONDS = 7 * DAY_SECONDS
MOVED_AT, RECORDED_AFTER = 5 * 3600, 1800
READ_AT = 7 * 3600
SPARE = 1.15
# Province code, kind of item: the share that came of what the most doses of a week need. On a Monday morning the doses
# that lie in a store are often less than half of these.
TOO_FEW = {
    ("40", Kind.DOSE_SYRINGE): 0.2,
    ("66", Kind.DILUENT): 0.15,
    ("92", Kind.SAFETY_BOX): 0.2,
}
MONITORED = ("vero_cell", "hayat_vax")
# Every province's store reads its vials' monitors on Mondays, and so do some districts.
READING_DISTRICTS = 10
READER = "thủ kho (minh họa)"


def make_supplies(world: World, ledger: Ledger, stores: Stores, lots: Lots) -> pl.DataFrame:
    """Movements of the whole campaign in order of `movement_id`, which grows with the time of recording: store
    (position), item, kind, pieces, counted, occurred, recorded (local seconds)."""
    rules = load_supply_book(world.reference.folder).on(BEGINS)
    peaks = _peaks(ledger, lots)
    parts = [_wanted(peaks, product, rules, stores, world) for product in range(len(PRODUCTS))]
    wanted = pl.concat(parts).group_by("store", "item", "week").agg(pieces=pl.col("pieces").sum())
    first = day_of(BEGINS) // 7
    at = pl.col("week") * WEEK_SECONDS + MOVED_AT
    kind = (
        pl.when(pl.col("week") == first)
        .then(pl.lit("opening"))
        .when(pl.col("pieces") > 0)
        .then(pl.lit("receipt"))
        .when(pl.col("store") >= stores.site_base)
        .then(pl.lit("administered"))
        .otherwise(pl.lit("issue"))
    )
    moved = wanted.filter(pl.col("pieces") != 0).select(
        "store", "item", "pieces", kind=kind, counted=pl.lit(None, dtype=pl.Int64), occurred=at
    )
    ordered = pl.concat([moved, _counts(moved, stores)]).with_columns(recorded=pl.col("occurred") + RECORDED_AFTER)
    ordered = ordered.sort("recorded", "store", "item", "kind")
    recorded = ordered["recorded"].to_numpy()
    return ordered.with_columns(movement_id=pl.Series(((recorded + ID_SHIFT) << 20) + rank_within(recorded)))


def _peaks(ledger: Ledger, lots: Lots) -> pl.DataFrame:
    """Grain: store x product x week from the first on in which anything moved: the most doses that lay there in it."""
    first = day_of(BEGINS) // 7
    product = pl.Series("product", lots.product[ledger.movements["lot"].to_numpy()])
    moves = ledger.movements.select("store", "doses", "occurred").with_columns(product)
    moves = moves.sort("store", "product", "occurred", maintain_order=True).with_columns(
        level=pl.col("doses").cum_sum().over("store", "product"),
        week=(pl.col("occurred") // WEEK_SECONDS).clip(first - 1, None),
    )
    weekly = moves.group_by("store", "product", "week", maintain_order=True).agg(
        most=pl.col("level").max(), last=pl.col("level").last()
    )
    # The opening is made of what lay there before, and of what the first week brings.
    weekly = weekly.with_columns(before=pl.col("last").shift(1).over("store", "product").fill_null(0))
    peak = pl.max_horizontal("most", "before").clip(0, None)
    early = weekly.filter(pl.col("week") < first).select(
        "store", "product", week=pl.lit(first, dtype=pl.Int64), peak=pl.col("last").clip(0, None)
    )
    later = weekly.filter(pl.col("week") >= first).select("store", "product", "week", peak=peak)
    return pl.concat([early, later]).group_by("store", "product", "week").agg(peak=pl.col("peak").max())


def _wanted(peaks: pl.DataFrame, product: int, rules: SupplyRules, stores: Stores, world: World) -> pl.DataFrame:
    """Grain: store x item x week: by how many pieces the level for one product changes on its Monday."""
    mine = peaks.filter(pl.col("product") == product).sort("store", "week")
    name, store = PRODUCTS[product], mine["store"].to_numpy()
    peak, province = mine["peak"].to_numpy(), _province(stores, world, mine["store"].to_numpy())
    kinds = {item.code: item.kind for item in rules.items}
    box = next(item for item in rules.items if item.kind is Kind.SAFETY_BOX)
    pieces: dict[str, Ints] = {need.item: _pieces(peak, need, rules.per_vial[name]) for need in rules.needs[name]}
    syringes = sum((own for item, own in pieces.items() if kinds[item] is not Kind.DILUENT), np.zeros_like(peak))
    pieces[box.code] = -(-syringes // (box.holds or 1))
    parts: list[pl.DataFrame] = []
    for item, own in pieces.items():
        level = np.ceil(own * _share(kinds[item], province, world)).astype(np.int64)
        frame = pl.DataFrame({"store": store, "week": mine["week"], "level": level}).with_columns(item=pl.lit(item))
        parts.append(
            frame.select(
                "store", "item", "week", pieces=pl.col("level") - pl.col("level").shift(1).over("store").fill_null(0)
            )
        )
    return pl.concat(parts)


def _pieces(doses: Ints, need: Need, per_vial: int) -> Ints:
    units = -(-doses // per_vial) if need.per_vial else doses
    return -(-units * need.pieces.numerator // need.pieces.denominator)


def _share(kind: Kind, province: Ints, world: World) -> Floats:
    """What came of what is needed: more than all of it, but where too few came."""
    share = np.full(len(province), SPARE)
    if world.dirt:
        for (code, short), part in TOO_FEW.items():
            if short is kind:
                share[province == world.reference.areas.province(code)] = part
    return share


def _province(stores: Stores, world: World, store: Ints) -> Ints:
    """Position of the province of each store; -1 for the national and regional ones."""
    of_place = world.province_of_place()
    found = np.full(len(stores.codes), -1)
    found[stores.province_base : stores.place_base] = np.arange(stores.place_base - stores.province_base)
    found[stores.place_base : stores.site_base] = of_place[: stores.site_base - stores.place_base]
    found[stores.site_base :] = of_place[world.sites.district]
    return found[store]


def _counts(moved: pl.DataFrame, stores: Stores) -> pl.DataFrame:
    """Two weeks after the beginning the provinces count; they find what the book has."""
    week = day_of(BEGINS) // 7 + 2
    at = week * WEEK_SECONDS + MOVED_AT + 3600
    own = pl.col("store").is_between(stores.province_base, stores.place_base - 1)
    held = moved.filter(own & (pl.col("occurred") <= at)).group_by("store", "item").agg(counted=pl.col("pieces").sum())
    return held.select(
        "store",
        "item",
        pieces=pl.lit(0, dtype=pl.Int64),
        kind=pl.lit("count"),
        counted=pl.col("counted"),
        occurred=pl.lit(at, dtype=pl.Int64),
    )


def supply_rows(movements: pl.DataFrame, stores: Stores, *, after: int, until: int, epoch: int) -> pl.DataFrame:
    """Rows of registry.supply_movement recorded in (after, until]."""
    part = movements.filter((pl.col("recorded") > after) & (pl.col("recorded") <= until))
    return part.select(
        "movement_id",
        store_code=pl.Series(stores.codes).gather(part["store"]),
        item_code="item",
        kind="kind",
        pieces="pieces",
        counted="counted",
        occurred_at=instants(pl.col("occurred"), epoch),
        recorded_at=instants(pl.col("recorded"), epoch),
    )


def make_vials(world: World, ledger: Ledger, stores: Stores, lots: Lots) -> pl.DataFrame:
    """What was read each Monday of the lots that carry a monitor: store, lot (positions), week, stage, doses. In one
    district fridge, and in one province's, heat took its part."""
    own = [PRODUCTS.index(name) for name in MONITORED]
    monitored = np.isin(lots.product, own)
    store = pl.col("store")
    reads = store.is_between(stores.province_base, stores.place_base - 1) | (
        store.is_between(stores.place_base, stores.site_base - 1) & (store % READING_DISTRICTS == 0)
    )
    moves = ledger.movements.filter(pl.Series(monitored[ledger.movements["lot"].to_numpy()])).filter(reads)
    first = day_of(BEGINS) // 7
    levels = moves.sort("store", "lot", "occurred", maintain_order=True).with_columns(
        level=pl.col("doses").cum_sum().over("store", "lot")
    )
    schema = {"store": pl.Int64, "lot": pl.Int64, "level": pl.Int64, "week": pl.Int64}
    parts = [pl.DataFrame(schema=schema)]
    for week in range(first, WEEKS):
        seen = levels.filter(pl.col("occurred") <= week * WEEK_SECONDS + READ_AT)
        held = seen.group_by("store", "lot", maintain_order=True).agg(level=pl.col("level").last())
        held = held.filter(pl.col("level") > 0).with_columns(week=pl.lit(week, dtype=pl.Int64))
        parts.append(held.select(pl.col(*schema).cast(pl.Int64)))
    rows = pl.concat(parts).sort("week", "store", "lot")
    stage = pl.when((pl.col("store") + pl.col("lot")) % 4 == 0).then(2).otherwise(1)
    rows = rows.with_columns(stage=stage, doses=pl.lit(None, dtype=pl.Int64))
    if not world.dirt or rows.is_empty():
        return rows
    now = rows.filter(pl.col("week") >= first + 2)
    province = now.filter(pl.col("store") < stores.place_base).head(1)
    district = now.filter(pl.col("store") >= stores.place_base).head(1)
    for found, worst, part in ((province, 3, pl.col("level") // 4 + 1), (district, 4, None)):
        if not found.is_empty():
            hot = (pl.col("store") == found["store"][0]) & (pl.col("lot") == found["lot"][0])
            hot = hot & (pl.col("week") >= first + 2)
            doses = pl.when(hot).then(part).otherwise(pl.col("doses")) if part is not None else pl.col("doses")
            rows = rows.with_columns(stage=pl.when(hot).then(worst).otherwise(pl.col("stage")), doses=doses)
    return rows


def vial_rows(
    read: pl.DataFrame, stores: Stores, numbers: tuple[str, ...], *, after: int, until: int, epoch: int
) -> pl.DataFrame:
    """Rows of registry.vial_reading written down in (after, until]."""
    at = pl.col("week") * WEEK_SECONDS + READ_AT
    part = read.filter((at + RECORDED_AFTER > after) & (at + RECORDED_AFTER <= until))
    return part.select(
        store_code=pl.Series(stores.codes).gather(part["store"]),
        lot_number=pl.Series(numbers).gather(part["lot"]),
        read_at=instants(at, epoch),
        stage="stage",
        doses="doses",
        occasion=pl.lit("count"),
        read_by=pl.lit(READER),
        set_at=instants(at + RECORDED_AFTER, epoch),
    )
