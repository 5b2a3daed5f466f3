"""The tables about stock as files: every row, also those that a list of the page has no room for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from campaign.access import Scope
from campaign.allocation_board import Summary
from campaign.allocation_tables import (
    DECISION_CHANGE_COLUMNS,
    DECISION_COLUMNS,
    DECISION_LINE_COLUMNS,
    EXCEEDING_COLUMNS,
    USAGE_COLUMNS,
    decision_line_rows,
    decision_rows,
    exceeding_rows,
    usage_rows,
)
from campaign.delivery_tables import DELIVERY_COLUMNS
from campaign.event_tables import EVENT_COLUMNS
from campaign.people_tables import Row
from campaign.spreadsheet import csv_line
from campaign.stock_tables import (
    DIFFERENCE_COLUMNS,
    EXPIRY_COLUMNS,
    LOT_AREA_COLUMNS,
    LOT_COLUMNS,
    LOT_STORE_COLUMNS,
    MARK_COLUMNS,
    PLACE_COLUMNS,
    STORE_COLUMNS,
    STORE_LOT_COLUMNS,
    UNCOUNTED_COLUMNS,
    difference_rows,
    expiry_rows,
    in_file,
    in_order,
    long_rows,
    lot_rows,
    mark_rows,
    uncounted_rows,
)
from campaign.supply_tables import (
    SUPPLY_COLUMNS,
    SUPPLY_ITEM_COLUMNS,
    SUPPLY_STORE_COLUMNS,
    VIAL_COLUMNS,
    VIAL_LOT_COLUMNS,
)
from campaign.waste_tables import (
    WASTE_COLUMNS,
    WASTE_PLACE_COLUMNS,
    WASTE_REASON_COLUMNS,
    WASTE_STORE_COLUMNS,
)
from dashboard.allocated import AllocationNow
from dashboard.allocation import (
    ALL,
    allocation_now,
    asked_for,
    change_rows,
    lines_of,
    seen_beyond,
    used_areas,
)
from dashboard.params import BadParameter
from dashboard.seen import Seen
from dashboard.stock import Told, deliveries_in, events_of, names_of, own_stores, stores_in, supply_part, told
from dashboard.stock_one import (
    areas_of,
    events_of_lot,
    found_lot,
    found_store,
    judged_in,
    lots_in_store,
    stores_of_lot,
)
from dashboard.stock_supplies import supplies_of_store
from dashboard.stock_waste import waste_of_area, waste_of_store
from dashboard.trust import area_names
from dashboard.views import Studio, stock_now
from layouts.stock_model import SupplyPart, WastePart
from layouts.view import View

Asked = tuple[Studio, int, View, Scope]
Make = Callable[[Asked], list[Row]]


def _of_area(make: Callable[[Told], list[Row]]) -> Make:
    return lambda asked: make(told(*asked))


def _differences(asked: Asked) -> list[Row]:
    found = told(*asked)
    return difference_rows(found.differences, found.names, most_per_vial=asked[0].stock.most_per_vial)


def _stores(asked: Asked) -> list[Row]:
    """Of one province: those of the whole country are the twenty thousand rows of the snapshot itself."""
    studio, version, view, scope = asked
    if not view.area:
        raise BadParameter("area", "", tuple(sorted(studio.readings.known(version).areas)))
    return stores_in(studio, version, view, told(studio, version, view, scope))


def _store_lots(asked: Asked) -> list[Row]:
    studio, version, view, scope = asked
    return lots_in_store(studio, version, view.store, scope, _names(asked), stock_now(studio, version))


def _lot_areas(asked: Asked) -> list[Row]:
    studio, version, view, scope = asked
    found = found_lot(studio, version, view)
    return areas_of(found, [item for item in found.stores if scope.covers(item.store.area)], _names(asked))


def _lot_stores(asked: Asked) -> list[Row]:
    studio, version, view, scope = asked
    found = found_lot(studio, version, view)
    own = [item for item in found.stores if scope.covers(item.store.area)]
    return stores_of_lot(studio, version, found, own, _names(asked), stock_now(studio, version))


def _waste(asked: Asked) -> WastePart:
    """Of a store where one is named, else of the nation or a province."""
    studio, version, view, scope = asked
    names = _names(asked)
    if view.store:
        store, _ = found_store(studio, version, view.store, scope)
        found = waste_of_store(studio, version, view, store, names)
    else:
        areas = told(studio, version, view, scope).seen
        found = waste_of_area(studio, version, view, scope, names, areas)
    return found or WastePart(products=(), reasons=())


def _events(asked: Asked) -> list[Row]:
    """Of a lot where one is named, else of the nation or a province."""
    studio, version, view, scope = asked
    if view.lot:
        found_lot(studio, version, view)
        return events_of_lot(studio, version, view.lot, _names(asked)) or []
    Seen(studio.readings, scope).check(view.area)
    return events_of(studio, version, view.area, _names(asked)) or []


def _supplies(asked: Asked) -> SupplyPart:
    """Of a store where one is named, else of the nation or a province."""
    studio, version, view, scope = asked
    if view.store:
        store, own = found_store(studio, version, view.store, scope)
        now = stock_now(studio, version)
        judged = judged_in(studio, own, now)
        return supplies_of_store(studio, version, view, store, _names(asked), judged, today=now.stock.today)
    found = told(studio, version, view, scope)
    own_part = own_stores(studio, version, view, found) if view.area else None
    return supply_part(studio, version, view, scope, found, own_part)


def _asked_decisions(asked: Asked) -> tuple[AllocationNow, list[Summary]]:
    studio, version, view, _ = asked
    now = allocation_now(studio, version)
    return now, asked_for(now, view.decision or ALL)


def _decisions(asked: Asked) -> list[Row]:
    return decision_rows(_asked_decisions(asked)[1], _names(asked))


def _decision_lines(asked: Asked) -> list[Row]:
    now, found = _asked_decisions(asked)
    own = lines_of(now, [item.decision for item in found])
    return decision_line_rows(
        [item for item in own if asked[3].covers(item.line.area)], now.found.decisions, _names(asked)
    )


def _decision_changes(asked: Asked) -> list[Row]:
    studio, version, _, scope = asked
    now, found = _asked_decisions(asked)
    return change_rows(studio, version, [item.decision for item in found], now, scope, _names(asked))


def _usage(asked: Asked) -> list[Row]:
    now = allocation_now(asked[0], asked[1])
    return usage_rows(now.usage, _names(asked), used_areas(now, asked[3]))


def _exceeding(asked: Asked) -> list[Row]:
    now = allocation_now(asked[0], asked[1])
    return exceeding_rows(seen_beyond(now, asked[3]), _names(asked))


def _names(asked: Asked):  # noqa: ANN202 - campaign.stock_tables.Names
    studio, version, view, _ = asked
    words = studio.catalogues[view.language]
    return names_of(studio, area_names(studio.readings, version, view, words), words)


FILES: Mapping[str, tuple[Make, Sequence[str]]] = {
    "places": (
        _of_area(lambda found: long_rows(found.listed, found.paces, found.names, found.areas)),
        PLACE_COLUMNS,
    ),
    "expiry": (
        _of_area(lambda found: expiry_rows(found.judged, found.names, in_order(found.judged, found.names))),
        EXPIRY_COLUMNS,
    ),
    "lots": (_of_area(lambda found: lot_rows(found.listed, found.names)), LOT_COLUMNS),
    "marks": (_of_area(lambda found: mark_rows(found.marked, found.names)), MARK_COLUMNS),
    "differences": (_differences, DIFFERENCE_COLUMNS),
    "uncounted": (
        _of_area(lambda found: uncounted_rows(found.uncounted, found.names, today=found.stock.stock.today)),
        UNCOUNTED_COLUMNS,
    ),
    "stores": (_stores, STORE_COLUMNS),
    "waste": (lambda asked: list(_waste(asked).products), WASTE_COLUMNS),
    "waste_reasons": (lambda asked: list(_waste(asked).reasons), WASTE_REASON_COLUMNS),
    "waste_places": (lambda asked: list(_waste(asked).places or ()), WASTE_PLACE_COLUMNS),
    "waste_stores": (lambda asked: list(_waste(asked).stores or ()), WASTE_STORE_COLUMNS),
    "deliveries": (lambda asked: deliveries_in(asked[0], asked[1], told(*asked)), DELIVERY_COLUMNS),
    "events": (_events, EVENT_COLUMNS),
    "supplies": (lambda asked: list(_supplies(asked).places), SUPPLY_COLUMNS),
    "supply_items": (lambda asked: list(_supplies(asked).items), SUPPLY_ITEM_COLUMNS),
    "supply_stores": (lambda asked: list(_supplies(asked).stores or ()), SUPPLY_STORE_COLUMNS),
    "vials": (lambda asked: list(_supplies(asked).vials), VIAL_COLUMNS),
    "vial_lots": (lambda asked: list(_supplies(asked).vial_lots or ()), VIAL_LOT_COLUMNS),
    "store_lots": (_store_lots, STORE_LOT_COLUMNS),
    "lot_areas": (_lot_areas, LOT_AREA_COLUMNS),
    "lot_stores": (_lot_stores, LOT_STORE_COLUMNS),
    "decisions": (_decisions, DECISION_COLUMNS),
    "decision_lines": (_decision_lines, DECISION_LINE_COLUMNS),
    "decision_changes": (_decision_changes, DECISION_CHANGE_COLUMNS),
    "usage": (_usage, USAGE_COLUMNS),
    "exceeding": (_exceeding, EXCEEDING_COLUMNS),
}


def text(studio: Studio, version: int, view: View, scope: Scope, name: str) -> str:
    """The file: a line of columns, then the rows. Raises OutsideScope, and BadParameter for what there is not."""
    make, head = FILES[name]
    asked = (studio, version, view, scope)
    if not stock_now(studio, version).stock.told:
        return csv_line(head)
    rows = [in_file(row, lambda at: datetime.fromtimestamp(at, tz=studio.zone)) for row in make(asked)]
    return "".join([csv_line(head), *(csv_line(row[column] for column in head) for row in rows)])
