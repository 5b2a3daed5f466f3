"""The page about stock: of the nation or one province, of one store, or of one lot. Lists hold what the scope
covers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from campaign.access import Scope
from campaign.coverage import CENTRAL_UNITS, NATION
from campaign.delivery_tables import delivery_rows
from campaign.event_tables import event_rows
from campaign.people_places import APART
from campaign.people_tables import Row
from campaign.stock_board import NATIONAL_STORES, JudgedHeap, Paces, held_of, sums_of
from campaign.stock_places import Difference, MarkedDoses, Store
from campaign.stock_tables import (
    Names,
    difference_rows,
    expiry_rows,
    in_order,
    lot_rows,
    mark_rows,
    place_rows,
    store_rows,
    uncounted_rows,
)
from dashboard import allocation
from dashboard.readings import StockNow
from dashboard.seen import Seen
from dashboard.stock_one import judged_in, lot_page, store_page
from dashboard.stock_supplies import supplies_of_area
from dashboard.stock_waste import waste_of_area
from dashboard.store_names import store_name
from dashboard.trust import area_names
from dashboard.views import Studio, stock_now
from layouts.ids import Stock as Ids
from layouts.sites_page import area_choice
from layouts.stock_cards import body, not_told
from layouts.stock_model import AreaPage, Common, SupplyPart, Tiles
from layouts.stock_store import lot_body, store_body
from layouts.view import View
from layouts.words import Words
from warehouse import reads_deliveries, reads_events, reads_marks, reads_stores
from warehouse.reads_stores import StoreStock

SUPPLY_FILES = ("supplies", "supply_items", "vials")
FILES = (
    *("places", "expiry", "lots", "marks", "differences", "uncounted", "deliveries", "waste", "waste_reasons"),
    *("events", *SUPPLY_FILES),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What page and files are made from. judged: every heap of the place, by area; listed: of them those that the
    reader may see one by one. areas: places of these, and the one that was asked for even if nothing is there.
    seen: every place of the reader's, whether or not anything is there."""

    stock: StockNow
    judged: tuple[JudgedHeap, ...]
    listed: tuple[JudgedHeap, ...]
    areas: tuple[str, ...]
    seen: tuple[str, ...]
    differences: tuple[Difference, ...]
    uncounted: tuple[Store, ...]
    marked: tuple[MarkedDoses, ...]
    names: Names

    @property
    def paces(self) -> Paces:
        return self.stock.paces


def told(studio: Studio, version: int, view: View, scope: Scope, *, faults: bool = True) -> Told:
    """Of the nation or a province. faults: also what was counted otherwise, not counted, or decided about excursions.
    Raises OutsideScope for an area that is not covered."""
    Seen(studio.readings, scope).check(view.area)
    now = stock_now(studio, version)
    areas = area_names(studio.readings, version, view, studio.catalogues[view.language])
    own = [code for code in areas if view.area in ("", code) and scope.covers(code)]
    snapshots = studio.readings.snapshots
    uncounted = differences = marked = ()
    if now.stock.told and faults:
        uncounted = reads_stores.uncounted(
            snapshots, version, today=now.stock.today, days=studio.stock.count_days, areas=own
        )
        seen = set(own)
        marked = tuple(item for item in reads_marks.marked(snapshots, version) if item.store.area in seen)
        differences = tuple(item for item in studio.readings.differences(version) if item.store.area in seen)
    judged = tuple(item for item in now.judged if view.area in ("", item.heap.area))
    held = {item.heap.place for item in judged}
    return Told(
        stock=now,
        judged=judged,
        listed=tuple(item for item in judged if scope.covers(item.heap.area)),
        areas=places_of(own, held) or ((view.area,) if view.area else ()),
        seen=places_of(own, {*own, NATIONAL_STORES}),
        differences=differences,
        uncounted=uncounted,
        marked=marked,
        names=names_of(studio, areas, studio.catalogues[view.language]),
    )


