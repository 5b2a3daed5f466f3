"""Whether what is in a store, and what is coming to it, fits into its cold storage (feature K6).

Litres are net, of the devices that hold vaccine; a dose takes its packed volume, secondary packaging included. Doses whose
volume nobody knows are told apart: they take room that cannot be said, and never none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from campaign.devices import Device
from campaign.equipment import HOLDS

CM3_A_LITRE = 1000.0
Place = tuple[str, str]
"""Store and class of storage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """What one dose of a product takes, packed, and in which class of storage it is kept."""

    product: str
    storage_class: str
    cm3_per_dose: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Doses of one product in a store, or on the way to it."""

    store: str
    product: str
    doses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Litres of one store and class. not_told: devices without litres. unmeasured: doses of unknown volume."""

    usable: float = 0.0
    not_told: int = 0
    taken: float = 0.0
    coming: float = 0.0
    unmeasured: int = 0

    @property
    def free(self) -> float:
        """Below zero where more is coming than there is room for."""
        return self.usable - self.taken - self.coming

    @property
    def share(self) -> float | None:
        """Part of the usable litres that is or will be taken; None without any, and nothing to keep there."""
        needed = self.taken + self.coming
        if not self.usable:
            return None if not needed else float("inf")
        return needed / self.usable


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether an allocation fits. needed, free: litres. why: '' where it fits; too_little, or unknown: the volume of a
    dose, so that nobody can say."""

    needed: float
    free: float
    why: str

    @property
    def fits(self) -> bool:
        return not self.why


def rooms(
    devices: Iterable[Device], held: Iterable[Load], coming: Iterable[Load], volumes: Mapping[str, Volume]
) -> dict[Place, Room]:
    """By store and class. `coming`: in transit; allocations that are decided and not yet shipped are added to it by the
    caller, and nowhere else."""
    found: dict[Place, Room] = {}
    for device in devices:
        if device.status in HOLDS:
            place = (device.store_code, device.storage_class)
            litres = device.litres
            more = Room(not_told=1) if litres is None else Room(usable=litres)
            found[place] = _sum(found.get(place, Room()), more)
    for loads, is_coming in ((held, False), (coming, True)):
        for load in loads:
            volume = volumes.get(load.product)
            if load.doses <= 0 or volume is None:
                continue
            place = (load.store, volume.storage_class)
            found[place] = _sum(found.get(place, Room()), _of(load, volume, is_coming=is_coming))
    return found


def check(load: Load, room: Room, volume: Volume) -> Verdict:
    """Whether `load` fits besides what is there and what is coming already."""
    if volume.cm3_per_dose is None:
        return Verdict(needed=0.0, free=room.free, why="unknown")
    needed = load.doses * volume.cm3_per_dose / CM3_A_LITRE
    return Verdict(needed=needed, free=room.free, why="" if needed <= room.free else "too_little")


def _of(load: Load, volume: Volume, *, is_coming: bool) -> Room:
    if volume.cm3_per_dose is None:
        return Room(unmeasured=load.doses)
    litres = load.doses * volume.cm3_per_dose / CM3_A_LITRE
    return Room(coming=litres) if is_coming else Room(taken=litres)


def _sum(one: Room, other: Room) -> Room:
    return Room(
        usable=one.usable + other.usable,
        not_told=one.not_told + other.not_told,
        taken=one.taken + other.taken,
        coming=one.coming + other.coming,
        unmeasured=one.unmeasured + other.unmeasured,
    )
