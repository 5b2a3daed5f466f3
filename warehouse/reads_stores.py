"""Reads about stock: heaps of doses by place, paces, lots as they stand, counts, one store, one lot.

A snapshot from before, and a source that has no ledger of lots, tell nothing: `told` says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from campaign.dose_marks import Mark, by_pair, restriction_of
from campaign.lots import Expiry
from campaign.stock_board import Heap, HeapKey, LotNow, with_discards
from campaign.stock_places import (
    COUNTING_LEVELS,
    Difference,
    LotExpiry,
    LotLedger,
    LotState,
    SiteEvents,
    Store,
    StoreOfLot,
)
from warehouse import reads, reads_marks
from warehouse.reads_places import has
from warehouse.reads_supplies import lot_discards
from warehouse.snapshot import Row, Snapshots
from warehouse.sqlfiles import sql

TABLES = ("store", "lot", "lot_state", "lot_expiry", "stock_by_lot", "stock_use", "stock_difference")
# Snapshots from before monitors were read have the rest.
VIALS = "vial_monitor"
STORE = ("code", "level", "area", "district", "site", "recipient")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """The nation's stock by area. now: the instant of the snapshot, campaign time; today: its local day."""

    now: datetime
    today: date
    heaps: tuple[Heap, ...]
    paces: Mapping[tuple[str, str], float]
    lots: Mapping[str, LotNow]
    told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StorePlace:
    """Where a store stands. district, site: '' where it is of none."""

    code: str
    level: str
    area: str
    district: str
    site: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreStock:
    """Stores of one area, or one store. counted: when a lot (by store and lot) was last counted. marks: decisions after
    excursions that are at work, by store and lot."""

    stores: Mapping[str, Store]
    heaps: tuple[Heap, ...]
    paces: Mapping[tuple[str, str], float]
    counted: Mapping[tuple[str, str], date | None]
    marks: Mapping[tuple[str, str], Sequence[Mark]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LotStock:
    """marks: by store and lot, as of StoreStock."""

    ledger: LotLedger
    states: tuple[LotState, ...]
    expiries: tuple[LotExpiry, ...]
    stores: tuple[StoreOfLot, ...]
    marks: Mapping[tuple[str, str], Sequence[Mark]]


def stock(snapshots: Snapshots, version: int, *, zone: ZoneInfo) -> Stock:
    """Raises SnapshotUnavailable."""
    now = reads.info(snapshots, version).as_of.astimezone(zone)
    today = now.date()
    if not has(snapshots, version, *TABLES):
        return Stock(now=now, today=today, heaps=(), paces={}, lots={}, told=False)
    lots = snapshots.rows(version, sql("stores/lots"), {"now": now})
    expiries: defaultdict[str, list[Expiry]] = defaultdict(list)
    for row in snapshots.rows(version, sql("stores/expiries")):
        expiries[row.pop("lot")].append(Expiry(**row))
    marks = reads_marks.bound(reads_marks.marks(snapshots, version))
    discards: dict[HeapKey, int] = {}
    if has(snapshots, version, VIALS):
        rows = snapshots.rows(version, sql("stores/discards"), marks)
        discards = {
            (row["place"], row["lot"], row["thawed_on"], row["on_hold"], row["decided_until"]): row["discard"]
            for row in rows
        }
    heaps = with_discards((Heap(**row) for row in snapshots.rows(version, sql("stores/heaps"), marks)), discards)
    return Stock(
        now=now,
        today=today,
        heaps=heaps,
        paces=_paces(snapshots.rows(version, sql("stores/paces"))),
        lots={row["number"]: LotNow(**row, expiries=tuple(expiries[row["number"]])) for row in lots},
        told=bool(heaps),
    )


def places_of_stores(snapshots: Snapshots, version: int) -> tuple[StorePlace, ...]:
    """Some eight hundred: a site's own store is found by its site."""
    if not has(snapshots, version, "store"):
        return ()
    return tuple(StorePlace(**row) for row in snapshots.rows(version, sql("stores/named")))


def spots_of(snapshots: Snapshots, version: int, *, stores: Collection[str]) -> tuple[StorePlace, ...]:
    """Of some stores, those that the snapshot has."""
    if not stores or not has(snapshots, version, "store"):
        return ()
    return tuple(StorePlace(**row) for row in snapshots.rows(version, sql("stores/spots"), {"stores": sorted(stores)}))


def stores_of(snapshots: Snapshots, version: int, *, area: str) -> StoreStock:
    """Every store of an area that has a ledger."""
    stores = snapshots.rows(version, sql("stores/stores"), {"area": area})
    return _stores(snapshots, version, stores, area=area, store="")


def store_of(snapshots: Snapshots, version: int, *, store: str) -> StoreStock:
    """One store; no store where there is none of that code."""
    stores = snapshots.rows(version, sql("stores/store"), {"store": store})
    return _stores(snapshots, version, stores, area="", store=store)


def _stores(snapshots: Snapshots, version: int, stores: Sequence[Row], *, area: str, store: str) -> StoreStock:
    bound = {"area": area, "store": store}
    rows = snapshots.rows(version, sql("stores/store_heaps"), bound) if stores else []
    own = ("place", "area", "lot", "product", "thawed_on", "on_hand", "in_transit")
    paces = snapshots.rows(version, sql("stores/store_paces"), bound) if stores else []
    discards: dict[tuple[str, str], int] = {}
    if stores and has(snapshots, version, VIALS):
        past = snapshots.rows(version, sql("stores/store_discards"), bound)
        discards = {(row["place"], row["lot"]): row["discard"] for row in past}
    marks = by_pair(reads_marks.marks(snapshots, version, store=store))
    return StoreStock(
        stores={row["code"]: Store(**row) for row in stores},
        heaps=tuple(
            replace(
                _heap({name: row[name] for name in own}, marks), discard=discards.get((row["place"], row["lot"]), 0)
            )
            for row in rows
        ),
        paces=_paces(paces),
        counted={(row["place"], row["lot"]): row["counted_on"] for row in rows},
        marks=marks,
    )


def _heap(row: Row, marks: Mapping[tuple[str, str], Sequence[Mark]]) -> Heap:
    found = restriction_of(marks.get((row["place"], row["lot"]), ()))
    return Heap(**row, on_hold=found.on_hold, decided_until=found.usable_until)


def _paces(rows: Sequence[Row]) -> dict[tuple[str, str], float]:
    return {(row["place"], row["product"]): float(row["pace"]) for row in rows}


def uncounted(snapshots: Snapshots, version: int, *, today: date, days: int, areas: Sequence[str]) -> tuple[Store, ...]:
    """Stores of the `areas` that must count, with doses, whose last count is older than `days` days: a few dozen."""
    bound = {"today": today, "days": days, "areas": list(areas), "levels": list(COUNTING_LEVELS)}
    return tuple(Store(**row) for row in snapshots.rows(version, sql("stores/uncounted"), bound))


def differences(snapshots: Snapshots, version: int) -> tuple[Difference, ...]:
    """Levels below zero, then counts that differed from the book, the newest first."""
    below = [
        Difference(
            store=_store(row),
            lot=row["lot"],
            product=row["product"],
            difference=row["difference"],
            at=None,
            incoming=row["incoming"],
            kept=row["kept"],
            per_vial=row["per_vial"],
            in_transit=row["in_transit"],
            central=row["central"],
        )
        for row in snapshots.rows(version, sql("stores/below_zero"))
    ]
    counted = [
        Difference(
            store=_store(row),
            lot=row["lot"],
            product=row["product"],
            difference=row["difference"],
            at=row["at"],
            reason=row["reason"],
        )
        for row in snapshots.rows(version, sql("stores/differences"))
    ]
    return (*below, *counted)


def lot(snapshots: Snapshots, version: int, *, number: str) -> LotStock | None:
    """None where there is no lot of that number."""
    found = snapshots.rows(version, sql("stores/lot"), {"lot": number})
    if not found:
        return None
    bound = {"lot": number}
    discards = lot_discards(snapshots, version, lot=number)
    return LotStock(
        ledger=LotLedger(**found[0]),
        states=tuple(LotState(**row) for row in snapshots.rows(version, sql("stores/lot_states"), bound)),
        expiries=tuple(LotExpiry(**row) for row in snapshots.rows(version, sql("stores/lot_expiries"), bound)),
        stores=tuple(_store_of_lot(row, discards) for row in snapshots.rows(version, sql("stores/lot_stores"), bound)),
        marks=by_pair(reads_marks.marks(snapshots, version, lot=number)),
    )


def _store_of_lot(row: Row, discards: Mapping[str, int]) -> StoreOfLot:
    own = ("on_hand", "in_transit", "incoming", "administered", "wasted", "lost", "thawed_on")
    return StoreOfLot(store=_store(row), discard=discards.get(row["code"], 0), **{name: row[name] for name in own})


def _store(row: Row) -> Store:
    return Store(**{name: row[name] for name in STORE})


def store_codes(snapshots: Snapshots, version: int, *, site: str) -> tuple[str, ...] | None:
    """The stores of a site; None of a snapshot that has no stores."""
    if not has(snapshots, version, *TABLES):
        return None
    return tuple(row["code"] for row in snapshots.rows(version, sql("stores/site_store"), {"site": site}))


def site_events(snapshots: Snapshots, version: int, *, site: str, since: date) -> tuple[SiteEvents, ...] | None:
    """Adverse events at a site by product; None of a snapshot that does not tell them by site."""
    if not has(snapshots, version, "event_by_lot"):
        return None
    rows = snapshots.rows(version, sql("stores/site_events"), {"site": site, "since": since})
    return tuple(SiteEvents(**row) for row in rows)


def inside(snapshots: Snapshots, version: int, *, stores: Collection[str]) -> dict[str, dict[str, int]] | None:
    """Doses by store and lot of what is there; None of a snapshot that has no ledger of lots."""
    if not has(snapshots, version, *TABLES):
        return None
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in snapshots.rows(version, sql("stores/inside"), {"stores": sorted(stores)}) if stores else ():
        found[row["store"]][row["lot"]] = row["doses"]
    return dict(found)
