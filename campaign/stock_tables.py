"""The tables about stock: one list of rows each, for the page and its files alike.

Doses are whole numbers, days of stock parts of days, days local calendar days as ordinals on the page and ISO 8601
in files. None is not known; of days of stock: no recent use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from campaign.coverage import NATION
from campaign.dose_marks import Mark
from campaign.ledger import Pair
from campaign.lots import Usable
from campaign.people_tables import Row
from campaign.stock_board import (
    NATIONAL_STORES,
    Cover,
    JudgedHeap,
    Paces,
    Standing,
    by_place_product,
    cover_of,
    sums_of,
)
from campaign.stock_places import Difference, LotExpiry, LotState, MarkedDoses, Store, StoreOfLot
from campaign.wastage import explained

PLACE_COLUMNS = (
    *(
        "area",
        "name",
        "product",
        "product_name",
        "usable",
        "pace",
        "cover_days",
        "blocked",
        "past",
        "in_transit",
        "expiring",
    ),
)
BUCKET_DAYS = (7, 14, 30, 60, 90)
BUCKETS = ("past", *(f"d{days}" for days in BUCKET_DAYS), "later", "undated")
EXPIRY_COLUMNS = ("product", "product_name", *BUCKETS, "total")
LOT_COLUMNS = (
    *(
        "area",
        "area_name",
        "lot",
        "product",
        "product_name",
        "until",
        "why",
        "condition",
        "days_left",
        "doses",
        "expiring",
        "use_a_day",
    ),
)
DIFFERENCE_COLUMNS = (
    *(
        "area",
        "area_name",
        "store",
        "store_name",
        "lot",
        "product",
        "product_name",
        "kind",
        "difference",
        "at",
        "reason",
    ),
)
UNCOUNTED_COLUMNS = ("area", "area_name", "store", "store_name", "level", "counted", "counted_days", "doses")
STORE_COLUMNS = (
    *("area", "area_name", "store", "store_name", "level", "worst", "worst_product", "usable", "blocked", "past"),
    *("in_transit", "expiring", "counted", "counted_days"),
)
STORE_LOT_COLUMNS = (
    *("store", "lot", "product", "product_name", "standing", "state", "decisions", "until", "why", "condition"),
    *("thaw", "on_hand", "usable", "discard", "in_transit", "cover", "expiring", "use_a_day", "counted"),
)
LOT_AREA_COLUMNS = ("area", "name", "on_hand", "in_transit", "administered", "wasted", "lost", "stores")
LOT_STORE_COLUMNS = (
    *("area", "area_name", "store", "store_name", "level", "on_hold", "decisions", "until", "why", "condition"),
    *("thaw", "on_hand", "discard", "in_transit", "incoming", "administered", "wasted", "lost"),
)
MARK_COLUMNS = (
    *("area", "area_name", "store", "store_name", "lot", "product", "product_name", "doses", "decision", "kind"),
    *("until", "who", "at", "device", "of_store"),
)
Name = Callable[[str], str]
# Store, product and thaw date of doses: whether they must have been thawed and nobody told when.
NotTold = Callable[[str, str, date | None], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What areas, products and stores are called."""

    area: Name
    product: Name
    store: Callable[[Store], str]


def in_order(judged: Iterable[JudgedHeap], names: Names) -> list[str]:
    """Codes of the products in stock, by the doses that there are."""
    total: dict[str, int] = {}
    for item in judged:
        total[item.heap.product] = total.get(item.heap.product, 0) + item.doses
    return sorted(total, key=lambda code: (-total[code], names.product(code)))


def long_rows(judged: Sequence[JudgedHeap], paces: Paces, names: Names, areas: Sequence[str]) -> list[Row]:
    """Grain: area x product with stock there, areas in the order given."""
    found = by_place_product(judged)
    rows: list[Row] = []
    for area in areas:
        for product in sorted({product for place, product in found if place == area}):
            items = found[area, product]
            sums = sums_of(items, paces.get((area, product)))
            rows.append(
                {
                    "area": area,
                    "name": names.area(area),
                    "product": product,
                    "product_name": names.product(product),
                    "usable": sums.usable,
                    "pace": sums.pace,
                    "cover_days": sums.cover_days,
                    "blocked": sums.blocked,
                    "past": sums.past,
                    "in_transit": sums.in_transit,
                    "expiring": sums.lost,
                }
            )
    return rows


def place_rows(
    judged: Sequence[JudgedHeap],
    paces: Paces,
    names: Names,
    *,
    areas: Sequence[str],
    products: Sequence[str],
    nation: Sequence[JudgedHeap] | None,
) -> list[Row]:
    """Grain: area; days of stock of each product, the shortest first. nation: every heap there is, for the row of all
    below them. paces: of paces_of_all."""
    found = by_place_product(judged)
    rows = [
        _wide(area, {code: cover_of(found.get((area, code), ()), paces.get((area, code))) for code in products}, names)
        for area in areas
    ]
    rows.sort(key=_shortest)
    if nation is None:
        return rows
    whole = {code: [item for item in nation if item.heap.product == code] for code in products}
    covers = {code: cover_of(items, paces.get((NATION, code))) for code, items in whole.items()}
    return [*rows, _wide(NATION, covers, names)]


