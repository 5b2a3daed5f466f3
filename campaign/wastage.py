"""Wastage of vials, opened and closed. Doses in; shares out. Sources: design, DOMAIN 4; FEATURES J7.

Cumulative only: an opened vial is counted when it is opened and its doses over days, so a month alone goes below zero.
Doses drawn beyond the label's number make open-vial wastage negative: that is a gain, and no error.

Nobody counts opened vials: what they held by the label is told from what was done with it, so that a vial in use is not
wasted before it is written off."""

from __future__ import annotations

from dataclasses import dataclass, field

# Of wastage without a reason, and of one in words that data/reference/waste_reasons.csv does not have.
NONE_TOLD, OTHER_WORDS = 0, 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Wastage:
    """Since the beginning, of any number of stores and lots. given: doses administered; entered_open: entered as wasted
    from opened vials, less doses entered as gained; closed: entered as wasted from vials that were never opened. extra:
    doses given that no entry explains, and the vials' known extra volume does (`explained`). gained: doses beyond the
    label, lot by lot of each store, before others' waste is set against them."""

    given: int
    entered_open: int
    closed: int
    extra: int = 0
    gained: int = 0

    @property
    def open(self) -> int:
        """Below zero: more doses were drawn than the labels say."""
        return self.entered_open - self.extra

    @property
    def opened(self) -> int:
        """Doses that the opened vials hold by their labels."""
        return self.given + self.open

    @property
    def open_share(self) -> float | None:
        """(opened - given) / opened. None: none opened."""
        return self.open / self.opened if self.opened > 0 else None

    @property
    def closed_share(self) -> float | None:
        """Of all doses that were used up, those of vials that were never opened. None: none were."""
        left = self.opened + self.closed
        return self.closed / left if left > 0 else None

    @property
    def total_share(self) -> float | None:
        """Of all doses that were used up, those that reached nobody. Closed vials of all levels are in `closed`, hence
        one level."""
        if (closed := self.closed_share) is None:
            return None
        return total_share(closed, self.open_share or 0.0, levels=1)


def total_share(closed: float, opened: float, *, levels: int) -> float:
    """1 - (1 - closed)^levels x (1 - open): closed vials are lost at each of `levels` levels of storage, opened ones at
    the last."""
    return 1 - (1 - closed) ** levels * (1 - opened)


def total_of(parts: list[Wastage]) -> Wastage:
    return Wastage(
        given=sum(part.given for part in parts),
        entered_open=sum(part.entered_open for part in parts),
        closed=sum(part.closed for part in parts),
        extra=sum(part.extra for part in parts),
        gained=sum(part.gained for part in parts),
    )


def explained(level: int, *, coming: int, kept: int, per_vial: int, most_per_vial: int) -> int:
    """Of a level below zero the doses that skilled hands drew from the vials; 0 where they explain less than all of it.
    coming: doses on their way, which explain it, too; kept: doses by the label that came and were not sent on."""
    missing = -level - max(coming, 0)
    known = max(kept, 0) // per_vial * max(most_per_vial - per_vial, 0) if per_vial else 0
    return missing if 0 < missing <= known else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WastedFor:
    """Doses entered as wasted for one reason. reason: a number of data/reference/waste_reasons.csv, or NONE_TOLD, or
    OTHER_WORDS. doses below zero: gained. stores: in how many."""

    closed: bool
    reason: int
    doses: int
    stores: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteReason:
    """In the registry's words (`text`), and in ours. excursion: after which a discard may say it (high, low, any);
    empty: it is said of opened vials, or of what no temperature does."""

    number: int
    text: str
    name_vi: str
    name_en: str
    excursion: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreWeek:
    """Closed vials of one store in the last days: `handled`: doses that it had at their beginning and that came in;
    `closed`: of them wasted; `unsaid`: wasted without a reason, opened vials, too."""

    store: str
    area: str
    handled: int
    closed: int
    unsaid: int

    def beyond(self, *, share: float, least: int) -> bool:
        """Whether it wasted `least` doses or more, and more than `share` of what it handled."""
        return self.closed >= least and self.closed > share * max(self.handled, 0)


@dataclass(slots=True, kw_only=True)
class AreaWeek:
    """What of the last days' wastage asks for somebody, in one area. worst: the store that wasted the most."""

    area: str
    stores: int = 0
    doses: int = 0
    worst: str = ""
    unsaid: int = 0
    most: int = field(default=0, repr=False)


def weeks_of(stores: list[StoreWeek], *, share: float, least: int) -> tuple[AreaWeek, ...]:
    """By area, in its order; areas of which nothing is to be said are left out."""
    found: dict[str, AreaWeek] = {}
    for item in sorted(stores, key=lambda item: (item.area, item.store)):
        area = found.setdefault(item.area, AreaWeek(area=item.area))
        area.unsaid += item.unsaid
        if item.beyond(share=share, least=least):
            area.stores += 1
            area.doses += item.closed
            if item.closed > area.most:
                area.worst, area.most = item.store, item.closed
    return tuple(area for area in found.values() if area.stores or area.unsaid)
