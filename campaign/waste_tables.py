"""The tables about wastage: one list of rows each, for the page about stock and its files alike.

Doses are whole numbers since the beginning; shares parts of 1, None where nothing was used up. Doses from opened vials
may be below zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from campaign.coverage import NATION
from campaign.people_tables import Row
from campaign.stock_places import Store
from campaign.stock_tables import Name, Names
from campaign.wastage import Wastage, WastedFor, total_of

FIGURES = ("given", "open", "gained", "open_share", "closed", "closed_share", "total_share")
WASTE_COLUMNS = ("product", "product_name", *FIGURES)
WASTE_PLACE_COLUMNS = ("area", "name", *FIGURES)
WASTE_STORE_COLUMNS = ("area", "store", "store_name", "level", *FIGURES)
WASTE_REASON_COLUMNS = ("kind", "reason", "reason_name", "doses", "stores")
Parts = Mapping[tuple[str, str], Wastage]


def waste_rows(parts: Parts, names: Names) -> list[Row]:
    """Grain: product, the most given first, and all of them last."""
    own: dict[str, list[Wastage]] = {}
    for (_, product), part in parts.items():
        own.setdefault(product, []).append(part)
    totals = {product: total_of(items) for product, items in own.items()}
    rows = [
        _product_row(code, totals[code], names) for code in sorted(totals, key=lambda code: (-totals[code].given, code))
    ]
    return [*rows, _product_row(NATION, total_of(list(parts.values())), names)] if len(rows) > 1 else rows


def waste_place_rows(parts: Parts, names: Names, *, places: Sequence[str], nation: bool) -> list[Row]:
    """Grain: place of `places`, the largest share wasted first; the nation below them where it is asked for."""
    found = _by_place(parts)
    rows: list[Row] = [
        {"area": place, "name": names.area(place), **_where_given(found[place])} for place in places if place in found
    ]
    rows.sort(key=lambda row: (*_most(row), str(row["area"])))
    if nation and rows:
        rows.append({"area": NATION, "name": names.area(NATION), **_figures(total_of(list(parts.values())))})
    return rows


def waste_store_rows(parts: Parts, stores: Mapping[str, Store], names: Names) -> list[Row]:
    """Grain: store that wasted or gained anything, the most doses first."""
    found = {code: total for code, total in _by_place(parts).items() if code in stores and (total.open or total.closed)}
    rows: list[Row] = []
    for code in sorted(found, key=lambda code: (-(found[code].open + found[code].closed), code)):
        store = stores[code]
        own: Row = {"area": store.area, "store": code, "store_name": names.store(store), "level": store.level}
        rows.append({**own, **_where_given(found[code])})
    return rows


def waste_reason_rows(reasons: Iterable[WastedFor], name: Name) -> list[Row]:
    """Grain: kind of vial x reason, in the order given. name: of a reason, by its number as text."""
    return [
        {
            "key": f"{'closed' if item.closed else 'open'} {item.reason}",
            "kind": "closed" if item.closed else "open",
            "kind_name": "",
            "reason": item.reason,
            "reason_name": name(str(item.reason)),
            "doses": item.doses,
            "stores": item.stores,
        }
        for item in reasons
    ]


def _by_place(parts: Parts) -> dict[str, Wastage]:
    own: dict[str, list[Wastage]] = {}
    for (place, _), part in parts.items():
        own.setdefault(place, []).append(part)
    return {place: total_of(items) for place, items in own.items()}


def _product_row(code: str, total: Wastage, names: Names) -> Row:
    return {"product": code, "product_name": names.product(code), **_where_given(total)}


def _figures(total: Wastage) -> Row:
    return {
        "given": total.given,
        "open": total.open,
        "gained": total.gained,
        "open_share": total.open_share,
        "closed": total.closed,
        "closed_share": total.closed_share,
        "total_share": total.total_share,
    }


def _where_given(total: Wastage) -> Row:
    """A place that gives nobody a dose, of a product or at all, uses up nothing but what it wastes: of it there is no
    share."""
    none: Row = {} if total.given else {"closed_share": None, "total_share": None}
    return {**_figures(total), **none}


def _most(row: Row) -> tuple[bool, float]:
    share = row["total_share"]
    return not isinstance(share, int | float), -share if isinstance(share, int | float) else 0.0