def places_of(areas: Sequence[str], held: Collection[str]) -> tuple[str, ...]:
    """The places of areas that hold anything: of the area of the central units there are two."""
    places = (place for code in areas for place in ((NATIONAL_STORES, code) if code == CENTRAL_UNITS else (code,)))
    return tuple(place for place in places if place in held)


def names_of(studio: Studio, areas: Mapping[str, str], words: Words) -> Names:
    def store(found: Store) -> str:
        return store_name(
            studio,
            areas,
            words,
            code=found.code,
            level=found.level,
            area=found.area,
            district=found.district or "",
            site=found.site or "",
        )

    return Names(
        area=lambda code: _place(code, areas, words),
        product=lambda code: _product(studio, code, words),
        store=store,
    )


def _place(code: str, areas: Mapping[str, str], words: Words) -> str:
    own = {NATION: words("table.nation"), NATIONAL_STORES: words("stock.national_stores")}
    return own.get(code) or areas.get(code, code)


def _product(studio: Studio, code: str, words: Words) -> str:
    if code == NATION:
        return words("stock.all_products")
    return studio.products.get(code, code) if code else words("stock.no_product")


def stock(studio: Studio, version: int, view: View, scope: Scope) -> dict[str, Any]:
    """Everything of one place, store or lot. Raises OutsideScope, and BadParameter for a store or lot there is not."""
    words = studio.catalogues[view.language]
    areas = area_names(studio.readings, version, view, words)
    visible = {code: name for code, name in areas.items() if code not in APART and scope.covers(code)}
    if scope.nationwide and CENTRAL_UNITS in areas:
        visible[CENTRAL_UNITS] = areas[CENTRAL_UNITS]
    if view.area in areas:
        visible.setdefault(view.area, areas[view.area])
    answer: dict[str, Any] = {
        "version": version,
        "chosen": view.area,
        "place": area_choice(visible, words, select_id=Ids.CHOSEN),
    }
    now = stock_now(studio, version)
    if not now.stock.told:
        return {**answer, "body": not_told(words)}
    names = names_of(studio, areas, words)

    def address(name: str) -> str:
        return file(version, view, scope, name)

    if view.decision:
        return {**answer, "body": allocation.body(studio, version, view, scope, names, address)}
    if view.lot:
        return {**answer, "body": lot_body(lot_page(studio, version, view, scope, names, now, address))}
    if view.store:
        page, area = store_page(studio, version, view, scope, names, now, address)
        return {**answer, "chosen": area, "body": store_body(page)}
    return {**answer, "body": body(area_page(studio, version, view, scope))}


def area_page(studio: Studio, version: int, view: View, scope: Scope) -> AreaPage:
    found = told(studio, version, view, scope)
    products = in_order(found.judged, found.names)
    rows = place_rows(
        found.listed,
        found.paces,
        found.names,
        areas=found.areas,
        products=products,
        nation=found.stock.judged if not view.area else None,
    )
    own = own_stores(studio, version, view, found) if view.area else None
    files = (*FILES, *(("stores", "waste_stores", "supply_stores", "vial_lots") if view.area else ("waste_places",)))
    return AreaPage(
        common=Common(
            now=found.stock.stock.now,
            zone=studio.zone,
            files={name: file(version, view, scope, name) for name in files},
            most=studio.site_rows,
            one_in=studio.readings.info(version).one_in,
            words=studio.catalogues[view.language],
        ),
        area=view.area,
        name=found.names.area(view.area or NATION),
        part=not scope.nationwide,
        held=bool(found.judged),
        below_zero=any(item.at is None for item in found.differences),
        tiles=tiles_of(found.judged, rows, found.paces, area=view.area),
        products=[(code, found.names.product(code)) for code in products],
        places=rows,
        expiry=expiry_rows(found.judged, found.names, products),
        lots=lot_rows(found.listed, found.names),
        marks=mark_rows(found.marked, found.names),
        differences=difference_rows(found.differences, found.names, most_per_vial=studio.stock.most_per_vial),
        uncounted=uncounted_rows(found.uncounted, found.names, today=found.stock.stock.today),
        deliveries=deliveries_in(studio, version, found),
        stores=rows_of_stores(own, found) if own else [],
        supplies=supply_part(studio, version, view, scope, found, own),
        waste=waste_of_area(studio, version, view, scope, found.names, found.seen),
        events=events_of(studio, version, view.area, found.names),
        low_days=studio.causes.supply_days,
        count_days=studio.stock.count_days,
        late_days=studio.stock.transit_days,
    )


