"""The tables about consumables and the vials' own monitors: one list of rows each, for the page about stock and its
files alike. Doses and pieces are whole numbers, each in columns of its own; None where nobody told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from campaign.coverage import NATION
from campaign.people_tables import Row
from campaign.stock_board import JudgedHeap
from campaign.stock_places import Store
from campaign.stock_tables import Name, Names
from campaign.supplies import Given, ItemState, SupplyRules, givable
from campaign.vial_monitors import STAGES, ByStage, Carries, Monitor, ReadLot, by_stage

SUPPLY_COLUMNS = ("area", "name", "usable", "givable", "stranded", "limit", "limit_name", "items_short", "untold")
SUPPLY_ITEM_COLUMNS = ("item", "item_name", "pieces", "needed", "lacking", "for_doses", "covers")
SUPPLY_STORE_COLUMNS = (
    *("area", "area_name", "store", "store_name", "level", "usable", "givable", "stranded", "limit", "limit_name"),
)
VIAL_COLUMNS = ("product", "product_name", "carries", "vvm_type", "stage1", "stage2", "stage3", "stage4", "unread")
VIAL_LOT_COLUMNS = (
    *(
        "area",
        "area_name",
        "store",
        "store_name",
        "lot",
        "product",
        "product_name",
        "stage",
        "at_stage",
        "discard",
        "at",
    ),
)
Pieces = Mapping[str, Mapping[str, int]]


def usable_by_place(judged: Iterable[JudgedHeap]) -> dict[str, dict[str, int]]:
    """Doses that may be given today, by place and product."""
    found: dict[str, dict[str, int]] = {}
    for item in judged:
        if item.usable:
            own = found.setdefault(item.heap.place, {})
            own[item.heap.product] = own.get(item.heap.product, 0) + item.usable
    return found


def given_by_place(usable: Mapping[str, Mapping[str, int]], pieces: Pieces, rules: SupplyRules) -> dict[str, Given]:
    """Of every place that keeps books of consumables; of the others nothing can be said."""
    return {place: givable(usable.get(place, {}), own, rules) for place, own in pieces.items()}


def supply_rows(
    found: Mapping[str, Given],
    usable: Mapping[str, Mapping[str, int]],
    names: Names,
    item_name: Name,
    *,
    places: Sequence[str],
    nation: bool,
) -> list[Row]:
    """Grain: place, with the most doses that cannot be given first; the nation below them, which is the sum of all its
    places: what lies in one province gives no dose in another."""
    rows: list[Row] = [
        _supply_row(place, names.area(place), found.get(place), sum(usable.get(place, {}).values()), item_name)
        for place in places
    ]
    rows.sort(key=lambda row: (-_number(row["stranded"]), str(row["area"])))
    if nation:
        rows.append(
            {
                "area": NATION,
                "name": names.area(NATION),
                "usable": sum(sum(own.values()) for own in usable.values()),
                "givable": sum(given.given for given in found.values()) if found else None,
                "stranded": sum(given.stranded for given in found.values()) if found else None,
                "limit": "",
                "limit_name": "",
                "items_short": sum(1 for state in item_states(found.values()) if state.short) if found else None,
                "untold": sum(given.untold for given in found.values()),
            }
        )
    return rows


def _supply_row(area: str, name: str, given: Given | None, usable: int, item_name: Name) -> Row:
    return {
        "area": area,
        "name": name,
        "usable": usable,
        "givable": given.given if given else None,
        "stranded": given.stranded if given else None,
        "limit": given.limit if given else "",
        "limit_name": item_name(given.limit) if given and given.limit else "",
        "items_short": sum(1 for state in given.items if state.short) if given else None,
        "untold": given.untold if given else 0,
    }


class ItemSum:
    """One item over several places. short is what each place lacks, however much lies in others."""

    __slots__ = ("covers", "doses", "item", "needed", "on_hand", "short")

    def __init__(self, item: str) -> None:
        self.item = item
        self.on_hand = self.needed = self.short = self.doses = self.covers = 0

    def add(self, state: ItemState) -> None:
        self.on_hand += state.on_hand
        self.needed += state.needed
        self.short += state.short
        self.doses += state.doses
        self.covers += state.covers


def item_states(found: Iterable[Given]) -> list[ItemSum]:
    sums: dict[str, ItemSum] = {}
    for given in found:
        for state in given.items:
            sums.setdefault(state.item, ItemSum(state.item)).add(state)
    return list(sums.values())


def supply_item_rows(found: Iterable[Given], item_name: Name) -> list[Row]:
    """Grain: item, in the order of the list of items."""
    return [
        {
            "item": state.item,
            "item_name": item_name(state.item),
            "pieces": state.on_hand,
            "needed": state.needed,
            "lacking": state.short,
            "for_doses": state.doses,
            "covers": state.covers,
        }
        for state in item_states(found)
    ]


def supply_store_rows(
    found: Mapping[str, Given], stores: Mapping[str, Store], names: Names, item_name: Name
) -> list[Row]:
    """Grain: store whose consumables cannot give all its usable doses, the most such doses first."""
    rows: list[Row] = []
    for code, given in found.items():
        store = stores.get(code)
        if store is not None and given.stranded:
            row = _supply_row(store.area, "", given, given.doses, item_name)
            rows.append({**row, "area_name": names.area(store.area), **_store(store, names)})
    return sorted(rows, key=lambda row: (-_number(row["stranded"]), str(row["store"])))


def vial_rows(
    judged: Iterable[JudgedHeap], read: Sequence[ReadLot], monitors: Mapping[str, Monitor], names: Names
) -> list[Row]:
    """Grain: product with doses in stores, the most first. Of a product without a monitor no stage is told."""
    doses: dict[str, int] = {}
    for item in judged:
        if item.doses:
            doses[item.heap.product] = doses.get(item.heap.product, 0) + item.doses
    return [
        _vial_row(found, names)
        for found in sorted(by_stage(doses, read, monitors), key=lambda found: (-doses[found.product], found.product))
    ]


def _vial_row(found: ByStage, names: Names) -> Row:
    told = any(found.by_stage.values()) or found.carries is Carries.YES
    return {
        "product": found.product,
        "product_name": names.product(found.product),
        "carries": str(found.carries),
        "carries_name": str(found.carries),
        "vvm_type": found.vvm_type,
        **{f"stage{stage}": found.by_stage[stage] if told else None for stage in STAGES},
        "unread": found.unread if told else None,
    }


def vial_lot_rows(read: Iterable[ReadLot], store_of: Callable[[str], Store], names: Names) -> list[Row]:
    """Grain: store x lot that was read, in the order given."""
    return [
        {
            "key": f"{lot.store} {lot.lot}",
            "area": lot.area,
            "area_name": names.area(lot.area),
            **_store(store_of(lot.store), names),
            "lot": lot.lot,
            "lot_name": lot.lot,
            "product": lot.product,
            "product_name": names.product(lot.product),
            "stage": lot.stage,
            "at_stage": max(lot.on_hand, 0) if lot.doses is None else min(lot.doses, max(lot.on_hand, 0)),
            "discard": lot.discard,
            "at": int(lot.read_at.timestamp()),
        }
        for lot in read
    ]


def _store(store: Store, names: Names) -> Row:
    return {"store": store.code, "store_name": names.store(store), "level": store.level}


def _number(value: object) -> int:
    return value if isinstance(value, int) else -1