def _shortest(row: Row) -> tuple[bool, float, str]:
    worst = row["worst"]
    known = isinstance(worst, int | float)
    return not known, float(worst) if isinstance(worst, int | float) else 0.0, str(row["area"])


def _wide(area: str, covers: Mapping[str, Cover], names: Names) -> Row:
    known = {code: cover.cover_days for code, cover in covers.items() if cover.cover_days is not None}
    worst = min(known, key=lambda code: (known[code], code), default="")
    row: Row = {
        "area": area,
        "name": names.area(area),
        "worst": known.get(worst),
        "worst_product": worst,
        "worst_name": names.product(worst) if worst else "",
        "usable": sum(cover.usable for cover in covers.values()),
        "expiring": sum(cover.lost for cover in covers.values()),
    }
    for code, cover in covers.items():
        row[code] = cover.cover_days
        row[f"{code}_usable"] = cover.usable
    return row


def bucket_of(item: JudgedHeap) -> str:
    """By the days that are left to the usable expiry."""
    if item.standing is Standing.PAST:
        return "past"
    if item.days_left is None:
        return "undated"
    return next((f"d{days}" for days in BUCKET_DAYS if item.days_left <= days), "later")


def expiry_rows(judged: Iterable[JudgedHeap], names: Names, products: Sequence[str]) -> list[Row]:
    """Grain: product, and all of them last. Doses in stores of whatever state, by what is left to their usable
    expiry."""
    doses: dict[str, dict[str, int]] = {product: dict.fromkeys(BUCKETS, 0) for product in products}
    for item in judged:
        doses[item.heap.product][bucket_of(item)] += item.doses
    rows = [_bucket_row(product, names.product(product), own) for product, own in doses.items()]
    total = {bucket: sum(own[bucket] for own in doses.values()) for bucket in BUCKETS}
    return [*rows, _bucket_row(NATION, names.product(NATION), total)] if len(rows) > 1 else rows


def _bucket_row(product: str, name: str, doses: Mapping[str, int]) -> Row:
    return {"product": product, "product_name": name, **doses, "total": sum(doses.values())}


def lot_rows(judged: Iterable[JudgedHeap], names: Names) -> list[Row]:
    """Grain: area x lot x thaw date of which doses will be lost, the most first."""
    losing = sorted(
        (item for item in judged if item.lost > 0),
        key=lambda item: (-item.lost, item.until or date.max, item.heap.lot, item.heap.place),
    )
    return [_lot_row(item, names) for item in losing]


def _lot_row(item: JudgedHeap, names: Names) -> Row:
    heap = item.heap
    thawed = f" {heap.thawed_on:%Y%m%d}" if heap.thawed_on else ""
    marked = f"{' held' if heap.on_hold else ''}{f' {heap.decided_until:%Y%m%d}' if heap.decided_until else ''}"
    return {
        "key": f"{heap.place} {heap.lot}{thawed}{marked}",
        "area": heap.area,
        "area_name": names.area(heap.place),
        "lot": heap.lot,
        "lot_name": heap.lot,
        "product": heap.product,
        "product_name": names.product(heap.product),
        "until": _ordinal(item.until),
        "why": item.why,
        "condition": item.condition,
        "days_left": item.days_left,
        "doses": item.usable,
        "expiring": item.lost,
        "use_a_day": item.use_a_day,
        "advice_name": "",
    }


def difference_rows(found: Iterable[Difference], names: Names, *, most_per_vial: Mapping[str, int]) -> list[Row]:
    """In the order given. most_per_vial: doses that a vial of each product may yield."""
    return [_difference_row(item, names, _kind(item, most_per_vial.get(item.product, 0))) for item in found]


def _kind(item: Difference, most_per_vial: int) -> str:
    """What a level below zero probably is."""
    if item.at is not None:
        return "count"
    if item.in_transit > 0:
        return "below_transit"
    if not item.incoming:
        return "below_central" if item.central >= -item.difference else "below_none"
    known = explained(
        item.difference, coming=0, kept=item.kept or 0, per_vial=item.per_vial or 0, most_per_vial=most_per_vial
    )
    if known:
        return "below_extra"
    return "below_central" if item.central >= -item.difference else "below"


