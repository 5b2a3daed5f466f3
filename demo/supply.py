"""How much each store has to receive so that every dose given was there before, and out of which lots.

Unit: full-size doses. A cell (province or central units, product, week of use) is served by one lot; lots are cut in
the order of use. Each level passes on what the next one needs and keeps a small buffer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from demo.calendar import FIRST_DAY, WEEKS
from demo.reference import PRODUCTS
from demo.streams import Ints, stream
from demo.world import CENTRAL, Usage, World
from warehouse.reference import read_csv

OPEN_WASTE_SHARE, SLACK_SHARE = 0.02, 0.03  # of doses given: left in opened vials, and sent beyond the need
DISTRICT_BUFFER, PROVINCE_BUFFER, NATIONAL_BUFFER = 0.015, 0.03, 0.04
FIRST_ARRIVAL = -12  # 24 February 2021: the first lot landed
FAULTY_WEEK = 37  # of which one delivery comes short and one late: the week in which the live clock begins
LATE_SHARE = 0.01  # of a lot, sent beyond the need: it comes late, so that nobody waits for it
LEAD_DAYS = 17  # from the national store's issue to the Monday of the week of use
NEVER_RELEASED = 9_999  # a day that never comes
HELD_LOTS, WAITING_LOTS = 2, 3  # lots kept apart: on hold, and received without release


@dataclass(frozen=True, slots=True, kw_only=True)
class Lots:
    """One entry a lot. Days as in demo.calendar. `held`: on hold from that day on, or -1."""

    number: tuple[str, ...]
    product: Ints
    source: tuple[str, ...]
    earmark: tuple[str | None, ...]
    doses: Ints
    arrived: Ints
    released: Ints
    held: Ints
    expires: Ints
    made: tuple[date, ...]
    doses_per_vial: Ints
    vials_per_tray: Ints
    litres_per_vial: tuple[float, ...]
    thaw_days: Ints  # how long it keeps after thawing; 0: it is not thawed
    of_cell: Ints  # (place of 64) x product x week -> lot


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What moves where. Frames in a fixed order:

    site_weeks: site, place, province, product, week, last_day, used, open_waste, delivered, lot
    place_weeks: place, province, product, week, lot, sent, received
    province_weeks: province, region, product, week, lot, sent, received, short (of `received`, what did not come)
    late_weeks: province, product, week, lot, received: sent beside them from the national store, and late
    region_weeks: region, product, week, lot, sent
    """

    lots: Lots
    site_weeks: pl.DataFrame
    place_weeks: pl.DataFrame
    province_weeks: pl.DataFrame
    late_weeks: pl.DataFrame
    region_weeks: pl.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFacts:
    """Of products.csv and demo_supply.csv, in the order of PRODUCTS."""

    doses_per_vial: Ints
    shelf_days: Ints
    lot_doses: Ints
    sources: tuple[tuple[str, ...], ...]
    vials_per_tray: Ints
    litres_per_vial: tuple[float, ...]
    thaw_days: Ints


def product_facts(folder: Path) -> ProductFacts:
    """The first row of a product in products.csv is the one in force when the campaign began."""
    products: dict[str, dict[str, str]] = {}
    for row in read_csv(folder / "products.csv"):
        products.setdefault(row["code"], row)
    supply = {row["product"]: row for row in read_csv(folder / "demo_supply.csv")}
    return ProductFacts(
        doses_per_vial=np.array([int(products[code]["doses_per_vial"]) for code in PRODUCTS]),
        shelf_days=np.array([int(products[code]["shelf_life_days"]) for code in PRODUCTS]),
        lot_doses=np.array([int(supply[code]["lot_doses"]) for code in PRODUCTS]),
        sources=tuple(tuple(supply[code]["sources"].split("|")) for code in PRODUCTS),
        vials_per_tray=np.array([int(supply[code]["vials_per_tray"]) for code in PRODUCTS]),
        litres_per_vial=tuple(float(supply[code]["litres_per_vial"]) for code in PRODUCTS),
        thaw_days=np.array([int(products[code]["thaw_limit_days"] or 0) for code in PRODUCTS]),
    )


