"""Consumables and the vials' own monitors as the page about stock shows them: of the nation, a province, or a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from campaign.access import Scope
from campaign.people_tables import Row
from campaign.stock_board import JudgedHeap
from campaign.stock_places import Store
from campaign.stock_tables import Name, Names
from campaign.supply_tables import (
    given_by_place,
    supply_item_rows,
    supply_rows,
    supply_store_rows,
    usable_by_place,
    vial_lot_rows,
    vial_rows,
)
from campaign.vial_monitors import monitors_in_force
from dashboard.views import Studio
from layouts.stock_model import SupplyPart
from layouts.view import View
from layouts.words import Words
from warehouse import reads_supplies
from warehouse.reads_stores import StoreStock


def supplies_of_area(
    studio: Studio,
    version: int,
    view: View,
    scope: Scope,
    names: Names,
    *,
    judged: Sequence[JudgedHeap],
    places: Sequence[str],
    own: tuple[StoreStock, Sequence[JudgedHeap]] | None,
    today: date,
) -> SupplyPart:
    """judged: every heap of the page, by area. places: those of the table, which the reader may see one by one. own: of
    a province its stores, and their heaps judged one by one."""
    snapshots, rules = studio.readings.snapshots, studio.supply.on(today)
    pieces = reads_supplies.supplies(snapshots, version, area=view.area)
    usable, item = usable_by_place(judged), item_name(studio, studio.catalogues[view.language])
    found = given_by_place(usable, pieces, rules)
    stores: list[Row] | None = None
    lots: list[Row] | None = None
    whole = bool(view.area) or scope.nationwide
    read = reads_supplies.vials(snapshots, version, area=view.area)
    seen = [lot for lot in read.lots if whole or scope.covers(lot.area)]
    if own is not None:
        by_store = reads_supplies.supplies(snapshots, version, area=view.area, by_store=True)
        each = given_by_place(usable_by_place(own[1]), by_store, rules)
        stores = supply_store_rows(each, own[0].stores, names, item)
        lots = vial_lot_rows(read.lots, lambda code: read.stores[code], names)
    return SupplyPart(
        told=bool(pieces),
        places=supply_rows(found, usable, names, item, places=places, nation=not view.area and scope.nationwide),
        items=supply_item_rows([found[place] for place in found if whole or place in places], item),
        stores=stores,
        vials=vial_rows(judged, seen, monitors_in_force(studio.monitors, today=today), names),
        vial_lots=lots,
    )


def supplies_of_store(
    studio: Studio, version: int, view: View, store: Store, names: Names, judged: Sequence[JudgedHeap], *, today: date
) -> SupplyPart:
    """Its own row, what it has of each item, and the lots of which somebody read the monitor."""
    snapshots, rules = studio.readings.snapshots, studio.supply.on(today)
    pieces = reads_supplies.supplies(snapshots, version, store=store.code, by_store=True)
    usable, item = usable_by_place(judged), item_name(studio, studio.catalogues[view.language])
    found = given_by_place(usable, pieces, rules)
    read = reads_supplies.vials(snapshots, version, store=store.code)
    rows = supply_rows(found, usable, names, item, places=[store.code], nation=False)
    return SupplyPart(
        told=bool(pieces),
        places=[{**row, "name": names.store(store)} for row in rows],
        items=supply_item_rows(found.values(), item),
        stores=None,
        vials=vial_rows(judged, read.lots, monitors_in_force(studio.monitors, today=today), names),
        vial_lots=vial_lot_rows(read.lots, lambda _: store, names),
    )


def item_name(studio: Studio, words: Words) -> Name:
    known: Mapping[str, str] = {item.code: words.pick(item.name_vi, item.name_en) for item in studio.supply.items}
    return lambda code: known.get(code, code)
