"""Wastage as the page about stock shows it: of the nation, a province, or a store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from campaign.access import Scope
from campaign.people_tables import Row
from campaign.stock_places import Store
from campaign.stock_tables import Names
from campaign.wastage import NONE_TOLD
from campaign.waste_tables import waste_place_rows, waste_reason_rows, waste_rows, waste_store_rows
from dashboard.views import Studio
from layouts.stock_model import WastePart
from layouts.view import View
from layouts.words import Words
from warehouse import reads_stores, reads_waste


def waste_of_area(
    studio: Studio, version: int, view: View, scope: Scope, names: Names, areas: Sequence[str]
) -> WastePart | None:
    """Of the nation, its table of places those that the reader may see one by one; of a province its stores. areas: the
    places of the page."""
    found = reads_waste.waste(
        studio.readings.snapshots,
        version,
        area=view.area,
        by_store=bool(view.area),
        most_per_vial=studio.stock.most_per_vial,
    )
    if found is None:
        return None
    places: list[Row] | None = None
    own: list[Row] | None = None
    if view.area:
        stores = reads_stores.stores_of(studio.readings.snapshots, version, area=view.area).stores
        own = waste_store_rows(found.parts, stores, names)
    else:
        places = waste_place_rows(found.parts, names, places=areas, nation=scope.nationwide)
    return WastePart(
        products=waste_rows(found.parts, names),
        reasons=waste_reason_rows(found.reasons, reason_name(studio, studio.catalogues[view.language])),
        places=places,
        stores=own,
    )


def waste_of_store(studio: Studio, version: int, view: View, store: Store, names: Names) -> WastePart | None:
    found = reads_waste.waste(
        studio.readings.snapshots,
        version,
        store=store.code,
        by_store=True,
        most_per_vial=studio.stock.most_per_vial,
    )
    if found is None:
        return None
    return WastePart(
        products=waste_rows(found.parts, names),
        reasons=waste_reason_rows(found.reasons, reason_name(studio, studio.catalogues[view.language])),
    )


def reason_name(studio: Studio, words: Words) -> Callable[[str], str]:
    """Of a number as text: in our words, or that none was told, or that it was told in others."""
    known: Mapping[str, str] = {
        str(reason.number): words.pick(reason.name_vi, reason.name_en) for reason in studio.waste_reasons
    }
    untold = {str(NONE_TOLD): words("stock.no_reason")}
    return lambda number: known.get(number) or untold.get(number) or words("stock.other_reason")
