"""The register of the demonstration: breaks, repairs and gaps, the same each time."""

from __future__ import annotations

from itertools import pairwise

import polars as pl
import pytest

from demo.calendar import DAY_SECONDS, DAYS
from demo.chronicle import Chronicle
from demo.coldchain import Equipment, equipment_rows, make_equipment
from demo.register import Break, breaks, job_rows, retired, status_rows

SEED, EPOCH = 2021, 1_615_136_400
AT = 259 * DAY_SECONDS


@pytest.fixture(scope="module")
def equipment(chronicle: Chronicle) -> Equipment:
    return make_equipment(chronicle.world, chronicle.stores, reading_devices=200)


def test_a_moment_holds_what_was_said_until_then_and_nothing_of_later(equipment: Equipment) -> None:
    before = status_rows(equipment, seed=SEED, at=AT, epoch=EPOCH)
    later = status_rows(equipment, seed=SEED, at=AT + 30 * DAY_SECONDS, epoch=EPOCH)
    assert before.height < later.height
    # What was said once is never unsaid, but for a device that goes for good.
    gone = {equipment.ids[device] for device in retired(equipment, seed=SEED)}
    kept = before.filter(~pl.col("equipment_id").is_in(gone))
    assert kept.join(later, on=kept.columns, how="anti").is_empty()
    assert not before.select("equipment_id", "since").is_duplicated().any()


def test_every_status_is_there_and_some_devices_are_broken_now(equipment: Equipment) -> None:
    said = status_rows(equipment, seed=SEED, at=AT, epoch=EPOCH)
    assert set(said["status"].unique()) == {"working", "needs_repair", "not_working", "not_in_use"}
    now = said.group_by("equipment_id").agg(pl.col("status").sort_by("since").last())
    broken = now.filter(pl.col("status").is_in(["needs_repair", "not_working"])).height
    assert 3 <= broken <= 60


def test_at_most_one_repair_of_a_device_is_open_and_each_step_has_its_words(equipment: Equipment) -> None:
    jobs = job_rows(equipment, seed=SEED, at=AT, epoch=EPOCH)
    open_now = jobs.filter(pl.col("done_at").is_null())
    assert open_now.height > 0
    assert not open_now["equipment_id"].is_duplicated().any()
    done = jobs.filter(pl.col("done_at").is_not_null())
    assert done.height > open_now.height
    assert not done["outcome"].is_null().any()
    assert (done["done_at"] > done["assigned_at"]).all()
    assert (jobs["assigned_at"].is_null() == jobs["assigned_to"].is_null()).all()
    assert (open_now["outcome"].is_null() & open_now["done_by"].is_null()).all()


def test_a_device_breaks_again_only_once_it_works(equipment: Equipment) -> None:
    found = breaks(equipment, seed=SEED)
    assert found == breaks(equipment, seed=SEED)
    by_device: dict[int, list[Break]] = {}
    for item in found:
        by_device.setdefault(item.device, []).append(item)
    for own in by_device.values():
        for one, other in pairwise(own):
            assert other.broke >= one.done
    assert all(0 <= item.broke < DAYS * DAY_SECONDS for item in found)
    assert {item.opened is None for item in found} == {True, False}


def test_litres_and_hours_of_hold_have_gaps_as_registers_do(equipment: Equipment, chronicle: Chronicle) -> None:
    rows = equipment_rows(equipment, chronicle.stores)
    assert 0 < rows["litres"].null_count() < rows.height // 20
    assert rows.height // 5 < rows["holdover_hours"].null_count() < rows.height // 3
    national = rows.filter(pl.col("store_code") == "NAT")["litres"].sum()
    assert national > rows.filter(pl.col("store_code") == "P01")["litres"].sum() * 10
