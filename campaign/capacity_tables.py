"""The tables about what fits into cold storage: one list of rows each, for the pages and their files alike.

Litres are net; None is not known. `filled_percent` is of the usable litres, None where nobody knows these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from campaign.cold_capacity import CLASSES, Capacity, Room, by_area, doses_that_fit
from campaign.coverage import NATION
from campaign.people_tables import Row

ROOM = ("usable", "filled", "room_coming", "free", "beyond")
UNSURE = ("not_told", "unmeasured")
CAPACITY_PLACE_COLUMNS = ("area", "name", "storage_class", *ROOM, "stores", "over", *UNSURE)
CAPACITY_STORE_COLUMNS = (
    *("store", "store_name", "area", "area_name", "storage_class", "filled_percent", *ROOM, "after", "over"),
    *(*UNSURE, "unmeasured_coming"),
)
FIT_COLUMNS = ("product", "product_name", "doses_per_vial", "storage_class", "cm3_per_dose", "fits", "after")


def capacity_place_rows(found: Capacity, name: Callable[[str], str], *, area: str = "") -> list[Row]:
    """By area and class; of the whole country with the nation below. A class without a device or a dose has no row."""
    rooms = by_area(found)
    codes = [area] if area else [*sorted(set(found.areas.values())), NATION]
    return [
        {"key": f"{code} {kind}".strip(), "area": code, "name": name(code), "storage_class": kind, **_room(here)}
        for code in codes
        for kind in CLASSES
        if (here := rooms.get((code, kind))) is not None
    ]


def capacity_store_rows(
    found: Capacity, store: Callable[[str], str], area: Callable[[str], str], *, covers: Callable[[str], bool]
) -> list[Row]:
    """Stores with something in a class, or on its way there: what does not fit first, then what is fullest, then what
    nobody can say."""
    listed = [
        (code, kind, room)
        for (code, kind), room in found.rooms.items()
        if covers(found.areas[code]) and (room.filled or room.coming or room.unmeasured or room.unmeasured_coming)
    ]
    listed.sort(key=lambda item: (-item[2].over, item[2].not_told > 0, -item[2].percent, item[0], item[1]))
    return [
        {
            "key": f"{code} {kind}".strip(),
            "store": code,
            "store_name": store(code),
            "area": found.areas[code],
            "area_name": area(found.areas[code]),
            "storage_class": kind,
            "filled_percent": None if room.not_told or not room.usable else room.percent,
            **_room(room),
            "after": room.after,
            "unmeasured_coming": room.unmeasured_coming,
        }
        for code, kind, room in listed
    ]


def store_room_rows(found: Capacity, store: str) -> list[Row]:
    """A row a class of one store."""
    return [
        {"key": kind or "-", "storage_class": kind, **_room(room), "after": room.after}
        for kind, room in found.of_store(store).items()
    ]


def fit_rows(found: Capacity, store: str, product: Callable[[str], str]) -> list[Row]:
    """How many doses of each form of packing still fit into a store, besides what is there and on its way. fits None:
    its volume or a device's litres are not known."""
    rows: list[Row] = []
    for (code, vial), cm3 in sorted(found.volumes.items(), key=lambda item: product(item[0][0])):
        kind = found.class_in(store, code)
        room = found.rooms.get((store, kind), Room())
        unknown = cm3 is None or room.not_told > 0
        rows.append(
            {
                "key": f"{code} {vial}",
                "product": code,
                "product_name": product(code),
                "doses_per_vial": vial,
                "storage_class": kind,
                "cm3_per_dose": cm3,
                "fits": None if cm3 is None or unknown else doses_that_fit(room, cm3),
                "after": room.after,
            }
        )
    return rows


def apart_of(found: Capacity, areas: Iterable[str]) -> int:
    """Doses in stores of these areas of which the register has no device: nobody knows what fits there."""
    return sum(found.apart.get(code, 0) for code in areas)


def _room(room: Room) -> Mapping[str, float | int]:
    return {
        "usable": room.usable,
        "filled": room.filled,
        "room_coming": room.coming,
        "free": room.free,
        "beyond": room.beyond,
        "stores": room.stores,
        "over": room.over,
        "not_told": room.not_told,
        "unmeasured": room.unmeasured,
    }
