"""What follows from doses: declared daily counts, reactions reported afterwards, and people found to be one."""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.calendar import DAY_SECONDS, DAYS, FIRST_DAY
from demo.copying import instants
from demo.doses import NEVER
from demo.records import DoseTexts
from demo.streams import stream
from demo.world import CENTRAL, ProvinceRecords, Usage, World

DECLARED_AT = 17 * 3600 + 1800  # a province declares its day after the 16:00 cut-off and the close of sessions
DECLARED_NOISE = 0.02
REACTION_SHARE, SERIOUS_SHARE = 0.003, 0.01  # of doses; of reactions
OUTCOMES = ("đã hồi phục", "đang theo dõi")


def declared_rows(world: World, usage: Usage, *, after: int | None, at: int, epoch: int) -> pl.DataFrame:
    """What each province declared for each day: doses given in it, on the scale of the sample, within 2 % (dirt)."""
    province = world.province_of_place()[world.sites.district[usage.site]]
    frame = pl.DataFrame({"province": province, "day": usage.day, "doses": usage.doses})
    daily = frame.filter(pl.col("province") != CENTRAL).group_by("province", "day").agg(pl.col("doses").sum())
    daily = daily.sort("day", "province")
    noise = stream(world.seed, "declared").normal(0.0, DECLARED_NOISE * world.dirt, (CENTRAL, DAYS))
    wrong = noise[daily["province"].to_numpy(), daily["day"].to_numpy()]
    value = np.floor(daily["doses"].to_numpy() * (1 + wrong) + 0.5).astype(np.int64)
    declared = pl.col("day") * DAY_SECONDS + DECLARED_AT
    chosen = declared <= at if after is None else (declared <= at) & (declared > after)
    daily = daily.with_columns(value=pl.Series(value)).filter(chosen)
    return daily.select(
        area_code=pl.Series(world.reference.areas.province_codes).gather(daily["province"]),
        counted_on=pl.lit(FIRST_DAY) + pl.duration(days=pl.col("day")),
        measure=pl.lit("doses"),
        value="value",
        declared_at=instants(declared, epoch),
        declared_by=pl.lit("CDC"),
    )


def reaction_rows(
    world: World, records: ProvinceRecords, texts: DoseTexts, *, after: int | None, at: int
) -> pl.DataFrame:
    """Reactions reported within three days of a dose of this province's people."""
    doses = records.doses
    generator = stream(world.seed, "reactions", records.province)
    chosen = np.flatnonzero((generator.random(len(doses)) < REACTION_SHARE) & ~doses.typed_twice)
    onset = doses.injected[chosen] + generator.integers(1200, 2 * DAY_SECONDS, len(chosen))
    recorded = np.maximum(onset, doses.recorded[chosen]) + generator.integers(600, DAY_SECONDS, len(chosen))
    serious = generator.random(len(chosen)) < SERIOUS_SHARE
    seen = recorded <= at if after is None else (recorded <= at) & (recorded > after)
    mine = doses.take(chosen[seen])
    lot = texts.lot_of_cell[texts.place_of_site[mine.site], mine.product, mine.day // 7]
    return pl.DataFrame(
        {
            "event_id": mine.dose_id,
            "person_id": records.base + mine.person,
            "dose_id": mine.dose_id,
            "site_code": texts.sites.gather(mine.site),
            "lot_number": texts.lots.gather(lot),
            "product_code": texts.products.gather(mine.product),
            "onset_at": onset[seen],
            "recorded_at": recorded[seen],
            "serious": serious[seen],
            "outcome": pl.Series(OUTCOMES).gather(serious[seen].astype(np.int64)),
        }
    ).with_columns(
        onset_at=instants(pl.col("onset_at"), texts.epoch), recorded_at=instants(pl.col("recorded_at"), texts.epoch)
    )


def merge_log_rows(records: ProvinceRecords, *, after: int | None, at: int, epoch: int) -> pl.DataFrame:
    """People found to be registered twice, once a clerk has said so."""
    twice = records.duplicates
    seen = (twice.merged <= at) & (twice.merged != NEVER)
    if after is not None:
        seen &= twice.merged > after
    rows = np.flatnonzero(seen)
    second = records.base + len(records.people) + rows
    frame = pl.DataFrame(
        {
            "merge_id": second,
            "kept_person_id": records.base + twice.person[rows],
            "merged_person_id": second,
            "merged_at": twice.merged[rows],
        }
    )
    return frame.with_columns(merged_at=instants(pl.col("merged_at"), epoch), actor=pl.lit("clerk"))
