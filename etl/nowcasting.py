"""The nowcast of a snapshot: the published delays as triangles, the estimate as rows of mart.nowcast."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from campaign.coverage import UNKNOWN_AREA
from campaign.nowcast import DayNowcast, NowcastRules, Triangle, nowcast, nowcast_areas

Doses = npt.NDArray[np.float64]
# The nation is an area of its own: its interval is narrower than the provinces' together.
NATION = ""
DAYS = 90
MOST_LAG = 60
QUERY = """
SELECT area_code, ($as_of::DATE - day)::INTEGER AS age, lag_days, doses
FROM (SELECT area_code, day, lag_days, doses FROM outgoing.dose_delay
      UNION ALL SELECT '', day, lag_days, sum(doses)::BIGINT FROM outgoing.dose_delay GROUP BY day, lag_days)
WHERE day > $as_of::DATE - $days AND day <= $as_of::DATE AND area_code <> $unknown
"""


def nowcast_rows(connection: duckdb.DuckDBPyConnection, *, as_of: date, rules: NowcastRules) -> pl.DataFrame:
    """Rows of mart.nowcast from outgoing.dose_delay. `as_of` is the campaign's day, which is still under way."""
    asked = {"as_of": as_of, "days": DAYS, "unknown": UNKNOWN_AREA}
    told = pl.DataFrame(connection.sql(QUERY, params=asked).to_arrow_table())
    if told.is_empty():
        return _frame(())
    areas: list[str] = told["area_code"].unique().sort().to_list()
    number = told["area_code"].replace_strict(areas, range(len(areas)), return_dtype=pl.Int64).to_numpy()
    by_lag = np.zeros((len(areas), DAYS, MOST_LAG + 1))
    by_lag[number, told["age"].to_numpy(), told["lag_days"].to_numpy()] = told["doses"].to_numpy()
    ages = range(DAYS - 1, -1, -1)
    days = [as_of - timedelta(days=age) for age in ages]
    known = _known(by_lag)
    triangles = {
        area: Triangle(days=days, counts=[known[place, age, : _length(age)] for age in ages], as_of=as_of)
        for place, area in enumerate(areas)
    }
    nation = triangles.pop(NATION, None)
    found = nowcast_areas(triangles, rules)
    if nation is not None:
        found[NATION] = nowcast(nation, rules)
    return _frame(found.items())


def _known(by_lag: Doses) -> Doses:
    """[area, age, lag]: what was known at the end of each finished day since, and behind those what is known by now."""
    known = by_lag.cumsum(axis=2)
    young = np.arange(min(DAYS, MOST_LAG + 1))
    known[:, young, young] = by_lag[:, young].sum(axis=2)
    return known


def _length(age: int) -> int:
    """Of a day's row: its finished days of delay and now; of an old one those of which the delays are told."""
    return age + 1 if age <= MOST_LAG else MOST_LAG


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
