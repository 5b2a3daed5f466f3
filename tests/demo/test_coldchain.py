"""Readings of the live devices: any moment can be asked for again, and the faults are there."""

from __future__ import annotations

from itertools import pairwise

import polars as pl
import pytest

from demo.calendar import DAY_SECONDS
from demo.chronicle import Chronicle
from demo.coldchain import STEPS, Equipment, Readings, equipment_rows, make_equipment

DAY = 259


@pytest.fixture(scope="module")
def equipment(chronicle: Chronicle) -> Equipment:
    return make_equipment(chronicle.world, chronicle.stores, reading_devices=200)


def readings(equipment: Equipment, *, dirt: bool = True) -> Readings:
    return Readings(equipment=equipment, seed=2021, dirt=dirt)


def test_windows_join_without_a_gap_or_an_overlap(equipment: Equipment) -> None:
    start = DAY * DAY_SECONDS
    cuts = [start, start + 300, start + 3 * 3600 + 60, start + 26 * 3600, start + 48 * 3600]
    source = readings(equipment)
    pieces = pl.concat([source.received(after=a, until=b) for a, b in pairwise(cuts)]).sort("reading_id")
    whole = readings(equipment).received(after=cuts[0], until=cuts[-1]).sort("reading_id")
    assert pieces.equals(whole)
    assert whole["reading_id"].n_unique() == whole.height


def test_two_days_hold_every_kind_of_fault(equipment: Equipment) -> None:
    start = DAY * DAY_SECONDS
    seen = readings(equipment).received(after=start - 2 * DAY_SECONDS, until=start)
    assert 0.9 < seen.height / (200 * 2 * STEPS) < 1.01
    fridge = pl.Series(equipment.storage_class[equipment.live][seen["device"].to_numpy()] == 0)
    assert seen.filter(fridge & (pl.col("temp_c") <= -0.5)).height >= 12  # frozen for an hour
    assert seen.filter(fridge & (pl.col("temp_c") > 8.0)).height > 100
    for flag in ("power_on", "battery_ok", "probe_ok"):
        assert not seen[flag].all(), flag
    assert seen["door_open"].any()
    assert seen.filter(~pl.col("probe_ok"))["temp_c"].null_count() == seen.filter(~pl.col("probe_ok")).height
    late = seen.filter(pl.col("received_at") - pl.col("read_at") > 1800)
    assert late.height > 100
    assert seen.select("device", "read_at").is_duplicated().any()
    silent = seen.group_by("device").len().filter(pl.col("len") < 2 * STEPS - 20)
    assert silent.height > 0


def test_without_dirt_all_devices_are_well(equipment: Equipment) -> None:
    start = DAY * DAY_SECONDS
    seen = readings(equipment, dirt=False).received(after=start, until=start + DAY_SECONDS)
    fridge = pl.Series(equipment.storage_class[equipment.live][seen["device"].to_numpy()] == 0)
    assert seen.filter(fridge)["temp_c"].is_between(2.0, 8.0).all()
    assert seen.filter(~pl.col("power_on")).is_empty()


def test_only_the_chosen_devices_report_live(equipment: Equipment, chronicle: Chronicle) -> None:
    rows = equipment_rows(equipment, chronicle.stores)
    assert rows.filter(pl.col("reporting_mode") == "live").height == 200
    assert rows["equipment_id"].n_unique() == rows.height
    assert set(rows["storage_class"].unique()) == {"refrigerator", "freezer", "ultra_cold"}
