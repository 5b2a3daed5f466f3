"""Correction tickets that citizens file: for a dose that is not entered yet, and for one that was typed wrong.

The ticket of a missing dose ends when the site has entered it; that of a wrong one when a clerk has repaired it. So a
site that enters late has a backlog, as real ones had.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.calendar import DAY_SECONDS, FIRST_DAY
from demo.copying import instants
from demo.doses import NEVER
from demo.records import DoseTexts
from demo.streams import stream
from demo.world import ProvinceRecords, World

HOUR = 3600
MISSED_AFTER = 36 * HOUR  # a citizen who does not see the dose after so long may file a ticket
MISSING_SHARE, WRONG_SHARE = 0.05, 0.3  # of those who could; demo assumptions: 800,000 tickets of 205 million doses
SETTLED_AFTER = 2 * HOUR


def tickets_of(world: World, records: ProvinceRecords, texts: DoseTexts, *, after: int | None, at: int) -> pl.DataFrame:
    """Tickets of this province's people that are filed or settled in (after, at], local seconds, with both instants as
    `filed` and `settled`; after None: all filed until `at`."""
    doses = records.doses
    generator = stream(world.seed, "tickets", records.province)
    chance, wait = generator.random(len(doses)), generator.random(len(doses))
    late = (doses.recorded - doses.injected > MISSED_AFTER) & (chance < MISSING_SHARE) & ~doses.typed_twice
    typed_wrong = (doses.fault != 0) & (chance < WRONG_SHARE) & ~late & ~doses.typed_twice
    begin = np.where(late, doses.injected + DAY_SECONDS, doses.recorded)
    filed = (begin + wait * 12 * HOUR).astype(np.int64)
    ends = np.where(late, doses.recorded, doses.repaired)
    settled = np.where(ends == NEVER, NEVER, np.maximum(ends + SETTLED_AFTER, filed))
    chosen = (late | typed_wrong) & (filed <= at)
    if after is not None:
        chosen &= (filed > after) | ((settled > after) & (settled <= at))
    rows = np.flatnonzero(chosen)
    mine = doses.take(rows)
    missing = late[rows]
    home = records.people.home[mine.person]
    areas = world.reference.areas
    return pl.DataFrame(
        {
            "ticket_id": mine.dose_id,
            "person_id": records.base + mine.person,
            "kind": pl.Series(["wrong", "missing"]).gather(missing.astype(np.int64)),
            "province_code": pl.Series(areas.province_codes).gather(areas.home_province[home]),
            "site_code": texts.sites.gather(mine.site),
            "product_code": texts.products.gather(mine.product),
            "day": mine.day,
            "dose": np.where(missing, 0, mine.dose_id),
            "filed": filed[rows],
            "settled": settled[rows],
        }
    )


def ticket_rows(tickets: pl.DataFrame, *, after: int | None, at: int, epoch: int) -> pl.DataFrame:
    """Rows of registry.correction_ticket that are new or settled in (after, at], as they stand `at`."""
    filed, settled = pl.col("filed"), pl.col("settled")
    news = pl.lit(True) if after is None else (filed > after) | ((settled > after) & (settled <= at))
    seen = (filed <= at) & news
    done = settled <= at
    return (
        tickets.filter(seen)
        .sort("ticket_id")
        .select(
            "ticket_id",
            pl.concat_str(pl.lit("PA-"), pl.col("ticket_id").cast(pl.String)).alias("number"),
            "person_id",
            "kind",
            "province_code",
            "site_code",
            "product_code",
            (pl.lit(FIRST_DAY) + pl.duration(days=pl.col("day"))).alias("injected_on"),
            pl.when(pl.col("dose") > 0).then("dose").alias("dose_id"),
            instants(filed, epoch).alias("filed_at"),
            pl.when(done).then(instants(pl.when(done).then(settled), epoch)).alias("closed_at"),
        )
    )
