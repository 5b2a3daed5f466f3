"""Vaccination sessions: one site's work with one product on one day, planned the afternoon before."""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.calendar import DAY_SECONDS, FIRST_DAY
from demo.reference import PRODUCTS
from demo.streams import stream
from demo.world import DAY_SLOTS, PRODUCT_SLOTS, Usage, World

PLANNED_AT, OPEN_AT, CLOSED_AT = -9 * 3600, 7 * 3600, 18 * 3600  # seconds from midnight of the day itself
PEOPLE_A_TABLE = 150  # a day, full size; demo assumption
NO_SHOW_SHARE = 0.12  # people planned beyond those who came, at most
PLANS = 4099


def session_rows(world: World, usage: Usage, *, after: int | None, at: int) -> pl.DataFrame:
    """Rows of registry.session as they stand `at`; with `after`, only those whose state changed in (after, at].

    `planned_people` is on the scale of the sample, as doses and registrations are; tables are real tables.
    """
    start = usage.day * DAY_SECONDS
    planned, opened, closed = start + PLANNED_AT, start + OPEN_AT, start + CLOSED_AT
    chosen = planned <= at
    if after is not None:
        chosen &= np.logical_or.reduce([(moment > after) & (moment <= at) for moment in (planned, opened, closed)])
    rows = np.flatnonzero(chosen)
    number = (usage.site[rows] * DAY_SLOTS + usage.day[rows]) * PRODUCT_SLOTS + usage.product[rows]
    # A table, so that a session keeps its plan whichever other sessions are asked for with it.
    extra = (stream(world.seed, "sessions").random(PLANS) * NO_SHOW_SHARE)[number % PLANS]
    state = (opened[rows] <= at).astype(np.int64) + (closed[rows] <= at)
    doses = usage.doses[rows]
    return pl.DataFrame(
        {
            "session_id": number,
            "site_code": pl.Series(world.sites.codes).gather(usage.site[rows]),
            "held_on": np.datetime64(FIRST_DAY) + usage.day[rows].astype("timedelta64[D]"),
            "product_code": pl.Series(PRODUCTS).gather(usage.product[rows]),
            "planned_people": doses + np.floor(doses * extra + 0.5).astype(np.int64),
            "tables": np.maximum(doses * world.one_in // PEOPLE_A_TABLE, 1),
            "state": pl.Series(["planned", "open", "closed"]).gather(state),
        }
    )
