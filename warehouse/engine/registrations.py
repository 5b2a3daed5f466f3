"""Registrations: counted by area, state and age; those that wait by the day they were made; the served by their wait.

Unit: registrations, one a record. The wait ends on the day the record says injected, or observed half an hour later, as
the registry writes it: an entry made late makes it longer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.engine.codes import Codes
from warehouse.engine.doses import local
from warehouse.engine.facts import Facts
from warehouse.engine.keys import id_numbers
from warehouse.engine.resolve import newest
from warehouse.engine.segments import Array, Columns
from warehouse.engine.slots import UNKNOWN_AGE, age_band

STATES = (
    "registered", "approved", "invited", "arrived", "screened", "injected", "observed", "deferred", "cancelled",
)  # fmt: skip
STATE_NUMBERS = {name: number for number, name in enumerate(STATES)}
# Of a deferral whose reason is not told, and of one in words that data/reference/deferral_reasons.csv does not have.
REASON_NOT_TOLD, OTHER_REASON = 0, 15
REASONS = 16
# Longer waits count as this long.
MOST_DAYS = 999
# Likewise where a day of registration has its own cells, which nobody asks so far back for.
MOST_COURSE_DAYS = 120
WAITS, SERVED, LEFT = 0, 1, 2
# By state: what became of a registration.
OUTCOMES = np.array([WAITS, WAITS, WAITS, WAITS, WAITS, SERVED, SERVED, LEFT, LEFT], dtype=np.uint8)


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
            "reason": np.concatenate([rows["reason"] for rows, _ in parts]),
            "day": np.concatenate([rows["registered_on"] for rows, _ in parts]),
            "waited": np.concatenate([waited_days(rows) for rows, _ in parts]),
            "outcome": np.concatenate([OUTCOMES[rows["state"]] for rows, _ in parts]),
            "course": np.concatenate([course_days(rows) for rows, _ in parts]),
        }


def waited_days(rows: Columns) -> Array:
    """Whole local days from the registration to its present state. One that is dated before it began has not waited."""
    days = rows["state_on"].astype(np.int32) - rows["registered_on"].astype(np.int32)
    return np.clip(days, 0, MOST_DAYS).astype(np.int16)


def course_days(rows: Columns) -> Array:
    """Whole days until it ended; 0 while it waits."""
    days = np.minimum(waited_days(rows), MOST_COURSE_DAYS)
    return np.where(OUTCOMES[rows["state"]] == WAITS, 0, days).astype(np.int16)


def change_registrations(
    facts: Facts,
    codes: Codes,
    rows: pl.DataFrame,
    people: npt.NDArray[np.int64],
    reasons: Mapping[str, int],
) -> RegistrationChange:
    """`people` are the numbers of the people of `rows`, which has the columns of the feed; `reasons` the numbers of the
    known words for why somebody is deferred. The words themselves are not kept: anything may have been typed there."""
    columns: Columns = {
        "registration_id": id_numbers(rows["registration_id"]),
        "version": rows["version"].to_numpy(),
        "person": people.astype(np.uint32),
        "area": codes.numbers("area", rows["province_code"]).astype(np.uint16),
        "registered_on": local(rows["registered_at"])[0],
        "state": rows["state"].replace_strict(STATE_NUMBERS, return_dtype=pl.UInt8).to_numpy(),
        "state_on": local(rows["state_at"])[0],
        "reason": _reason_numbers(rows["deferral_reason"], reasons),
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


def _reason_numbers(texts: pl.Series, reasons: Mapping[str, int]) -> Array:
    words = texts.cast(pl.String).str.strip_chars().str.to_lowercase()
    known = {text.lower(): number for text, number in reasons.items()}
    numbers = words.replace_strict(known, default=OTHER_REASON, return_dtype=pl.UInt8) if known else None
    told = words.is_not_null() & (words != "")
    found = numbers.to_numpy() if numbers is not None else np.full(len(words), OTHER_REASON, dtype=np.uint8)
    return np.where(told.fill_null(value=False).to_numpy(), found, REASON_NOT_TOLD).astype(np.uint8)
