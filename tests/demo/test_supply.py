"""The stock ledger: conservation, no dose before it arrived, no dose from a lot that may not be used."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from demo.allocation import decision_rows, line_rows, make_allocation
from demo.calendar import DAY_SECONDS, day_of, utc_epoch_of_start
from demo.chronicle import Chronicle
from demo.deliveries import MISSING_RECEIPTS
from demo.lotrows import state_rows, usable_until
from demo.reference import PRODUCTS
from demo.stock import Ledger, make_ledger, movement_rows

ZONE = "Asia/Ho_Chi_Minh"
NOVEMBER_22 = day_of(date(2021, 11, 22)) * DAY_SECONDS


@pytest.fixture(scope="module")
def ledger(chronicle: Chronicle) -> Ledger:
    return make_ledger(chronicle.world, chronicle.usage, chronicle.supply, chronicle.stores)


def levels(movements: pl.DataFrame) -> pl.DataFrame:
    ordered = movements.sort("store", "lot", "occurred", "recorded", maintain_order=True)
    return ordered.with_columns(level=pl.col("doses").cum_sum().over("store", "lot"))


def test_only_missing_receipts_make_a_balance_negative(ledger: Ledger) -> None:
    below = levels(ledger.movements).filter(pl.col("level") < 0).select("store", "lot").unique()
    assert 0 < below.height <= MISSING_RECEIPTS


def test_a_clean_ledger_is_never_negative(clean_chronicle: Chronicle) -> None:
    world, supply = clean_chronicle.world, clean_chronicle.supply
    clean = make_ledger(world, clean_chronicle.usage, supply, clean_chronicle.stores)
    assert int(levels(clean.movements)["level"].min() or 0) >= 0
    assert set(clean.movements["kind"].unique()).isdisjoint({"cancel", "transfer_out"})


def test_everything_received_is_somewhere(ledger: Ledger, chronicle: Chronicle) -> None:
    """At one moment: in stores + on the road + given + wasted = arrived; a receipt nobody entered is on the road."""
    so_far = ledger.movements.filter(pl.col("occurred") <= NOVEMBER_22)
    moved = pl.col("kind").is_in(["issue", "receipt", "transfer_out", "transfer_in", "cancel"])
    between = so_far.filter(moved & pl.col("counterpart").is_not_null())
    on_road = -int(between["doses"].sum())
    arrived = int(so_far.filter(pl.col("counterpart").is_null() & (pl.col("kind") == "receipt"))["doses"].sum())
    used = -int(so_far.filter(pl.col("kind").is_in(["administered", "wasted_open", "wasted_closed"]))["doses"].sum())
    assert int(so_far["doses"].sum()) + on_road + used == arrived
    lots = chronicle.supply.lots
    assert arrived == int(lots.doses[lots.arrived * DAY_SECONDS + 9 * 3600 <= NOVEMBER_22].sum())
    # About two weeks of use are on the way or in stores, as a supply chain at full speed has it.
    assert 0.1 < (arrived - used) / arrived < 0.5


def test_administered_is_the_doses_at_full_size(ledger: Ledger, chronicle: Chronicle) -> None:
    given = ledger.movements.filter(pl.col("kind") == "administered")
    good = sum(int((~chronicle.records(i).doses.typed_twice).sum()) for i in range(63))
    assert -int(given["doses"].sum()) == good * chronicle.world.one_in


def test_no_dose_from_an_unreleased_or_expired_lot(ledger: Ledger, chronicle: Chronicle) -> None:
    lots = chronicle.supply.lots
    given = ledger.movements.filter(pl.col("kind") == "administered")
    lot, day = given["lot"].to_numpy(), given["occurred"].to_numpy() // DAY_SECONDS
    assert (day <= usable_until(lots)[lot]).all()
    assert (day > lots.released[lot]).all()
    assert (lots.held[lot] == -1).all()
    assert (lots.released >= lots.arrived).all()
    states = state_rows(lots, at=NOVEMBER_22, epoch=0)
    assert {"awaiting_release", "released", "on_hold"} <= set(states["state"].unique())


def test_what_is_kept_in_refrigerators_was_thawed_and_no_dose_is_given_after_its_days(
    ledger: Ledger, chronicle: Chronicle
) -> None:
    """Each store says when it thawed what it sends to a district; what a site gets carries the date on (ADR 33)."""
    lots, stores = chronicle.supply.lots, chronicle.stores
    epoch = utc_epoch_of_start(ZONE)
    told = movement_rows(ledger, stores, lots.number, after=-10_000_000, until=NOVEMBER_22, epoch=epoch)
    thawed = told.filter(pl.col("thawed_on").is_not_null())
    assert set(thawed["lot_number"].str.slice(0, 2).unique()) == {"CO", "SP"}
    assert set(thawed["kind"].unique()) == {"issue"}
    assert (thawed["thawed_on"] == thawed["occurred_at"].dt.offset_by("7h").dt.date()).all()
    given = ledger.movements.filter(pl.col("kind") == "administered")
    clock = ledger.movements.group_by("store", "lot").agg(last_thaw=pl.col("thawed").max())
    given = given.join(clock.filter(pl.col("last_thaw").is_not_null()), on=["store", "lot"])
    assert given.height > 10_000
    days = given["occurred"].to_numpy() // DAY_SECONDS - given["last_thaw"].to_numpy()
    assert (days <= lots.thaw_days[given["lot"].to_numpy()]).all()


def test_doses_carry_the_lot_that_their_site_received(chronicle: Chronicle, ledger: Ledger) -> None:
    doses = chronicle.records(3).doses
    place = chronicle.texts.place_of_site[doses.site]
    lot = chronicle.supply.lots.of_cell[place, doses.product, doses.day // 7]
    assert (lot >= 0).all()
    received = ledger.movements.filter((pl.col("kind") == "receipt") & (pl.col("store") >= chronicle.stores.site_base))
    has = set(zip((received["store"] - chronicle.stores.site_base).to_list(), received["lot"].to_list(), strict=True))
    missing = sum((site, number) not in has for site, number in zip(doses.site.tolist(), lot.tolist(), strict=True))
    assert missing <= 0.01 * len(doses)


def test_the_ledger_stays_modest(ledger: Ledger) -> None:
    history = ledger.movements.filter(pl.col("recorded") <= NOVEMBER_22)
    assert history.height < 900_000
    assert history["movement_id"].n_unique() == history.height
    kinds = set(history["kind"].unique())
    assert {"receipt", "issue", "administered", "wasted_open", "wasted_closed", "count", "transfer_in"} <= kinds
    reversed_ids = history.filter(pl.col("kind") == "cancel")["cancels_id"]
    assert reversed_ids.null_count() == 0
    assert history.filter(pl.col("movement_id").is_in(reversed_ids.implode()))["kind"].unique().to_list() == ["receipt"]


def test_counts_agree_with_the_book(ledger: Ledger) -> None:
    counted = levels(ledger.movements).filter(pl.col("kind") == "count")
    assert counted.height > 1000
    assert (counted["counted"] == counted["level"]).all()


def test_allocation_adds_up_to_what_the_stores_received(chronicle: Chronicle, ledger: Ledger) -> None:
    allocation = make_allocation(chronicle.supply, chronicle.stores)
    lots = chronicle.supply.lots.number
    lines = line_rows(allocation, chronicle.stores, lots, PRODUCTS, after=None, at=NOVEMBER_22)
    decisions = decision_rows(allocation, after=None, at=NOVEMBER_22)
    assert set(decisions["state"].unique()) == {"decided", "shipped", "received"}
    assert decisions["number"].n_unique() == decisions.height
    receipts = ledger.movements.filter(
        (pl.col("kind") == "receipt")
        & (pl.col("store") >= chronicle.stores.province_base)
        & (pl.col("store") < chronicle.stores.place_base)
        & (pl.col("occurred") <= NOVEMBER_22)
    )
    provinces = lines.filter(pl.col("store_code").str.starts_with("P"))
    assert int(provinces["doses_received"].sum()) == int(receipts["doses"].sum())
    assert np.all(lines["planned_on"].is_not_null().to_numpy())