def stores_in(studio: Studio, version: int, view: View, found: Told) -> list[Row]:
    """Every store of the province, each held to the pace of what it serves."""
    return rows_of_stores(own_stores(studio, version, view, found), found)


def own_stores(studio: Studio, version: int, view: View, found: Told) -> tuple[StoreStock, list[JudgedHeap]]:
    """The stores of the province, and their heaps one by one."""
    own = reads_stores.stores_of(studio.readings.snapshots, version, area=view.area)
    return own, judged_in(studio, own, found.stock)


def rows_of_stores(own: tuple[StoreStock, Sequence[JudgedHeap]], found: Told) -> list[Row]:
    stores, judged = own
    return store_rows(stores.stores.values(), judged, stores.paces, found.names, today=found.stock.stock.today)


def supply_part(
    studio: Studio,
    version: int,
    view: View,
    scope: Scope,
    found: Told,
    own: tuple[StoreStock, Sequence[JudgedHeap]] | None,
) -> SupplyPart:
    judged = found.judged if scope.nationwide or view.area else found.listed
    return supplies_of_area(
        studio,
        version,
        view,
        scope,
        found.names,
        judged=judged,
        places=found.areas,
        own=own,
        today=found.stock.stock.today,
    )


def deliveries_in(studio: Studio, version: int, found: Told) -> list[Row]:
    """Of the reader's areas."""
    late = found.stock.stock.now - timedelta(days=studio.stock.transit_days)
    areas = [CENTRAL_UNITS if place == NATIONAL_STORES else place for place in found.seen]
    own = reads_deliveries.open_deliveries(studio.readings.snapshots, version, areas=areas, late=late)
    return delivery_rows(own, found.names)


def events_of(studio: Studio, version: int, area: str, names: Names) -> list[Row] | None:
    """Adverse events by product of an area; '' is the nation. None: not told."""
    found = reads_events.product_events(studio.readings.snapshots, version, area=area)
    return None if found is None else event_rows(found, names)


def tiles_of(judged: Sequence[JudgedHeap], rows: Sequence[Row], paces: Paces, *, area: str) -> Tiles:
    """rows: the table of places, which knows the product that lasts the shortest. Where an area has two places, days of
    stock are those of the national and regional stores, which serve everybody."""
    row = _row_of(rows, area)
    place = str(row["area"])
    pace = sum(value for (code, _), value in paces.items() if code == place)
    sums, worst = sums_of(judged, None), row["worst"]
    own = judged if place == NATION else [item for item in judged if item.heap.place == place]
    lowest = (str(row["worst_name"]), float(worst)) if isinstance(worst, int | float) else None
    return Tiles(
        usable=sums.usable,
        blocked=sums.blocked,
        on_hold=held_of(judged),
        past=sums.past,
        in_transit=sums.in_transit,
        lost=sums.lost,
        cover_days=sums_of(own, pace or None).cover_days,
        lowest=lowest,
    )


def _row_of(rows: Sequence[Row], area: str) -> Row:
    asked = (NATIONAL_STORES, area) if area else (NATION,)
    return next(row for place in asked for row in rows if row["area"] == place)


def file(version: int, view: View, scope: Scope, name: str) -> str:
    chosen = {
        "area": view.area,
        "store": view.store,
        "lot": view.lot,
        "decision": view.decision,
        "lang": view.language.value,
    }
    query = urlencode({key: value for key, value in chosen.items() if value})
    return f"/snap/{version}/{scope.key}/kho/{name}.csv?{query}"
