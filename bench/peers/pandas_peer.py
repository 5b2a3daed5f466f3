"""Peer: pandas, everything counted again from frames that are in memory already, in small types."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import polars as pl

from bench.peers.common import AGGREGATES, Cells, Changed, history_doses, history_people, sites, tidy
from warehouse.engine.engine import Engine

LAST_DAY_OF_BUCKET = (0, 3, 7, 30)


class Frames:
    """A history as frames."""

    def __init__(self, engine: Engine) -> None:
        self._doses = pd.concat([_frame(piece) for piece in history_doses(engine)], ignore_index=True)
        self._people = _frame(history_people(engine))
        self._place = sites(engine)["place"].to_numpy()

    def refresh(self, changed: Changed) -> tuple[float, Cells]:
        """Seconds to take the changed records in and count everything again, and what that says."""
        started = time.perf_counter()
        doses, people = self._with(changed)
        counted = self._count(doses, people)
        seconds = time.perf_counter() - started
        return seconds, {name: tidy(name, pl.from_pandas(cells)) for name, cells in counted.items()}

    def _with(self, changed: Changed) -> tuple[pd.DataFrame, pd.DataFrame]:
        kept = self._doses[~self._doses["dose_id"].isin(changed.doses["dose_id"].to_numpy())]
        doses = pd.concat([kept, _frame(changed.doses).astype(self._doses.dtypes.to_dict())], ignore_index=True)
        stayed = self._people[~self._people["person"].isin(changed.people["person"].to_numpy())]
        return doses, pd.concat([stayed, _frame(changed.people)], ignore_index=True)

    def _count(self, doses: pd.DataFrame, people: pd.DataFrame) -> dict[str, pd.DataFrame]:
        held = doses[doses["voided"] == 0]
        lag = (held["recorded_on"].astype("int32") - held["injected_on"].astype("int32")).to_numpy()
        rows = pd.DataFrame(
            {
                "place": self._place[held["site"].to_numpy()],
                "site": held["site"],
                "day": held["injected_on"],
                "product": held["product"],
                "number": held["number"].clip(upper=4),
                "identity": held["identity"],
            }
        )
        recorded = rows[["place"]].assign(
            day=held["recorded_on"], bucket=np.searchsorted(LAST_DAY_OF_BUCKET, lag, side="left")
        )
        vaccinated = people[people["person"].isin(held["person"].unique())]
        frames = {"recorded": recorded, "people": vaccinated}
        return {
            name: frames.get(name, rows).groupby(list(keys), observed=True).size().rename("n").reset_index()
            for name, keys in AGGREGATES.items()
        }


def _frame(rows: pl.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({name: rows[name].to_numpy() for name in rows.columns})
