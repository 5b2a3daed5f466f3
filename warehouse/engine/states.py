"""What people contribute to the cubes: their doses through the series rules, beside where and who they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from campaign.series import SeriesRules
from campaign.series_tables import NEVER, SeriesTables, build
from warehouse.engine.codes import Codes
from warehouse.engine.people import FIRST_YEAR, KNOWN, Attributes
from warehouse.engine.places import CENTRAL
from warehouse.engine.ragged import Ragged
from warehouse.engine.slots import BAND_STARTS, DAYS, FIRST_DAY, Slots, unpack

Bools = npt.NDArray[np.bool_]
GROUPS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRows:
    """One row a person, arrays of one length. Days since FIRST_DAY, NEVER where it has not happened.

    band: of the first dose; by year of birth for people without one. exists: false for an identity that was merged into
    another, and for one that no record has named yet."""

    exists: Bools
    district: npt.NDArray[np.uint16]
    sex: npt.NDArray[np.uint8]
    groups: npt.NDArray[np.uint16]
    band: npt.NDArray[np.uint8]
    state: npt.NDArray[np.uint8]
    first_on: npt.NDArray[np.int16]
    full_on: npt.NDArray[np.int16]
    boosted_on: npt.NDArray[np.int16]
    due_on: npt.NDArray[np.int16]
    due_product: npt.NDArray[np.uint8]


class States:
    """The series rules over packed doses, for the codes as they are numbered here."""

    def __init__(self, rules: SeriesRules, codes: Codes, *, reference_year: int) -> None:
        products = codes.codes("product")
        self._ordered = sorted(products)
        # Doses of one day count in order of the product's code, then the place's, whatever numbers these were given.
        self._rank = np.array([self._ordered.index(code) for code in products], dtype=np.uint32)
        self._number = np.argsort(self._rank).astype(np.uint8)
        places = codes.codes("place")
        by_code = sorted(places, key=lambda code: (code != "", code != CENTRAL, code))
        self._place_rank = np.array([by_code.index(code) for code in places], dtype=np.uint32)
        self._tables: SeriesTables = build(rules, products=self._ordered, areas=by_code, first_day=FIRST_DAY, days=DAYS)
        self._reference_year = reference_year

    def of_ragged(self, doses: Ragged, attributes: Attributes, exists: Bools) -> PersonRows:
        count = np.bincount(doses.owner, minlength=len(exists))
        rank = np.arange(len(doses.owner)) - np.repeat(np.cumsum(count) - count, count)
        wide = np.zeros((len(exists), max(1, int(count.max(initial=0)))), dtype=np.uint32)
        wide[doses.owner, rank] = doses.slot
        return self.of_wide(wide, count.astype(np.uint8), attributes, exists)

    def of_wide(self, wide: Slots, count: npt.NDArray[np.uint8], attributes: Attributes, exists: Bools) -> PersonRows:
        """`wide` has each person's doses in its first `count` columns, in ascending order."""
        ranked = self._in_rank_order(wide)
        doses = unpack(ranked)
        outcome = self._tables.evaluate(day=doses.day, product=doses.product, area=doses.place, count=count)
        first_band = ((ranked[:, 0] >> np.uint32(3)) & np.uint32(7)).astype(np.uint8)
        band = np.where(count > 0, first_band, self._band_by_year(attributes))
        partial = outcome.due_on != NEVER
        return PersonRows(
            exists=exists & ((count > 0) | ((attributes.flags & KNOWN) > 0)),
            district=attributes.district,
            sex=attributes.sex,
            groups=attributes.groups,
            band=band,
            state=outcome.state.astype(np.uint8),
            first_on=outcome.first_on.astype(np.int16),
            full_on=outcome.full_on.astype(np.int16),
            boosted_on=outcome.boosted_on.astype(np.int16),
            due_on=outcome.due_on.astype(np.int16),
            due_product=np.where(partial, self._number[outcome.last_product], 0).astype(np.uint8),
        )

    def _in_rank_order(self, wide: Slots) -> Slots:
        """Products and places by rank instead of number, each person's doses in that order."""
        if _is_identity(self._rank) and _is_identity(self._place_rank):
            return wide
        held = wide != 0
        product = self._rank[(wide >> np.uint32(16)) & np.uint32(15)]
        place = self._place_rank[(wide >> np.uint32(9)) & np.uint32(127)]
        kept = wide & ~np.uint32((15 << 16) | (127 << 9))
        moved = np.where(held, kept | (product << np.uint32(16)) | (place << np.uint32(9)), np.uint32(0))
        return np.sort(moved - np.uint32(1), axis=1) + np.uint32(1)

    def _band_by_year(self, attributes: Attributes) -> npt.NDArray[np.uint8]:
        age = self._reference_year - FIRST_YEAR - attributes.born.astype(np.int64)
        band = np.searchsorted(BAND_STARTS, age, side="right").astype(np.uint8)
        return np.where(attributes.born == 0, np.uint8(0), np.maximum(band, 1))


def _is_identity(rank: npt.NDArray[np.uint32]) -> bool:
    return bool(np.all(rank == np.arange(len(rank))))


def signed(old: PersonRows, new: PersonRows) -> Mapping[str, npt.NDArray[np.int64]]:
    """Rows that went (-1) and rows that came (+1), those that stayed as they were left out."""
    names = [item.name for item in fields(PersonRows)]
    changed = np.zeros(len(old.exists), dtype=np.bool_)
    for name in names:
        changed |= getattr(old, name) != getattr(new, name)
    went, came = changed & old.exists, changed & new.exists
    rows = {
        name: np.concatenate([getattr(old, name)[went], getattr(new, name)[came]]) for name in names if name != "exists"
    }
    rows["sign"] = np.concatenate([np.full(int(went.sum()), -1), np.full(int(came.sum()), 1)])
    return rows
