"""One dose of one person in 32 bits: what the series rules and the people's cubes need to know of it.

From the highest bit: day (12), product (4), place (7), dose number as typed (3), age band at injection (3), identity
status (2), one spare. A person's slots in ascending order are their doses in order of (day, product). Zero is no dose:
products count from 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

Slots = npt.NDArray[np.uint32]
# Day 0 of every small day number in the engine. No record is older: contracts refuse days before June 2020.
FIRST_DAY = date(2020, 1, 1)
DAYS = 4096
MOST_PRODUCTS, MOST_PLACES, MOST_NUMBER = 15, 127, 7
AGE_BANDS = ("unknown", "0_4", "5_11", "12_17", "18_49", "50_64", "65plus")
BAND_STARTS = np.array([0, 5, 12, 18, 50, 65], dtype=np.int64)
UNKNOWN_AGE = 255
# Looked up: a search among the starts takes several times as long.
_BAND_OF_AGE = np.searchsorted(BAND_STARTS, np.arange(UNKNOWN_AGE + 1), side="right").astype(np.uint8)
_BAND_OF_AGE[UNKNOWN_AGE] = 0
IDENTITY = ("matched", "mismatched", "none")
_EMPTY_LAST = np.uint32(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doses:
    """Unpacked slots, arrays of one length."""

    day: npt.NDArray[np.int16]
    product: npt.NDArray[np.uint8]
    place: npt.NDArray[np.uint8]
    number: npt.NDArray[np.uint8]
    band: npt.NDArray[np.uint8]
    identity: npt.NDArray[np.uint8]


def age_band(age_years: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Index into AGE_BANDS; UNKNOWN_AGE is band 0."""
    return _BAND_OF_AGE.take(age_years)


def pack(doses: Doses) -> Slots:
    """Raises ValueError where a value does not fit: nothing may be cut off silently."""
    if len(doses.day) and (int(doses.day.min()) < 0 or int(doses.day.max()) >= DAYS):
        raise ValueError(f"a dose lies outside the {DAYS} days from {FIRST_DAY} that the engine can hold")
    if len(doses.product) and (int(doses.product.max()) > MOST_PRODUCTS or int(doses.product.min()) < 1):
        raise ValueError(f"more than {MOST_PRODUCTS} products")
    if len(doses.place) and int(doses.place.max()) > MOST_PLACES:
        raise ValueError(f"more than {MOST_PLACES} places of vaccination")
    packed = doses.day.astype(np.uint32)
    packed <<= np.uint32(20)
    packed |= doses.product.astype(np.uint32) << np.uint32(16)
    packed |= doses.place.astype(np.uint32) << np.uint32(9)
    packed |= np.minimum(doses.number, MOST_NUMBER).astype(np.uint32) << np.uint32(6)
    packed |= doses.band.astype(np.uint32) << np.uint32(3)
    packed |= doses.identity.astype(np.uint32) << np.uint32(1)
    return packed


def unpack(slots: Slots) -> Doses:
    return Doses(
        day=(slots >> np.uint32(20)).astype(np.int16),
        product=((slots >> np.uint32(16)) & np.uint32(15)).astype(np.uint8),
        place=((slots >> np.uint32(9)) & np.uint32(127)).astype(np.uint8),
        number=((slots >> np.uint32(6)) & np.uint32(7)).astype(np.uint8),
        band=((slots >> np.uint32(3)) & np.uint32(7)).astype(np.uint8),
        identity=((slots >> np.uint32(1)) & np.uint32(3)).astype(np.uint8),
    )


def in_order(rows: Slots) -> Slots:
    """Each row of (n, k) ascending, empty slots last. Zero wraps to the largest number for the sort."""
    return np.sort(rows - _EMPTY_LAST, axis=1) + _EMPTY_LAST
