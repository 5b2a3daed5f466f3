"""Registrations: counted by area, state and age. Unit: registrations, one a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.engine.codes import Codes
from warehouse.engine.doses import ZONE, day_number
from warehouse.engine.facts import Facts
from warehouse.engine.keys import id_numbers
from warehouse.engine.resolve import newest
from warehouse.engine.segments import Array, Columns
from warehouse.engine.slots import UNKNOWN_AGE, age_band

STATES = (
    "registered", "approved", "invited", "arrived", "screened", "injected", "observed", "deferred", "cancelled",
)  # fmt: skip
STATE_NUMBERS = {name: number for number, name in enumerate(STATES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationChange:
    """Records newer than what is held, and the versions that they replace."""

    accepted: Columns
    removed: Columns

    def signed(self) -> Mapping[str, Array]:
        parts = ((self.removed, -1), (self.accepted, 1))
        return {
            "sign": np.concatenate([np.full(len(rows["state"]), sign, dtype=np.int8) for rows, sign in parts]),
            "area": np.concatenate([rows["area"] for rows, _ in parts]),
            "state": np.concatenate([rows["state"] for rows, _ in parts]),
            "band": np.concatenate([age_band(rows["age"]) for rows, _ in parts]),
        }


def change_registrations(
    facts: Facts, codes: Codes, rows: pl.DataFrame, people: npt.NDArray[np.int64]
) -> RegistrationChange:
    """`people` are the numbers of the people of `rows`, which has the columns of the feed."""
    columns: Columns = {
        "registration_id": id_numbers(rows["registration_id"]),
        "version": rows["version"].to_numpy(),
        "person": people.astype(np.uint32),
        "area": codes.numbers("area", rows["province_code"]).astype(np.uint16),
        "registered_on": day_number(rows["registered_at"].dt.convert_time_zone(ZONE)),
        "state": rows["state"].replace_strict(STATE_NUMBERS, return_dtype=pl.UInt8).to_numpy(),
        "age": rows["age_years"].fill_null(UNKNOWN_AGE).clip(0, UNKNOWN_AGE).to_numpy().astype(np.uint8),
    }
    chosen = newest(columns["registration_id"], columns["version"])
    columns = {name: values[chosen] for name, values in columns.items()}
    held = facts.held(columns["registration_id"])
    fresh = ~held.found | (columns["version"] > held.rows["version"])
    return RegistrationChange(
        accepted={name: values[fresh] for name, values in columns.items()},
        removed={name: values[fresh & held.found] for name, values in held.rows.items()},
    )
