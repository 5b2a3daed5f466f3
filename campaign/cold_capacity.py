"""What fits into the cold storage of a store: litres of its devices by class, litres that its doses fill, what is left.

Litres are net, of the devices that hold vaccine now (campaign/devices.py). A dose takes its packed volume, in
secondary packaging (data/reference/packed_volumes.csv). What nobody knows is told apart: devices whose litres nobody
told, doses whose volume nobody knows, and stores without any device. None of them counts as no room, or as plenty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from campaign.coverage import NATION
from campaign.devices import Device, gives_room
from campaign.equipment import Status
from campaign.lots import ThawLimit, thaw_limits_in_force
from campaign.stock_board import REFRIGERATOR

CM3_A_LITRE = 1000.0
# '' is that of products which the reference data do not know.
CLASSES = (REFRIGERATOR, "freezer", "ultra_cold", "")
# A share of no litres at all, where something is to be kept: more than any level of an alert.
WITHOUT_END = 9999.0
Place = tuple[str, str]
"""Store, or area, and class of storage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """What a dose takes in a form of packing; cm3_per_dose None: no source says so."""

    product: str
    doses_per_vial: int
    cm3_per_dose: float | None
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The class of storage that a product is kept in."""

    product: str
    storage_class: str
    valid_from: date


Fact = TypeVar("Fact", Packed, Kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityRules:
    """Reference data by which capacity is counted; the newest row that has begun is in force."""

    packed: tuple[Packed, ...]
    kept: tuple[Kept, ...]
    thaw_limits: tuple[ThawLimit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Doses of one form of a product that a store has, and that are on their way to it. store '': all stores of an area
    of which the register has no device. thawed: a day of thawing is told."""

    store: str
    area: str
    product: str
    doses_per_vial: int
    thawed: bool
    doses: int
    coming: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Litres of one class in one store, or in the stores of an area.

    usable: of the devices that hold vaccine; not_told: how many of them have no litres in the register. filled, coming:
    by doses in the store and on their way. unmeasured, unmeasured_coming: doses of unknown volume. free, beyond: litres
    left, and missing, of what is there; of an area the sums over its stores, none of which has the room of another.
    over: stores that hold more than they have room for."""

    usable: float = 0.0
    not_told: int = 0
    filled: float = 0.0
    coming: float = 0.0
    unmeasured: int = 0
    unmeasured_coming: int = 0
    free: float = 0.0
    beyond: float = 0.0
    over: int = 0
    stores: int = 1

    @property
    def after(self) -> float:
        """Litres left, of one store, when all that is on its way has come; below zero where it does not fit."""
        return self.usable - self.filled - self.coming

    @property
    def percent(self) -> float:
        """Of the usable litres that is filled."""
        if self.usable > 0:
            return min(100 * self.filled / self.usable, WITHOUT_END)
        return WITHOUT_END if self.filled > 0 else 0.0

    @property
    def is_over(self) -> bool:
        """More is there than fits, for certain: of a store with a device without litres nobody knows."""
        return self.filled > self.usable and not self.not_told


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether an arrival fits. needed, free: litres; needed None: nobody knows. why: '' where it fits; too_little;
    unknown: for want of a volume or of a device's litres nobody can say."""

    needed: float | None
    free: float
    why: str

    @property
    def fits(self) -> bool:
        return not self.why


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """rooms: by store and class. areas: of each store of rooms. apart: doses by area in stores without a device.
    volumes: cm3 of a dose in force, by product and doses a vial; None: unknown. classes: of storage, by product; has:
    those that a store has devices of; thawed: products that keep after thawing."""

    rooms: Mapping[Place, Room]
    areas: Mapping[str, str]
    apart: Mapping[str, int]
    volumes: Mapping[tuple[str, int], float | None]
    classes: Mapping[str, str]
    has: Mapping[str, frozenset[str]]
    thawed: frozenset[str]

    def of_store(self, store: str) -> dict[str, Room]:
        """By class of storage, in their order."""
        return {name: self.rooms[store, name] for name in CLASSES if (store, name) in self.rooms}

    def class_in(self, store: str, product: str) -> str:
        """Where doses that come to a store, not thawed as far as anybody said, will lie."""
        return _class_of(product, self.classes, self.has.get(store, frozenset()), self.thawed)


