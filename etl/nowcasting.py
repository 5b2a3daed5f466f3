"""The nowcast of a snapshot: the published delays as triangles, the estimate as rows of mart.nowcast."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import duckdb
import numpy as np
import polars as pl

from campaign.coverage import UNKNOWN_AREA
from campaign.nowcast import DayNowcast, NowcastRules, Triangle, nowcast, nowcast_areas

# The nation is an area of its own: its interval is narrower than the provinces' together.
NATION = ""
DAYS = 90
MOST_LAG = 60
QUERY = """
SELECT area_code, day, list(lag_days ORDER BY lag_days) AS lags, list(doses ORDER BY lag_days) AS doses
FROM (SELECT area_code, day, lag_days, doses FROM outgoing.dose_delay
      UNION ALL SELECT '', day, lag_days, sum(doses)::BIGINT FROM outgoing.dose_delay GROUP BY day, lag_days)
WHERE day > $as_of::DATE - $days AND day <= $as_of::DATE
GROUP BY area_code, day
"""


def nowcast_rows(connection: duckdb.DuckDBPyConnection, *, as_of: date, rules: NowcastRules) -> pl.DataFrame:
    """Rows of mart.nowcast from outgoing.dose_delay. `as_of` is the campaign's day, which is still under way."""
    known: dict[str, dict[date, dict[int, int]]] = {}
    for area, day, lags, doses in connection.execute(QUERY, {"as_of": as_of, "days": DAYS}).fetchall():
        known.setdefault(area, {})[day] = dict(zip(lags, doses, strict=True))
    known.pop(UNKNOWN_AREA, None)
    days = [as_of - timedelta(days=age) for age in range(DAYS - 1, -1, -1)]
    triangles = {
        area: Triangle(days=days, counts=[_told(by_day.get(day, {}), (as_of - day).days) for day in days], as_of=as_of)
        for area, by_day in known.items()
    }
    nation = triangles.pop(NATION, None)
    found = nowcast_areas(triangles, rules)
    if nation is not None:
        found[NATION] = nowcast(nation, rules)
    return _frame(found.items())


def _told(doses: dict[int, int], age: int) -> list[int]:
    """What was known at the end of each finished day since, and what is known by now."""
    by_lag = np.zeros(MOST_LAG + 1, dtype=np.int64)
    by_lag[list(doses)] = list(doses.values())
    finished: list[int] = by_lag.cumsum()[: min(age, MOST_LAG)].tolist()
    return [*finished, sum(doses.values())] if age <= MOST_LAG else finished


def _frame(found: Iterable[tuple[str, tuple[DayNowcast, ...]]]) -> pl.DataFrame:
    rows = [
        {"area_code": area, "day": item.day, "reported": item.reported, "expected": item.expected}
        | {"low": item.low, "high": item.high}
        for area, days in found
        for item in days
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


SCHEMA = {
    "area_code": pl.String,
    "day": pl.Date,
    "reported": pl.Int64,
    "expected": pl.Int64,
    "low": pl.Int64,
    "high": pl.Int64,
}