def plan_supply(world: World, usage: Usage) -> Supply:
    """Deliveries of every level, and the lots they come from, for the whole campaign."""
    generator = stream(world.seed, "supply")
    facts = product_facts(world.reference.folder)
    site_weeks = _site_weeks(world, usage, facts, generator)
    of_cell, lot_product = _cut_lots(site_weeks, facts, generator)
    site_weeks = _with_lot(site_weeks, of_cell)
    keys = ["province", "product", "week", "lot"]
    vial = pl.col("product").replace_strict(dict(enumerate(facts.doses_per_vial.tolist())), return_dtype=pl.Int64)
    place_weeks = (
        site_weeks.group_by("place", *keys, maintain_order=True)
        .agg(sent=pl.col("delivered").sum())
        .with_columns(received=_buffered("sent", DISTRICT_BUFFER, vial))
    )
    tray = vial * pl.col("product").replace_strict(
        dict(enumerate(facts.vials_per_tray.tolist())), return_dtype=pl.Int64
    )
    region = dict(enumerate(world.reference.areas.province_region.tolist()))
    province_weeks = (
        place_weeks.filter(pl.col("province") != CENTRAL)
        .group_by(keys, maintain_order=True)
        .agg(sent=pl.col("received").sum())
        .with_columns(
            received=_buffered("sent", PROVINCE_BUFFER, tray),
            region=pl.col("province").replace_strict(region, return_dtype=pl.Int64),
        )
    )
    province_weeks = _with_short(province_weeks, vial, dirt=world.dirt)
    region_weeks = province_weeks.group_by("region", "product", "week", "lot", maintain_order=True).agg(
        sent=pl.col("received").sum()
    )
    central = place_weeks.filter(pl.col("province") == CENTRAL)
    needed = np.zeros(len(lot_product), dtype=np.int64)
    for frame, column in ((region_weeks, "sent"), (central, "received")):
        np.add.at(needed, frame["lot"].to_numpy(), frame[column].to_numpy())
    lots = _lots(world, facts, site_weeks, needed, of_cell, lot_product, generator)
    return Supply(
        lots=lots,
        site_weeks=site_weeks,
        place_weeks=place_weeks,
        province_weeks=province_weeks,
        late_weeks=_late(province_weeks, lots, dirt=world.dirt),
        region_weeks=region_weeks,
    )