def capacity(devices: Sequence[Device], loads: Sequence[Load], rules: CapacityRules, *, today: date) -> Capacity:
    """What fits where on a day. Doses lie in the class of their product; in a refrigerator if they are thawed, or if
    the product keeps after thawing and the store has no device of its class."""
    classes = {item.product: item.storage_class for item in _in_force(rules.kept, today)}
    volumes = {(item.product, item.doses_per_vial): item.cm3_per_dose for item in _in_force(rules.packed, today)}
    thawed = frozenset(thaw_limits_in_force(rules.thaw_limits, today=today))
    parts: defaultdict[Place, list[Room]] = defaultdict(list)
    for device in devices:
        if device.status is not Status.NOT_IN_USE:
            parts[device.store_code, device.storage_class].append(_of_device(device))
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    for store, name in parts:
        kinds[store].add(name)
    has = {store: frozenset(names) for store, names in kinds.items()}
    apart: defaultdict[str, int] = defaultdict(int)
    areas = {device.store_code: device.area_code for device in devices}
    for load in loads:
        if load.store not in areas:
            apart[load.area] += load.doses
            continue
        name = _class_of(load.product, classes, has.get(load.store, frozenset()), thawed)
        name = REFRIGERATOR if load.thawed else name
        parts[load.store, name].append(_of_load(load, volumes.get((load.product, load.doses_per_vial))))
    return Capacity(
        rooms={place: _settled(_sum(rooms)) for place, rooms in parts.items()},
        areas=areas,
        apart=dict(apart),
        volumes=volumes,
        classes=classes,
        has=has,
        thawed=thawed,
    )


def by_area(found: Capacity) -> dict[Place, Room]:
    """By area and class, and of the nation: sums over stores."""
    parts: defaultdict[Place, list[Room]] = defaultdict(list)
    for (store, name), room in found.rooms.items():
        parts[found.areas[store], name].append(room)
        parts[NATION, name].append(room)
    return {place: _sum(rooms, stores=len(rooms)) for place, rooms in parts.items()}


def check(doses: int, room: Room, cm3_per_dose: float | None) -> Verdict:
    """Whether so many more doses fit, besides what is there and what is on its way already."""
    free = room.after
    if cm3_per_dose is None:
        return Verdict(needed=None, free=free, why="unknown")
    needed = doses * cm3_per_dose / CM3_A_LITRE
    if needed > free:
        return Verdict(needed=needed, free=free, why="unknown" if room.not_told else "too_little")
    unsure = room.unmeasured or room.unmeasured_coming
    return Verdict(needed=needed, free=free, why="unknown" if unsure else "")


def doses_that_fit(room: Room, cm3_per_dose: float) -> int:
    """Besides what is there and what is on its way, at the most: doses of unknown volume are not counted off."""
    return max(int(room.after * CM3_A_LITRE / cm3_per_dose + 1e-6), 0)


def _class_of(product: str, classes: Mapping[str, str], has: frozenset[str], thawed: frozenset[str]) -> str:
    """'' for a product that the reference data do not know."""
    own = classes.get(product, "")
    return REFRIGERATOR if product in thawed and own not in has and REFRIGERATOR in has else own


def _of_device(device: Device) -> Room:
    if not gives_room(device):
        return Room()
    # A form left empty gives zero: no device holds nothing.
    told = device.litres is not None and device.litres > 0
    return Room(usable=device.litres or 0.0) if told else Room(not_told=1)


def _of_load(load: Load, cm3: float | None) -> Room:
    if cm3 is None:
        return Room(unmeasured=load.doses, unmeasured_coming=load.coming)
    return Room(filled=load.doses * cm3 / CM3_A_LITRE, coming=load.coming * cm3 / CM3_A_LITRE)


def _settled(room: Room) -> Room:
    """Of one store, when all its devices and doses are known."""
    left = room.usable - room.filled
    return Room(
        usable=room.usable,
        not_told=room.not_told,
        filled=room.filled,
        coming=room.coming,
        unmeasured=room.unmeasured,
        unmeasured_coming=room.unmeasured_coming,
        free=max(left, 0.0),
        beyond=max(-left, 0.0) if room.is_over else 0.0,
        over=int(room.is_over),
    )


def _sum(rooms: Sequence[Room], *, stores: int = 1) -> Room:
    return Room(
        usable=sum(room.usable for room in rooms),
        not_told=sum(room.not_told for room in rooms),
        filled=sum(room.filled for room in rooms),
        coming=sum(room.coming for room in rooms),
        unmeasured=sum(room.unmeasured for room in rooms),
        unmeasured_coming=sum(room.unmeasured_coming for room in rooms),
        free=sum(room.free for room in rooms),
        beyond=sum(room.beyond for room in rooms),
        over=sum(room.over for room in rooms),
        stores=stores,
    )


def _in_force(facts: Iterable[Fact], today: date) -> Iterator[Fact]:
    """Oldest first, so that the newest of a key is the last that is seen."""
    yield from sorted((item for item in facts if item.valid_from <= today), key=lambda item: item.valid_from)
