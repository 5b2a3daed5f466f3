"""Consumables of the demonstration: whole numbers, never below zero, enough but where too few came; monitors read."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from demo.calendar import DAY_SECONDS, day_of
from demo.chronicle import Chronicle
from demo.reference import PRODUCTS
from demo.stock import Ledger, make_ledger
from demo.supplies import BEGINS, MONITORED, TOO_FEW, make_supplies, make_vials, supply_rows

NOVEMBER_22 = day_of(date(2021, 11, 22)) * DAY_SECONDS + 8 * 3600


@pytest.fixture(scope="module")
def ledger(chronicle: Chronicle) -> Ledger:
    return make_ledger(chronicle.world, chronicle.usage, chronicle.supply, chronicle.stores)


@pytest.fixture(scope="module")
def moved(chronicle: Chronicle, ledger: Ledger) -> pl.DataFrame:
    return make_supplies(chronicle.world, ledger, chronicle.stores, chronicle.supply.lots)


def test_the_ledger_begins_with_an_opening_balance_and_never_falls_below_zero(moved: pl.DataFrame) -> None:
    counts = moved["kind"].value_counts()
    assert set(counts["kind"]) == {"opening", "receipt", "administered", "issue", "count"}
    assert int(moved["occurred"].min() or 0) // DAY_SECONDS == day_of(BEGINS)  # type: ignore[operator]
    assert moved["movement_id"].is_unique().all()
    levels = moved.sort("store", "item", "occurred", maintain_order=True).with_columns(
        level=pl.col("pieces").cum_sum().over("store", "item")
    )
    assert levels.filter(pl.col("level") < 0).is_empty()
    counted = levels.filter(pl.col("kind") == "count")
    assert counted.height > 100
    assert counted.filter(pl.col("counted") != pl.col("level")).is_empty()


def test_the_provinces_that_got_too_few_have_fewer_than_their_doses_need(
    chronicle: Chronicle, ledger: Ledger, moved: pl.DataFrame
) -> None:
    """Syringes of 0.5 ml beside the doses that take them, in a province that got too few and in another."""
    stores, areas = chronicle.stores, chronicle.world.reference.areas
    [short] = [code for code, kind in TOO_FEW if kind == "dose_syringe"]
    comirnaty = PRODUCTS.index("comirnaty")
    others = pl.Series(chronicle.supply.lots.product[ledger.movements["lot"].to_numpy()] != comirnaty)

    def ratio(code: str) -> float:
        own = stores.province_base + areas.province(code)
        at = pl.col("occurred") <= NOVEMBER_22
        doses = ledger.movements.filter(others).filter((pl.col("store") == own) & at)["doses"].sum()
        syringes = moved.filter((pl.col("store") == own) & at & (pl.col("item") == "ad_syringe_05"))["pieces"].sum()
        return float(syringes) / max(float(doses), 1.0)

    assert ratio("01") > 1.1
    assert ratio(short) < 1.1


def test_rows_are_cut_by_the_time_of_recording(chronicle: Chronicle, moved: pl.DataFrame) -> None:
    stores, epoch = chronicle.stores, chronicle.epoch
    parts = [
        supply_rows(moved, stores, after=after, until=until, epoch=epoch).height
        for after, until in ((-(10**9), NOVEMBER_22), (NOVEMBER_22, 10**9))
    ]
    assert sum(parts) == moved.height
    assert all(parts)


def test_monitors_are_read_of_what_carries_one_and_two_fridges_were_warm(chronicle: Chronicle, ledger: Ledger) -> None:
    read = make_vials(chronicle.world, ledger, chronicle.stores, chronicle.supply.lots)
    products = {PRODUCTS[chronicle.supply.lots.product[lot]] for lot in read["lot"]}
    assert products <= set(MONITORED)
    assert read.filter(pl.col("stage") == 3).height > 0
    assert read.filter(pl.col("stage") == 4).height > 0
    assert set(read["stage"]) == {1, 2, 3, 4}
    assert read.select("store", "lot", "week").is_unique().all()
