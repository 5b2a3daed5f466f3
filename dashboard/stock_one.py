"""One store or one lot, as the page about stock shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from campaign.access import Scope
from campaign.capacity_tables import fit_rows, store_room_rows
from campaign.device_tables import device_rows
from campaign.devices import judge_all
from campaign.dose_marks import restriction_of
from campaign.event_tables import event_rows
from campaign.lots import Usable
from campaign.people_tables import Row
from campaign.stock_board import JudgedHeap, held_of, judge, sums_of, thaw_not_told, usable_until
from campaign.stock_places import LotLedger, Store, StoreOfLot
from campaign.stock_tables import (
    Names,
    NotTold,
    lot_area_rows,
    lot_expiry_rows,
    lot_state_rows,
    lot_store_rows,
    mark_facts,
    place_of,
    store_lot_rows,
    store_rows,
)
from dashboard.coldchain import device_names
from dashboard.params import BadParameter
from dashboard.readings import StockNow
from dashboard.seen import Seen
from dashboard.stock_supplies import supplies_of_store
from dashboard.stock_waste import waste_of_store
from dashboard.views import Studio, capacity_now
from layouts import format as fmt
from layouts.capacity_cards import StoreRoom
from layouts.stock_model import Common, LotPage, StorePage, Tiles
from layouts.stock_parts import stored_as
from layouts.view import View
from layouts.words import Words
from warehouse import reads_events, reads_stores
from warehouse.reads_stores import LotStock, StoreStock

SUPPLY_FILES = ("supplies", "supply_items", "vials", "vial_lots")
STORE_FILES = ("store_lots", "waste", "waste_reasons", *SUPPLY_FILES)
LOT_FILES = ("lot_areas", "lot_stores", "events")
Address = Callable[[str], str]


def judged_in(studio: Studio, own: StoreStock, now: StockNow) -> list[JudgedHeap]:
    """The heaps of stores, each at the pace of what its store serves."""
    return judge(own.heaps, now.stock.lots, own.paces, today=now.stock.today, thaw_days=now.thaw_days)


def found_store(studio: Studio, version: int, code: str, scope: Scope) -> tuple[Store, StoreStock]:
    """Raises BadParameter for a store that there is not, OutsideScope for one of another province."""
    own = reads_stores.store_of(studio.readings.snapshots, version, store=code)
    store = own.stores.get(code)
    if store is None:
        raise BadParameter("store", code, ())
    Seen(studio.readings, scope).check(store.area)
    return store, own


def lots_in_store(studio: Studio, version: int, code: str, scope: Scope, names: Names, now: StockNow) -> list[Row]:
    _, own = found_store(studio, version, code, scope)
    return _lots_of(studio, version, own, judged_in(studio, own, now), names, now)


def _lots_of(
    studio: Studio, version: int, own: StoreStock, judged: Sequence[JudgedHeap], names: Names, now: StockNow
) -> list[Row]:
    return store_lot_rows(
        judged,
        own.paces,
        names,
        counted=own.counted,
        not_told=thaw_not_told_in(studio, version, now),
        marks=own.marks,
    )


def thaw_not_told_in(studio: Studio, version: int, now: StockNow) -> NotTold:
    classes = studio.readings.classes_by_store(version)

    def not_told(store: str, product: str, thawed_on: date | None) -> bool:
        return thaw_not_told(classes.get(store, ()), limited=product in now.thaw_days, thawed_on=thawed_on)

    return not_told


def store_page(
    studio: Studio, version: int, view: View, scope: Scope, names: Names, now: StockNow, address: Address
) -> tuple[StorePage, str]:
    """The page, and the area that the store is of."""
    store, own = found_store(studio, version, view.store, scope)
    words = studio.catalogues[view.language]
    judged = judged_in(studio, own, now)
    row = store_rows([store], judged, own.paces, names, today=now.stock.today)[0]
    pace = sum(own.paces.values())
    sums, worst = sums_of(judged, pace or None), row["worst"]
    page = StorePage(
        common=_common(studio, version, now, words, {name: address(name) for name in STORE_FILES}),
        code=store.code,
        name=names.store(store),
        level=store.level,
        path=[(words("table.nation"), ""), (names.area(store.area), store.area)],
        counted_on=store.counted_on,
        counted_days=None if store.counted_on is None else (now.stock.today - store.counted_on).days,
        tiles=Tiles(
            usable=sums.usable,
            blocked=sums.blocked,
            on_hold=held_of(judged),
            past=sums.past,
            in_transit=sums.in_transit,
            lost=sums.lost,
            cover_days=sums.cover_days,
            lowest=(str(row["worst_name"]), float(worst)) if isinstance(worst, int | float) else None,
        ),
        lots=_lots_of(studio, version, own, judged, names, now),
        marks={lot: [mark_facts(mark) for mark in found] for (_, lot), found in own.marks.items()},
        devices=devices_in(studio, version, view, store.code),
        room=_room_in(studio, version, store.code, names),
        waste=waste_of_store(studio, version, view, store, names),
        supplies=supplies_of_store(studio, version, view, store, names, judged, today=now.stock.today),
        count_days=studio.stock.count_days,
        low_days=studio.causes.supply_days,
    )
    return page, store.area


def _room_in(studio: Studio, version: int, store: str, names: Names) -> StoreRoom | None:
    found = capacity_now(studio, version)
    if found is None:
        return None
    rooms = store_room_rows(found, store)
    return StoreRoom(rooms=rooms, fits=fit_rows(found, store, names.product) if rooms else [])


def devices_in(studio: Studio, version: int, view: View, store: str) -> list[Row]:
    """The devices that stand in a store, the worst first."""
    chain = studio.readings.cold_chain(version)
    own = [device for device in chain.devices if device.store_code == store]
    judged = judge_all(own, chain.runs, now=chain.now, limits=studio.limits)
    rows = device_rows(judged, device_names(studio, version, view), now=chain.now)
    return [{**row, "class_name": row["storage_class"], "state_name": row["state"]} for row in rows]


def found_lot(studio: Studio, version: int, view: View) -> LotStock:
    """Raises BadParameter for a lot that there is not."""
    found = reads_stores.lot(studio.readings.snapshots, version, number=view.lot)
    if found is None:
        raise BadParameter("lot", view.lot, ())
    return found


def lot_page(
    studio: Studio, version: int, view: View, scope: Scope, names: Names, now: StockNow, address: Address
) -> LotPage:
    """Sums are the nation's, which everybody sees; areas and stores those of the scope."""
    found = found_lot(studio, version, view)
    words = studio.catalogues[view.language]
    own = [item for item in found.stores if scope.covers(item.store.area)]
    return LotPage(
        common=_common(studio, version, now, words, {name: address(name) for name in LOT_FILES}),
        number=found.ledger.number,
        product_name=names.product(found.ledger.product),
        facts=_facts(found, now, words),
        sums=sums(found.ledger),
        states=lot_state_rows(found.states),
        expiries=lot_expiry_rows(found.expiries),
        stores=stores_of_lot(studio, version, found, own, names, now),
        marks={store: [mark_facts(mark) for mark in marks] for (store, _), marks in found.marks.items()},
        areas=areas_of(found, own, names),
        events=events_of_lot(studio, version, view.lot, names),
        hidden_stores=len(found.stores) - len(own),
    )