def _difference_row(item: Difference, names: Names, kind: str) -> Row:
    return {
        "key": f"{item.store.code} {item.lot} {'below' if item.at is None else f'{item.at:%Y%m%d%H%M%S}'}",
        **store_columns(item.store, names),
        "lot": item.lot,
        "lot_name": item.lot,
        "product": item.product,
        "product_name": names.product(item.product),
        "kind": kind,
        "kind_name": kind,
        "difference": item.difference,
        "at": None if item.at is None else int(item.at.timestamp()),
        "reason": item.reason or "",
        "reason_name": item.reason or "",
    }


def store_columns(store: Store, names: Names) -> Row:
    """Where a row stands: its area, and its store."""
    return {
        "area": store.area,
        "area_name": names.area(store.area),
        "store": store.code,
        "store_name": names.store(store),
        "level": store.level,
        "level_name": store.level,
    }


def uncounted_rows(stores: Iterable[Store], names: Names, *, today: date) -> list[Row]:
    """In the order given."""
    return [
        {**store_columns(store, names), **_counted(store.counted_on, today), "doses": store.doses} for store in stores
    ]


def _counted(counted_on: date | None, today: date) -> Row:
    return {
        "counted": _ordinal(counted_on),
        "counted_days": None if counted_on is None else (today - counted_on).days,
    }


def store_rows(
    stores: Iterable[Store], judged: Iterable[JudgedHeap], paces: Paces, names: Names, *, today: date
) -> list[Row]:
    """Grain: store: the province's own first, then those of districts, then sites; in each the shortest first."""
    by_store: dict[str, list[JudgedHeap]] = {}
    for item in judged:
        by_store.setdefault(item.heap.place, []).append(item)
    rows = [_store_row(store, by_store.get(store.code, []), paces, names, today) for store in stores]
    order = ("national", "regional", "province", "recipient", "district", "site")
    place = {level: index for index, level in enumerate(order)}
    rows.sort(key=lambda row: (place.get(str(row["level"]), len(order)), _shortest({**row, "area": row["store"]})))
    return rows


def _store_row(store: Store, items: Sequence[JudgedHeap], paces: Paces, names: Names, today: date) -> Row:
    products = sorted({item.heap.product for item in items} | {name for place, name in paces if place == store.code})
    covers = {
        product: cover_of((item for item in items if item.heap.product == product), paces.get((store.code, product)))
        for product in products
    }
    wide, sums = _wide(store.area, covers, names), sums_of(items, None)
    return {
        **store_columns(store, names),
        **{name: wide[name] for name in ("worst", "worst_product", "worst_name")},
        "usable": sums.usable,
        "blocked": sums.blocked,
        "past": sums.past,
        "in_transit": sums.in_transit,
        "expiring": sums.lost,
        **_counted(store.counted_on, today),
    }


def store_lot_rows(
    judged: Iterable[JudgedHeap],
    paces: Paces,
    names: Names,
    *,
    counted: Mapping[tuple[str, str], date | None],
    not_told: NotTold,
    marks: Mapping[Pair, Sequence[Mark]],
) -> list[Row]:
    """Grain: lot of one store with doses there or on their way; by its usable expiry, the next first. marks: decisions
    after excursions that are at work. Doses of which monitors rule out every one are blocked."""
    items = sorted(judged, key=lambda item: (item.until or date.max, item.heap.lot))
    covers = {key: cover_of(own, paces.get(key)) for key, own in by_place_product(items).items()}
    return [
        {
            "key": item.heap.lot,
            "store": item.heap.place,
            "lot": item.heap.lot,
            "lot_name": item.heap.lot,
            "product": item.heap.product,
            "product_name": names.product(item.heap.product),
            "standing": str(_standing(item)),
            "standing_name": str(_standing(item)),
            "state": item.state,
            **_decided(marks.get((item.heap.place, item.heap.lot), ())),
            "until": _ordinal(item.until),
            "why": item.why,
            "condition": item.condition,
            "thaw": "unknown" if not_told(item.heap.place, item.heap.product, item.heap.thawed_on) else "",
            "on_hand": item.heap.on_hand,
            "usable": item.usable,
            "discard": item.heap.discard,
            "in_transit": max(item.heap.in_transit, 0),
            "cover": covers[item.heap.place, item.heap.product].cover_days,
            "expiring": item.lost,
            "use_a_day": item.use_a_day,
            "counted": _ordinal(counted.get((item.heap.place, item.heap.lot))),
        }
        for item in items
    ]


def _standing(item: JudgedHeap) -> Standing:
    ruled_out = item.standing is Standing.USABLE and item.doses > 0 and item.usable == 0
    return Standing.BLOCKED if ruled_out else item.standing


def lot_state_rows(states: Iterable[LotState]) -> list[Row]:
    return [
        {
            "key": f"{item.since:%Y%m%d%H%M%S} {item.state}",
            "state": item.state,
            "state_name": item.state,
            "since": int(item.since.timestamp()),
            "reason": item.reason or "",
            "reason_name": item.reason or "",
        }
        for item in states
    ]


