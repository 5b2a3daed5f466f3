"""What a viewer asked to see: the filters of a page, as values that were checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from campaign.coverage import PopulationGroup
from campaign.map_metrics import SHARES as MEASURES
from campaign.map_metrics import Metric
from layouts.words import Language

__all__ = ["GROUPS", "MAP_GROUPS", "MEASURES", "Clock", "Grain", "Metric", "Size", "Theme", "View"]


class Theme(StrEnum):
    """OPEN: colours are named, and the browser puts in those of its reader (layouts/theme.py)."""

    LIGHT = "light"
    DARK = "dark"
    OPEN = "open"


class Size(StrEnum):
    """Of the screen: figures cannot measure it, so the browser says which of three it has. OPEN: what depends on it is
    there for each of them, and the browser chooses."""

    PHONE = "phone"
    DESK = "desk"
    WALL = "wall"
    OPEN = "open"


class Clock(StrEnum):
    """On which day a dose is drawn: when it was injected, or when it was recorded."""

    INJECTED = "injected"
    RECORDED = "recorded"


class Grain(StrEnum):
    """Which first-level areas: the 63 of 2021 in which the campaign ran, or the 34 that they were merged into."""

    OF_2021 = "63"
    OF_2025 = "34"


# Groups that have denominators, and so rates and targets; the map has the oldest besides, who are counted only.
GROUPS = (PopulationGroup.ADULTS, PopulationGroup.ALL)
MAP_GROUPS = (*GROUPS, PopulationGroup.SENIORS)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One combination of filters; also the key under which its drawing is kept.

    `day`: as of the end of this day of injection, by what is recorded now; None for the newest figures. `against` is
    the day, and `other` the area, to compare with. `district` and `site` are places inside `area`, `store` and `lot`
    one of each of the stock, `device` one of the cold chain; `decision` the id or number of a decision on
    allocation, or 'all'."""

    metric: Metric
    group: PopulationGroup
    denominator: str
    language: Language
    theme: Theme
    size: Size
    area: str = ""
    target: str = ""
    tier: str = ""
    clock: Clock = Clock.INJECTED
    grain: Grain = Grain.OF_2021
    day: date | None = None
    against: date | None = None
    other: str = ""
    district: str = ""
    site: str = ""
    store: str = ""
    lot: str = ""
    decision: str = ""
    device: str = ""