def events_of_lot(studio: Studio, version: int, lot: str, names: Names) -> list[Row] | None:
    """The nation's, which everybody sees, as the lot's sums are. None: not told."""
    found = reads_events.lot_events(studio.readings.snapshots, version, lot=lot)
    return None if found is None else event_rows(found, names)


def stores_of_lot(
    studio: Studio, version: int, found: LotStock, own: Sequence[StoreOfLot], names: Names, now: StockNow
) -> list[Row]:
    not_told = thaw_not_told_in(studio, version, now)
    return lot_store_rows(
        own, names, until_of(found, now), product=found.ledger.product, not_told=not_told, marks=found.marks
    )


def areas_of(found: LotStock, own: Sequence[StoreOfLot], names: Names) -> list[Row]:
    """The areas of the scope, and the nation below them."""
    whole = lot_area_rows(found.stores, names)
    seen = {place_of(item.store) for item in own}
    return [row for row in whole[:-1] if row["area"] in seen] + whole[-1:]


def until_of(found: LotStock, now: StockNow) -> Callable[[StoreOfLot], Usable]:
    lot = now.stock.lots.get(found.ledger.number)

    def until(item: StoreOfLot) -> Usable:
        own = restriction_of(found.marks.get((item.store.code, found.ledger.number), ()))
        return usable_until(
            lot,
            item.thawed_on,
            today=now.stock.today,
            thaw_days=now.thaw_days,
            decided_until=own.usable_until,
        )

    return until


def sums(ledger: LotLedger) -> dict[str, int]:
    return {
        "received": ledger.doses_received,
        "in_stores": ledger.in_stores,
        "in_transit": ledger.in_transit,
        "administered": ledger.administered,
        "wasted": ledger.wasted,
        "lost": ledger.lost,
    }


def _facts(found: LotStock, now: StockNow, words: Words) -> dict[str, str]:
    ledger, language = found.ledger, words.language
    lot = now.stock.lots.get(ledger.number)
    usable = usable_until(lot, None, today=now.stock.today, thaw_days={})
    expiry = fmt.day(usable.expires_on, language)
    if usable.expires_on is not None:
        told = (words(f"stock_why.{usable.clock}"), stored_as(usable.condition, words))
        expiry = f"{expiry} ({', '.join(filter(None, told))})"
    return {
        "state": words.named("lot_state", lot.state if lot else "") or fmt.UNKNOWN,
        "until": expiry,
        "source": words.named("lot_source", ledger.source),
        "earmark": ledger.earmark or words("stock.for_anyone"),
        "per_vial": fmt.whole(ledger.doses_per_vial, language),
        "made": fmt.day(ledger.manufactured_on, language),
    }


def _common(studio: Studio, version: int, now: StockNow, words: Words, files: Mapping[str, str]) -> Common:
    return Common(
        now=now.stock.now,
        zone=studio.zone,
        files=files,
        most=studio.site_rows,
        one_in=studio.readings.info(version).one_in,
        words=words,
    )
