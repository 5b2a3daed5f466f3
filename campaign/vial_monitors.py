"""Monitors of heat on vials (VVM): what a reading says of the doses of a lot in a store.

The square in the ring is read by eye: stage 1 and 2 lie before the discard point, 3 is at it, 4 beyond. A stage never
goes back, so that a later reading at a lower stage says that those vials are gone.
Sources: design, FEATURES J10; WHO/V&B/02.35, "Getting started with vaccine vial monitors"; vial_monitors.csv.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

STAGES: tuple[int, ...] = (1, 2, 3, 4)
# From this stage on doses are not given.
DISCARD = 3


class Carries(StrEnum):
    """Whether the vials of a product carry a monitor. UNKNOWN: no source says."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """vvm_type: such as VVM7, days to the discard point at 37 °C; '' where it is not known."""

    product: str
    carries: Carries
    vvm_type: str
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class VialReading:
    """The worst stage that somebody saw of a lot in a store. doses: how many are at it; None: all that are there."""

    store: str
    lot: str
    stage: int
    read_at: datetime
    doses: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLot:
    """A lot in a store with its newest reading, as a snapshot has it. on_hand: doses there now; discard: of them those
    at or past the discard point; doses: at that stage by the reading, None: all."""

    place: str
    area: str
    store: str
    lot: str
    product: str
    stage: int
    doses: int | None
    read_at: datetime
    on_hand: int
    discard: int


def discarded(reading: VialReading, *, on_hand: int, there: int, wasted: int) -> int:
    """Doses of what is there now (`on_hand`) that the reading says must not be given. there: doses by the books when it
    was read; what came later it does not speak of. wasted: from vials never opened, since then: those it told of are
    taken to go first. Where the books had none when it was read they are behind, and it speaks of all."""
    if reading.stage < DISCARD:
        return 0
    now = max(on_hand, 0)
    told = reading.doses if reading.doses is not None else there if there > 0 else None
    return now if told is None else min(now, max(told - max(wasted, 0), 0))


def newest(readings: Iterable[VialReading]) -> dict[tuple[str, str], VialReading]:
    """By store and lot. Of two at one instant the worse stage stands, and of two at that stage more doses."""
    found: dict[tuple[str, str], VialReading] = {}
    for reading in readings:
        held = found.get((reading.store, reading.lot))
        if held is None or _order(reading) > _order(held):
            found[reading.store, reading.lot] = reading
    return found


def _order(reading: VialReading) -> tuple[datetime, int, bool, int]:
    return reading.read_at, reading.stage, reading.doses is None, reading.doses or 0


def monitors_in_force(monitors: Iterable[Monitor], *, today: date) -> dict[str, Monitor]:
    """By product: the newest row that has begun, or the first one."""
    found: dict[str, Monitor] = {}
    for monitor in sorted(monitors, key=lambda monitor: monitor.valid_from):
        if monitor.valid_from <= today or monitor.product not in found:
            found[monitor.product] = monitor
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ByStage:
    """Doses of one product by what is known of their monitors. by_stage: of doses that were read; unread: of a product
    that carries one, and nobody told the stage."""

    product: str
    carries: Carries
    vvm_type: str
    by_stage: Mapping[int, int]
    unread: int


def by_stage(doses: Mapping[str, int], read: Sequence[ReadLot], monitors: Mapping[str, Monitor]) -> list[ByStage]:
    """Grain: product with doses in stores (`doses`, all that lie there). A product without a monitor has no stages,
    and is never said to be good by one. Of a reading that tells how many are at its stage, the others are unread;
    so is what came after a reading at the discard point."""
    found: list[ByStage] = []
    for product, total in doses.items():
        monitor = monitors.get(product)
        carries = monitor.carries if monitor else Carries.UNKNOWN
        seen = dict.fromkeys(STAGES, 0)
        for lot in read:
            if lot.product == product:
                told = max(lot.on_hand, 0) if lot.doses is None else min(lot.doses, max(lot.on_hand, 0))
                seen[lot.stage] += lot.discard if lot.stage >= DISCARD else told
        unread = max(total - sum(seen.values()), 0) if carries is Carries.YES or any(seen.values()) else 0
        found.append(
            ByStage(
                product=product,
                carries=carries,
                vvm_type=monitor.vvm_type if monitor else "",
                by_stage=seen,
                unread=unread,
            )
        )
    return found
