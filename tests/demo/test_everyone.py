"""One in one: everybody of a small province, in bulk, without the rest of the nation in memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from demo.calendar import DAY_SECONDS, day_of, utc_epoch_of_start
from demo.doses import NO_FAULT
from demo.plan import SHARES_DAY
from demo.records import dose_rows, dose_texts, person_rows
from demo.supply import plan_supply
from demo.world import gather_usage, make_world, usage_keys
from settings import DemoSettings

SMALLEST = "06"  # Bắc Kạn, 321,215 people


@pytest.mark.slow
def test_everybody_of_a_small_province(reference_dir: Path, zone: str) -> None:
    world = make_world(reference_dir, DemoSettings(one_in=1))
    areas = world.reference.areas
    province = areas.province(SMALLEST)
    assert int(world.plan.sample.people.sum() - world.plan.sample.people[areas.province("74")]) == int(
        areas.people.sum() - areas.people[areas.province("74")]
    )
    records = world.province_records(province)
    assert len(records.people) == areas.people[province]
    assert records.people.adults == areas.adults[province]
    usage = gather_usage([usage_keys(records.doses)])
    texts = dose_texts(world, plan_supply(world, usage).lots, epoch=utc_epoch_of_start(zone))
    at = day_of(SHARES_DAY) * DAY_SECONDS
    so_far = records.doses.take(records.doses.recorded <= at)
    doses = dose_rows(texts, so_far, base=records.base, at=at)
    people = person_rows(world, records)
    assert people.height == len(records.people) + len(records.duplicates.person)
    assert people["person_id"].n_unique() == people.height
    assert doses["dose_id"].n_unique() == doses.height
    assert int(doses["dose_id"].max() or 0) < 2**53
    share = len(np.unique(so_far.person[(so_far.fault == NO_FAULT) & (so_far.step == 1)])) / records.people.adults
    assert 0.6 < share < 1.0


def test_a_tiny_sample_still_holds_together(reference_dir: Path) -> None:
    world = make_world(reference_dir, DemoSettings(one_in=100_000))
    assert int(world.plan.sample.people.sum()) == pytest.approx(985, abs=3)
    for province in range(63):
        records = world.province_records(province)
        assert len(records.people) == world.plan.sample.people[province]
