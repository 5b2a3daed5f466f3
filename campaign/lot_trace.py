"""The trace of a lot: which stores have it; how many doses are left, given, lost, and not explained by the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from campaign.dose_marks import Mark
from campaign.ledger import LotAccount
from campaign.lots import LotState, Usable


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreShare:
    """A store's doses of a lot. marks: decisions after an excursion that are at work on them. discard: doses at or past
    the discard point of their vials' monitors."""

    store_code: str
    level: str
    area_code: str
    district_code: str | None
    site_code: str | None
    on_hand: int
    in_transit: int
    administered: int
    wasted: int
    lost: int
    thawed_on: date | None
    usable: Usable
    marks: tuple[Mark, ...] = ()
    discard: int = 0

    @property
    def on_hold(self) -> bool:
        """After an excursion, by a decision about these doses."""
        return any(mark.stops for mark in self.marks)


@dataclass(frozen=True, slots=True, kw_only=True)
class LotTrace:
    """`state`: None where no state has begun. stores: those with doses first, the most first."""

    lot_number: str
    product: str
    source: str
    earmark: str | None
    doses_per_vial: int
    state: LotState | None
    reason: str
    account: LotAccount
    stores: tuple[StoreShare, ...]

    @property
    def holding(self) -> tuple[StoreShare, ...]:
        """Stores with doses on hand or on their way."""
        return tuple(store for store in self.stores if store.on_hand > 0 or store.in_transit > 0)


def account_of(stores: Sequence[StoreShare], *, received: int) -> LotAccount:
    return LotAccount(
        received=received,
        on_hand=sum(store.on_hand for store in stores),
        in_transit=sum(store.in_transit for store in stores),
        administered=sum(store.administered for store in stores),
        wasted=sum(store.wasted for store in stores),
        lost=sum(store.lost for store in stores),
    )
