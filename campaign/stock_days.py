"""How long stock lasts, and what of it will expire before it is used. Doses of vaccine, full size; local days.

Source: design, DOMAIN 4: usable doses over the mean daily use of the look-back days on which there was stock. Days
without stock say nothing of what people would have used; a store without recent use has no number of days at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from campaign.ledger import ADMINISTERED, INCOMING, Balance


@dataclass(frozen=True, slots=True, kw_only=True)
class StockUse:
    """Doses used on the look-back days, and on how many of them there was stock."""

    used: int
    stock_days: int

    @property
    def daily(self) -> float:
        """Mean daily use; 0 where nothing was used."""
        return self.used / self.stock_days if self.used > 0 and self.stock_days else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiringLot:
    """Doses that are still usable of one lot. expires_on: the last day on which they may be used."""

    lot: str
    doses: int
    expires_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryOutlook:
    """At the present pace `lost` doses of the lot are left after their last day. `needed_daily`: how many a day of this
    and of all lots before it would use them up, in the days that are left, today included."""

    lot: str
    expires_on: date
    doses: int
    lost: int
    needed_daily: float


def use_of(
    balances: Iterable[Balance], *, today: date, look_back_days: int, day_of: Mapping[object, date] | None = None
) -> StockUse:
    """Use of one product in one store, from its lots' balances. A day has stock that begins with some of any lot, or on
    which some came in or was used: a lot whose book is below zero takes nothing from another's. Doses on hold are
    stock: they are there, and whoever could not use them finds that in the state of the lot. What was written off on
    the way to the store never came."""
    first = today - timedelta(days=look_back_days)
    days = [first + timedelta(days=number) for number in range(look_back_days)]
    begun: set[date] = set()
    came: dict[date, int] = {}
    used: dict[date, int] = {}
    for balance in balances:
        net: dict[date, int] = {}
        for entry in balance.entries:
            day = (day_of or {}).get(entry.movement.movement_id, entry.place[0].date())
            net[day] = net.get(day, 0) + entry.change
            if entry.kind in INCOMING and not entry.on_the_way:
                came[day] = came.get(day, 0) + entry.movement.doses
            elif entry.kind == ADMINISTERED:
                used[day] = used.get(day, 0) - entry.movement.doses
        begun |= {day for day in days if balance.on_hand > sum(change for other, change in net.items() if other >= day)}
    stock_days = sum(day in begun or came.get(day, 0) > 0 or used.get(day, 0) > 0 for day in days)
    return StockUse(used=sum(used.get(day, 0) for day in days), stock_days=stock_days)


def together(uses: Iterable[StockUse]) -> StockUse:
    """Use of the stores of an area. Days with stock: the most of any store, which is never more than all of them
    together had, and exact where one of them always had some."""
    mine = list(uses)
    return StockUse(used=sum(use.used for use in mine), stock_days=max((use.stock_days for use in mine), default=0))


def days_of_stock(usable: int, uses: Iterable[StockUse]) -> float | None:
    """Days that `usable` doses of an area last at the use of its stores; None: no recent use. Stock below zero lasts no
    day."""
    daily = together(uses).daily
    return max(usable, 0) / daily if daily > 0 else None


def expiry_outlook(lots: Sequence[ExpiringLot], *, today: date, daily: float) -> tuple[ExpiryOutlook, ...]:
    """What expires at a pace of `daily` doses, first-expired-first-out; the most doses lost first.

    Lots that are out of date already are no stock: leave them out. A lot's last day counts whole, and so does today."""
    found: list[ExpiryOutlook] = []
    spent = 0.0
    held = 0
    for lot in sorted((item for item in lots if item.doses > 0), key=lambda item: (item.expires_on, item.lot)):
        days = max((lot.expires_on - today).days + 1, 0)
        capacity = max(daily * days - spent, 0.0)
        used = min(lot.doses, capacity)
        spent += used
        held += lot.doses
        lost = lot.doses - int(used)
        needed = held / days if days else float(held)
        found.append(
            ExpiryOutlook(lot=lot.lot, expires_on=lot.expires_on, doses=lot.doses, lost=lost, needed_daily=needed)
        )
    return tuple(sorted(found, key=lambda item: (-item.lost, item.expires_on, item.lot)))
