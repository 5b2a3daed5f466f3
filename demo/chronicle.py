"""The whole campaign, ready to be cut at any moment: history and live records are parts of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from demo.calendar import utc_epoch_of_start
from demo.places import Stores, stores_of
from demo.records import DoseTexts, dose_texts
from demo.supply import Supply, plan_supply
from demo.world import ProvinceRecords, Usage, World, gather_usage, make_world, usage_keys
from settings import DemoSettings

KEPT_PEOPLE = 3_000_000  # up to this many sampled people all records stay in memory; above, a province is made again


@dataclass(frozen=True, slots=True, kw_only=True)
class Chronicle:
    """`kept` holds the records of every province, or nothing where the sample is too large for memory."""

    world: World
    usage: Usage
    supply: Supply
    stores: Stores
    texts: DoseTexts
    kept: tuple[ProvinceRecords, ...]

    @property
    def epoch(self) -> int:
        return self.texts.epoch

    def records(self, province: int) -> ProvinceRecords:
        return self.kept[province] if self.kept else self.world.province_records(province)

    def chunks(self) -> list[list[int]]:
        """Provinces in groups that fit into memory together and are committed together."""
        chunks: list[list[int]] = [[]]
        people = 0
        for province, count in enumerate(self.world.plan.sample.people.tolist()):
            if chunks[-1] and people + count > KEPT_PEOPLE:
                chunks.append([])
                people = 0
            chunks[-1].append(province)
            people += count
        return chunks


def make_chronicle(
    reference_dir: Path, demo: DemoSettings, timezone: str, progress: Callable[[str, float], None] | None = None
) -> Chronicle:
    """One pass over all provinces. Seconds at 1:100; minutes, and bounded memory, for everyone."""
    world = make_world(reference_dir, demo)
    keep = int(world.plan.sample.people.sum()) <= KEPT_PEOPLE
    kept: list[ProvinceRecords] = []
    used = []
    for province in range(world.provinces):
        records = world.province_records(province)
        used.append(usage_keys(records.doses))
        if keep:
            kept.append(records)
        if progress is not None:
            progress("people of the demonstration", (province + 1) / world.provinces)
    usage = gather_usage(used)
    supply = plan_supply(world, usage)
    return Chronicle(
        world=world,
        usage=usage,
        supply=supply,
        stores=stores_of(world),
        texts=dose_texts(world, supply.lots, epoch=utc_epoch_of_start(timezone)),
        kept=tuple(kept),
    )
