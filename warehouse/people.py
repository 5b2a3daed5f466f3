"""Where each person stands in their series: recomputed for the people whose doses changed, from all their doses."""

from __future__ import annotations

import duckdb
import numpy as np
import polars as pl

from campaign.series import SeriesRules
from campaign.series_numpy import EPOCH, NEVER, Events, Ints, Outcome, evaluate_many
from warehouse.sqlfiles import sql

DAYS = ("first_on", "full_on", "boosted_on", "due_on")


def refresh_series(connection: duckdb.DuckDBPyConnection, rules: SeriesRules) -> int:
    """Bring core.person_series up to date for temp.changed_people. Returns the number of people looked at."""
    doses = pl.DataFrame(connection.sql(sql("people/doses_of_changed")).to_arrow_table())
    connection.execute(
        "DELETE FROM core.person_series WHERE person_key IN (SELECT person_key FROM temp.changed_people)"
    )
    if doses.is_empty():
        return 0
    states = _evaluate(doses, rules)
    connection.register("states", states.to_arrow())
    connection.execute("INSERT INTO core.person_series BY NAME FROM states")
    connection.unregister("states")
    return len(states)


def _evaluate(doses: pl.DataFrame, rules: SeriesRules) -> pl.DataFrame:
    """`doses` is ordered by person, day and id, one row a valid dose."""
    products = sorted(rules.products)
    code = {name: index for index, name in enumerate(products)}
    events = Events(
        person=doses["person_key"].rle_id().cast(pl.Int64).to_numpy(),
        day=(doses["injected_on"] - EPOCH).dt.total_days().to_numpy(),
        product=doses["product_code"].replace_strict(code, return_dtype=pl.Int64).to_numpy(),
        products=products,
    )
    return _frame(evaluate_many(events, rules), doses)


def _frame(outcome: Outcome, doses: pl.DataFrame) -> pl.DataFrame:
    first = doses[outcome.first_event.tolist()]
    return pl.DataFrame(
        {
            "person_key": first["person_key"],
            "state": outcome.state,
            **{name: _days(getattr(outcome, name)) for name in DAYS},
            "valid_doses": outcome.valid_doses,
            "first_dose_id": first["dose_id"],
            "first_age_years": first["age_years"],
        }
    )


def _days(values: Ints) -> pl.Series:
    known = values != NEVER
    series = pl.Series(np.where(known, values, 0).astype(np.int32)).cast(pl.Date)
    return pl.Series(pl.select(pl.when(pl.Series(known)).then(series).otherwise(pl.lit(None, pl.Date))).to_series())