def lot_expiry_rows(expiries: Iterable[LotExpiry]) -> list[Row]:
    return [
        {
            "key": f"{item.valid_from:%Y%m%d} {item.kind}",
            "why": item.kind or "label",
            "why_name": item.kind or "label",
            "expires": _ordinal(item.expires_on),
            "valid_from": _ordinal(item.valid_from),
            "condition": item.condition or "",
            "condition_name": item.condition or "",
            "decision": item.decision or "",
            "decision_name": item.decision or "",
        }
        for item in expiries
    ]


def lot_area_rows(found: Sequence[StoreOfLot], names: Names) -> list[Row]:
    """Grain: place with a movement of the lot, and all of them last."""
    places = sorted({place_of(item.store) for item in found})
    rows = [_lot_area(place, names, [item for item in found if place_of(item.store) == place]) for place in places]
    return [*rows, _lot_area(NATION, names, found)]


def place_of(store: Store) -> str:
    """Its area; the national and regional stores are apart from the central units."""
    return NATIONAL_STORES if store.level in ("national", "regional") else store.area


def _lot_area(area: str, names: Names, found: Sequence[StoreOfLot]) -> Row:
    return {
        "area": area,
        "name": names.area(area),
        "on_hand": sum(item.on_hand for item in found),
        "in_transit": sum(item.in_transit for item in found),
        "administered": sum(item.administered for item in found),
        "wasted": sum(item.wasted for item in found),
        "lost": sum(item.lost for item in found),
        "stores": sum(item.on_hand > 0 for item in found),
    }


def lot_store_rows(
    found: Iterable[StoreOfLot],
    names: Names,
    until: Callable[[StoreOfLot], Usable],
    *,
    product: str,
    not_told: NotTold,
    marks: Mapping[Pair, Sequence[Mark]],
) -> list[Row]:
    """In the order given; `until`: the usable expiry there and what sets it; marks: as of store_lot_rows."""
    by_store = {store: own for (store, _), own in marks.items()}
    rows: list[Row] = []
    for item in found:
        usable = until(item)
        rows.append(
            {
                **store_columns(item.store, names),
                "until": _ordinal(usable.expires_on),
                "why": str(usable.clock) if usable.expires_on else "",
                "condition": usable.condition,
                **_decided(by_store.get(item.store.code, ())),
                "what_name": "",
                "thaw": "unknown" if item.on_hand > 0 and not_told(item.store.code, product, item.thawed_on) else "",
                "on_hand": item.on_hand,
                "discard": item.discard,
                "in_transit": item.in_transit,
                "incoming": item.incoming,
                "administered": item.administered,
                "wasted": item.wasted,
                "lost": item.lost,
            }
        )
    return rows


def _decided(marks: Sequence[Mark]) -> Row:
    """on_hold: whether a decision after an excursion stops the doses; decisions: the numbers of all at work."""
    return {
        "on_hold": int(any(mark.stops for mark in marks)),
        "decisions": ", ".join(str(mark.decision_id) for mark in marks),
    }


def mark_facts(mark: Mark) -> Row:
    """What a decision says, who decided it and when; kind ends in _came where the doses came from another store."""
    return {
        "decision": mark.decision_id,
        "kind": mark.kind if mark.here else f"{mark.kind}_came",
        "until": _ordinal(mark.usable_until),
        "who": mark.actor,
        "at": int(mark.decided_at.timestamp()),
        "began": int(mark.started_at.timestamp()),
        "device": mark.equipment_id,
        "of_store": mark.of_store,
    }


def mark_rows(found: Iterable[MarkedDoses], names: Names) -> list[Row]:
    """Grain: decision after an excursion x store x lot with doses that it is at work on, in the order given."""
    return [
        {
            "key": f"{item.store.code} {item.mark.lot} {item.mark.decision_id}",
            **store_columns(item.store, names),
            "lot": item.mark.lot,
            "lot_name": item.mark.lot,
            "product": item.product,
            "product_name": names.product(item.product),
            "doses": item.doses,
            **mark_facts(item.mark),
            "what_name": item.mark.kind,
            "who_name": item.mark.actor,
        }
        for item in found
    ]


def in_file(row: Row, zone_day: Callable[[int], datetime]) -> Row:
    """A row as a file has it: ordinals and seconds as ISO 8601."""
    shown = dict(row)
    for name in ("until", "counted", "decided", "expected", "sent_on", "received_on"):
        value = shown.get(name)
        if isinstance(value, int):
            shown[name] = date.fromordinal(value).isoformat()
    for name in ("at", "sent_at", "received_at"):
        at = shown.get(name)
        if isinstance(at, int):
            shown[name] = zone_day(at).isoformat()
    return shown


def _ordinal(day: date | None) -> int | None:
    return None if day is None else day.toordinal()
