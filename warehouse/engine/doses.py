"""Dose records: which are new, which replace what is held, and what that takes away and adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.engine.codes import Codes
from warehouse.engine.facts import DOSE, Facts
from warehouse.engine.keys import id_numbers
from warehouse.engine.places import SiteMap
from warehouse.engine.resolve import newest
from warehouse.engine.segments import Array, Columns
from warehouse.engine.slots import FIRST_DAY, IDENTITY, MOST_NUMBER, UNKNOWN_AGE, Doses, Slots, age_band, pack

Numbers = npt.NDArray[np.int64]
ZONE = "Asia/Ho_Chi_Minh"
IDENTITY_NUMBERS = {name: number for number, name in enumerate(IDENTITY)}
CHUNK = 4_000_000
QUARTER_US = 900_000_000
# Of four years: a table of more would take longer than asking each instant.
MOST_QUARTERS = 140_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseChange:
    """`accepted`: records newer than what is held. `removed` and `added`: doses that counted before and count now,
    with the places of their sites at that time."""

    accepted: Columns
    removed: Columns
    added: Columns
    removed_sites: SiteMap
    added_sites: SiteMap

    def removed_slots(self) -> Slots:
        return slots_of(self.removed, self.removed_sites)

    def added_slots(self) -> Slots:
        return slots_of(self.added, self.added_sites)

    def signed(self) -> Mapping[str, Array]:
        """Rows for the cubes that are counted from records: what counted before with -1, what counts now with +1."""
        before = signed_doses(self.removed, self.removed_sites, sign=-1)
        after = signed_doses(self.added, self.added_sites, sign=1)
        return {name: np.concatenate([before[name], after[name]]) for name in before}

    def joined(self, other: DoseChange) -> DoseChange:
        """With the doses of `other` besides, which are already accepted."""
        return DoseChange(
            accepted=self.accepted,
            removed=_both(self.removed, other.removed),
            added=_both(self.added, other.added),
            removed_sites=self.removed_sites,
            added_sites=self.added_sites,
        )


def change_doses(facts: Facts, columns: Columns, *, before: SiteMap, after: SiteMap) -> DoseChange:
    """`columns`: what came, as `columns_of` gives it."""
    chosen = newest(columns["dose_id"], columns["version"])
    columns = {name: values[chosen] for name, values in columns.items()}
    held = facts.held(columns["dose_id"])
    fresh = ~held.found | (columns["version"] > held.rows["version"])
    counted_before = fresh & held.found & (held.rows["voided"] == 0)
    accepted = {name: values[fresh] for name, values in columns.items()}
    counts_now = accepted["voided"] == 0
    return DoseChange(
        accepted=accepted,
        removed={name: values[counted_before] for name, values in held.rows.items()},
        added={name: values[counts_now] for name, values in accepted.items()},
        removed_sites=before,
        added_sites=after,
    )


def doses_of_sites(facts: Facts, sites: Numbers, *, besides: Numbers, before: SiteMap, after: SiteMap) -> DoseChange:
    """A site that moved to another province takes its doses along. One pass over all facts: it happens rarely."""
    found: list[Columns] = []
    for chunk in facts.chunks(tuple(DOSE), CHUNK):
        wanted = np.isin(chunk["site"], sites) & (chunk["voided"] == 0) & ~np.isin(chunk["dose_id"], besides)
        found.append({name: values[wanted] for name, values in chunk.items()})
    empty = {name: np.zeros(0, dtype=dtype.base) for name, dtype in DOSE.items()}
    doses = {name: np.concatenate([empty[name], *(chunk[name] for chunk in found)]) for name in DOSE}
    return DoseChange(accepted=empty, removed=doses, added=doses, removed_sites=before, added_sites=after)


def columns_of(rows: pl.DataFrame, people: Numbers, codes: Codes) -> Columns:
    """The feed's rows as facts keep them, `people` the numbers of their people. Days and hours are local."""
    (injected_on, hour), (recorded_on, _) = (local(rows[name]) for name in ("injected_at", "recorded_at"))
    return {
        "dose_id": id_numbers(rows["dose_id"]),
        "version": rows["version"].to_numpy(),
        "person": people.astype(np.uint32),
        "lot": codes.numbers("lot", rows["lot_number"]).astype(np.uint32),
        "site": codes.numbers("site", rows["site_code"]).astype(np.uint16),
        "injected_on": injected_on,
        "recorded_on": recorded_on,
        "product": codes.numbers("product", rows["product_code"]).astype(np.uint8),
        "number": rows["dose_number"].fill_null(0).clip(0, MOST_NUMBER).to_numpy().astype(np.uint8),
        "age": rows["age_years"].fill_null(UNKNOWN_AGE).clip(0, UNKNOWN_AGE).to_numpy().astype(np.uint8),
        "identity": rows["identity_status"].replace_strict(IDENTITY_NUMBERS, return_dtype=pl.UInt8).to_numpy(),
        "hour": hour,
        "voided": rows["voided"].to_numpy().astype(np.uint8),
    }


def local(instants: pl.Series) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint8]]:
    """Local calendar day, counted from FIRST_DAY, and hour of each instant.

    Told for each quarter of an hour once and then looked up, since no zone's clock changes within one: asking for each
    of a million instants takes five times as long."""
    quarter = instants.dt.epoch("us").to_numpy() // QUARTER_US
    first, last = (int(quarter.min()), int(quarter.max())) if len(quarter) else (0, 0)
    if last - first >= MOST_QUARTERS:
        clock = instants.dt.convert_time_zone(ZONE)
        return day_number(clock), clock.dt.hour().to_numpy().astype(np.uint8)
    each = pl.Series(np.arange(first, last + 1) * QUARTER_US).cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(ZONE)
    at = quarter - first
    return day_number(each)[at], each.dt.hour().to_numpy().astype(np.uint8)[at]


def day_number(instants: pl.Series) -> npt.NDArray[np.uint16]:
    """Local calendar day, counted from FIRST_DAY."""
    return (instants.dt.date() - FIRST_DAY).dt.total_days().to_numpy().astype(np.uint16)


def slots_of(doses: Columns, sites: SiteMap) -> Slots:
    return pack(
        Doses(
            day=doses["injected_on"].astype(np.int16),
            product=doses["product"],
            place=sites.place[doses["site"]],
            number=doses["number"],
            band=age_band(doses["age"]),
            identity=doses["identity"],
        )
    )


def signed_doses(doses: Columns, sites: SiteMap, *, sign: int) -> Columns:
    """The columns that the cubes of records count by."""
    lag = doses["recorded_on"].astype(np.int32) - doses["injected_on"].astype(np.int32)
    return {
        "sign": np.full(len(doses["site"]), sign, dtype=np.int8),
        "site": doses["site"],
        "place": sites.place[doses["site"]],
        "district": sites.district[doses["site"]],
        "injected_on": doses["injected_on"],
        "recorded_on": doses["recorded_on"],
        "lag": np.maximum(lag, 0).astype(np.uint16),
        "number": doses["number"],
        "identity": doses["identity"],
        "hour": doses["hour"],
    }


def _both(first: Columns, second: Columns) -> Columns:
    return {name: np.concatenate([values, second[name]]) for name, values in first.items()}
