"""Stores and what was found there, as the snapshot tells it: rows for the page about stock. Doses are whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from campaign.dose_marks import Mark

# Levels of stores that must count within the days of the setting; the alert asks the same of the same
# (warehouse/sql/reads/stock_uncounted.sql).
COUNTING_LEVELS = ("province",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """area: province, or the units of no province. counted_on: last physical count of any lot in it, None: never.
    doses: on hand, of whatever standing."""

    code: str
    level: str
    area: str
    district: str | None
    site: str | None
    recipient: str | None
    counted_on: date | None = None
    doses: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A physical count that differed from the book (at, reason), or a level below zero (at None). difference: what was
    counted less what the book had, or the level itself. incoming, kept: of a level below zero, all that ever came in,
    and of it what was not sent on; per_vial: doses by the label of the vials; central: doses of the
    lot that central units received and did not enter as given."""

    store: Store
    lot: str
    product: str
    difference: int
    at: datetime | None
    reason: str | None = None
    incoming: int | None = None
    kept: int | None = None
    per_vial: int | None = None
    in_transit: int = 0
    central: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LotLedger:
    """A lot and the sums of its ledger: received = in_stores + in_transit + administered + wasted + lost, where it
    closes."""

    number: str
    product: str
    source: str
    earmark: str | None
    doses_received: int
    doses_per_vial: int
    manufactured_on: date | None
    in_stores: int
    in_transit: int
    administered: int
    wasted: int
    lost: int

    @property
    def remainder(self) -> int:
        """Above zero: doses that the ledger does not explain. Below: more than the country received."""
        return self.doses_received - (self.in_stores + self.in_transit + self.administered + self.wasted + self.lost)


@dataclass(frozen=True, slots=True, kw_only=True)
class LotState:
    since: datetime
    state: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotExpiry:
    """condition: how doses must be stored for it to hold, None: however."""

    expires_on: date
    kind: str
    condition: str | None
    decision: str | None
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreOfLot:
    """One lot in one store, with all that its ledger there says. discard: of what is there, doses at or past the
    discard point of their vials' monitors."""

    store: Store
    on_hand: int
    in_transit: int
    incoming: int
    administered: int
    wasted: int
    lost: int
    thawed_on: date | None
    discard: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedDoses:
    """Doses of a lot in a store, with one decision after an excursion that is at work on them."""

    store: Store
    product: str
    doses: int
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteEvents:
    """Adverse events after vaccination with one product at one site."""

    product: str
    serious: int
    others: int