def _site_weeks(world: World, usage: Usage, facts: ProductFacts, generator: np.random.Generator) -> pl.DataFrame:
    place = world.sites.district[usage.site]
    weeks = (
        pl.DataFrame(
            {
                "site": usage.site,
                "place": place,
                "province": world.province_of_place()[place],
                "product": usage.product,
                "week": usage.day // 7,
                "day": usage.day,
                "doses": usage.doses * world.one_in,
            }
        )
        .group_by("site", "place", "province", "product", "week", maintain_order=True)
        .agg(used=pl.col("doses").sum(), last_day=pl.col("day").max())
    )
    used, vial = weeks["used"].to_numpy(), facts.doses_per_vial[weeks["product"].to_numpy()]
    open_waste = np.where(vial > 1, used * OPEN_WASTE_SHARE * 2 * generator.random(len(used)), 0).astype(np.int64)
    slack = (used * SLACK_SHARE * generator.random(len(used))).astype(np.int64)
    delivered = -(-(used + open_waste + slack) // vial) * vial
    return weeks.with_columns(open_waste=pl.Series(open_waste), delivered=pl.Series(delivered))


def _cut_lots(site_weeks: pl.DataFrame, facts: ProductFacts, generator: np.random.Generator) -> tuple[Ints, Ints]:
    """Lot of each cell, and product of each lot: cells in order of week fill lots of about the usual size."""
    of_cell = np.full((CENTRAL + 1, len(PRODUCTS), WEEKS), -1)
    cells = site_weeks.group_by("product", "week", "province").agg(doses=pl.col("delivered").sum())
    products: list[int] = []
    for product in range(len(PRODUCTS)):
        mine = cells.filter(pl.col("product") == product).sort("week", "province")
        size = float(facts.lot_doses[product])
        room = 0.0
        for week, province, doses in mine.select("week", "province", "doses").iter_rows():
            if room <= 0:
                room = size * float(generator.uniform(0.6, 1.5))
                products.append(product)
            of_cell[province, product, week] = len(products) - 1
            room -= doses
    return of_cell, np.array(products)


def _with_lot(frame: pl.DataFrame, of_cell: Ints) -> pl.DataFrame:
    lot = of_cell[frame["province"].to_numpy(), frame["product"].to_numpy(), frame["week"].to_numpy()]
    return frame.with_columns(lot=pl.Series(lot))


def _with_short(weeks: pl.DataFrame, vial: pl.Expr, *, dirt: bool) -> pl.DataFrame:
    """One delivery of FAULTY_WEEK lost whole vials on its way: at most half of its store's buffer, which nobody asked
    for yet."""
    spare = pl.col("received") - pl.col("sent")
    chosen = (pl.col("week") == FAULTY_WEEK) & (spare == spare.filter(pl.col("week") == FAULTY_WEEK).max())
    first = chosen & (chosen.cast(pl.Int64).cum_sum() == 1)
    return weeks.with_columns(short=pl.when(first & pl.lit(dirt)).then(spare // 2 // vial * vial).otherwise(0))


def _late(weeks: pl.DataFrame, lots: Lots, *, dirt: bool) -> pl.DataFrame:
    """One delivery of FAULTY_WEEK to a province that needed none of the product: out of the national buffer."""
    columns = {"province": pl.Int64, "product": pl.Int64, "week": pl.Int64, "lot": pl.Int64, "received": pl.Int64}
    mine = weeks.filter(pl.col("week") == FAULTY_WEEK)
    found: list[tuple[int, int, int, int, int]] = []
    for product in mine["product"].unique(maintain_order=True):
        served = mine.filter(pl.col("product") == product)
        lot, others = int(served["lot"][0]), set(range(CENTRAL)) - set(served["province"])
        if others:
            per_vial = int(lots.doses_per_vial[lot])
            found.append(
                (min(others), product, FAULTY_WEEK, lot, int(lots.doses[lot] * LATE_SHARE) // per_vial * per_vial)
            )
    return pl.DataFrame(found[:1] if dirt else [], schema=columns, orient="row")


def _buffered(column: str, share: float, unit: pl.Expr) -> pl.Expr:
    """A column with its buffer, rounded up to whole units."""
    return ((pl.col(column) * (1 + share) / unit).ceil() * unit).cast(pl.Int64)


def _lots(
    world: World,
    facts: ProductFacts,
    site_weeks: pl.DataFrame,
    needed: Ints,
    of_cell: Ints,
    lot_product: Ints,
    generator: np.random.Generator,
) -> Lots:
    weeks = site_weeks.group_by("lot").agg(first=pl.col("week").min(), last=pl.col("week").max()).sort("lot")
    first, last = weeks["first"].to_numpy(), weeks["last"].to_numpy()
    apart = HELD_LOTS + WAITING_LOTS
    product = np.concatenate([lot_product, np.resize([0, 3, 1], apart)])
    count = len(product)
    first = np.concatenate([first, np.linspace(34, 48, apart).astype(np.int64)])
    last = np.concatenate([last, first[-apart:] + 8])
    doses = np.concatenate(
        [np.ceil(needed * (1 + NATIONAL_BUFFER)).astype(np.int64), facts.lot_doses[product[-apart:]]]
    )
    released = np.maximum(7 * first - LEAD_DAYS - generator.integers(1, 5, count), FIRST_ARRIVAL)
    arrived = np.maximum(released - generator.integers(8, 17, count), FIRST_ARRIVAL)
    held = np.full(count, -1)
    held[-apart:-WAITING_LOTS] = released[-apart:-WAITING_LOTS] + 6
    released[-WAITING_LOTS:] = NEVER_RELEASED
    expires = 7 * last + 6 + generator.integers(25, 75, count)
    vial = facts.doses_per_vial[product]
    prefix = [PRODUCTS[index][:2].upper() for index in product]
    earmark = [
        None if draw < 0.94 else "12-17" if product[lot] == 1 else "QD"
        for lot, draw in enumerate(generator.random(count))
    ]
    return Lots(
        number=tuple(f"{code}{2100 + index:05d}" for index, code in enumerate(prefix)),
        product=product,
        source=tuple(facts.sources[code][index % len(facts.sources[code])] for index, code in enumerate(product)),
        earmark=tuple(earmark),
        doses=-(-doses // vial) * vial,
        arrived=arrived,
        released=released,
        held=held,
        expires=expires,
        made=tuple(
            FIRST_DAY + timedelta(days=int(min(day - shelf, landed - 15)))
            for day, shelf, landed in zip(expires, facts.shelf_days[product], arrived, strict=True)
        ),
        doses_per_vial=vial,
        vials_per_tray=facts.vials_per_tray[product],
        litres_per_vial=tuple(facts.litres_per_vial[code] for code in product),
        thaw_days=facts.thaw_days[product],
        of_cell=of_cell,
    )
